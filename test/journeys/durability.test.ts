/** What was acknowledged survives the death of the process, whole and once; what was not is there whole or not at all. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { freshDatabase, open } from '../database.ts'
import { AUTHORED, each, extractor, Ledger, orderFaults, resendFaults, toldFaults } from '../faults/ledger.ts'
import { type Answer, Party, Service } from '../faults/service.ts'
import { faultsOf } from '../store/consistency.ts'

const ORDER_WRITERS = 8
const TASK_WRITERS = 4

interface Round {
  /** Kills when so many requests were sent, or so many answers came. */
  readonly at: 'request' | 'answer'
  readonly count: number
}

/** Writes from many connections until the process is killed under them. @returns how many writes stayed unanswered */
async function loadUntilKilled(service: Service, ledger: Ledger, round: Round): Promise<number> {
  const counts = { request: 0, answer: 0 }
  let alive = true
  const count = (what: Round['at']): void => {
    if (what !== round.at || ++counts[what] !== round.count) return
    alive = false
    // A turn later, so that a request that was just sent is really on its way.
    setImmediate(() => service.kill())
  }
  let unanswered = 0
  const write = async (work: () => Promise<Answer>): Promise<Answer | undefined> => {
    unanswered++
    count('request')
    const answer = await work()
    unanswered--
    if (answer.status !== 200) throw new Error(`A write was refused: ${answer.status} ${answer.text}`)
    count('answer')
    return answer
  }
  const run = async (party: Party, step: (party: Party) => Promise<void>): Promise<void> => {
    try {
      while (true) await step(party)
    } catch (error) {
      // Only the end of the process may end a writer.
      if (alive) throw error
    } finally {
      await party.close()
    }
  }
  const sendOrder = async (party: Party): Promise<void> => {
    const order = ledger.newOrder()
    const answer = await write(() => party.post(order.bundle))
    if (!answer) return
    order.answer = answer.text
    ledger.tellBundle(answer.text)
  }
  const taken = new Set<string>()
  const put = async (party: Party, task: Resource, changes: Partial<r4.Task>): Promise<void> => {
    const headers = { 'if-match': `W/"${task.meta?.versionId}"` }
    const answer = await write(() => party.send('PUT', `Task/${task.id}`, { ...task, ...changes }, headers))
    if (answer) ledger.tell(JSON.parse(answer.text) as Resource)
  }
  const takeWork = async (party: Party): Promise<void> => {
    const found = await party.search('Task?status=requested&part-of:missing=true&_sort=-_lastUpdated&_count=20')
    const order = found.find(({ id }) => !taken.has(id ?? ''))
    if (!order) return
    taken.add(order.id ?? '')
    await put(party, order, { status: 'accepted' })
    const [supply] = await party.search(`Task?part-of=Task/${order.id}&_count=1`)
    if (!supply) throw new Error('An accepted order has no supplies.')
    await put(party, supply, { status: 'accepted', executionPeriod: { start: AUTHORED } })
  }
  const connect = (length: number, role: string, organization: string): Promise<Party[]> =>
    Promise.all(Array.from({ length }, () => Party.connect(service.origin, role, organization)))
  const trusts = await connect(ORDER_WRITERS, 'trust', 'RBA')
  const providers = await connect(TASK_WRITERS, 'provider', 'VN6XW')
  await Promise.all([
    ...trusts.map((party) => run(party, sendOrder)),
    ...providers.map((party) => run(party, takeWork)),
  ])
  await service.gone()
  return unanswered
}

t.test('killed in the middle of a load of writes, again and again', async (t) => {
  const url = await freshDatabase(t)
  const extract = extractor()
  const ledger = new Ledger()
  const rounds: Round[] = [
    { at: 'answer', count: 40 },
    { at: 'request', count: 60 },
    { at: 'answer', count: 1 },
    { at: 'request', count: 35 },
  ]
  let service = await Service.start(url)
  t.teardown(() => service.end())
  for (const [index, round] of rounds.entries()) {
    const sentBefore = ledger.orders.length
    const toldBefore = ledger.told.size
    const unanswered = await loadUntilKilled(service, ledger, round)
    t.ok(unanswered > 0, `round ${index}: ${unanswered} writes were under way`)
    t.ok(ledger.told.size > toldBefore, `round ${index}: ${ledger.told.size - toldBefore} resources were acknowledged`)

    service = await Service.start(url)
    const { origin } = service
    const parties = await Promise.all(Array.from({ length: 4 }, () => Party.connect(origin, 'trust', 'RBA')))
    const sent = ledger.orders.slice(sentBefore)
    t.same(
      await each(parties, [...ledger.told.values()].slice(toldBefore), toldFaults),
      [],
      'what was acknowledged is there',
    )
    t.same(await each(parties, sent, orderFaults), [], 'no order is there by half')
    const database = await open(url)
    t.same(await faultsOf(database.query, extract), [], 'the tables agree')
    const repeated = await each(parties, sent, (party, order) => resendFaults(party, order, ledger))
    t.same(repeated, [], 'who sends again is answered')
    t.same(await each(parties, sent, orderFaults), [], 'and every order is there once')
    t.same(await faultsOf(database.query, extract), [], 'the tables agree after the repeats')
    await database.close()
    await Promise.all(parties.map((party) => party.close()))
  }
  const parties = await Promise.all(Array.from({ length: 4 }, () => Party.connect(service.origin, 'trust', 'RBA')))
  t.same(await each(parties, [...ledger.told.values()], toldFaults), [], 'all that was ever acknowledged is there')
  t.same(await each(parties, ledger.orders, orderFaults), [])
  t.ok(ledger.orders.length > 60, `${ledger.orders.length} orders, ${ledger.told.size} acknowledged versions`)
  await Promise.all(parties.map((party) => party.close()))
  await service.end()
})

t.test('the checks of this file find what they look for', async (t) => {
  const url = await freshDatabase(t)
  const service = await Service.start(url)
  t.teardown(() => service.end())
  const party = await Party.connect(service.origin, 'trust', 'RBA')
  const ledger = new Ledger()
  const [whole, half, lost] = [ledger.newOrder(), ledger.newOrder(), ledger.newOrder()]
  const { text } = await party.post(whole.bundle)
  ledger.tellBundle(text)
  await party.post({ ...half.bundle, entry: half.bundle.entry?.slice(0, -1) ?? [] })
  lost.answer = text
  t.same(await orderFaults(party, whole), [])
  t.match(await orderFaults(party, half), [/1 items/])
  t.match(await orderFaults(party, lost), [/is lost/])
  t.match(await resendFaults(party, { ...whole, answer: 'another' }, ledger), [/otherwise/])
  const told = [...ledger.told.values()].at(-1)!
  t.same(await toldFaults(party, told), [])
  t.match(await toldFaults(party, { ...told, resource: { ...told.resource, status: 'on-hold' } as Resource }), [
    /not as it was/,
  ])
  t.match(await toldFaults(party, { ...told, path: told.path.replace(/1$/, '2') }), [/answered with 404/])
  await party.close()
  await service.end()
})
