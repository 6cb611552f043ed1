import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { prescriptionBundle } from '../../src/demo/prescription.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { createTerminologyServer } from '../../src/interactions/terminology-server.ts'
import { guardedDispatcher } from '../../src/requests-out.ts'
import { startExchange } from '../helper.ts'

const dispatcher = guardedDispatcher({ privateHosts: [] })
const SNOMED = 'http://snomed.info/sct'
const place = (code: string) => ({ system: SNOMED, code, expression: `at ${code}` })

/** A server that knows 34206005 alone; `answer` may be replaced. */
async function startServer(t: Test) {
  const state = {
    asked: [] as string[],
    answer: (code: string, response: ServerResponse): void => {
      const parameter = [{ name: 'result', valueBoolean: code === '34206005' }]
      response.end(JSON.stringify({ resourceType: 'Parameters', parameter }))
    },
  }
  const server = createServer((request: IncomingMessage, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    const code = searchParams.get('code') ?? ''
    state.asked.push(`${pathname} ${searchParams.get('url')} ${code}`)
    state.answer(code, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  t.teardown(stop)
  return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`, stop })
}

t.test('a code that does not exist is refused; one that does is asked about once', async (t) => {
  const server = await startServer(t)
  const terminology = createTerminologyServer({ url: server.url, dispatcher, clock: () => 0 })
  t.same(await terminology.check([place('34206005')]), [])
  const issues = await terminology.check([place('34206005'), place('422145002'), place('422145002')])
  t.same(
    issues.map(({ key, expression }) => [key, expression]),
    [
      ['terminology-code-unknown', 'at 422145002'],
      ['terminology-code-unknown', 'at 422145002'],
    ],
  )
  t.same(server.asked, [
    `/fhir/CodeSystem/$validate-code ${SNOMED} 34206005`,
    `/fhir/CodeSystem/$validate-code ${SNOMED} 422145002`,
  ])
})

t.test('what was said is forgotten after a day: releases change', async (t) => {
  const server = await startServer(t)
  let now = 0
  const terminology = createTerminologyServer({ url: server.url, dispatcher, clock: () => now })
  await terminology.check([place('34206005')])
  now += 23 * 3_600_000
  await terminology.check([place('34206005')])
  t.equal(server.asked.length, 1)
  now += 2 * 3_600_000
  await terminology.check([place('34206005')])
  t.equal(server.asked.length, 2)
})

t.test('a server that fails, answers nonsense or hangs costs one warning, and is then left alone', async (t) => {
  const failures: Record<string, (code: string, response: ServerResponse) => void> = {
    fails: (_, response) => response.writeHead(503).end(),
    'talks nonsense': (_, response) => response.end('<html>'),
    'says no result': (_, response) => response.end('{"resourceType":"Parameters"}'),
    'never stops': (_, response) => response.end('x'.repeat(100_000)),
    hangs: () => undefined,
  }
  for (const [name, answer] of Object.entries(failures)) {
    const server = await startServer(t)
    server.answer = answer
    let now = 0
    // Only who hangs is to run into it, also on a machine that is busy.
    const timeout = name === 'hangs' ? 100 : 30_000
    const terminology = createTerminologyServer({ url: server.url, dispatcher, clock: () => now, timeout })
    const issues = await terminology.check([place('34206005')])
    t.same(
      issues.map(({ key }) => key),
      ['terminology-unavailable'],
      name,
    )
    await terminology.check([place('422145002')])
    t.equal(server.asked.length, 1, `${name}: left alone`)
    now += 31_000
    await terminology.check([place('422145002')])
    t.equal(server.asked.length, 2, `${name}: asked again`)
  }
})

t.test('a server without the code system works: the next code is asked about', async (t) => {
  const server = await startServer(t)
  server.answer = (_, response) => response.writeHead(404).end('{}')
  const terminology = createTerminologyServer({ url: server.url, dispatcher, clock: () => 0 })
  const issues = await terminology.check([place('34206005'), place('422145002')])
  t.same(
    issues.map(({ key }) => key),
    ['terminology-unavailable'],
  )
  t.equal(server.asked.length, 2)
})

const order = (): r4.Bundle & { entry: r4.BundleEntry[] } =>
  prescriptionBundle({
    trust: 'RBA',
    provider: 'VN6XW',
    authoredOn: '2026-11-22T08:00:00Z',
    orderNumber: 'DC2C66-A1B2C3-23407Z',
  })

t.test('a prescription with a code nobody knows is refused at its place', async (t) => {
  const server = await startServer(t)
  const exchange = await startExchange(t, { TERMINOLOGY_URL: `${server.url}/` })
  const trust = await exchange.party('trust', 'RBA')
  const refused = await trust.post('', order())
  t.equal(refused.status, 422)
  const places = (refused.body as unknown as r4.OperationOutcome).issue
    .filter(({ details }) => details?.coding?.[0]?.code === 'terminology-code-unknown')
    .map(({ expression }) => expression?.[0])
  const item = 'Bundle.entry[4].resource'
  t.same(places, [
    `${item}.medication.ofType(CodeableConcept).coding[0].code`,
    `${item}.dosageInstruction[0].method.coding[0].code`,
  ])
})

t.test(
  'a medicine that is told by its code alone, or called something else, is judged by what the server calls it',
  async (t) => {
    const server = await startServer(t)
    server.answer = (code, response) => {
      const name = { name: 'display', valueString: code === '322236009' ? 'Morphine 10mg tablets' : 'a place' }
      response.end(
        JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'result', valueBoolean: true }, name] }),
      )
    }
    const of = (more: object): r4.Bundle => {
      const bundle = order()
      const item = bundle.entry[4]?.resource as r4.MedicationRequest
      item.medicationCodeableConcept = { coding: [{ system: SNOMED, code: '322236009', ...more }] }
      return bundle
    }
    const told = ({ issue }: r4.OperationOutcome) => issue.map(({ details }) => details?.coding?.[0]?.code)
    const exchange = await startExchange(t, { TERMINOLOGY_URL: server.url })
    const trust = await exchange.party('trust', 'RBA')
    for (const more of [{}, { display: 'Folic acid 5mg' }]) {
      const refused = await trust.post('', of(more))
      t.equal(refused.status, 422)
      t.ok(told(refused.body as unknown as r4.OperationOutcome).includes('controlled-drug'), JSON.stringify(more))
      const judged = (await trust.post('$validate', of(more))).body as unknown as r4.OperationOutcome
      t.ok(told(judged).includes('controlled-drug'))
    }
    const without = await startExchange(t)
    const written = await (await without.party('trust', 'RBA')).post('', of({}))
    t.equal(written.status, 200)
    t.match(written.text, /medicine-by-code-alone/, 'without a server the sender is told what was not looked at')
  },
)

t.test('a prescription is not lost because the terminology server is down', async (t) => {
  const server = await startServer(t)
  await server.stop()
  const exchange = await startExchange(t, { TERMINOLOGY_URL: server.url })
  const trust = await exchange.party('trust', 'RBA')
  const written = await trust.post('', order())
  t.equal(written.status, 200)
  t.match(written.text, /terminology-unavailable/, 'the sender of the write is told')
  const judged = (await trust.post('$validate', order())).body as unknown as r4.OperationOutcome
  const [issue] = judged.issue.filter(({ details }) => details?.coding?.[0]?.code === 'terminology-unavailable')
  t.match(issue, { severity: 'warning', diagnostics: /could not be checked/ })
  t.notOk(judged.issue.some(({ severity }) => severity === 'error'))
})

t.test('an unsafe dose is refused in a transaction, in a message and alone, with every issue at once', async (t) => {
  const exchange = await startExchange(t)
  const trust = await exchange.party('trust', 'RBA')
  const unsafe = order()
  const item = unsafe.entry[4]?.resource as r4.MedicationRequest
  item.dosageInstruction = [
    { ...item.dosageInstruction?.[0], timing: { repeat: { frequency: 5, period: 1, periodUnit: 'd' } } },
  ]
  item.groupIdentifier = { ...item.groupIdentifier, value: 'DC2C66-A1B2C3-23407B' }
  const expected = [
    'order-number-invalid',
    'dosage-words-contradict-timing',
    'weekly-medicine-too-often',
    'quantity-far-from-dose',
  ]
  const errors = (body: Resource) =>
    (body as unknown as r4.OperationOutcome).issue
      .filter(({ severity }) => severity === 'error')
      .map(({ details }) => details?.coding?.[0]?.code)
  const together = await trust.post('', unsafe)
  t.equal(together.status, 422)
  t.same(errors(together.body), expected)
  const header = {
    resourceType: 'MessageHeader',
    eventCoding: { system: 'https://fhir.nhs.uk/CodeSystem/message-event', code: 'prescription-order' },
    source: { endpoint: 'https://example.org' },
  }
  const entry = [{ fullUrl: 'urn:uuid:0c1d8d5e-0000-4000-8000-000000000001', resource: header }, ...unsafe.entry]
  const message = {
    resourceType: 'Bundle',
    type: 'message',
    identifier: { system: 'https://example.org/id', value: '1' },
    timestamp: '2026-11-22T08:00:00Z',
    entry: entry.map(({ fullUrl, resource }) => ({ fullUrl, resource })),
  }
  const sent = await trust.post('$process-message', message)
  t.equal(sent.status, 422)
  t.same(errors(sent.body), expected)
  const alone = await trust.post('MedicationRequest', {
    ...item,
    subject: { identifier: { system: 'https://example.org/id', value: '1' } },
    requester: { identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '6150129' } },
  })
  t.equal(alone.status, 422)
  t.same(errors(alone.body), expected)
})

t.test('testers of the open table are not held to homecare rules', async (t) => {
  const exchange = await startExchange(t, { SERVER_TABLE: 'conformance/tester.json' })
  const tester = await exchange.party('tester', 'TEST')
  const patient = { resourceType: 'Patient', identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '1' }] }
  t.equal((await tester.post('Patient', patient)).status, 201)
})
