/** The story of one prescription with three supplies, each step checked against what it should have done. */
import type { Resource, r4 } from '../fhir/resource.ts'
import { type Answer, type Client, connect } from './client.ts'
import { medicationDispense, prescriptionBundle } from './prescription.ts'

const TRUST = 'RBA'
const PROVIDER = 'VN6XW'
const OTHER_PROVIDER = 'VNE51'
const ORDER_NUMBER = 'DC2C66-A1B2C3-23407Z'
/** Length of a delivery slot, ms. */
const SLOT = 2 * 60 * 60 * 1000

/** Prints a line of the timeline. */
export type Print = (line: string) => void

const columns = (cells: readonly string[]): string => {
  const widths = [12, 14, 38, 34]
  return cells
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join('  ')
    .trimEnd()
}

function expect(what: string, actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
  }
}

function expectStatus(what: string, answer: Answer, status: number): void {
  if (answer.status === status) return
  const outcome = answer.body as unknown as r4.OperationOutcome
  throw new Error(`${what}: expected status ${status}, got ${answer.status}: ${outcome.issue?.[0]?.diagnostics ?? ''}`)
}

/** State of a Task in one word: its business status. */
const stateOf = (task: Resource): string => (task as unknown as r4.Task).businessStatus?.coding?.[0]?.code ?? 'none'

const entriesOf = (bundle: Resource): Resource[] =>
  ((bundle as unknown as r4.Bundle).entry ?? []).map((entry) => entry.resource as unknown as Resource)

interface Timeline {
  row(who: Client | string, what: string, from: string, to: string, etag?: string): void
}

/**
 * Plays the story against a server.
 * @throws Error at the first state, count or ETag that is not as expected
 */
export async function play(origin: string, print: Print): Promise<void> {
  const epr = await connect(origin, 'trust', TRUST)
  const provider = await connect(origin, 'provider', PROVIDER)
  const other = await connect(origin, 'provider', OTHER_PROVIDER)
  print(columns(['when', 'who', 'what', 'from -> to', 'version']))
  const timeline: Timeline = {
    row: (who, what, from, to, etag = '') => {
      const name = typeof who === 'string' ? who : who.name
      print(columns([new Date().toISOString().slice(11, 23), name, what, from === '' ? to : `${from} -> ${to}`, etag]))
    },
  }
  const bundle = prescriptionBundle({
    trust: TRUST,
    provider: PROVIDER,
    authoredOn: new Date().toISOString(),
    orderNumber: ORDER_NUMBER,
  })
  const posted = await epr.post('', bundle)
  expectStatus('posting the order', posted, 200)
  timeline.row(epr, 'posts a prescription', '', 'active')
  const again = await epr.post('', bundle)
  expect('the same order posted again', again.body, posted.body)
  timeline.row(epr, 'posts it again (lost answer)', '', 'same answer, nothing new')

  const order = await pollForWork(provider, other, timeline)
  const accepted = await move(provider, order, { status: 'accepted' }, 'accepts the order', 'accepted', timeline)
  const supplies = await readSupplies(provider, accepted)
  timeline.row('service', 'plans the supplies', '', `${supplies.length} x due`)
  const item = entriesOf((await provider.get('MedicationRequest?status=active')).body)[0]
  if (!item?.id) throw new Error('The provider cannot see the prescription.')
  const prescription = { id: item.id, resource: item as unknown as r4.MedicationRequest }
  const work: Work = { provider, order: accepted, prescription, timeline }
  for (const [index, supply] of supplies.entries()) await deliver(work, supply, index + 1)
  await checkOrder(work, 'in-supply', 'final-supply-done', 'W/"4"')
  await closePrescription(epr, prescription.id, timeline)
  print('One prescription travelled: 1 order, 3 supplies, 3 dispenses, nothing lost, nothing doubled.')
}

/** The provider polls and finds exactly one order; another provider polls and finds nothing. */
async function pollForWork(provider: Client, other: Client, timeline: Timeline): Promise<Resource> {
  const nothing = await other.get('Task?status=requested')
  expect('orders that another provider sees', entriesOf(nothing.body).length, 0)
  const found = await provider.get('Task?status=requested')
  expectStatus('polling', found, 200)
  const tasks = entriesOf(found.body)
  expect('orders that the provider sees', tasks.length, 1)
  const [task] = tasks
  if (!task) throw new Error('No Task was found.')
  expect('state of the order', stateOf(task), 'submitted')
  expect('version of the order', task.meta?.versionId, '1')
  timeline.row(provider, 'polls and finds one order', '', 'submitted', 'W/"1"')
  return task
}

/** PUT of a Task with changes, checked for its new state and ETag. */
async function move(
  who: Client,
  task: Resource,
  changes: Partial<r4.Task>,
  what: string,
  to: string,
  timeline: Timeline,
): Promise<Resource> {
  const answer = await who.put({ ...task, ...changes } as Resource)
  expectStatus(what, answer, 200)
  const etag = `W/"${Number(task.meta?.versionId) + 1}"`
  expect(`${what}: ETag`, answer.etag, etag)
  expect(`${what}: state`, stateOf(answer.body), to)
  timeline.row(who, what, stateOf(task), to, etag)
  return answer.body
}

const businessStatus = (code: string): Partial<r4.Task> => ({
  businessStatus: {
    coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/supply-business-status', code }],
  },
})

async function readSupplies(provider: Client, order: Resource): Promise<Resource[]> {
  const answer = await provider.get(`Task?part-of=Task/${order.id}&_sort=_lastUpdated`)
  const supplies = entriesOf(answer.body)
  expect('supplies of the order', supplies.map(stateOf), ['due', 'due', 'due'])
  return supplies
}

interface Work {
  readonly provider: Client
  readonly order: Resource
  readonly prescription: { readonly id: string; readonly resource: r4.MedicationRequest }
  readonly timeline: Timeline
}

/** One supply from booking to the patient's hands, with the dispense that goes with it. */
async function deliver(work: Work, due: Resource, number: number): Promise<void> {
  const { provider, prescription, timeline } = work
  const start = new Date().toISOString()
  const end = new Date(Date.now() + SLOT).toISOString()
  const name = `supply ${number}`
  const booked = await move(
    provider,
    due,
    { status: 'accepted', executionPeriod: { start, end } },
    `${name}: books a delivery`,
    'delivery-booked',
    timeline,
  )
  const dispensing = await move(
    provider,
    booked,
    { status: 'in-progress', ...businessStatus('dispensing') },
    `${name}: starts dispensing`,
    'dispensing',
    timeline,
  )
  if (number === 1) await checkOrder(work, 'accepted', 'in-supply', 'W/"3"')
  const reported = await provider.post(
    'MedicationDispense',
    medicationDispense(prescription, `Task/${due.id}`, new Date().toISOString()),
  )
  expectStatus(`${name}: dispense`, reported, 201)
  expect(`${name}: dispense ETag`, reported.etag, 'W/"1"')
  timeline.row(provider, `${name}: reports the dispense`, '', 'in-progress', 'W/"1"')
  const ready = await move(
    provider,
    dispensing,
    businessStatus('ready-to-dispatch'),
    `${name}: is ready`,
    'ready-to-dispatch',
    timeline,
  )
  const sent = await move(provider, ready, businessStatus('dispatched'), `${name}: leaves`, 'dispatched', timeline)
  const handedOver = new Date().toISOString()
  const completed = await provider.put({ ...reported.body, status: 'completed', whenHandedOver: handedOver })
  expectStatus(`${name}: completing the dispense`, completed, 200)
  expect(`${name}: completed dispense ETag`, completed.etag, 'W/"2"')
  timeline.row(provider, `${name}: completes the dispense`, 'in-progress', 'completed', 'W/"2"')
  await move(
    provider,
    sent,
    { status: 'completed', ...businessStatus('delivered'), executionPeriod: { start, end: handedOver } },
    `${name}: is in the patient’s hands`,
    'delivered',
    timeline,
  )
}

/** The order follows from its supplies: the service has moved it on. */
async function checkOrder({ provider, order, timeline }: Work, from: string, to: string, etag: string): Promise<void> {
  const now = await provider.get(`Task/${order.id}`)
  expect('state of the order', stateOf(now.body), to)
  expect('ETag of the order', now.etag, etag)
  timeline.row('service', 'moves the order on', from, to, etag)
}

/** The EPR sees what was supplied and closes its prescription. */
async function closePrescription(epr: Client, id: string, timeline: Timeline): Promise<void> {
  const dispenses = await epr.get(`MedicationDispense?prescription=MedicationRequest/${id}&status=completed`)
  expect('dispenses that the trust sees', entriesOf(dispenses.body).length, 3)
  timeline.row(epr, 'reads what was supplied', '', '3 x completed')
  const item = await epr.get(`MedicationRequest/${id}`)
  expect('state of the prescription', item.body.status, 'active')
  const closed = await epr.put({ ...item.body, status: 'completed' })
  expectStatus('closing the prescription', closed, 200)
  expect('ETag of the prescription', closed.etag, 'W/"2"')
  timeline.row(epr, 'closes the prescription', 'active', 'completed', 'W/"2"')
}
