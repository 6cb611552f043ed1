/**
 * What validation costs, without a network: beside parsing the same text, and beside two validators that others use.
 * Part of `npm run bench`; alone with `node bench/validation.ts`. See README.md for what each figure means.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core'
import { Ajv, type ValidateFunction } from 'ajv'
import fhirpath from 'fhirpath'
import r4Model from 'fhirpath/fhir-context/r4'
import { readConfig } from '../src/config.ts'
import { bundleEntries } from '../src/fhir/bundle.ts'
import { compileInvariant } from '../src/fhir/invariants.ts'
import { parseJson } from '../src/fhir/json.ts'
import { type Issue, isError } from '../src/fhir/problem.ts'
import type { Resource, r4 } from '../src/fhir/resource.ts'
import { nothingSeen } from '../src/fhir/structure-runtime.ts'
import { homecareIssues, inspect } from '../src/interactions/draft.ts'
import { inspectBundle } from '../src/interactions/bundle-entries.ts'
import { createValidation, readJson, type Validation } from '../src/validation.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { plantedFaults } from './planted-faults.ts'
import { medicationRequest, NOW, prescriptionBundle } from './prescriptions.ts'
import { type Duel, type DuelResult, duel } from './turns.ts'
import { columns } from './measure.ts'

const PACKAGE = join(import.meta.dirname, 'package')
const PROFILE = 'https://homecare-exchange.org/fhir/StructureDefinition/bench-medicationrequest'

interface Constrained {
  readonly path: string
  readonly constraint: readonly { readonly expression: string }[]
}

/** The thirty invariants of the profile that is there to measure with. */
const profile = readJson(join(PACKAGE, 'StructureDefinition-bench-medicationrequest.json')) as {
  readonly differential: { readonly element: readonly Constrained[] }
}

/** Besides the service's own profile, the prescription conforms to the one with thirty invariants. */
const claiming = <T extends r4.FhirResource>(resource: T): T =>
  resource.resourceType === 'MedicationRequest' ? { ...resource, meta: { profile: [PROFILE] } } : resource

/** @throws Error when something that should be right is refused: to be quick at refusing is no achievement */
function accepted(issues: readonly Issue[], what: string): void {
  const error = issues.find(isError)
  if (error) throw new Error(`${what} is refused: ${error.expression}: ${String(error.diagnostics)}`)
}

function duelsOf(validation: Validation, resource: r4.FhirResource, base: number, together: number): Duel[] {
  const type = resource.resourceType
  const text = JSON.stringify(resource)
  const value = parseJson(text, validation.limits.jsonDepth) as Resource
  const kB = `${(text.length / 1000).toFixed(1)} kB`
  const options = { root: type, type, text }
  const depth = validation.limits.jsonDepth
  const everything = (): Issue[] =>
    type === 'Bundle'
      ? inspectBundle(validation, value, bundleEntries(value, text), { text })
      : inspect(validation, value, type, type, { text })
  accepted(everything(), type)
  const duels: Duel[] = [
    {
      name: `${type}, ${kB}: base R4`,
      against: 'JSON.parse of its text',
      goal: { atMost: base },
      ours: () => validation.structure.validate(value, options),
      bare: () => JSON.parse(text),
    },
    {
      name: `${type}: parse and base R4`,
      against: 'JSON.parse of its text',
      goal: { atMost: 1.4 },
      ours: () => validation.structure.validate(parseJson(text, depth), options),
      bare: () => JSON.parse(text),
    },
    {
      name: `${type}: all, 30 invariants more`,
      against: 'JSON.parse of its text',
      goal: { atMost: together },
      ours: everything,
      bare: () => JSON.parse(text),
    },
  ]
  if (type === 'Bundle') return duels
  const profiles = [validation.row(type)?.profile ?? '', PROFILE]
  const written = [{ resource: value, root: type, creating: true }]
  const seen = nothingSeen()
  return [
    ...duels,
    {
      name: `${type}: profiles alone`,
      against: 'JSON.parse of its text',
      ours: () => validation.profiles.validate(value, { root: type, profiles }),
      bare: () => JSON.parse(text),
    },
    {
      name: `${type}: homecare rules alone`,
      against: 'JSON.parse of its text',
      ours: () => homecareIssues(validation, written, seen),
      bare: () => JSON.parse(text),
    },
  ]
}

/** The same invariants on the same elements, compiled by us and by fhirpath.js. */
function invariantsAgainstFhirpath(prescription: r4.MedicationRequest): Duel {
  const resource = prescription as unknown as Resource
  const nodes: Readonly<Record<string, unknown>> = {
    MedicationRequest: prescription,
    'MedicationRequest.dosageInstruction': prescription.dosageInstruction?.[0],
    'MedicationRequest.dispenseRequest': prescription.dispenseRequest,
  }
  const pairs = profile.differential.element.flatMap(({ path, constraint }) =>
    constraint.map(({ expression }) => {
      const invariant = compileInvariant(expression, { type: path, resourceType: 'MedicationRequest' })
      const evaluate = fhirpath.compile({ base: path, expression }, r4Model) as (
        node: unknown,
        environment: object,
      ) => unknown[]
      const node = nodes[path]
      const [verdict] = evaluate(node, { resource })
      if (verdict !== true || !invariant.check(resource, node) || invariant.usesFallback) {
        throw new Error(`The invariant is not met, or not compiled: ${expression}`)
      }
      return { invariant, evaluate, node }
    }),
  )
  return {
    name: `${pairs.length} invariants`,
    against: 'fhirpath.js, compiled',
    goal: { timesFaster: 200 },
    ours: () => {
      for (const { invariant, node } of pairs) invariant.check(resource, node)
    },
    bare: () => {
      for (const { evaluate, node } of pairs) evaluate(node, { resource })
    },
  }
}

interface Found {
  /** Made right before it takes place: what was parsed last is known to have no number that must be looked at again. */
  readonly duel: () => Duel
  /** Names of the planted faults that the other one finds. */
  readonly theirs: readonly string[]
}

/**
 * Names of the planted faults that are found.
 * @throws Error when the prescription itself is refused
 */
function planted(who: string, prescription: r4.MedicationRequest, refuses: (value: unknown) => boolean): string[] {
  if (refuses(prescription)) throw new Error(`The prescription is refused by ${who}.`)
  return plantedFaults.filter(({ plant }) => refuses(plant(prescription))).map(({ name }) => name)
}

const BASE = { root: 'MedicationRequest', type: 'MedicationRequest' } as const

const foundByUs = (validation: Validation, prescription: r4.MedicationRequest): string[] =>
  planted('us', prescription, (value) =>
    validation.structure.validate(value, { ...BASE, text: JSON.stringify(value) }).some(isError),
  )

/** The published definitions as a JSON Schema, compiled by ajv, which ends at the first fault. */
function againstAjv(validation: Validation, prescription: r4.MedicationRequest): Found {
  const schema = jsonSchemaOf(validation.definitions, 'MedicationRequest')
  const check: ValidateFunction = new Ajv({ strict: false }).compile(schema)
  const text = JSON.stringify(prescription)
  return {
    theirs: planted('ajv', prescription, (value) => !check(value)),
    duel: () => ({
      name: 'MedicationRequest: parse and base R4',
      against: 'JSON.parse and ajv',
      ours: () =>
        validation.structure.validate(parseJson(text, validation.limits.jsonDepth) as Resource, { ...BASE, text }),
      bare: () => check(JSON.parse(text)),
    }),
  }
}

function againstMedplum(validation: Validation, prescription: r4.MedicationRequest): Found {
  indexStructureDefinitionBundle(
    [
      ...validation.definitions.resourceTypes,
      ...validation.definitions.complexTypes,
      ...validation.definitions.primitiveTypes,
    ].flatMap((name) => validation.definitions.structure(name) ?? []) as never,
  )
  const refuses = (value: unknown): boolean => {
    try {
      return validateResource(value as never).some(({ severity }) => severity === 'error')
    } catch {
      return true
    }
  }
  return {
    theirs: planted('@medplum/core', prescription, refuses),
    duel: () => {
      const text = JSON.stringify(prescription)
      const value = parseJson(text, validation.limits.jsonDepth)
      return {
        name: 'MedicationRequest: base R4',
        against: '@medplum/core validateResource',
        goal: { timesFaster: 80 },
        ours: () => validation.structure.validate(value, { ...BASE, text }),
        bare: () => validateResource(value as never),
      }
    },
  }
}

function printed(results: readonly DuelResult[]): string {
  return columns([
    ['what', 'goal', 'p50', 'p99', 'rounds', '', 'p50 µs', 'p99 µs', 'other p50', 'other p99', 'against'],
    ...results.map(({ name, against, goal, met, p50, p99, rounds, ours, bare }) => [
      name,
      goal,
      ...[p50, p99].map((ratio) => ratio.toFixed(ratio < 10 ? 2 : 0)),
      `${rounds.low.toFixed(2)}-${rounds.high.toFixed(2)}`,
      met === undefined ? '' : met ? 'met' : 'missed',
      ...[ours.p50, ours.p99, bare.p50, bare.p99].map((time) => time.toFixed(1)),
      against,
    ]),
  ])
}

/** Everything in one process, one contest after the other. */
function run(say: (line: string) => void): void {
  const validation = createValidation(readConfig({ PACKAGES: PACKAGE }), () => NOW)
  const prescription = claiming(medicationRequest())
  const bundle = prescriptionBundle()
  const entry = bundle.entry.map((one) =>
    one.resource ? { ...one, resource: claiming(one.resource as r4.FhirResource) } : one,
  )
  const ours = foundByUs(validation, prescription)
  const medplum = againstMedplum(validation, prescription)
  const ajv = againstAjv(validation, prescription)
  const missed = [...medplum.theirs, ...ajv.theirs].filter((name) => !ours.includes(name))
  if (missed.length > 0) throw new Error(`Others find what we miss: ${missed.join('; ')}`)
  const results = [
    ...duelsOf(validation, prescription, 0.4, 0.7).map(duel),
    ...duelsOf(validation, { ...bundle, entry }, 0.45, 0.7).map(duel),
    duel(invariantsAgainstFhirpath(prescription)),
    duel(medplum.duel()),
    duel(ajv.duel()),
  ]
  say(printed(results))
  const without = (found: readonly string[]): string =>
    plantedFaults.flatMap(({ name }) => (found.includes(name) ? [] : [name])).join('; ')
  say(`Of ${plantedFaults.length} planted faults we find ${ours.length}.`)
  for (const [who, { theirs }] of [
    ['@medplum/core', medplum],
    ['ajv', ajv],
  ] as const)
    say(`${who} finds ${theirs.length}, and misses: ${without(theirs)}.`)
  if (ours.length < plantedFaults.length) say(`We miss: ${without(ours)}.`)
  writeFileSync(join(import.meta.dirname, 'results-validation.json'), `${JSON.stringify(results, null, 2)}\n`)
}

run((line) => process.stdout.write(`${line}\n`))
