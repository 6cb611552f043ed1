/**
 * Sensitive records: what carries a confidentiality that a row of the table names (`meta.security`) is shown, within the
 * organisations that may see it, to the organisation that sent it, to whom it was made for, and to the roles that need
 * it. Others (another site of the trust) break the glass: they say why, and it is on record.
 */
import { type Caller, plays } from '../caller.ts'
import { localReference, referencesAt } from '../fhir/references.ts'
import { refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { type Label, labelOf, labelText, readLabel, stricter } from '../homecare/access.ts'
import type { ConfidentialityRow, ServerTable, TypeRow } from '../server-table.ts'
import type { Query } from '../store/database.ts'
import type { Change, Done, Facts } from '../store/operation.ts'
import { readByReference, readCurrent, readMaker, type Stored } from '../store/read.ts'
import type { RulesOptions } from './rules-options.ts'

const NONE: readonly ConfidentialityRow[] = []

/** The effect by which a label that is put on a record later reaches what was made from it before. */
export const SPREAD_LABEL = 'spread-label'

/** How far a label follows references: prescription, order, communication about it. */
const MAX_DEPTH = 4

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
  if (rows.length === 0) return ''
  const own = labelOf(rows, next)
  const kept = readLabel(current?.stored.label ?? '')
  const sources: Label[] = row.inherits && kept.code !== '' ? [kept] : []
  if (row.inherits && (!current || caller.role === 'service')) {
    for (const path of row.inherits) {
      for (const { reference } of referencesAt(next, path)) {
        const local = reference === undefined ? undefined : localReference(reference, base)
        const target = local && (await readCurrent(query, local.type, local.id, { kind: 'open' }))
        if (target && target.label !== '') sources.push(readLabel(target.label))
      }
    }
  }
  const code = sources.reduce((found, source) => stricter(rows, found, source.code), own)
  if (code === '') return ''
  const senders = [...kept.senders, ...sources.flatMap((source) => source.senders)]
  return labelText({
    code,
    senders: [...senders, ...(current ? await makers(query, current.stored) : [caller.organization])],
  })
}

/** The organisation that sent a resource first, or whose act made the service write it. */
async function makers(query: Query, { key }: Stored): Promise<string[]> {
  const maker = await readMaker(query, key, 1)
  return maker ? [maker.org] : []
}

/** What follows from a label: nothing can have been made yet from what is new. */
export const labelEffects = ({ table }: RulesOptions, { current }: Change, label: string): readonly string[] =>
  current && isStricter(table, readLabel(label).code, current.stored.label) ? [SPREAD_LABEL] : []

const isStricter = ({ confidentiality = NONE }: ServerTable, code: string, stored: string): boolean =>
  code !== '' && code !== readLabel(stored).code && stricter(confidentiality, code, readLabel(stored).code) === code

/** Puts the label of a record on what was made from it before: an order's Tasks, dispenses, communications, signatures. */
export async function spreadLabel(
  options: RulesOptions,
  { stored }: Pick<Done, 'stored'>,
  facts: Facts,
  depth = 1,
): Promise<void> {
  const { code, senders } = readLabel(stored.label)
  for (const param of [...options.referrers(stored.type), ...options.inherited]) {
    const row = options.row(param.split('.', 1)[0] ?? '')
    if (!row?.inherits) continue
    for (const made of await readByReference(facts.query, param, `${stored.type}/${stored.id}`)) {
      if (!belongsTo(options, row.inherits, made, stored) || !isStricter(options.table, code, made.label)) continue
      const own = readLabel(made.label).senders
      const label = labelText({ code, senders: [...senders, ...own, ...(await makers(facts.query, made))] })
      await facts.relabel(made, label)
      if (depth < MAX_DEPTH) await spreadLabel(options, { stored: { ...made, label } }, facts, depth + 1)
    }
  }
}

/** Whether a resource refers to another through one of the elements. */
const belongsTo = (
  { base }: RulesOptions,
  paths: readonly string[],
  { text }: Stored,
  { type, id }: Stored,
): boolean => {
  const resource = JSON.parse(text) as Resource
  return paths.some((path) =>
    referencesAt(resource, path).some(({ reference }) => {
      const local = reference === undefined ? undefined : localReference(reference, base)
      return local?.type === type && local.id === id
    }),
  )
}

/** Codes of what a caller is not shown unless its organisation sent it; undefined when there are none. */
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
