/** What a signature covers, pinned: a digest that was made once must come out the same for ever. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import {
  coverIssues,
  digestOf,
  itemName,
  signableIssues,
  signedContent,
  UNSIGNED,
} from '../../src/homecare/signed-content.ts'

const identifier = { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }
const item: Resource = {
  resourceType: 'MedicationRequest',
  id: '1',
  meta: { versionId: '3' },
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'É' } }],
  identifier: [
    { system: 'https://example.org/local', value: '7' },
    { system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: 'A' },
  ],
  status: 'active',
  intent: 'order',
  medicationReference: { reference: '#m' },
  subject: { reference: 'urn:uuid:1', identifier },
  note: [{ text: 'later' }],
  dispenseRequest: { quantity: { value: 1.5, code: 'x' }, numberOfRepeatsAllowed: 0 },
}

/** Written by hand from the rule in the README: members in the order of RFC 8785, nothing that is not signed. */
const CANONICAL_FORM =
  '{"contained":[{"code":{"text":"É"},"id":"m","resourceType":"Medication"}],' +
  '"dispenseRequest":{"numberOfRepeatsAllowed":0,"quantity":{"code":"x","value":1.5}},' +
  '"identifier":[{"system":"https://example.org/local","value":"7"},' +
  '{"system":"https://fhir.nhs.uk/Id/prescription-order-item-number","value":"A"}],' +
  '"intent":"order","medicationReference":{"reference":"#m"},"resourceType":"MedicationRequest",' +
  '"subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9449304130"}}}'

t.test('the digest is that of the canonical form', async (t) => {
  t.equal(digestOf(item), createHash('sha256').update(CANONICAL_FORM).digest('base64url'))
  t.equal(digestOf(item), 'nLQ8BrzWjVOUewlei7vzyZu5MvjpxqDqwAGbgoGwfus', 'pinned')
  t.equal(itemName(item), 'https://fhir.nhs.uk/Id/prescription-order-item-number|A')
})

t.test('what the exchange does to a prescription does not change it', async (t) => {
  const stored = {
    ...item,
    id: '2',
    meta: { versionId: '9', lastUpdated: '2026-11-22T09:00:00Z' },
    status: 'stopped',
    statusReason: { text: 'ended' },
    subject: { reference: 'Patient/5', identifier },
  }
  t.equal(digestOf(stored), digestOf(item))
  t.same(signedContent(stored), signedContent(item))
})

t.test('everything else does', async (t) => {
  const changes: Partial<Record<string, unknown>>[] = [
    { intent: 'plan' },
    { subject: { reference: 'urn:uuid:1', identifier: { ...identifier, value: '9449304131' } } },
    { subject: { reference: 'urn:uuid:1', identifier, display: 'Ada' } },
    { medicationReference: { reference: '#n' } },
    { dispenseRequest: { quantity: { value: 1.6, code: 'x' }, numberOfRepeatsAllowed: 0 } },
    { dispenseRequest: { quantity: { value: 1.5, code: 'x' } } },
    { extension: [{ url: 'https://example.org/x', valueBoolean: true }] },
    { doNotPerform: true },
  ]
  for (const change of changes) t.not(digestOf({ ...item, ...change }), digestOf(item), JSON.stringify(change))
})

t.test('what is left out is what may change, and no more', async (t) => {
  const table = JSON.parse(readFileSync(join(packageRoot, 'conformance/lifecycle/MedicationRequest.json'), 'utf8')) as {
    mutable: Record<string, unknown>
  }
  const kept = ['id', 'meta', 'status', '_status']
  t.same([...UNSIGNED].filter((name) => !kept.includes(name)).sort(), Object.keys(table.mutable).sort())
})

t.test('digits of a number, a lone surrogate, names', async (t) => {
  const keys = (change: object, text?: string): string[] => {
    const resource = { ...item, ...change } as Resource
    return signableIssues({ resource, root: 'MedicationRequest' }, text ?? JSON.stringify(resource)).map(
      ({ key }) => key,
    )
  }
  const text = JSON.stringify(item)
  t.same(keys({}), [])
  t.same(keys({}, text.replace('1.5', '1.50')), [], 'written longer, it is the same number')
  t.same(keys({}, text.replace('1.5', '123456789012.345')), [])
  t.same(keys({}, text.replace('1.5', '0.000000000000000000123')), [])
  t.same(keys({}, text.replace('1.5', '1234567890123.4567')), ['signature-number-imprecise'])
  t.same(keys({}, text.replace('1.5', '1e400')), ['signature-number-imprecise'], 'nor is it infinite')
  t.same(keys({ medicationReference: { reference: 'Medication/1', identifier } }), ['signature-reference-unbound'])
  t.same(keys({ identifier: undefined }), ['signature-item-unidentified'])
  const broken = { ...item, intent: '\ud800' }
  t.equal(digestOf(broken), undefined)
  const signed = new Map([[itemName(item) ?? '', '']])
  t.same(
    coverIssues(signed, [{ resource: broken, root: 'MedicationRequest' }], 'Provenance').map(({ key }) => key),
    ['signature-content-altered'],
  )
})
