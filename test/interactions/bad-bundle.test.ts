/** A transaction with anything wrong in it is refused whole, in words, and leaves no trace. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { foretelling } from '../foretold.ts'
import { rowCounts, startExchange } from '../helper.ts'
import { inBundle, located, type OrderBundle, orderBundle, parties, refusals } from '../orders.ts'

// All of it in one test: what is awaited between tests of a file ends it.
t.test('a Bundle with anything wrong in it', async (t) => {
  const exchange = await startExchange(t, { BUNDLE_ENTRY_LIMIT: '20' })
  const { trust: sender } = await parties(exchange)
  const trust = foretelling(t, sender)
  const patient = located(await trust.post('', orderBundle()), 'Patient')
  const stored = (await trust.get(patient)).body
  const patientBody = {
    resourceType: 'Patient',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }],
    name: [{ family: 'Test' }],
  }
  const refused = refusals(t, exchange)
  const post = (path: string, body: unknown) => () => trust.post(path, body)

  /** An order Bundle with something changed. */
  const bundleWith = (change: (bundle: OrderBundle) => void) => () => {
    const bundle = orderBundle()
    change(bundle)
    return trust.post('', bundle)
  }
  const twice = '400 identity-twice duplicate'
  const unresolved = '422 reference-unresolved not-found'
  const put = (body: Resource) => ({
    resource: body as unknown as r4.FhirResource,
    request: { method: 'PUT', url: patient } as const,
  })

  await refused(
    'Bundle: over the entry limit',
    bundleWith((b) => {
      for (let i = 0; i < 20; i++) b.entry.push({ ...b.entry[0] })
    }),
    '413 bundle-too-many-entries too-long',
  )
  await refused(
    'Bundle: of type collection',
    bundleWith((b) => {
      b.type = 'collection'
    }),
    '400 bundle-type-unsupported not-supported',
  )
  await refused('Bundle: a resource instead', post('', patientBody), '400 type-mismatch value')
  await refused(
    'Bundle: entry without request',
    bundleWith((b) => {
      delete b.entry[0]?.request
    }),
    // bdl-3
    '422 invariant invariant',
  )
  await refused(
    'Bundle: a delete of what others refer to',
    bundleWith((b) => {
      b.entry.push({ request: { method: 'DELETE', url: patient } })
    }),
    '409 still-referenced conflict',
  )
  await refused(
    'Bundle: a condition that does not match the id',
    bundleWith((b) => {
      b.entry.push({ ...put(stored), request: { method: 'PUT', url: 'Patient?identifier=x' } })
    }),
    '409 condition-mismatch conflict',
  )
  await refused(
    'Bundle: a urn:uuid that is in no entry',
    bundleWith((b) => {
      inBundle(b, 'MedicationRequest').subject = { reference: 'urn:uuid:7f1c2b1e-0000-4000-8000-000000000000' }
    }),
    unresolved,
  )
  await refused(
    'Bundle: a reference to nothing',
    bundleWith((b) => {
      inBundle(b, 'MedicationRequest').subject = { reference: 'Patient/nobody' }
    }),
    unresolved,
  )
  await refused(
    'Bundle: the same resource twice',
    bundleWith((b) => {
      b.entry.push(put({ ...stored, active: true }), put({ ...stored, active: false }))
    }),
    twice,
  )
  await refused(
    'Bundle: the same fullUrl for two patients',
    bundleWith((b) => {
      const [first] = b.entry
      if (first?.resource) first.resource.meta = { versionId: '1' }
      b.entry.push({
        ...first,
        resource: { ...first?.resource, meta: { versionId: '2' }, gender: 'male' } as r4.Patient,
        request: { method: 'POST', url: 'Patient' },
      })
    }),
    twice,
  )
  await refused(
    'Bundle: the same condition twice',
    () => {
      const bundle = orderBundle()
      const [first] = bundle.entry
      const ifNoneExist = 'identifier=https://fhir.nhs.uk/Id/nhs-number|9000000009'
      const one = {
        ...first,
        fullUrl: 'urn:uuid:7f1c2b1e-0000-4000-8000-000000000001',
        request: { method: 'POST', url: 'Patient', ifNoneExist } as const,
      }
      bundle.entry.push(one, { ...one, fullUrl: 'urn:uuid:7f1c2b1e-0000-4000-8000-000000000002' })
      return trust.post('', bundle)
    },
    twice,
  )
  await refused(
    'Bundle: an unknown type',
    bundleWith((b) => {
      b.entry.push({
        resource: {
          resourceType: 'Flag',
          status: 'active',
          code: { text: 'x' },
          subject: { reference: patient },
        } as r4.Flag,
        request: { method: 'POST', url: 'Flag' },
      })
    }),
    '404 unknown-type not-supported',
  )
  await refused(
    'Bundle: __proto__ in an entry',
    post('', '{"resourceType":"Bundle","type":"transaction","entry":[{"__proto__":{"resource":1}}]}'),
    '400 structure-unknown-property structure',
  )
  for (const entry of [
    '{}',
    'null',
    '"x"',
    '[null]',
    '[1]',
    '["x"]',
    '[[]]',
    '[{"resource":null}]',
    '[{"resource":"x"}]',
    '[{"resource":[]}]',
    '[{"request":"x"}]',
    '[{"request":null}]',
    '[]',
  ]) {
    for (const [type, path] of [
      ['transaction', ''],
      ['message', '$process-message'],
    ] as const) {
      await t.test(`Bundle: entry ${entry} to [base]/${path}`, async (t) => {
        const before = await rowCounts(exchange.context)
        const answer = await trust.post(path, `{"resourceType":"Bundle","type":"${type}","entry":${entry}}`)
        t.equal(answer.status, 400, answer.text.slice(0, 300))
        t.same(await rowCounts(exchange.context), before)
      })
    }
  }
  t.equal(({} as Record<string, unknown>).resource, undefined, 'no prototype was changed')

  await t.test('every fault of every entry is told in one answer', async (t) => {
    const bundle = orderBundle()
    inBundle(bundle, 'Patient').birthDate = '2026-02-30'
    Object.assign(inBundle(bundle, 'Practitioner'), { surname: 'x' })
    delete inBundle(bundle, 'MedicationRequest').groupIdentifier
    const answer = await trust.post('', bundle)
    t.same([...answer.keys].sort(), ['order-group-missing', 'primitive-invalid', 'structure-unknown-property'])
    const errors = (answer.body as unknown as r4.OperationOutcome).issue.filter(({ severity }) => severity === 'error')
    const expressions = errors.map(({ expression }) => expression?.[0])
    t.same(expressions.toSorted(), [
      'Bundle.entry[0].resource.birthDate',
      'Bundle.entry[1].resource.surname',
      'Bundle.entry[4].resource.groupIdentifier',
    ])
    t.notMatch(answer.text, /2026-02-30|Example/, 'no patient data in the answer')
  })

  await t.test('an empty transaction does nothing and answers a valid Bundle', async (t) => {
    const before = await rowCounts(exchange.context)
    const answer = await trust.post('', { resourceType: 'Bundle', type: 'transaction' })
    t.equal(answer.status, 200)
    t.equal(answer.body.entry, undefined)
    t.same(await rowCounts(exchange.context), before)
  })
})
