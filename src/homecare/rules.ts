/**
 * The homecare rules: rows of `conformance/rules.json`, each with its code, its severity and its reason. A row holds a
 * FHIRPath expression that must be true, or the name of a check where FHIRPath cannot say it.
 */
import { ByUrl } from '../fhir/by-url.ts'
import { compileInvariant } from '../fhir/invariants.ts'
import type { Sighted } from '../fhir/structure-runtime.ts'
import { catalogue, type Issue, type ProblemKey, type Severity } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { compileSchema, type Form, inWords } from '../fhir/table-schema.ts'
import { type Finding, NOTHING, type Subject } from './finding.ts'
import { createMedicines, type Medicines, type MedicinesTable } from './medicines.ts'
import { isOrder } from './order.ts'
import { orderChecks, resourceChecks } from './rule-checks.ts'
import { type Consignment, ordersOf, type Placed } from './rule-order.ts'
import { medicinesSchema, rulesSchema } from './rules-schema.ts'
import { HAS, hasTraits, traitsOf } from './traits.ts'

export interface RuleRow {
  readonly code: ProblemKey
  /** Resource types it is for; `*` for all; `order` for the items of an order together. */
  readonly types: readonly string[]
  readonly severity: Exclude<Severity, 'fatal'>
  /** Names of checks, one of which finds this code in each type; or an expression, its place and its words. */
  readonly checks?: readonly string[]
  readonly expression?: string
  readonly at?: string
  readonly words?: string
  /** Why the rule is there. */
  readonly reason: string
  /** The law, guide or definition behind it. */
  readonly source: string
  /** The national code for the same thing. */
  readonly national?: { readonly system: string; readonly code: string; readonly display?: string }
}

export interface RulesTable {
  readonly rules: readonly RuleRow[]
}

/** Whether `rules.json` has the right form. */
export const isRulesTable = compileSchema<RulesTable>(rulesSchema)
/** Whether `medicines.json` has the right form. */
export const isMedicinesTable = compileSchema<MedicinesTable>(medicinesSchema)

export interface HomecareRulesOptions {
  /** `conformance/rules.json` as read. */
  readonly rules: unknown
  /** `conformance/medicines.json` as read. */
  readonly medicines: unknown
}

export interface Occasion {
  /** ms since the epoch */
  readonly now: number
  /** Resources that have an identifier, code or unit of the wrong form, where somebody looked already. */
  readonly misformed?: Sighted | undefined
}

/** A resource that is written, and where it stands in what was sent. */
export interface Written extends Placed {
  readonly fullUrl?: string | undefined
  /** False for a PUT: what was right when it was accepted stays acceptable. */
  readonly creating: boolean
}

export interface HomecareRules {
  readonly rows: readonly RuleRow[]
  /** Everything wrong with one resource that comes alone. Its structure must be valid. */
  check(resource: Resource, place: { readonly root: string; readonly creating: boolean } & Occasion): Issue[]
  /** Everything wrong with resources that come together, in their order, and with the orders among them. */
  checkTogether(entries: readonly Written[], occasion: Occasion): Issue[]
  /** What is wrong with a prescription only because of a Medication that it refers to and that did not come with it. */
  checkMedicine(written: Written, medication: r4.Medication, occasion: Occasion): Issue[]
}

/**
 * @throws Error naming the row and what is wrong: a service with a broken table does not start
 */
export function createHomecareRules(options: HomecareRulesOptions): HomecareRules {
  const { rules: rows } = checked(options.rules, isRulesTable, 'rules.json')
  const medicines = createMedicines(checked(options.medicines, isMedicinesTable, 'medicines.json'))
  verify(rows)
  const issueOf = issuesOf(rows)
  const byType = new Map<string, readonly Runner[]>()
  const runnersOf = (type: string): readonly Runner[] => {
    const known = byType.get(type)
    if (known) return known
    const runners = rows.flatMap((row) => runnersFor(row, type)).filter(firstOfItsName)
    byType.set(type, runners)
    return runners
  }
  const together = rows
    .filter(({ types }) => types.includes('order'))
    .flatMap(({ checks = [] }) => checks)
    .filter((name, i, all) => all.indexOf(name) === i)
    .flatMap((name) => orderChecks[name] ?? [])

  const single = (entry: Written, consignment: Consignment, { misformed }: Occasion, issues: Issue[]): void => {
    const { resource, root, creating } = entry
    if (resource.status === 'entered-in-error') return
    const live = isLive(resource)
    const judged = misformed?.has(resource)
    const subject: Subject = {
      resource,
      now: consignment.now,
      creating,
      misformed: judged,
      medicines,
      medicationOf: (reference) => medicationIn(consignment.resolve({ reference }, entry)?.resource),
    }
    const traits = live && hasTraits(resource) ? traitsOf(subject) : judged === false ? ~HAS.misformed : -1
    for (const { always, asks, run } of runnersOf(resource.resourceType)) {
      if ((asks & traits) !== asks || (!always && !live)) continue
      const found = run(subject)
      if (found.length === 0) continue
      for (const { code, at, words } of found) issues.push(...issueOf(code, at === '' ? root : `${root}.${at}`, words))
    }
  }

  const checkTogether = (entries: readonly Written[], occasion: Occasion): Issue[] => {
    const consignment = consignmentOf(entries, occasion.now, medicines)
    const issues: Issue[] = []
    for (const entry of entries) single(entry, consignment, occasion, issues)
    if (consignment.items.length === 0) return issues
    for (const check of together) {
      const found = check.run(consignment)
      if (found.length === 0) continue
      for (const { code, expression, words } of found) issues.push(...issueOf(code, expression, words))
    }
    return issues
  }
  return {
    rows,
    checkTogether,
    checkMedicine: (written, medication, occasion) => {
      const identity = ({ key, expression }: Issue): string => `${key} ${expression}`
      const known = new Set(checkTogether([written], occasion).map(identity))
      const resource = holding(written.resource, medication)
      return checkTogether([{ ...written, resource }], occasion).filter(
        (issue) => !known.has(identity(issue)) && !issue.expression?.startsWith(`${written.root}.contained`),
      )
    },
    check: (resource, { root, creating, now }) => checkTogether([{ resource, root, creating }], { now }),
  }
}

function checked<T>(value: unknown, isTable: Form<T>, file: string): T {
  if (isTable(value)) return value
  throw new Error(`${file}: ${inWords(isTable.errors).join('; ')}`)
}

/** Every code is in the catalogue and has one row; every check is known, and each of its codes has a row. */
function verify(rows: readonly RuleRow[]): void {
  const codes = new Set<string>()
  const found = new Set<ProblemKey>()
  for (const { code, checks = [], types } of rows) {
    if (!Object.hasOwn(catalogue, code)) throw new Error(`rules.json: "${code}" is not in the catalogue of problems.`)
    if (codes.has(code)) throw new Error(`rules.json: "${code}" has two rows.`)
    codes.add(code)
    const finders = checks.map((name) => {
      const check = types.includes('order') ? orderChecks[name] : resourceChecks[name]
      if (!check) throw new Error(`rules.json: "${code}" names the check "${name}", which does not exist.`)
      return check
    })
    if (checks.length > 0 && !finders.some((check) => check.codes.includes(code))) {
      throw new Error(`rules.json: no check of "${code}" can find it.`)
    }
    for (const check of finders) for (const one of check.codes) found.add(one)
  }
  const without = [...found].filter((code) => !codes.has(code))
  if (without.length > 0) throw new Error(`rules.json: no row for ${without.join(', ')}.`)
}

interface Runner {
  readonly name: string
  /** Whatever the state of the resource: a wrong identifier is wrong in a draft too. */
  readonly always: boolean
  /** Bits of `HAS`. */
  readonly asks: number
  readonly run: (subject: Subject) => readonly Finding[]
}

function runnersFor(row: RuleRow, type: string): Runner[] {
  if (!row.types.includes(type) && !row.types.includes('*')) return []
  const { code, expression, at = '', words = '' } = row
  const always = row.types.includes('*')
  if (expression !== undefined) {
    const invariant = compileInvariant(expression, { type })
    const run = ({ resource }: Subject) => (invariant.check(resource, resource) ? NOTHING : [{ code, at, words }])
    return [{ name: code, always, asks: 0, run }]
  }
  return (row.checks ?? []).flatMap((name) => {
    const check = resourceChecks[name]
    return check && isFor(name, type) ? [{ name, always, asks: check.asks ?? 0, run: check.run }] : []
  })
}

/** A row may find its code in one type by one check and in another by another. */
const onlyFor: Readonly<Record<string, string>> = { 'dispense-times': 'MedicationDispense', 'task-times': 'Task' }
const isFor = (name: string, type: string): boolean => (onlyFor[name] ?? type) === type

const firstOfItsName = (runner: Runner, i: number, all: readonly Runner[]): boolean =>
  all.findIndex(({ name }) => name === runner.name) === i

/**
 * Rules of a type are for what asks or tells something: prescriptions that are orders, dispenses that supply. A
 * withdrawal of something wrong must never fail because it is wrong.
 */
function isLive(resource: Resource): boolean {
  if (resource.resourceType === 'MedicationRequest') return isOrder(resource)
  const ended = ['cancelled', 'declined', 'stopped']
  return resource.resourceType !== 'MedicationDispense' || !ended.includes(resource.status as string)
}

function issuesOf(rows: readonly RuleRow[]): (code: ProblemKey, expression: string, diagnostics: string) => Issue[] {
  const byCode = new Map(rows.map((row) => [row.code, row]))
  return (code, expression, diagnostics) => {
    const row = byCode.get(code)
    if (!row) return []
    const severity = row.severity === catalogue[code].severity ? {} : { severity: row.severity }
    return [{ key: code, ...severity, expression, diagnostics, ...(row.national ? { national: row.national } : {}) }]
  }
}

/** What is in a medicine may be a Substance, which is named in the same way. */
const medicationIn = (resource: Resource | undefined): r4.Medication | undefined =>
  resource?.resourceType === 'Medication' || resource?.resourceType === 'Substance'
    ? (resource as unknown as r4.Medication)
    : undefined

/** The prescription as if the Medication travelled in it. */
function holding(resource: Resource, { code, ingredient }: r4.Medication): Resource {
  const contained = (resource.contained ?? []) as Resource[]
  const medication = {
    resourceType: 'Medication',
    id: STORED,
    ...(code && { code }),
    ...(ingredient && { ingredient }),
  }
  return { ...resource, contained: [...contained, medication], medicationReference: { reference: `#${STORED}` } }
}

/** No id of FHIR, so that none of the sender's is like it. */
const STORED = 'stored medication'

function consignmentOf(entries: readonly Written[], now: number, medicines: Medicines): Consignment {
  let byUrl: ByUrl<Placed> | undefined
  let byName: ReadonlyMap<string, Placed> | undefined
  const items: Written[] = []
  const others: Written[] = []
  for (const entry of entries) (isOrder(entry.resource) ? items : others).push(entry)
  return {
    now,
    medicines,
    items,
    orders: items.length === 0 ? NOTHING : ordersOf(items),
    others,
    resolve: (reference, from) => {
      const link = reference?.reference
      if (link === undefined) return undefined
      if (!link.startsWith('#')) {
        // What comes alone finds nobody but itself.
        if (entries.length === 1) return undefined
        return (byUrl ??= urlsOf(entries)).get(link) ?? (byName ??= namesOf(entries)).get(link)
      }
      // What a contained resource refers to with # stands beside it, in the same container.
      const container = from.container ?? from
      const contained = (container.resource.contained ?? []) as Resource[]
      const id = link.slice(1)
      const index = contained.findIndex((one) => one.id === id)
      const resource = contained[index]
      return resource && { resource, root: `${container.root}.contained[${index}]`, container }
    },
  }
}

function urlsOf(entries: readonly Written[]): ByUrl<Placed> {
  const byUrl = new ByUrl<Placed>(entries.length)
  for (const { resource, root, fullUrl } of entries) if (fullUrl !== undefined) byUrl.set(fullUrl, { resource, root })
  return byUrl
}

/** As references name what is stored: type and id. */
function namesOf(entries: readonly Written[]): ReadonlyMap<string, Placed> {
  const byName = new Map<string, Placed>()
  for (const { resource, root } of entries) {
    if (resource.id !== undefined) byName.set(`${resource.resourceType}/${resource.id}`, { resource, root })
  }
  return byName
}
