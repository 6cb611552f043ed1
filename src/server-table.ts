/**
 * THE TABLE: `conformance/server.json` is the promise this service makes. Routes, access scope, search parser and
 * CapabilityStatement are all driven by it, so they cannot disagree. A broken table stops the boot.
 */
import { callerRoles, plays, type Role } from './caller.ts'
import { catalogue } from './fhir/problem.ts'
import { compileSchema, inWords } from './fhir/table-schema.ts'

/** FHIR's codes (http://hl7.org/fhir/ValueSet/type-restful-interaction), as far as they are built. */
export const typeInteractions = [
  'read',
  'vread',
  'create',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'search-type',
] as const
export type TypeInteraction = (typeof typeInteractions)[number]
const systemInteractions = ['transaction', 'batch', 'search-system', 'history-system', 'capabilities'] as const
export type SystemInteraction = (typeof systemInteractions)[number]

export interface TypeRow {
  /** R4 resource type, or `*` for every R4 type that has no row of its own. */
  readonly type: string
  /** Who may do what; an interaction that is not named is not routed and not promised. */
  readonly interactions: Readonly<Partial<Record<TypeInteraction, readonly Role[]>>>
  /**
   * `store`: kept in the database. `definitions`: read-only, from `profiles/` and `conformance/`. `audit`: read-only,
   * made from the audit log.
   */
  readonly source: 'store' | 'definitions' | 'audit'
  /** Canonical of the profile that every resource of this type must satisfy. */
  readonly profile?: string
  /** Codes of the R4 search parameters that are indexed and answered; `*` for all of a supported kind. */
  readonly search: readonly string[] | '*'
  /** `required`: PUT without If-Match is refused with 428. */
  readonly ifMatch: 'required' | 'optional'
  /** PUT to an id that is not there creates it. Only in an open table: it would tell that an id is taken. */
  readonly updateCreate?: boolean
  /** In which statuses it may be deleted, and what to do in others; absent: always. */
  readonly deletable?: { readonly status: readonly string[]; readonly instead: string }
  /** Lifecycle tables (files in `conformance/lifecycle/`, without .json) that govern this type, tried in order. */
  readonly lifecycle?: readonly string[]
  /** Elements (dotted paths of References) whose organisation stands to the resource on the named side. */
  readonly access?: {
    readonly requester?: readonly string[]
    readonly owner?: readonly string[]
    /** The element whose items of the type `carrier` name an organisation that sees this resource as `logistics`. */
    readonly carriers?: string
  }
  /** Roles that are shown a part only. */
  readonly views?: Readonly<Partial<Record<Role, View>>>
  /** Elements (dotted paths of References): who stands to what they point to stands to this resource too. */
  readonly inherits?: readonly string[]
  /** Elements (dotted paths of References): who may see this resource may also see what they point to. */
  readonly shares?: readonly string[]
  /** Words for the CapabilityStatement. */
  readonly documentation?: string
}

const operationLevels = ['system', 'type', 'instance'] as const
export type OperationLevel = (typeof operationLevels)[number]

export interface OperationRow {
  /** Name without the dollar sign. */
  readonly name: string
  /** Where it is offered: `[base]/$name`, `[base]/Type/$name`, `[base]/Type/id/$name`. */
  readonly levels: readonly OperationLevel[]
  /** Types at which the levels type and instance are offered; absent: every exposed type. */
  readonly types?: readonly string[]
  readonly roles: readonly Role[]
  /**
   * What a token must allow: `MedicationRequest.c`, or `[type].r` for the type in the address. Without it, everything
   * on that type, or on every type at system level.
   */
  readonly scopes?: readonly string[]
  readonly definition: string
  /** Changes nothing and takes primitive parameters only: GET is offered beside POST. */
  readonly reads?: boolean
  /** Changes something: GET is not offered at an instance either. */
  readonly writes?: boolean
}

/** The part of a resource that a role is shown, and by what it may ask for it: or a search would tell the rest. */
export interface View {
  /** Elements as dotted paths; all else is left out, `id`, version and time apart. */
  readonly elements: readonly string[]
  /** Of an element of `elements`, only the items whose `type` has one of these codes. */
  readonly items?: Readonly<Record<string, readonly string[]>>
  /** Codes of search parameters, without modifiers and chains; also what may be sorted and included by. */
  readonly search: readonly string[]
}

/** Who is shown, within the organisations that may see it, what carries a confidentiality, besides the one that sent it. */
export interface ConfidentialityRow {
  /** Of http://terminology.hl7.org/CodeSystem/v3-Confidentiality, in `meta.security`; the strictest first. */
  readonly codes: readonly string[]
  /** Roles that need it for their work; `tester` counts as any other. */
  readonly seenBy: readonly Role[]
  /** Roles that are shown it when they break the glass, with a reason that goes on record. */
  readonly breakGlass?: readonly Role[]
}

export interface ServerTable {
  readonly name: string
  /** `enforced`: a literal reference must point to something the caller can see. `free`: not checked. */
  readonly references: 'enforced' | 'free'
  /** `organization`: a caller sees what its organisation stands to. `open`: every caller of an allowed role sees all. */
  readonly scope: 'organization' | 'open'
  /**
   * Codes of the catalogue of problems, or keys of FHIR's invariants, for which a write is not refused: the sender is
   * warned instead. `$validate` tells them as they are. Only in an open table.
   */
  readonly tolerates?: readonly string[]
  /** HTTP statuses of problems in what is sent, by their codes, where they are others than in the catalogue. */
  readonly statuses?: Readonly<Record<string, number>>
  /**
   * What is taken as meant where the sender says nothing. `return`: what is preferred for the entries of a Bundle that
   * write. `total`: as `_total` of a search. `fullUrl`: an entry of a transaction that creates a resource and has no
   * fullUrl is known to the others by the type and id that it was sent with.
   */
  readonly assumes?: { readonly return?: 'representation'; readonly total?: 'accurate'; readonly fullUrl?: 'id' }
  /** Absent: nothing is hidden within an organisation. */
  readonly confidentiality?: readonly ConfidentialityRow[]
  readonly system: Readonly<Partial<Record<SystemInteraction, readonly Role[]>>>
  readonly operations: readonly OperationRow[]
  readonly types: readonly TypeRow[]
}

const roleList = {
  type: 'array',
  items: { enum: callerRoles },
  minItems: 1,
  uniqueItems: true,
}
const pathList = { type: 'array', items: { type: 'string', pattern: '^[a-zA-Z.]+$' }, minItems: 1 }
const interactionMap = (codes: readonly string[]) => ({
  type: 'object',
  properties: Object.fromEntries(codes.map((code) => [code, roleList])),
  additionalProperties: false,
})

/** Whether a server table has the right form. */
export const isServerTable = compileSchema<ServerTable>({
  type: 'object',
  required: ['name', 'references', 'scope', 'system', 'operations', 'types'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1 },
    references: { enum: ['enforced', 'free'] },
    scope: { enum: ['organization', 'open'] },
    tolerates: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
    statuses: { type: 'object', additionalProperties: { type: 'integer', minimum: 400, maximum: 499 } },
    assumes: {
      type: 'object',
      properties: { return: { const: 'representation' }, total: { const: 'accurate' }, fullUrl: { const: 'id' } },
      additionalProperties: false,
    },
    confidentiality: {
      type: 'array',
      items: {
        type: 'object',
        required: ['codes', 'seenBy'],
        additionalProperties: false,
        properties: {
          codes: { type: 'array', items: { enum: ['U', 'L', 'M', 'N', 'R', 'V'] }, minItems: 1, uniqueItems: true },
          seenBy: roleList,
          breakGlass: roleList,
        },
      },
    },
    system: interactionMap(systemInteractions),
    operations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'levels', 'roles', 'definition'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', pattern: '^[a-z][a-z-]*$' },
          levels: { type: 'array', items: { enum: operationLevels }, minItems: 1, uniqueItems: true },
          types: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
          reads: { type: 'boolean' },
          writes: { type: 'boolean' },
          roles: roleList,
          scopes: { type: 'array', items: { type: 'string', pattern: '^(\\[type\\]|[A-Z][A-Za-z]+|\\*)\\.[cruds]+$' } },
          definition: { type: 'string', pattern: '^[a-z]+:' },
        },
      },
    },
    types: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['type', 'interactions', 'source', 'search', 'ifMatch'],
        additionalProperties: false,
        properties: {
          type: { type: 'string' },
          interactions: { ...interactionMap(typeInteractions), minProperties: 1 },
          source: { enum: ['store', 'definitions', 'audit'] },
          profile: { type: 'string' },
          search: { oneOf: [{ const: '*' }, { type: 'array', items: { type: 'string' } }] },
          ifMatch: { enum: ['required', 'optional'] },
          updateCreate: { type: 'boolean' },
          deletable: {
            type: 'object',
            required: ['status', 'instead'],
            additionalProperties: false,
            properties: {
              status: { type: 'array', items: { type: 'string' }, minItems: 1 },
              instead: { type: 'string', minLength: 1 },
            },
          },
          lifecycle: { type: 'array', items: { type: 'string' }, minItems: 1 },
          access: {
            type: 'object',
            additionalProperties: false,
            properties: { requester: pathList, owner: pathList, carriers: { type: 'string' } },
          },
          views: {
            type: 'object',
            propertyNames: { enum: callerRoles },
            additionalProperties: {
              type: 'object',
              required: ['elements', 'search'],
              additionalProperties: false,
              properties: {
                elements: pathList,
                items: {
                  type: 'object',
                  additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 },
                },
                search: { type: 'array', items: { type: 'string' } },
              },
            },
          },
          inherits: pathList,
          shares: pathList,
          documentation: { type: 'string' },
        },
      },
    },
  },
})

/** The key of an invariant, e.g. `bdl-7`. */
const INVARIANT = /^[a-z]+-\d+[a-z]?$/

/**
 * Checks a table as read from its file.
 * @param resourceTypes every R4 resource type
 * @throws Error naming the row and what is wrong: a service with a broken table does not start
 */
export function checkServerTable(value: unknown, resourceTypes: readonly string[], file: string): ServerTable {
  if (!isServerTable(value)) {
    throw new Error(`${file}: ${inWords(isServerTable.errors).join('; ')}`)
  }
  if (value.tolerates && value.scope !== 'open') {
    throw new Error(`${file}: it tolerates what others refuse, which only an open table may.`)
  }
  const named = [
    ...(value.tolerates ?? []).filter((code) => !INVARIANT.test(code)),
    ...Object.keys(value.statuses ?? {}),
  ]
  const strange = named.find((code) => !Object.hasOwn(catalogue, code))
  if (strange !== undefined) throw new Error(`${file}: "${strange}" is no problem of the catalogue.`)
  const seen = new Set<string>()
  for (const { type, updateCreate } of value.types) {
    if (updateCreate && value.scope !== 'open') {
      throw new Error(`${file}: the row of ${type} has updateCreate, which only an open table may have.`)
    }
    if (type !== '*' && !resourceTypes.includes(type)) throw new Error(`${file}: "${type}" is not an R4 resource type.`)
    if (seen.has(type)) throw new Error(`${file}: ${type} has two rows.`)
    seen.add(type)
  }
  const labels = (value.confidentiality ?? []).flatMap(({ codes }) => codes)
  if (new Set(labels).size < labels.length) throw new Error(`${file}: a code of confidentiality stands in two rows.`)
  for (const { codes, seenBy, breakGlass = [] } of value.confidentiality ?? []) {
    const both = breakGlass.find((role) => plays(role, seenBy))
    if (both !== undefined) throw new Error(`${file}: ${both} sees ${codes.join(', ')} without breaking the glass.`)
  }
  for (const { name, types = [] } of value.operations) {
    const unknown = types.find((type) => !seen.has(type) && !(seen.has('*') && resourceTypes.includes(type)))
    if (unknown !== undefined) throw new Error(`${file}: $${name} is offered at ${unknown}, which has no row.`)
  }
  return value
}

/** Whether an operation is offered at a type (and its instances). */
export const offeredAt = ({ types }: OperationRow, type: string): boolean => types?.includes(type) ?? true

/** Row of a type, a `*` row counting for every type without one of its own. */
export function rowsOf(table: ServerTable, resourceTypes: readonly string[]): ReadonlyMap<string, TypeRow> {
  const any = table.types.find((row) => row.type === '*')
  const rows = new Map<string, TypeRow>()
  for (const type of [...resourceTypes].sort()) {
    const row = table.types.find((candidate) => candidate.type === type) ?? (any ? { ...any, type } : undefined)
    if (row) rows.set(type, row)
  }
  return rows
}
