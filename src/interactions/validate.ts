/**
 * $validate (https://hl7.org/fhir/R4/resource-operation-validate.html): everything that is wrong with a resource, by
 * the same code as a write, and nothing stored.
 */
import { type Context, scopeOf } from '../context.ts'
import { bundleEntries } from '../fhir/bundle.ts'
import { objectMembers, parseJson, valueOffset } from '../fhir/json.ts'
import { positionOf } from '../fhir/position.ts'
import { type Issue, isError, operationOutcome, Problem, refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { readCurrent, type Stored } from '../store/read.ts'
import type { Validation } from '../validation.ts'
import { inspect, terminologyIssues } from './draft.ts'
import { answeredIssues, type FindDefinition, storedDefinitions } from './answered.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { inspectBundle, soundEntries } from './bundle-entries.ts'
import { storedMedicineIssues } from './stored-medicine.ts'
import { storedPatientIssues } from './stored-patient.ts'
import { allowed } from './bundle-call.ts'
import { deletionForetold, foretold } from './foretell.ts'

const LINE = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line'
const COLUMN = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col'
const INPUTS = ['resource', 'mode', 'profile', 'position']
const MODES = ['create', 'update', 'profile', 'delete']

/** What is to be validated, and how. */
interface Subject {
  readonly value: unknown
  /** The body it stands in, and where. */
  readonly text: string
  readonly prefix: readonly (string | number)[]
  readonly profiles: readonly string[]
  readonly mode?: string
  readonly position: boolean
}

/**
 * Answers 200 with what was found. What is wrong with the call itself is refused.
 * @throws Problem body-missing, parameter-invalid, unknown-parameter, type-mismatch, json-*, not-found
 */
export const validate: Interaction = async (context, request) => {
  const subject = await subjectOf(context, request)
  const { value, mode } = subject
  if (mode !== undefined && !MODES.includes(mode)) {
    throw refuse('parameter-invalid', `mode takes ${MODES.join(', ')}.`)
  }
  const { type } = request
  const sent: unknown = (value as Resource | null | undefined)?.resourceType
  if (type !== undefined && sent !== type && context.definitions.resourceTypes.has(String(sent))) {
    throw refuse('type-mismatch', `The address is for ${type}, the resource is a ${String(sent)}.`, 'resourceType')
  }
  const issues = mode === 'delete' ? await deletionIssues(context, request) : await issuesOf(context, request, subject)
  const outcome = operationOutcome(
    issues.length > 0 ? issues : [{ key: 'valid', diagnostics: 'All OK: nothing is wrong with it.' }],
  )
  if (subject.position) addPositions(outcome, subject)
  return { status: 200, body: JSON.stringify(outcome) }
}

/** Whether the stored resource could be deleted now. */
async function deletionIssues(context: Context, request: FhirRequest): Promise<readonly Issue[]> {
  if (request.type === undefined || request.id === undefined) {
    throw refuse('parameter-invalid', 'mode delete asks about a stored resource: use [base]/[type]/[id]/$validate.')
  }
  await storedResource(context, request)
  return deletionForetold(context, request)
}

async function issuesOf(context: Context, request: FhirRequest, subject: Subject): Promise<Issue[]> {
  const { value, text, prefix, profiles, mode } = subject
  const inner = sliceAt(text, prefix)
  const creating = mode === undefined ? request.id === undefined : mode !== 'update'
  const issues = inspectText(context, value, inner, profiles, {
    creating,
    definition: await storedDefinitions(context, request.caller, value),
    ...(request.type ? { type: request.type } : {}),
  })
  const sound = placed(value, inner, soundness(context, issues))
  issues.push(
    ...(await storedMedicineIssues(context, request.caller, sound, creating)),
    ...(await storedPatientIssues(context, request.caller, sound)),
  )
  if (context.terminologyServer && !issues.some(isError)) {
    issues.push(...(await terminologyIssues(context, placed(value, inner, issues))))
  }
  if (mode !== 'create' && mode !== 'update') return issues
  const { id, resourceType } = (value ?? {}) as Partial<Resource>
  const wrongId = request.id === undefined ? id === undefined : id !== request.id
  if (mode === 'update' && resourceType !== 'Bundle' && wrongId) {
    const diagnostics = request.id === undefined ? 'An update names its resource by its id.' : BODY_ID
    return [...issues, { key: 'id-mismatch', diagnostics, expression: `${rootOf(value)}.id` }]
  }
  const isSound = !besideRules(context, issues).some(isError)
  // Who may ask for it at all can be told all the same, of a Bundle for each of its entries.
  const isServed = resourceType === 'Bundle' || context.row(String(resourceType)) !== undefined
  if (!isSound && !isServed) return issues
  const later = await foretold(context, request, { mode, resource: value as Resource, text: inner, sound: isSound })
  return [...issues, ...later.filter((one) => !issues.some((known) => isSame(one, known)))]
}

const BODY_ID = 'The body must carry the id in the address.'

/** A Medication that came along was looked at with its prescription; the door cannot tell it from a stored one. */
const isSame = (one: Issue, known: Issue): boolean =>
  one.key === known.key && one.expression === known.expression && (isError(known) || !isError(one))

const rootOf = (value: unknown): string => {
  const type = (value as { resourceType?: unknown } | null)?.resourceType
  return typeof type === 'string' && type !== '' ? type : 'Resource'
}

/** What is wrong with the structure: what homecare's rules found hides nothing that they would find besides. */
function soundness(context: Context, issues: readonly Issue[]): Issue[] {
  return besideRules(context, issues).filter(({ key }) => !key.startsWith('order-'))
}

/** What somebody else than homecare's rules has found. */
function besideRules({ homecare }: Context, issues: readonly Issue[]): Issue[] {
  const ofRules = new Set(homecare.rows.map(({ code }) => code))
  return issues.filter(({ key }) => !ofRules.has(key))
}

/** The resources that others may look into: whose codes a terminology server may be asked about. */
function placed(value: unknown, text: string, issues: readonly Issue[]): { resource: Resource; root: string }[] {
  const resource = value as Resource
  if (resource?.resourceType !== 'Bundle') {
    const broken = issues.some((issue) => isError(issue) && !issue.key.startsWith('profile-'))
    return broken ? [] : [{ resource, root: rootOf(value) }]
  }
  return soundEntries(bundleEntries(resource, text), issues)
}

interface InspectTextOptions {
  readonly creating?: boolean
  readonly type?: string
  /** Questionnaires and measures that stand neither in what is validated nor beside it. */
  readonly definition?: FindDefinition
}

/**
 * Everything that is wrong with a resource or Bundle, by the functions that a write calls.
 * @param text the JSON that `value` was parsed from
 * @param profiles canonicals to check against, besides those of the row and those it claims
 */
export function inspectText(
  validation: Validation,
  value: unknown,
  text: string,
  profiles: readonly string[],
  { creating = true, type = rootOf(value), definition }: InspectTextOptions = {},
): Issue[] {
  const root = rootOf(value)
  const issues =
    type === 'Bundle' && root === 'Bundle'
      ? inspectBundle(validation, value as Resource, bundleEntries(value as Resource, text), { text, asked: true })
      : inspect(validation, value, type, root, { creating, text, asked: true })
  // What is no resource at all has nothing that a profile could be asked about.
  if (profiles.length > 0 && !issues.some((issue) => isError(issue) && issue.expression === root)) {
    issues.push(...validation.profiles.validate(value as Resource, { root, profiles }))
  }
  issues.push(...answeredIssues(validation, value, root, issues, definition))
  return distinct(issues)
}

/** A profile asked for may be one that the resource claims: what it finds is said once. */
function distinct(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>()
  return issues.filter((issue) => {
    const identity = JSON.stringify(issue)
    return !seen.has(identity) && seen.add(identity)
  })
}

async function subjectOf(context: Context, request: FhirRequest): Promise<Subject> {
  const asked = (name: string): string | undefined => request.query.find(([given]) => given === name)?.[1]
  const fromQuery = {
    profiles: request.query.filter(([name]) => name === 'profile').map(([, value]) => value),
    position: asked('position') === 'true',
    ...(asked('mode') === undefined ? {} : { mode: asked('mode') as string }),
  }
  const unknown = request.query.find(([name]) => !['profile', 'mode', 'position'].includes(name))
  if (unknown && request.prefer.handling !== 'lenient') {
    const [name] = unknown
    throw refuse(
      'unknown-parameter',
      `"${name.slice(0, 40)}" is not known here: $validate takes profile, mode, position.`,
    )
  }
  if (!['true', 'false', undefined].includes(asked('position'))) {
    throw refuse('parameter-invalid', 'position takes true or false.')
  }
  if (request.body === undefined) {
    if (fromQuery.mode === 'delete') return { value: undefined, text: '', prefix: [], ...fromQuery }
    if (request.id === undefined) throw refuse('body-missing', 'Send the resource, or Parameters that hold it.')
    const { text } = await storedResource(context, request)
    return { value: JSON.parse(text) as unknown, text, prefix: [], ...fromQuery }
  }
  const text = request.body
  const value = parseJson(text, context.limits.jsonDepth)
  if ((value as Resource | null)?.resourceType !== 'Parameters' || !isCall(value as r4.Parameters, request.type)) {
    return { value, text, prefix: [], ...fromQuery }
  }
  const given = fromParameters(value as unknown as r4.Parameters, fromQuery)
  if (given.value !== undefined || given.mode === 'delete') return { text, ...given }
  if (request.id === undefined || !(given.mode === undefined || given.mode === 'profile')) {
    throw refuse(
      'body-missing',
      'Parameters for $validate have a parameter named "resource" that holds the resource; at the address of a stored one it may be left out, with mode profile or none.',
      'Parameters.parameter',
    )
  }
  const stored = (await storedResource(context, request)).text
  return { ...given, value: JSON.parse(stored) as unknown, text: stored, prefix: [] }
}

/** Parameters of which no parameter is one of $validate's are not its input, but what is to be validated. */
function isCall({ parameter }: r4.Parameters, type: string | undefined): boolean {
  if (type !== undefined) return type !== 'Parameters'
  if (!Array.isArray(parameter) || parameter.length === 0) return true
  return parameter.some((given) => INPUTS.includes(given?.name))
}

/** @throws Problem role-forbidden, scope-missing where the caller may not read the type: what is wrong with it tells of it */
async function storedResource(context: Context, request: FhirRequest): Promise<Stored> {
  const { type = '', id = '', caller } = request
  const [refused] = allowed(context, caller, type, 'read', type)
  if (refused) throw new Problem(refused)
  // Somebody who is shown a part of a type would hear of the rest.
  if (context.row(type)?.views?.[caller.role]) {
    throw refuse('role-forbidden', `The role ${caller.role} is shown a part of a ${type}, and validates none.`)
  }
  const stored = await readCurrent(context.database.query, type, id, scopeOf(context, request.caller, type))
  if (!stored || stored.deleted) throw refuse('not-found', `There is no ${type} with this id that you can see.`)
  return stored
}

function fromParameters(
  { parameter = [] }: r4.Parameters,
  query: Pick<Subject, 'profiles' | 'position' | 'mode'>,
): Omit<Subject, 'text'> {
  if (!Array.isArray(parameter)) throw refuse('structure-wrong-type', 'parameter is a list.', 'Parameters.parameter')
  const index = parameter.findIndex(({ name, resource }) => name === 'resource' && resource !== undefined)
  if (parameter.some(({ name, resource }, at) => at > index && index !== -1 && name === 'resource' && resource)) {
    throw refuse(
      'parameter-invalid',
      'One resource is validated at a time; several go into a Bundle.',
      'Parameters.parameter',
    )
  }
  const asked = parameter.find(({ name }) => name === 'mode')
  const mode = asked === undefined ? query.mode : textOf(asked)
  const profiles = parameter.filter(({ name }) => name === 'profile').map(textOf)
  const position = parameter.find(({ name }) => name === 'position')?.valueBoolean ?? query.position
  return {
    value: parameter[index]?.resource,
    prefix: ['parameter', index, 'resource'],
    profiles: [...query.profiles, ...profiles],
    position,
    ...(mode === undefined ? {} : { mode }),
  }
}

/**
 * What a parameter says, in whichever type of text: one that is passed over would be a check that was not made.
 * @throws Problem parameter-invalid
 */
function textOf(given: r4.ParametersParameter): string {
  const text = given.valueCode ?? given.valueUri ?? given.valueCanonical ?? given.valueUrl ?? given.valueString
  if (typeof text === 'string') return text
  throw refuse('parameter-invalid', 'mode is sent as valueCode, and a profile as valueUri.', 'Parameters.parameter')
}

/** The text of the value at a path of a body, through its end. */
function sliceAt(text: string, prefix: readonly (string | number)[]): string {
  const [, index] = prefix
  if (typeof index !== 'number') return text
  const item = valueOffset(text, prefix.slice(0, 2))
  if (item === undefined) return ''
  return objectMembers(text, item).find(([name]) => name === 'resource')?.[1] ?? ''
}

function addPositions(outcome: r4.OperationOutcome, { text, prefix }: Subject): void {
  for (const issue of outcome.issue) {
    const expression = issue.expression?.[0]
    const position = expression === undefined ? undefined : positionOf(text, expression, prefix)
    if (!position) continue
    issue.extension = [
      { url: LINE, valueInteger: position.line },
      { url: COLUMN, valueInteger: position.column },
    ]
  }
}
