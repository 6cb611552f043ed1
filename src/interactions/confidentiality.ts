/**
 * Sensitive records: what carries a confidentiality that a row of the table names (`meta.security`) is shown, within the
 * organisations that may see it, only to the roles that need it. Others break the glass: they say why, and it is on record.
 */
import { type Caller, plays } from '../caller.ts'
import { localReference, referencesAt } from '../fhir/references.ts'
import { refuse } from '../fhir/problem.ts'
import { labelOf, stricter } from '../homecare/access.ts'
import type { ConfidentialityRow, ServerTable, TypeRow } from '../server-table.ts'
import type { Change, Facts } from '../store/operation.ts'
import { readCurrent } from '../store/read.ts'
import type { RulesOptions } from './rules-options.ts'

const NONE: readonly ConfidentialityRow[] = []

/**
 * The label of what is written: its own, or that of what it belongs to. What was derived from a sensitive record stays
 * sensitive, whatever its later versions say.
 */
export async function labelFor(
  { table, base }: RulesOptions,
  row: TypeRow,
  { current, next, caller }: Change,
  { query }: Facts,
): Promise<string> {
  const rows = table.confidentiality ?? NONE
  const own = labelOf(rows, next)
  if (rows.length === 0 || !row.inherits) return own
  const kept = current?.stored.label ?? ''
  const found = stricter(rows, own, kept)
  if (found !== '' || (current && caller.role !== 'service')) return found
  for (const path of row.inherits) {
    for (const { reference } of referencesAt(next, path)) {
      const local = reference === undefined ? undefined : localReference(reference, base)
      const target = local && (await readCurrent(query, local.type, local.id, { kind: 'open' }))
      if (target && target.label !== '') return target.label
    }
  }
  return ''
}

/** Labels of what a caller is not shown; undefined when there are none. */
export function hiddenFrom({ confidentiality = NONE }: ServerTable, caller: Caller): readonly string[] | undefined {
  const hidden = confidentiality.filter(
    ({ seenBy, breakGlass = [] }) =>
      !plays(caller.role, seenBy) && !(caller.breaksGlass === true && plays(caller.role, breakGlass)),
  )
  return hidden.length === 0 ? undefined : hidden.flatMap(({ codes }) => codes)
}

/**
 * The caller with the glass broken.
 * @throws Problem role-forbidden where no row lets the role break it
 */
export function breakingGlass({ confidentiality = NONE }: ServerTable, caller: Caller): Caller {
  if (confidentiality.some(({ breakGlass = [] }) => plays(caller.role, breakGlass)))
    return { ...caller, breaksGlass: true }
  throw refuse(
    'role-forbidden',
    `The role ${caller.role} does not break the glass: Purpose-Of-Use BTG is for roles from which sensitive records are hidden and that may need them.`,
  )
}
