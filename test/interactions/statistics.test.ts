/** Those who may see nobody are told how the work goes, in numbers that point at nobody. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { r4 } from '../../src/fhir/resource.ts'
import { loadStatistics } from '../../src/homecare/statistics.ts'
import { countHaving, countStates } from '../../src/store/statistics.ts'
import { type Answer, type Exchange, START, startExchange } from '../helper.ts'
import { acceptedOrder, errorsIn, located, orderBundle, orderTask, parties } from '../orders.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const NEXT_MONTH = Date.UTC(2026, 11, 2)
const METHOTREXATE = '15517911000001104'

/** Numerator and denominator of a figure, `masked` where it is not told. */
function figure(answer: Answer, code: string): (number | string | undefined)[] {
  const { group = [] } = answer.body as unknown as r4.MeasureReport
  const found = group.find((each) => each.code?.coding?.[0]?.code === code)
  const told = (population: r4.MeasureReportGroupPopulation | undefined) =>
    population?.count ?? population?._count?.extension?.[0]?.valueCode
  return [told(found?.population?.[1]), told(found?.population?.[0]), found?.measureScore?.value]
}

function inState(answer: Answer, table: string, state: string): number | string | undefined {
  const { group = [] } = answer.body as unknown as r4.MeasureReport
  const strata = group.find((each) => each.code?.coding?.[0]?.code === `${table}-states`)?.stratifier?.[0]?.stratum
  const population = strata?.find(({ value }) => value?.coding?.[0]?.code === state)?.population?.[0]
  return population?.count ?? population?._count?.extension?.[0]?.valueCode
}

/** Orders of two trusts: so many accepted, so many rejected. */
async function month(exchange: Exchange, accepted: number, rejected: number): Promise<void> {
  const { provider } = await parties(exchange)
  for (let i = 0; i < accepted + rejected; i++) {
    const code = i % 2 === 0 ? 'RBA' : 'RXX'
    const trust = await exchange.party('trust', code)
    if (i < accepted) await acceptedOrder({ trust, provider }, { trust: code })
    else {
      const task = await orderTask(
        provider,
        located(await trust.post('', orderBundle({ trust: code })), 'MedicationRequest'),
      )
      const statusReason = {
        coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/reason', code: 'no-valid-po' }],
      }
      const businessStatus = {
        coding: [
          { system: 'https://homecare-exchange.org/fhir/CodeSystem/order-business-status', code: 'rejected-no-po' },
        ],
      }
      const answer = await provider.put({ ...task, status: 'rejected', businessStatus, statusReason } as never)
      if (answer.status !== 200) throw new Error(answer.text)
    }
  }
}

t.test('an observer is told how the last month went, and of nobody', async (t) => {
  const exchange = await startExchange(t)
  await month(exchange, 7, 6)
  const early = await exchange.party('observer', 'X26')
  t.equal((await early.get('$statistics?month=2026-11')).status, 400, 'a month that is not over is not told')
  t.same(figure(await early.get('$statistics'), 'rejected'), [0, 0, undefined], 'nothing happened in the month before')
  exchange.now = NEXT_MONTH
  const observer = await exchange.party('observer', 'X26')
  const answer = await observer.get('$statistics')
  t.equal(answer.status, 200, answer.text)
  t.same(errorsIn(exchange, answer.body, { root: 'MeasureReport', type: 'MeasureReport' }), [])
  t.match(answer.body, {
    status: 'complete',
    type: 'summary',
    period: { start: '2026-11-01T00:00:00.000Z', end: '2026-11-30T23:59:59.999Z' },
  })
  t.same(figure(answer, 'rejected'), [6, 13, 46.2])
  t.same(figure(answer, 'first-time-right'), [7, 13, 53.8])
  t.equal(inState(answer, 'order', 'accepted'), 7)
  t.equal(inState(answer, 'order', 'rejected-no-po'), 6)
  t.equal(inState(answer, 'order', 'suspended'), 0)
  t.notMatch(
    answer.text,
    /RBA|RXX|VN6XW|9449304130|Example|Ada|Patient\/|Task\/|MedicationRequest\//,
    'nobody is named',
  )

  const same = (text: string) => text.replace(/"id":"[^"]*"/, '')
  t.equal(same((await observer.get('$statistics?month=2026-11')).text), same(answer.text))
  const body = { resourceType: 'Parameters', parameter: [{ name: 'month', valueString: '2026-11' }] }
  t.equal(same((await observer.post('$statistics', body)).text), same(answer.text))
  await month(exchange, 1, 0)
  t.equal(
    same((await observer.get('$statistics?month=2026-11')).text),
    same(answer.text),
    'what comes later changes nothing',
  )
  for (const query of ['month=2026-13', 'month=november', 'month=2026-12', 'month=2026-10&month=2026-11', 'trust=RBA'])
    t.equal((await observer.get(`$statistics?${query}`)).status, 400, query)
  for (const role of ['trust', 'provider', 'pharmacist', 'tester'] as const)
    t.equal((await (await exchange.party(role, 'RBA')).get('$statistics')).status, 403, role)
  for (const path of ['Patient', 'Task', 'MedicationRequest', '_history', 'AuditEvent', '?_type=Task'])
    t.equal((await observer.get(path)).status, 403, path)
})

t.test('small numbers are masked, and so is what they could be found from', async (t) => {
  const cases: [accepted: number, rejected: number, rejection: unknown[], accepting: unknown][] = [
    [5, 4, ['masked', 9, undefined], 5],
    [4, 5, ['masked', 9, undefined], 'masked'],
    [2, 1, ['masked', 'masked', undefined], 'masked'],
    [5, 0, [0, 5, 0], 5],
    [0, 5, [5, 5, 100], 0],
  ]
  for (const [accepted, rejected, rejection, accepting] of cases) {
    const exchange = await startExchange(t)
    await month(exchange, accepted, rejected)
    exchange.now = NEXT_MONTH
    const answer = await (await exchange.party('observer', 'X26')).get('$statistics')
    t.same(figure(answer, 'rejected'), rejection, `${accepted} and ${rejected}`)
    t.equal(inState(answer, 'order', 'accepted'), accepting)
    await exchange.close()
  }
})

/** A policy with schemes. */
function policyWith(t: Test, schemes: unknown): string {
  const policy = JSON.parse(readFileSync(join(packageRoot, 'conformance/policy.json'), 'utf8')) as object
  const file = join(temporaryFolder(t), 'policy.json')
  writeFileSync(file, JSON.stringify({ ...policy, schemes }))
  return file
}

t.test('a manufacturer is told of the medicines of its scheme alone', async (t) => {
  const POLICY = policyWith(t, [
    { manufacturer: 'M0001', therapies: [METHOTREXATE] },
    { manufacturer: 'M0002', therapies: ['322236009'] },
  ])
  const exchange = await startExchange(t, { POLICY })
  await month(exchange, 6, 0)
  exchange.now = NEXT_MONTH
  const maker = await exchange.party('manufacturer', 'M0001')
  const answer = await maker.get('$statistics')
  t.same(figure(answer, 'first-time-right'), [6, 6, 100])
  t.equal(inState(answer, 'order', 'accepted'), 6)
  const other = await (await exchange.party('manufacturer', 'M0002')).get('$statistics')
  t.same(figure(other, 'first-time-right'), [0, 0, undefined])
  t.equal(inState(other, 'order', 'accepted'), 0)
  const stranger = await (await exchange.party('manufacturer', 'M0003')).get('$statistics')
  t.same([stranger.status, stranger.keys], [403, ['scheme-unknown']])
  for (const path of ['Patient', 'Task', 'MedicationRequest', 'MedicationDispense', '_history', 'AuditEvent'])
    t.equal((await maker.get(path)).status, 403, path)
  await t.rejects(startExchange(t, { POLICY: policyWith(t, [{ manufacturer: 'M0001' }]) }), /policy/, 'checked at boot')
})

t.test('a table of figures that would lie stops the boot', async (t) => {
  const good = JSON.parse(readFileSync(join(packageRoot, 'conformance/statistics.json'), 'utf8')) as Record<
    string,
    unknown
  >
  const { context } = await startExchange(t)
  const load = (changes: object) => () => loadStatistics('x.json', { ...good, ...changes }, context.rules.lifecycles)
  t.doesNotThrow(load({}))
  t.throws(load({ suppressBelow: 2 }), /suppressBelow/)
  t.throws(load({ states: ['nothing'] }), /no lifecycle nothing/)
  t.throws(
    load({ figures: [{ code: 'x', title: 'x', of: ['order-lost'], having: ['order-found'] }] }),
    /order-lost.*order-found/,
  )
  t.throws(load({ figures: [{ code: 'x', title: 'x', of: ['order-received'] }] }), /either having or lacking/)
})

t.test('the period begins at its first instant and ends before the next', async (t) => {
  const exchange = await startExchange(t)
  await month(exchange, 5, 0)
  const { query } = exchange.context.database
  const count = async (from: number, to: number) =>
    (await countHaving(query, { from, to }, ['order-submitted'], ['order-accepted'])).denominator
  t.equal(await count(START, START + 60_000), 5)
  t.equal(await count(START - 1000, START), 0)
  t.same([...(await countStates(query, { from: 0, to: START }))], [])
})
