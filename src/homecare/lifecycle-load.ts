/**
 * Reads a lifecycle table and checks it against everything it names, so that the service does not start with a
 * broken one.
 */
import { roles } from '../caller.ts'
import { namesOfElements } from '../fhir/element-types.ts'
import { fhirpath, r4Model } from '../fhir/fhirpath-library.ts'
import { parse } from '../fhir/syntax-trees.ts'
import type { Syntax } from '../fhir/fhirpath-syntax.ts'
import { compileInvariant, type Invariant } from '../fhir/invariants.ts'
import type { r4 } from '../fhir/resource.ts'
import { compileSchema, inWords, type SchemaObject } from '../fhir/table-schema.ts'
import { factsOf, isFactName } from './facts.ts'
import type { Evaluate, Lifecycle, LifecycleTable, TransitionRow } from './lifecycle-table.ts'
import { checkNames, setterNames } from './named-rules.ts'
import { type ReasonList, reasonList } from './reasons.ts'

export interface Surroundings {
  readonly codeSystems: readonly r4.CodeSystem[]
  readonly valueSets: readonly r4.ValueSet[]
  /** Effects that the service can carry out. */
  readonly effects: ReadonlySet<string>
  /** All expressions are known to compile: each is compiled when it is first asked. */
  readonly isProven?: boolean
}

const text = { type: 'string', minLength: 1 }
const texts = { type: 'array', items: text, minItems: 1 }
const roleList = { type: 'array', items: { enum: [...roles] }, minItems: 1 }
const closed = (required: string[], properties: Record<string, SchemaObject>): SchemaObject => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})
const requirements = {
  type: 'array',
  items: closed(['expression', 'human'], { expression: text, human: text, element: text }),
}
const mutable = { anyOf: [{ const: '*' }, { type: 'object', additionalProperties: roleList }] }
const flag = { type: 'boolean' }
const reasonRule = closed(['required'], { required: flag, valueSet: text })

/** Whether a lifecycle table has the right form. */
export const isLifecycleTable = compileSchema<LifecycleTable>(
  closed(
    [
      'name',
      'resourceType',
      'appliesTo',
      'reasonElement',
      'staleReason',
      'mutable',
      'states',
      'initial',
      'transitions',
    ],
    {
      name: text,
      resourceType: text,
      appliesTo: text,
      businessStatus: text,
      reasonElement: text,
      staleReason: { enum: ['remove', 'refuse'] },
      mutable,
      states: {
        type: 'array',
        minItems: 1,
        items: closed(['code', 'status', 'display', 'nextActor'], {
          code: text,
          status: text,
          display: text,
          nextActor: { enum: ['trust', 'provider', 'service', 'patient', 'nobody'] },
          terminal: flag,
          patientWording: text,
          requires: requirements,
          until: text,
          mutable,
        }),
      },
      initial: {
        type: 'array',
        minItems: 1,
        items: closed(['state', 'by', 'event'], {
          state: text,
          by: roleList,
          event: text,
          reason: reasonRule,
          effects: texts,
          default: flag,
        }),
      },
      transitions: {
        type: 'array',
        items: closed(['from', 'to', 'by', 'event'], {
          from: texts,
          to: text,
          by: roleList,
          event: text,
          requires: requirements,
          reason: reasonRule,
          checks: { type: 'array', items: { enum: [...checkNames] } },
          sets: { type: 'array', items: { enum: [...setterNames] } },
          effects: texts,
          default: flag,
          changes: text,
          afterEnd: flag,
          skips: flag,
          anew: flag,
        }),
      },
      milestones: texts,
      marks: {
        type: 'array',
        items: closed(['extension', 'from', 'event'], { extension: text, from: texts, event: text }),
      },
      advice: { type: 'array', items: closed(['from', 'to', 'human'], { from: texts, to: texts, human: text }) },
    },
  ),
)

/**
 * Reads a table and checks it against everything it names.
 * @param file where the table came from, for the words of a refusal
 * @throws Error that lists every fault with file and row, so that a broken table stops the boot
 */
export function loadLifecycle(file: string, json: unknown, surroundings: Surroundings): Lifecycle {
  if (!isLifecycleTable(json)) {
    throw new Error(`${file}: not a lifecycle table:\n  ${inWords(isLifecycleTable.errors).join('\n  ')}`)
  }
  const table = json
  const faults: string[] = []
  const evaluate = surroundings.isProven ? expressionsLater(table) : compileExpressions(table, faults)
  const reasonLists = readReasonLists(table, surroundings, faults)
  const ahead = aheadOf(table)
  faults.push(...checkStates(table, surroundings), ...checkRows(table, surroundings), ...checkPaths(table))
  faults.push(...checkMilestones(table, ahead))
  if (faults.length > 0) throw new Error(`${file}:\n  ${faults.join('\n  ')}`)
  return { ...table, stateOf: new Map(table.states.map((state) => [state.code, state])), evaluate, reasonLists, ahead }
}

const rowName = (row: TransitionRow): string => `transition ${row.from.join('|')} -> ${row.to} (${row.event})`

/** Every FHIRPath of a table, and where it stands. */
export function* expressionsOf(table: LifecycleTable): Generator<readonly [where: string, expression: string]> {
  yield ['appliesTo', table.appliesTo]
  for (const state of table.states) {
    for (const rule of state.requires ?? []) yield [`state ${state.code}`, rule.expression]
    if (state.until !== undefined) yield [`state ${state.code}`, state.until]
  }
  for (const row of table.transitions) {
    for (const rule of row.requires ?? []) yield [rowName(row), rule.expression]
  }
}

/** Element names of R4: a FHIRPath with a misspelt element is silently empty, and a guard would never be met. */
let elementNames: ReadonlySet<string> | undefined

const noFacts = factsOf({ now: 0, prescriptions: [], supplies: [] })

/** What each fact is to FHIRPath. */
const factTypes = Object.fromEntries(
  Object.entries(noFacts).map(([name, value]) => {
    const type = typeof value
    return [name, type === 'boolean' ? 'System.Boolean' : type === 'number' ? 'System.Integer' : 'System.String']
  }),
)

function* namesIn(node: Syntax): Generator<readonly [kind: 'element' | 'fact', name: string]> {
  if (node.type === 'MemberInvocation') yield ['element', node.text ?? '']
  if (node.type === 'ExternalConstantTerm') yield ['fact', node.text ?? '']
  for (const child of node.children ?? []) yield* namesIn(child)
}

function compileExpressions(table: LifecycleTable, faults: string[]): Map<string, Evaluate> {
  const compiled = new Map<string, Evaluate>()
  for (const [where, expression] of expressionsOf(table)) {
    try {
      for (const [kind, name] of namesIn(parse(expression))) {
        if (kind === 'element' && !(elementNames ??= namesOfElements()).has(name))
          faults.push(`${where}: R4 has no element "${name}"`)
        if (kind === 'fact' && !isFactName(name)) faults.push(`${where}: there is no fact "%${name}"`)
      }
      const invariant = compileGuard(table, expression)
      // fhirpath's evaluator notices unknown functions only when they run.
      if (invariant.usesFallback) {
        void fhirpath().evaluate({ resourceType: table.resourceType }, expression, { ...noFacts }, r4Model())
      }
      compiled.set(
        expression,
        evaluateBy(() => invariant),
      )
    } catch (error) {
      faults.push(`${where}: FHIRPath "${expression}" does not compile: ${(error as Error).message}`)
    }
  }
  return compiled
}

function expressionsLater(table: LifecycleTable): Map<string, Evaluate> {
  const compiled = new Map<string, Evaluate>()
  for (const [, expression] of expressionsOf(table)) {
    let invariant: Invariant | undefined
    compiled.set(
      expression,
      evaluateBy(() => (invariant ??= compileGuard(table, expression))),
    )
  }
  return compiled
}

const compileGuard = ({ resourceType }: LifecycleTable, expression: string): Invariant =>
  compileInvariant(expression, { type: resourceType, variables: factTypes })

const evaluateBy =
  (invariant: () => Invariant): Evaluate =>
  (resource, facts) =>
    invariant().check(resource, resource, resource, undefined, facts)

function readReasonLists(table: LifecycleTable, known: Surroundings, faults: string[]): Map<string, ReasonList> {
  const lists = new Map<string, ReasonList>()
  for (const row of [...table.initial, ...table.transitions]) {
    const url = row.reason?.valueSet
    if (url === undefined || lists.has(url)) continue
    const valueSet = known.valueSets.find((candidate) => candidate.url === url)
    if (!valueSet) {
      faults.push(`${row.event}: there is no ValueSet ${url}`)
      continue
    }
    lists.set(url, reasonList(valueSet, known.codeSystems, faults))
  }
  return lists
}

function checkStates(table: LifecycleTable, known: Surroundings): string[] {
  const faults: string[] = []
  const codes = new Set<string>()
  const system = known.codeSystems.find((candidate) => candidate.url === table.businessStatus)
  if (table.businessStatus !== undefined && !system) faults.push(`there is no CodeSystem ${table.businessStatus}`)
  for (const state of table.states) {
    if (codes.has(state.code)) faults.push(`state ${state.code} stands twice`)
    codes.add(state.code)
    if (table.businessStatus === undefined && state.code !== state.status) {
      faults.push(`state ${state.code}: without a business status the code must be the status`)
    }
    if (system && !system.concept?.some((concept) => concept.code === state.code)) {
      faults.push(`state ${state.code} is not in CodeSystem ${table.businessStatus}`)
    }
    const required = statusCodes[table.resourceType]
    if (required && !required.includes(state.status)) {
      faults.push(`state ${state.code}: ${table.resourceType} has no status "${state.status}"`)
    }
  }
  return faults
}

/** R4's required bindings of `status`, for the types that have tables. */
const statusCodes: Readonly<Record<string, readonly string[]>> = {
  Task: [
    ...['draft', 'requested', 'received', 'accepted', 'rejected', 'ready', 'cancelled', 'in-progress', 'on-hold'],
    ...['failed', 'completed', 'entered-in-error'],
  ],
  MedicationRequest: [
    ...['active', 'on-hold', 'cancelled', 'completed', 'entered-in-error', 'stopped', 'draft', 'unknown'],
  ],
  MedicationDispense: [
    ...['preparation', 'in-progress', 'cancelled', 'on-hold', 'completed', 'entered-in-error', 'stopped', 'declined'],
    'unknown',
  ],
}

function checkRows(table: LifecycleTable, known: Surroundings): string[] {
  const faults: string[] = []
  const states = new Map(table.states.map((state) => [state.code, state]))
  for (const { state } of table.initial) if (!states.has(state)) faults.push(`initial: there is no state ${state}`)
  const seen = new Set<string>()
  for (const row of table.transitions) {
    for (const code of [...row.from, row.to])
      if (!states.has(code)) faults.push(`${rowName(row)}: there is no state ${code}`)
    for (const from of row.from) {
      const key = `${from} -> ${row.to}`
      for (const role of row.skips ? [] : row.by) {
        if (seen.has(`${key} ${role}`)) faults.push(`${rowName(row)}: ${key} stands twice for ${role}`)
        seen.add(`${key} ${role}`)
      }
      if ((from === row.to) !== (row.changes !== undefined)) {
        faults.push(`${rowName(row)}: "changes" belongs to a row that leads to its own state, and only there`)
      }
      if (states.get(from)?.terminal && !row.afterEnd) faults.push(`${rowName(row)}: ${from} is terminal`)
    }
  }
  for (const row of [...table.initial, ...table.transitions]) {
    for (const effect of row.effects ?? []) {
      if (!known.effects.has(effect)) faults.push(`${row.event}: there is no effect "${effect}"`)
    }
  }
  for (const { from, event } of table.marks ?? []) {
    for (const code of from) if (!states.has(code)) faults.push(`mark ${event}: there is no state ${code}`)
  }
  for (const { from, to } of table.advice ?? []) {
    for (const code of [...from, ...to]) if (!states.has(code)) faults.push(`advice: there is no state ${code}`)
  }
  return faults
}

/** Every state can be reached, and every state that is not terminal can be left. */
function checkPaths(table: LifecycleTable): string[] {
  const reached = new Set(table.initial.map(({ state }) => state))
  for (let before = -1; before !== reached.size;) {
    before = reached.size
    for (const row of table.transitions) if (row.from.some((from) => reached.has(from))) reached.add(row.to)
  }
  const faults: string[] = []
  for (const state of table.states) {
    if (!reached.has(state.code)) faults.push(`state ${state.code} cannot be reached`)
    const left = table.transitions.some((row) => row.from.includes(state.code) && row.to !== state.code)
    if (!state.terminal && !left) faults.push(`state ${state.code} is not terminal and cannot be left`)
  }
  return faults
}

/** States that can be reached from each milestone by steps that leave none out, before work begins anew. */
function aheadOf({ milestones = [], transitions }: LifecycleTable): Map<string, ReadonlySet<string>> {
  const steps = transitions.filter(({ skips, anew }) => !skips && !anew)
  const ahead = new Map(milestones.map((code) => [code, new Set([code])]))
  for (const reached of ahead.values()) {
    // A set that grows while it is walked: every state found is looked at in its turn.
    for (const code of reached) for (const row of steps) if (row.from.includes(code)) reached.add(row.to)
  }
  return ahead
}

/** Reports in any order end in the same state only if each milestone ahead has a row, and no row skips elsewhere. */
function checkMilestones(table: LifecycleTable, ahead: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const faults: string[] = []
  for (const code of table.milestones ?? []) {
    if (!table.states.some((state) => state.code === code)) faults.push(`milestones: there is no state ${code}`)
  }
  for (const [from, reached] of ahead) {
    for (const to of reached) {
      if (from === to || !ahead.has(to) || table.transitions.some((row) => row.from.includes(from) && row.to === to))
        continue
      faults.push(`milestones: ${to} lies ahead of ${from}, and no row (skips) leads there`)
    }
  }
  for (const row of table.transitions.filter(({ skips }) => skips)) {
    for (const from of row.from) {
      if (!ahead.get(from)?.has(row.to) || !ahead.has(row.to))
        faults.push(`${rowName(row)}: it skips no milestone between ${from} and ${row.to}`)
    }
  }
  return faults
}
