/** What a newcomer sends wrong in the first hour is told at once, once, and in words that say what was meant. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, startExchange } from '../helper.ts'
import { located, orderBundle, parties } from '../orders.ts'

const exchange = await startExchange(t)
const { trust, provider } = await parties(exchange)
const pharmacist = await exchange.party('pharmacist', 'RBA')

interface Told {
  readonly code: string
  readonly at: string | undefined
  readonly words: string
}
const told = ({ body }: Answer): Told[] =>
  (body as unknown as r4.OperationOutcome).issue.map(({ details, expression, diagnostics }) => ({
    code: details?.coding?.[0]?.code ?? '',
    at: expression?.[0],
    words: diagnostics ?? '',
  }))

interface Sent extends Resource {
  readonly entry: { request?: { method?: string; url?: string; ifNoneExist?: string } }[]
}
const order = (change: (entries: Sent['entry']) => void): Sent => {
  const bundle = structuredClone(orderBundle()) as unknown as Sent
  change(bundle.entry)
  return bundle
}

t.test('every condition of a transaction that is wrong is told in one answer', async (t) => {
  const wrong = order((entries) => {
    for (const { request } of entries) if (request?.ifNoneExist !== undefined) request.ifNoneExist = 'nhs=1'
  })
  const answer = await trust.post('', wrong)
  t.equal(answer.status, 400)
  const places = told(answer).map(({ code, at }) => `${code} ${at}`)
  t.same(
    places,
    wrong.entry.flatMap(({ request }, i) =>
      request?.ifNoneExist === undefined ? [] : [`unknown-parameter Bundle.entry[${i}].request.ifNoneExist`],
    ),
  )
  t.ok(places.length > 1)
})

t.test('a method that is none is told once for each entry', async (t) => {
  const answer = await trust.post(
    '',
    order((entries) => {
      for (const { request } of entries) if (request) request.method = 'post'
    }),
  )
  const places = told(answer).flatMap(({ at }) => (at?.endsWith('.request.method') ? [at] : []))
  t.same(places, [...new Set(places)])
  t.equal(places.length, orderBundle().entry?.length)
})

t.test('what is no Bundle, or no resource of the address, is told what it is', async (t) => {
  const cases: [path: string, body: string, words: RegExp][] = [
    ['', JSON.stringify([orderBundle()]), /a list was sent/],
    ['', JSON.stringify(JSON.stringify(orderBundle())), /a string was sent/],
    ['', 'null', /null was sent/],
    ['', '{"resourceType":"Patient"}', /\[base\]\/Patient/],
    ['MedicationRequest', '{"resourceType":"Patient"}', /a Patient: post it to \[base\]\/Patient/],
    ['MedicationRequest', JSON.stringify(orderBundle()), /a Bundle: post it to \[base\] itself/],
    ['Patient', '{"resourceType":"patient"}', /names are case-sensitive\): send "Patient"/],
    ['Patient', '{"resourceType":"Ada Example"}', /^((?!Ada).)*$/],
    ['Patient/$validate', '{"resourceType":"Task"}', /the resource is a Task/],
  ]
  for (const [path, body, words] of cases) {
    const answer = await trust.post(path, body)
    t.equal(answer.status, 400, body)
    t.same(
      told(answer).map(({ code }) => code),
      ['type-mismatch'],
      body,
    )
    t.match(told(answer)[0]?.words, words, body)
  }
})

t.test('a patch that is no patch is told how it should have been sent', async (t) => {
  const item = located(await trust.post('', orderBundle()), 'MedicationRequest')
  const patch = (body: unknown, type = 'application/fhir+json') =>
    trust.send('PATCH', item, body, { 'content-type': type, 'if-match': 'W/"1"' })
  const list = [{ op: 'replace', path: '/status', value: 'stopped' }]
  for (const type of ['application/fhir+json', 'application/json']) {
    t.match(told(await patch(list, type)), [
      { code: 'patch-invalid', words: /with Content-Type application\/json-patch/ },
    ])
  }
  t.match(told(await patch((await trust.get(item)).body)), [{ code: 'patch-invalid', words: /sent with PUT/ }])
  t.notMatch(told(await patch({ op: 'replace' }))[0]?.words, /PUT|A list/)
})

t.test('a stored resource is validated by POST without a body as by GET', async (t) => {
  const item = located(await trust.post('', orderBundle()), 'MedicationRequest')
  for (const query of ['', '?mode=delete', '?mode=profile']) {
    const [asked, got] = [
      await trust.send('POST', `${item}/$validate${query}`),
      await trust.get(`${item}/$validate${query}`),
    ]
    t.equal(asked.status, 200, query)
    t.equal(asked.text, got.text, query)
  }
  t.match(told(await trust.get(`${item}/$validate?position=yes`)), [{ code: 'parameter-invalid' }])
  t.equal(
    (await trust.send('POST', 'MedicationRequest/$validate')).status,
    400,
    'of a type there is nothing to validate',
  )
})

t.test('that a role may not create it is told beside what is wrong with it', async (t) => {
  const asked = provider.post('MedicationRequest/$validate?mode=create', { resourceType: 'MedicationRequest', foo: 1 })
  const codes = told(await asked).map(({ code }) => code)
  for (const code of ['structure-unknown-property', 'structure-required', 'role-forbidden'])
    t.ok(codes.includes(code), code)
  const none = await trust.post('$validate?mode=create', { resourceType: 'Nothing' })
  t.same(
    told(none).map(({ code }) => code),
    ['structure-resource-type'],
  )
})

t.test('whoever acts for a trust is among those a refusal names', async (t) => {
  t.equal((await pharmacist.post('', orderBundle())).status, 200)
  const words = told(await provider.post('', orderBundle())).map((one) => one.words)
  t.match(
    words.join(),
    /create of a MedicationRequest takes the role trust or pharmacist or tester; you act as provider/,
  )
})
