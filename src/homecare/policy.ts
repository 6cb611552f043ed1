/**
 * What trusts, providers and therapies have agreed: how long each step may take, when a renewal is raised, whether the
 * trust's pharmacist screens. Rows of `conformance/policy.json`; a later row that fits overrides an earlier one.
 */
import type { Resource, r4 } from '../fhir/resource.ts'
import { compileSchema, inWords } from '../fhir/table-schema.ts'
import { DAY, rangeOf } from './dates.ts'
import type { Lifecycle } from './lifecycle-table.ts'

/** When a step is due: so many hours after the state began, or so many days from a date that the Task holds. */
export type Due = { readonly hours: number } | { readonly from: (typeof anchors)[number]; readonly days: number }

const anchors = [
  'restriction.period.start',
  'restriction.period.end',
  'executionPeriod.start',
  'executionPeriod.end',
] as const

const secondOrders = ['allow', 'warn', 'refuse'] as const
type SecondOrder = (typeof secondOrders)[number]

export interface PolicyRow {
  /** ODS codes; the row is for these parties only. */
  readonly trust?: string
  readonly provider?: string
  /** A code of the medicine (SNOMED CT, dm+d); the row is for orders that hold it. */
  readonly therapy?: string
  /** A pharmacist of the trust screens an order before the provider is told of it. */
  readonly screening?: boolean
  /** Days before the patient's supply ends at which the trust is asked to renew. */
  readonly renewalLeadDays?: number
  /** Whether prescriptions are cancelled by national message; where not, the answer is R-0009. */
  readonly cancelByMessage?: boolean
  /** What becomes of a prescription beside a live order for the same medicine that it does not replace. */
  readonly secondOrder?: SecondOrder
  /** By `table/state`, e.g. `order/submitted`: ways to say when the next step is due; the first that can be computed counts. */
  readonly due?: Readonly<Record<string, readonly Due[]>>
  /** Whether prescriptions come signed, and by whom. Absent: a signature is kept and not judged. */
  readonly signature?: SignatureTrust
}

/** Whose signatures a trust relies on; files are named relative to the policy table. */
export interface SignatureTrust {
  /** `required`: nothing unsigned is accepted. `optional`: a signature that comes must hold. */
  readonly demand: 'required' | 'optional'
  /** PEM files of certificates that are relied on: of authorities, or of a signer itself. */
  readonly roots?: readonly string[]
  /** Files (PEM or DER) of lists of revoked certificates; with any, the list of a signer's issuer must be among them. */
  readonly revocationLists?: readonly string[]
  /** JWKS files of public keys that may sign without a certificate, each named by its `kid`. */
  readonly keys?: readonly string[]
}

/** A manufacturer that pays the homecare of its medicines: it is told how that goes, in aggregates. */
export interface Scheme {
  /** ODS code. */
  readonly manufacturer: string
  /** Codes of the medicines (SNOMED CT, dm+d). */
  readonly therapies: readonly string[]
}

export interface Policy {
  readonly signature?: SignatureTrust
  readonly screening: boolean
  readonly renewalLeadDays: number
  readonly cancelByMessage: boolean
  readonly secondOrder: SecondOrder
  readonly due: Readonly<Record<string, readonly Due[]>>
}

/** Who and what a policy is asked for. */
export interface Parties {
  readonly trust?: string | undefined
  readonly provider?: string | undefined
  readonly therapies?: readonly string[]
}

export interface Policies {
  (parties: Parties): Policy
  /** What the rows say of signatures. */
  readonly signatures: readonly SignatureTrust[]
}

const text = { type: 'string', minLength: 1 }
const files = { type: 'array', minItems: 1, items: text }
const due = {
  anyOf: [
    {
      type: 'object',
      additionalProperties: false,
      required: ['hours'],
      properties: { hours: { type: 'number', exclusiveMinimum: 0 } },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['from', 'days'],
      properties: { from: { enum: [...anchors] }, days: { type: 'number' } },
    },
  ],
}
/** Whether `policy.json` has the right form. */
export const isPolicyTable = compileSchema<{
  readonly rows: readonly PolicyRow[]
  readonly schemes?: readonly Scheme[]
}>({
  type: 'object',
  additionalProperties: false,
  required: ['rows'],
  properties: {
    description: text,
    schemes: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['manufacturer', 'therapies'],
        properties: { manufacturer: text, therapies: { type: 'array', items: text, minItems: 1 } },
      },
    },
    rows: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          trust: text,
          provider: text,
          therapy: text,
          screening: { type: 'boolean' },
          renewalLeadDays: { type: 'number', minimum: 0 },
          cancelByMessage: { type: 'boolean' },
          secondOrder: { enum: [...secondOrders] },
          due: { type: 'object', additionalProperties: { type: 'array', minItems: 1, items: due } },
          signature: {
            type: 'object',
            additionalProperties: false,
            required: ['demand'],
            anyOf: [{ required: ['roots'] }, { required: ['keys'] }],
            properties: {
              demand: { enum: ['required', 'optional'] },
              roots: files,
              revocationLists: files,
              keys: files,
            },
          },
        },
      },
    },
  },
})

/**
 * Reads the policy and checks it against the lifecycle tables: every state of a Task that is no end has a due time.
 * @param file where it came from, for the words of a refusal
 * @throws Error that lists every fault
 */
export function loadPolicies(file: string, json: unknown, tables: Iterable<Lifecycle>): Policies {
  if (!isPolicyTable(json)) {
    throw new Error(`${file}: not a policy table:\n  ${inWords(isPolicyTable.errors).join('\n  ')}`)
  }
  const { rows } = json
  const [first] = rows
  const faults: string[] = []
  if (first?.trust ?? first?.provider ?? first?.therapy) faults.push('the first row is for everybody: it names nobody')
  const tasks = [...tables].filter(({ resourceType }) => resourceType === 'Task')
  const known = new Map(tasks.flatMap(({ name, states }) => states.map((state) => [`${name}/${state.code}`, state])))
  for (const [key, state] of known) {
    if (!state.terminal && !first?.due?.[key]) faults.push(`the first row has no due time for ${key}`)
  }
  for (const row of rows) {
    for (const key of Object.keys(row.due ?? {}))
      if (tasks.length > 0 && !known.has(key)) faults.push(`there is no state ${key}`)
  }
  if (faults.length > 0) throw new Error(`${file}:\n  ${faults.join('\n  ')}`)
  const signatures = rows.flatMap(({ signature }) => signature ?? [])
  return Object.assign((parties: Parties) => policyFor(rows, parties), { signatures })
}

/** The schemes of a policy that `loadPolicies` has found good. */
export const schemesOf = (json: unknown): readonly Scheme[] =>
  (json as { readonly schemes?: readonly Scheme[] }).schemes ?? []

function policyFor(rows: readonly PolicyRow[], { trust, provider, therapies = [] }: Parties): Policy {
  let policy: Policy = { screening: false, renewalLeadDays: 28, cancelByMessage: true, secondOrder: 'warn', due: {} }
  for (const row of rows) {
    if (row.trust !== undefined && row.trust !== trust) continue
    if (row.provider !== undefined && row.provider !== provider) continue
    if (row.therapy !== undefined && !therapies.includes(row.therapy)) continue
    const { screening, renewalLeadDays, cancelByMessage, secondOrder, signature } = { ...policy, ...row }
    const due = { ...policy.due, ...row.due }
    const said = { screening, renewalLeadDays, cancelByMessage, secondOrder, due }
    policy = signature ? { ...said, signature } : said
  }
  return policy
}

/** Codes of the medicine a prescription is for. */
export const therapiesOf = (prescriptions: readonly r4.MedicationRequest[]): string[] =>
  prescriptions.flatMap(({ medicationCodeableConcept }) =>
    (medicationCodeableConcept?.coding ?? []).flatMap(({ code }) => code ?? []),
  )

/** When the next step is due, in ms since the epoch; undefined for an end state. */
export function dueAt(policy: Policy, table: string, state: string, task: Resource, now: number): number | undefined {
  for (const way of policy.due[`${table}/${state}`] ?? []) {
    if ('hours' in way) return now + way.hours * 3_600_000
    const [element = '', ...path] = way.from.split('.')
    const value = path.reduce<unknown>(
      (node, name) => (node as Record<string, unknown> | undefined)?.[name],
      task[element],
    )
    // A date is over at its last instant; a day that is past already is due now.
    const range = typeof value === 'string' ? rangeOf(value) : undefined
    if (range) return Math.max(now, range.high + way.days * DAY)
  }
  return undefined
}
