/**
 * [base]/$statistics: how the work went in a month, as a MeasureReport of counts
 * (conformance/OperationDefinition/statistics.json). For observers of everything, for a manufacturer of the medicines
 * of its scheme. Only whole months that are over: figures that grew while one looked on would tell of single patients.
 */
import type { Context } from '../context.ts'
import { instant } from '../fhir/json.ts'
import { CANONICAL, refuse } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import { groupsOf } from '../homecare/statistics.ts'
import { type CountFilter, countHaving, countStates } from '../store/statistics.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { plainParameters } from './parameters.ts'

export const statistics: Interaction = async (context, request) => {
  const { from, to } = readMonth(context, request)
  const filter: CountFilter = { from, to, ...ofScheme(context, request) }
  const { query } = context.database
  const table = context.statistics
  const figures = new Map<string, { numerator: number; denominator: number }>()
  for (const { code, of, having, lacking } of table.figures) {
    const { denominator, numerator } = await countHaving(query, filter, of, having ?? lacking ?? [])
    figures.set(code, { denominator, numerator: having ? numerator : denominator - numerator })
  }
  const counted = { figures, states: await countStates(query, filter) }
  const report: r4.MeasureReport = {
    resourceType: 'MeasureReport',
    id: context.newId(),
    status: 'complete',
    type: 'summary',
    measure: `${CANONICAL}/Measure/homecare-statistics|${table.version}`,
    date: instant(context.clock()),
    reporter: { display: 'Homecare Exchange' },
    period: { start: instant(from), end: instant(to - 1) },
    group: groupsOf(table, context.rules.lifecycles.values(), counted, `${CANONICAL}/CodeSystem/statistics`),
  }
  return { status: 200, body: JSON.stringify(report) }
}

/** @throws Problem parameter-invalid for what is no month, or one that is not over */
function readMonth(context: Context, request: FhirRequest): { readonly from: number; readonly to: number } {
  const now = new Date(context.clock())
  const given = plainParameters(context, request, ['month']).get('month')
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(given ?? '') ?? []
  if (given !== undefined && year === undefined) {
    throw refuse('parameter-invalid', 'month takes a calendar month, e.g. 2026-10.')
  }
  const begin = (offset: number): number =>
    given === undefined
      ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1 + offset)
      : Date.UTC(Number(year), Number(month) - 1 + offset)
  const [from, to] = [begin(0), begin(1)]
  if (to <= now.getTime()) return { from, to }
  throw refuse('parameter-invalid', 'month is a month that is over: figures are told when they no longer change.')
}

/** The medicines that a manufacturer's scheme is for. @throws Problem scheme-unknown */
function ofScheme({ schemes }: Context, { caller }: FhirRequest): Pick<CountFilter, 'medicines'> {
  if (caller.role !== 'manufacturer') return {}
  const medicines = schemes.filter(({ manufacturer }) => manufacturer === caller.organization)
  if (medicines.length === 0) {
    throw refuse(
      'scheme-unknown',
      'No scheme of your organisation is known here, so there is nothing that you may see: ask whoever runs the service to add it to the policy.',
    )
  }
  return { medicines: medicines.flatMap(({ therapies }) => therapies) }
}
