/**
 * The lifecycle tables drawn and written out for people: `node src/generator/lifecycles.ts` writes the generated parts
 * of `conformance/lifecycle/README.md`, with `--check` it only says whether they are current (exit code 1 when not).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../config.ts'
import type { LifecycleTable, TransitionRow } from '../homecare/lifecycle-table.ts'
import { keepCurrent } from './keep-current.ts'
import { type Block, renderBlocks } from './readme.ts'

/** The tables of `conformance/lifecycle/`, in the order in which its README shows them. */
export const lifecycleNames = [
  'Order',
  'Supply',
  'Cancel',
  'Renewal',
  'Registration',
  'MedicationRequest',
  'MedicationDispense',
] as const

const read = (name: string): LifecycleTable =>
  JSON.parse(readFileSync(join(packageRoot, 'conformance/lifecycle', `${name}.json`), 'utf8')) as LifecycleTable

/** Mermaid takes no hyphens in a state's name. */
const alias = (code: string): string => code.replaceAll('-', '_')

/** The table as a Mermaid state diagram; corrections and overtaking reports are left to the tables. */
function diagram(table: LifecycleTable): string {
  const arrows = new Map<string, Set<string>>()
  const draw = (from: string, to: string, by: readonly string[]): void => {
    const key = `${from} --> ${to}`
    arrows.set(key, new Set([...(arrows.get(key) ?? []), ...by]))
  }
  for (const { state, by } of table.initial) draw('[*]', alias(state), by)
  for (const row of table.transitions) {
    if (row.afterEnd || row.skips) continue
    for (const from of row.from) draw(alias(from), alias(row.to), row.by)
  }
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...table.states.map(({ code }) => `  state "${code}" as ${alias(code)}`),
    ...[...arrows].map(([arrow, by]) => `  ${arrow}: ${[...by].join(', ')}`),
    ...table.states.filter(({ terminal }) => terminal).map(({ code }) => `  ${alias(code)} --> [*]`),
    '```',
  ].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const listName = (valueSet: string): string => valueSet.slice(valueSet.lastIndexOf('/') + 1)

function reasonWords({ reason }: Pick<TransitionRow, 'reason'>): string {
  if (!reason) return ''
  const list = reason.valueSet === undefined ? 'any' : `\`${listName(reason.valueSet)}\``
  return reason.required ? list : `${list} (may be left out)`
}

/** States and steps of a table as Markdown. */
export function tables(table: LifecycleTable): string {
  const states = table.states.map(({ code, status, nextActor, terminal, patientWording }) =>
    [code, status, terminal ? 'end' : nextActor, patientWording ?? ''].map(cell).join(' | '),
  )
  const words = (row: TransitionRow): string =>
    [...(row.requires ?? []), ...stateRules(table, row)].map(({ human }) => human).join(' ')
  const stepOf = (row: TransitionRow): string =>
    [
      row.from.join(', '),
      row.to,
      row.by.join(', '),
      words(row),
      reasonWords(row),
      [...(row.sets ?? []), ...(row.effects ?? [])].join(', '),
      row.event,
    ]
      .map(cell)
      .join(' | ')
  const steps = table.transitions.filter(({ skips }) => !skips).map(stepOf)
  const skips = table.transitions.filter((row) => row.skips)
  const marks = (table.marks ?? []).map(({ event }) => `\`${event}\``)
  return [
    '| state | status | next step is for | what the patient may be told |',
    '|---|---|---|---|',
    ...states.map((row) => `| ${row} |`),
    '',
    '| from | to | who | must be true | reason | what follows | event |',
    '|---|---|---|---|---|---|---|',
    ...steps.map((row) => `| ${row} |`),
    ...(skips.length > 0
      ? [
          '',
          'Reports that may overtake others, by a sender who says when it happened:',
          '',
          '| from | to | reason |',
          '|---|---|---|',
          ...skips.map((row) => `| ${[row.from.join(', '), row.to, reasonWords(row)].map(cell).join(' | ')} |`),
        ]
      : []),
    ...(table.milestones
      ? [
          '',
          `Reported late they are recorded, and move nothing back: ${table.milestones.map((code) => `\`${code}\``).join(', ')}.`,
        ]
      : []),
    ...(marks.length > 0
      ? ['', `By the clock or an answer, without leaving the state: ${[...new Set(marks)].join(', ')}.`]
      : []),
  ].join('\n')
}

const stateRules = (table: LifecycleTable, row: TransitionRow) =>
  table.states.find(({ code }) => code === row.to)?.requires ?? []

const blocks: readonly Block[] = lifecycleNames.map((name) => ({
  name,
  render: () => {
    const table = read(name)
    return `\n${diagram(table)}\n\n${tables(table)}\n`
  },
}))

if (import.meta.main) {
  const name = 'conformance/lifecycle/README.md'
  keepCurrent(name, renderBlocks(readFileSync(join(packageRoot, name), 'utf8'), blocks))
}
