/**
 * The same work against any FHIR R4 server: `node bench/against.ts BASE [--token TOKEN] [--clients 8] [--seconds 5]`.
 * It makes a Patient, prescriptions and Tasks of its own, reads, polls and patches them, and deletes nothing. Rates are
 * of the whole way there and back: give every server the same machine, network and number of clients.
 */
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { columns, latenciesOf } from './measure.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    token: { type: 'string', default: process.env.FHIR_TOKEN ?? '' },
    clients: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const base = positionals[0]?.replace(/\/$/, '')
if (base === undefined) {
  process.stderr.write('usage: node bench/against.ts BASE [--token TOKEN] [--clients 8] [--seconds 5] [--json]\n')
  process.exit(2)
}
const SYSTEM = 'https://homecare-exchange.org/bench'
/** What this run has made can be told from what was there. */
const RUN = randomUUID()

interface Answer {
  readonly status: number
  readonly text: string
}

interface Work {
  readonly name: string
  /** Statuses that count as done. */
  readonly done: readonly number[]
  /** Makes what the next one needs; its time does not count. */
  before?(): Promise<string>
  once(needed: string): Promise<Answer>
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(`${base}/${path}`, {
    method,
    headers: {
      accept: 'application/fhir+json',
      ...(options.token === '' ? {} : { authorization: `Bearer ${options.token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text() }
}

async function create(type: string, resource: object): Promise<string> {
  const { status, text } = await send(
    'POST',
    type,
    { resourceType: type, ...resource },
    { prefer: 'return=representation' },
  )
  if (status !== 201) throw new Error(`POST ${type}: status ${status} ${text.slice(0, 500)}`)
  return (JSON.parse(text) as { id: string }).id
}

const identifier = () => [{ system: SYSTEM, value: randomUUID() }]

const prescription = (patient: string) => ({
  resourceType: 'MedicationRequest',
  identifier: identifier(),
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: {
    coding: [
      {
        system: 'http://snomed.info/sct',
        code: '15517911000001104',
        display: 'Methotrexate 10mg/0.2ml solution for injection pre-filled syringes',
      },
    ],
  },
  subject: { reference: `Patient/${patient}` },
  authoredOn: new Date().toISOString(),
  dosageInstruction: [
    {
      text: '10 milligram, inject, subcutaneous route, once weekly',
      timing: { repeat: { frequency: 1, period: 1, periodUnit: 'wk' } },
    },
  ],
  dispenseRequest: { numberOfRepeatsAllowed: 2, quantity: { value: 4, unit: 'syringe' } },
})

const task = (patient: string) => ({
  identifier: [{ system: SYSTEM, value: RUN }],
  status: 'requested',
  intent: 'order',
  for: { reference: `Patient/${patient}` },
  authoredOn: new Date().toISOString(),
})

/** @param ids of Tasks, each to be patched once */
function works(patient: string, known: string, ids: string[]): Work[] {
  const poll = `Task?identifier=${encodeURIComponent(`${SYSTEM}|${RUN}`)}&status=requested&_count=50`
  const later = `${poll}&_lastUpdated=gt${new Date(Date.now() + 86_400_000).toISOString()}`
  const received = [{ op: 'replace', path: '/status', value: 'received' }]
  const patch = { 'content-type': 'application/json-patch+json' }
  return [
    {
      name: 'POST MedicationRequest',
      done: [201],
      once: () => send('POST', 'MedicationRequest', prescription(patient), { prefer: 'return=minimal' }),
    },
    { name: 'GET MedicationRequest by id', done: [200], once: () => send('GET', `MedicationRequest/${known}`) },
    { name: 'poll of 50 Tasks', done: [200], once: () => send('GET', poll) },
    { name: 'empty poll', done: [200], once: () => send('GET', later) },
    {
      name: 'PATCH Task',
      done: [200, 204],
      before: async () => ids.pop() ?? (await create('Task', task(patient))),
      once: (id) => send('PATCH', `Task/${id}`, received, { ...patch, 'if-match': 'W/"1"', prefer: 'return=minimal' }),
    },
  ]
}

async function measure({ name, done, before, once }: Work) {
  const clients = Number(options.clients)
  const times: number[] = []
  const refused = new Map<number, number>()
  const until = performance.now() + Number(options.seconds) * 1000
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < until) {
        const needed = (await before?.()) ?? ''
        const start = performance.now()
        const { status } = await once(needed)
        if (done.includes(status)) times.push(performance.now() - start)
        else refused.set(status, (refused.get(status) ?? 0) + 1)
      }
    }),
  )
  const spent = times.reduce((sum, time) => sum + time, 0)
  const rate = (clients * times.length * 1000) / spent
  return { name, rate, ...latenciesOf(times), refused: Object.fromEntries(refused) }
}

/** Enough Tasks that a poll has its page, and that a PATCH finds one without making it first. */
const TASKS = 200

const patient = await create('Patient', { identifier: identifier(), name: [{ family: 'Bench' }] })
const { text } = await send('POST', 'MedicationRequest', prescription(patient), { prefer: 'return=representation' })
const known = (JSON.parse(text) as { id: string }).id
const ids: string[] = []
for (let i = 0; i < TASKS; i++) ids.push(await create('Task', task(patient)))
const results = []
// Tasks that are patched are those a poll does not need: the last ones made.
for (const work of works(patient, known, ids.slice(100))) results.push(await measure(work))
if (options.json) process.stdout.write(`${JSON.stringify({ base, ...options, token: undefined, results }, null, 2)}\n`)
else {
  const rows = results.map(({ name, rate, p50, p95, p99, refused }) => [
    name,
    rate.toFixed(0),
    ...[p50, p95, p99].map((time) => time.toFixed(1)),
    Object.entries(refused)
      .map(([status, count]) => `${count} x ${status}`)
      .join(', '),
  ])
  process.stdout.write(`${columns([['what', 'a second', 'p50 ms', 'p95 ms', 'p99 ms', 'refused'], ...rows])}\n`)
}
