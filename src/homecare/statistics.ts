/**
 * Aggregates for those who may see nobody: which figures there are (`conformance/statistics.json`), and what of a count
 * may be told. Small numbers point at people, so a count of 1 to 4 is not told, nor one from which it could be found.
 */
import type { r4 } from '../fhir/resource.ts'
import { compileSchema, inWords } from '../fhir/table-schema.ts'
import type { Lifecycle } from './lifecycle-table.ts'

/** A share: of the Tasks that one event was told of, those that another was told of, or was not. */
export interface Figure {
  readonly code: string
  readonly title: string
  /** Events, one of which makes a Task count. */
  readonly of: readonly string[]
  /** Events, one of which puts it among those that are looked for. */
  readonly having?: readonly string[]
  /** Or events that keep it out of them. */
  readonly lacking?: readonly string[]
}

export interface StatisticsTable {
  readonly version: string
  /** Counts above 0 and below this are not told. */
  readonly suppressBelow: number
  /** Lifecycle tables whose states are counted. */
  readonly states: readonly string[]
  readonly figures: readonly Figure[]
}

const text = { type: 'string', minLength: 1 }
const texts = { type: 'array', items: text, minItems: 1 }
/** Whether `statistics.json` has the right form. */
export const isStatisticsTable = compileSchema<StatisticsTable>({
  type: 'object',
  required: ['version', 'suppressBelow', 'states', 'figures'],
  additionalProperties: false,
  properties: {
    description: text,
    version: text,
    suppressBelow: { type: 'integer', minimum: 5 },
    states: texts,
    figures: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['code', 'title', 'of'],
        additionalProperties: false,
        properties: {
          code: { type: 'string', pattern: '^[a-z-]+$' },
          title: text,
          of: texts,
          having: texts,
          lacking: texts,
        },
      },
    },
  },
})

/** @throws Error that lists every fault: a figure over an event that no table tells would be 0 for ever */
export function loadStatistics(file: string, json: unknown, tables: ReadonlyMap<string, Lifecycle>): StatisticsTable {
  if (!isStatisticsTable(json)) {
    throw new Error(`${file}: not a table of statistics: ${inWords(isStatisticsTable.errors).join('; ')}`)
  }
  const faults: string[] = []
  if (tables.size > 0) {
    const known = new Set(
      [...tables.values()].flatMap(({ initial, transitions, marks = [] }) =>
        [...initial, ...transitions, ...marks].map(({ event }) => event),
      ),
    )
    for (const { code, of, having, lacking } of json.figures) {
      if ((having === undefined) === (lacking === undefined)) faults.push(`${code} needs either having or lacking`)
      for (const event of [...of, ...(having ?? []), ...(lacking ?? [])]) {
        if (!known.has(event)) faults.push(`${code}: no lifecycle tells the event ${event}`)
      }
    }
    for (const name of json.states) {
      if (![...tables.values()].some((table) => table.name === name)) faults.push(`there is no lifecycle ${name}`)
    }
  }
  if (faults.length > 0) throw new Error(`${file}: ${faults.join('; ')}`)
  return json
}

export interface Counted {
  readonly figures: ReadonlyMap<string, { readonly numerator: number; readonly denominator: number }>
  /** Tasks by state. */
  readonly states: ReadonlyMap<string, number>
}

const MASKED = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }]
const POPULATION = 'http://terminology.hl7.org/CodeSystem/measure-population'

type Population = r4.MeasureReportGroupPopulation

const population = (code: string, count: number | undefined): Population => ({
  code: { coding: [{ system: POPULATION, code }] },
  ...(count === undefined ? { _count: { extension: MASKED } } : { count }),
})

/** Figures as groups of a MeasureReport, states as strata; what may not be told is masked. */
export function groupsOf(
  table: StatisticsTable,
  lifecycles: Iterable<Lifecycle>,
  counted: Counted,
  system: string,
): r4.MeasureReportGroup[] {
  const isSmall = (count: number): boolean => count > 0 && count < table.suppressBelow
  const told = (count: number): number | undefined => (isSmall(count) ? undefined : count)
  const groups = table.figures.map(({ code, title }): r4.MeasureReportGroup => {
    const { numerator, denominator } = counted.figures.get(code) ?? { numerator: 0, denominator: 0 }
    // What the whole leaves of a part is a count as well.
    const shown = isSmall(denominator) || isSmall(denominator - numerator) ? undefined : told(numerator)
    return {
      code: { coding: [{ system, code, display: title }] },
      population: [population('denominator', told(denominator)), population('numerator', shown)],
      ...(shown === undefined || denominator === 0
        ? {}
        : {
            measureScore: {
              value: Math.round((shown / denominator) * 1000) / 10,
              unit: '%',
              code: '%',
              system: 'http://unitsofmeasure.org',
            },
          }),
    }
  })
  const states = [...lifecycles].filter(({ name }) => table.states.includes(name))
  for (const { name, businessStatus, states: known } of states) {
    const stratum = known.map(({ code, display }) => ({
      value: { coding: [{ ...(businessStatus === undefined ? {} : { system: businessStatus }), code, display }] },
      population: [population('initial-population', told(counted.states.get(code) ?? 0))],
    }))
    groups.push({
      code: { coding: [{ system, code: `${name}-states`, display: `Tasks by state: ${name}` }] },
      stratifier: [{ code: [{ text: 'state' }], stratum }],
    })
  }
  return groups
}
