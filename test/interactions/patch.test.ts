/** PATCH on the open table and on the parties’ own: alone, by condition, in Bundles, and against everybody else. */
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { r4 } from '../../src/fhir/resource.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'
import { acceptedOrder, orderBundle, located, orderTask, parties } from '../orders.ts'

interface Teardown {
  teardown(work: () => Promise<void> | void): void
}

const open = async (t: Teardown): Promise<{ exchange: Exchange; tester: Party }> => {
  const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, 'conformance/tester.json') })
  return { exchange, tester: await exchange.party('tester', 'RBA') }
}
const JSON_PATCH = { 'content-type': 'application/json-patch+json' }
const patch = (party: Party, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  party.send('PATCH', path, body, { ...(Array.isArray(body) ? JSON_PATCH : {}), ...headers })
const replace = (path: string, value: unknown) => [{ op: 'replace', path, value }]
const fhirPath = (path: string, value: object) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: path },
        { name: 'value', ...value },
      ],
    },
  ],
})
const observation =
  '{"resourceType":"Observation","identifier":[{"system":"urn:x","value":"1"}],"status":"preliminary","code":{"text":"x"},"valueQuantity":{"value":1.00,"unit":"mg"}}'
const seen = ({ status, keys }: Answer): string => [status, ...keys].join(' ')
const entriesOf = (answer: Answer): r4.BundleEntry[] => (answer.body as unknown as r4.Bundle).entry ?? []
const binary = (operations: unknown) => ({
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: Buffer.from(JSON.stringify(operations)).toString('base64'),
})

t.test('JSON Patch and FHIRPath Patch make the next version; every digit stays', async (t) => {
  const { tester } = await open(t)
  const { id } = (await tester.post('Observation', observation)).body
  const path = `Observation/${id}`
  const first = await patch(tester, path, replace('/status', 'final'))
  t.same([first.status, first.headers.etag, first.body.status], [200, 'W/"2"', 'final'], first.text)
  t.match(first.headers.location, `${path}/_history/2`)
  t.match(first.text, '"valueQuantity":{"value":1.00,"unit":"mg"}')
  const second = await patch(tester, path, fhirPath('Observation.status', { valueCode: 'amended' }))
  t.same([second.status, second.headers.etag, second.body.status], [200, 'W/"3"', 'amended'])
  t.match(second.text, '"value":1.00')
  t.equal((await tester.get(path)).text, second.text)
  t.equal(resourcesOf(await tester.get('Observation?status=amended')).length, 1)
  const same = await patch(tester, path, replace('/status', 'amended'))
  t.same([same.status, same.headers.etag], [200, 'W/"3"'], 'a patch that changes nothing makes no version')
  const minimal = await patch(tester, path, replace('/status', 'final'), { prefer: 'return=minimal' })
  t.same([minimal.status, minimal.text], [200, ''])
  t.match((await tester.get('metadata')).body, {
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
  })
})

t.test('what is refused, and with which words', async (t) => {
  const { tester } = await open(t)
  const { id } = (await tester.post('Observation', observation)).body
  const path = `Observation/${id}`
  const table: [name: string, answer: Promise<Answer>, expected: string][] = [
    [
      'a test that fails',
      patch(tester, path, [{ op: 'test', path: '/status', value: 'final' }]),
      '422 patch-test-failed',
    ],
    ['nothing at the path', patch(tester, path, replace('/issued', 'x')), '422 patch-not-applicable'],
    ['identity', patch(tester, path, replace('/id', 'y')), '422 patch-identity'],
    ['a result that is wrong', patch(tester, path, replace('/status', 'nonsense')), '400 code-not-in-value-set'],
    ['a result of another structure', patch(tester, path, replace('/status', ['final'])), '400 structure-too-many'],
    ['no patch', patch(tester, path, { op: 'replace' }, JSON_PATCH), '400 patch-invalid'],
    ['a resource', patch(tester, path, observation), '400 patch-invalid'],
    [
      'Parameters that are wrong',
      patch(tester, path, { resourceType: 'Parameters', nonsense: 1 }),
      '400 structure-unknown-property',
    ],
    ['no JSON', patch(tester, path, 'x', JSON_PATCH), '400 json-malformed'],
    [
      'another content type',
      patch(tester, path, 'x', { 'content-type': 'application/merge-patch+json' }),
      '415 content-type-unsupported',
    ],
    [
      'a stale version',
      patch(tester, path, replace('/status', 'final'), { 'if-match': 'W/"7"' }),
      '412 version-conflict',
    ],
    ['nothing there', patch(tester, 'Observation/none', replace('/status', 'final')), '404 not-found'],
    ['no id and no condition', patch(tester, 'Observation', replace('/status', 'final')), '400 condition-missing'],
    [
      'a condition that nothing matches',
      patch(tester, 'Observation?identifier=urn:x|9', replace('/status', 'final')),
      '404 not-found',
    ],
  ]
  for (const [name, asked, expected] of table) t.equal(seen(await asked), expected, name)
  t.equal((await tester.get(path)).headers.etag, 'W/"1"')
  await tester.send('DELETE', path)
  t.equal(seen(await patch(tester, path, replace('/status', 'final'))), '410 deleted')
})

t.test('conditional patch: one match is changed, several are not', async (t) => {
  const { tester } = await open(t)
  await tester.post('Observation', observation)
  const one = await patch(tester, 'Observation?identifier=urn:x|1', replace('/status', 'final'), { 'if-match': '1' })
  t.same([one.status, one.headers.etag], [200, 'W/"2"'], one.text)
  await tester.post('Observation', observation)
  const several = await patch(tester, 'Observation?identifier=urn:x|1', replace('/status', 'amended'))
  t.equal(seen(several), '412 multiple-matches')
})

t.test('fifty patches at once all take effect, none on a version that was gone', async (t) => {
  const { tester } = await open(t)
  const { id } = (await tester.post('Observation', observation)).body
  const note = (n: number) => [{ op: 'add', path: '/note/-', value: { text: String(n) } }]
  await patch(tester, `Observation/${id}`, [{ op: 'add', path: '/note', value: [{ text: 'first' }] }])
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => patch(tester, `Observation/${id}`, note(n))))
  t.ok(answers.every(({ status }) => status === 200))
  const { body } = await tester.get(`Observation/${id}`)
  t.equal((body.note as unknown[]).length, 51)
  t.equal(body.meta?.versionId, '52')
})

t.test('patches in Bundles: Binary and Parameters, in batch and transaction', async (t) => {
  const { tester } = await open(t)
  const ids = []
  for (let i = 0; i < 2; i++) ids.push((await tester.post('Observation', observation)).body.id)
  for (const type of ['batch', 'transaction'] as const) {
    const status = type === 'batch' ? 'final' : 'amended'
    const answer = await tester.post(
      '',
      {
        resourceType: 'Bundle',
        type,
        entry: [
          { resource: binary(replace('/status', status)), request: { method: 'PATCH', url: `Observation/${ids[0]}` } },
          {
            resource: fhirPath('Observation.status', { valueCode: status }),
            request: { method: 'PATCH', url: `Observation/${ids[1]}` },
          },
        ],
      },
      { prefer: 'return=representation' },
    )
    t.same(
      entriesOf(answer).map(({ response, resource }) => [response?.status, (resource as r4.Observation).status]),
      [
        ['200 OK', status],
        ['200 OK', status],
      ],
      answer.text.slice(0, 400),
    )
  }
  const failed = await tester.post('', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { resource: { resourceType: 'Basic', code: { text: 'x' } }, request: { method: 'POST', url: 'Basic' } },
      { resource: binary(replace('/status', 'nonsense')), request: { method: 'PATCH', url: `Observation/${ids[0]}` } },
    ],
  })
  t.equal(seen(failed), '400 code-not-in-value-set')
  t.match(failed.text, /Bundle\.entry\[1\]/)
  t.equal((await tester.get('Basic/_history')).body.total, 0)
  const wrong = await tester.post('', {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [{ resource: { resourceType: 'Basic' }, request: { method: 'PATCH', url: `Observation/${ids[0]}` } }],
  })
  t.match(entriesOf(wrong)[0]?.response?.status, '400')
})

t.test('a Task is moved on by PATCH exactly as by PUT', async (t) => {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const { trust, provider } = both
  const prescription = located(await trust.post('', orderBundle()), 'MedicationRequest')
  const order = await orderTask(provider, prescription)
  const path = `Task/${order.id}`
  t.equal(seen(await patch(provider, path, replace('/status', 'accepted'))), '428 if-match-required')
  const accepted = await patch(provider, path, replace('/status', 'accepted'), { 'if-match': 'W/"1"' })
  t.equal(accepted.status, 200, accepted.text)
  t.not(resourcesOf(await provider.get(`Task?part-of=${path}`)).length, 0, 'and what follows from it is done')
  const version = { 'if-match': accepted.headers.etag ?? '' }
  const refused = await patch(provider, path, replace('/status', 'completed'), version)
  t.match(String(refused.status), /^4(03|22)$/)
  const frozen = await patch(trust, prescription, replace('/medicationCodeableConcept', { text: 'x' }), {
    'if-match': '1',
  })
  t.ok(frozen.keys.length > 0 && frozen.status >= 400, 'what was signed is not patched')
  const stranger = await exchange.party('provider', 'VNE51')
  t.equal(seen(await patch(stranger, path, replace('/status', 'accepted'), version)), '404 not-found')
  t.equal((await patch(await exchange.party('observer', 'RBA'), path, replace('/status', 'x'))).status, 403)
  t.ok((await acceptedOrder(both)).order.id)
})
