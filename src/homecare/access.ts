/** Who stands where: which organisations a resource names, and on which side of the work. */
import type { Side } from '../caller.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import type { ConfidentialityRow, TypeRow } from '../server-table.ts'
import { organisationCode } from './identifiers.ts'
import { TASK_OUTPUT } from './states.ts'

export interface Standing {
  /** ODS code, upper case. */
  readonly organization: string
  readonly side: Side
}

/** Every value at a dotted element path, arrays flattened. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path))
  const [name, ...rest] = path
  if (name === undefined) return value === undefined ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return valuesAt((value as Record<string, unknown>)[name], rest)
}

/**
 * The organisations that a resource's own elements put on the requester's or the owner's side.
 * @param organizationsOf ODS codes of the Organization a literal reference leads to, with the one it is part of
 */
export function sidesOf(
  row: Pick<TypeRow, 'access'>,
  resource: Resource,
  organizationsOf: (reference: string) => readonly string[],
): readonly Standing[] {
  const found = new Map<string, Standing>()
  for (const side of ['requester', 'owner'] as const) {
    for (const path of row.access?.[side] ?? []) {
      for (const value of valuesAt(resource, path.split('.'))) {
        const reference = value as r4.Reference
        const named = organisationCode(reference.identifier)
        const led = reference.reference === undefined ? [] : organizationsOf(reference.reference)
        for (const organization of [...(named === undefined ? [] : [named]), ...led]) {
          found.set(`${side} ${organization}`, { organization, side })
        }
      }
    }
  }
  return [...found.values()]
}

export interface RequesterOrganization {
  /** ODS code, upper case. */
  readonly ods: string
  /** ODS code of the organisation it is part of. */
  readonly partOf?: string
}

/**
 * The trust of an order: the organisation its sender acts for. A clinic or site that is part of a trust belongs to
 * that trust, and both see the order. An organisation that the prescription names and that has nothing to do with the
 * sender gains nothing: otherwise a typing error would show one trust's patients to another.
 * @param found organisations behind the prescription's requester
 */
export function trustOf(
  caller: string,
  found: readonly RequesterOrganization[],
): { readonly trust: string; readonly also: readonly string[] } {
  const parent = found.find(({ ods, partOf }) => ods === caller && partOf !== undefined && partOf !== caller)?.partOf
  const trust = parent ?? caller
  const clinics = found.filter(({ partOf }) => partOf === trust).map(({ ods }) => ods)
  const also = new Set([...clinics, ...(parent === undefined ? [] : [caller])])
  also.delete(trust)
  return { trust, also: [...also] }
}

/** https://terminology.hl7.org/CodeSystem-v3-Confidentiality.html */
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'

/** The first of two labels in the order of the rows, which begin with the strictest. */
export const stricter = (rows: readonly ConfidentialityRow[], one: string, other: string): string =>
  rows.flatMap(({ codes }) => codes).find((code) => code === one || code === other) ?? ''

/**
 * What is kept of a sensitive resource: its confidentiality, and who sent it and is shown it in every role. As text it
 * is the code and the ODS codes, with a blank between: `R RBA`; empty for what is not sensitive.
 */
export interface Label {
  /** Empty: not sensitive. */
  readonly code: string
  readonly senders: readonly string[]
}

/** The confidentiality code and the senders of a stored label, e.g. `R RBA`; the inverse of `labelText`. */
export function readLabel(text: string): Label {
  const [code = '', ...senders] = text.split(' ')
  return { code, senders }
}

export const labelText = ({ code, senders }: Label): string =>
  code === '' ? '' : [code, ...new Set(senders)].join(' ')

/** The code of a resource's own confidentiality that a row names, the strictest; empty for all else. */
export function labelOf(rows: readonly ConfidentialityRow[], resource: Resource): string {
  const security = (resource.meta as r4.Meta | undefined)?.security ?? []
  const own = security.flatMap(({ system, code }) => (system === CONFIDENTIALITY && code !== undefined ? [code] : []))
  return rows.flatMap(({ codes }) => codes).find((code) => own.includes(code)) ?? ''
}

/** ODS codes of the carriers that a resource names. */
export function carriersOf({ access }: Pick<TypeRow, 'access'>, resource: Resource): readonly string[] {
  const items = access?.carriers === undefined ? [] : ((resource[access.carriers] ?? []) as r4.TaskOutput[])
  return items.flatMap(({ type, valueReference }) => {
    const isCarrier = type.coding?.some(({ system, code }) => system === TASK_OUTPUT && code === 'carrier')
    return (isCarrier ? organisationCode(valueReference?.identifier) : undefined) ?? []
  })
}
