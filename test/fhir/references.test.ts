/** Where links stand in a resource, and texts that keep every digit while something else in them changes. */
import t from 'tap'
import { isSameText, parseExact, stringifyExact, withChanged } from '../../src/fhir/exact.ts'
import { cutResource, stamp } from '../../src/fhir/json.ts'
import { eachLink, withLinks } from '../../src/fhir/references.ts'
import type { Resource } from '../../src/fhir/resource.ts'

const urn = 'urn:uuid:0a1fd9ef-a3d5-4e95-84cd-552070a03096'
const rewrite = (link: string): string | undefined => (link === urn ? 'Patient/1' : undefined)

t.test('links are rewritten where R4 has links, and nowhere else', async (t) => {
  const resource = {
    resourceType: 'MedicationRequest',
    text: { status: 'generated', div: `<div><a href="${urn}">${urn}</a><img alt='${urn}' src='${urn}'/></div>` },
    subject: { reference: urn, identifier: { system: urn, value: urn } },
    instantiatesUri: [urn, 'http://example.org'],
    instantiatesCanonical: [urn],
    note: [{ text: `"reference":"${urn}"` }],
    extension: [
      { url: urn, valueUri: urn },
      { url: 'a', valueUrl: urn },
      { url: 'b', valueUuid: urn },
      { url: 'c', valueOid: urn },
      { url: 'd', valueCanonical: urn },
      { url: 'e', valueString: urn },
      { url: 'f', valueAttachment: { url: urn } },
      { url: 'g', extension: [{ url: 'h', valueReference: { reference: urn } }] },
    ],
    contained: [{ resourceType: 'Practitioner', id: 'p', photo: [{ url: urn, title: urn }] }],
  } as Resource
  const sent = structuredClone(resource)
  const places: string[] = []
  eachLink(resource, (link, _member, expression) => {
    if (link === urn) places.push(expression())
  })
  t.same(places, [
    'MedicationRequest.text.div',
    'MedicationRequest.text.div',
    'MedicationRequest.subject.reference',
    'MedicationRequest.subject.identifier.system',
    'MedicationRequest.instantiatesUri[0]',
    'MedicationRequest.extension[0].valueUri',
    'MedicationRequest.extension[1].valueUrl',
    'MedicationRequest.extension[2].valueUuid',
    'MedicationRequest.extension[3].valueOid',
    'MedicationRequest.extension[6].valueAttachment.url',
    'MedicationRequest.extension[7].extension[0].valueReference.reference',
    'MedicationRequest.contained[0].photo[0].url',
  ])
  const replaced = withLinks(resource, rewrite)
  t.same(resource, sent, 'what was sent stays as it is')
  t.equal(replaced.note, resource.note, 'what is not changed is shared')
  t.equal(withLinks(replaced, rewrite), replaced, 'where nothing is to be replaced it is the same')
  t.match(replaced, {
    text: { div: `<div><a href="Patient/1">${urn}</a><img alt='${urn}' src='Patient/1'/></div>` },
    instantiatesUri: ['Patient/1', 'http://example.org'],
    instantiatesCanonical: [urn],
    note: [{ text: `"reference":"${urn}"` }],
    extension: [{ url: urn, valueUri: 'Patient/1' }],
    contained: [{ photo: [{ url: 'Patient/1', title: urn }] }],
  })
})

t.test('a text keeps every digit while its links change', async (t) => {
  const sent = `{"resourceType":"Observation","note":[{ "text":"a\\/b" }],"component":[{"valueQuantity":{"value":1.00,"unit":"1.0"}},{"valueQuantity":{"value":-2.50E+3}}],"subject":{"reference":"${urn.replace('urn:', 'urn\\u003a')}"},"extension":[{"url":"x","valueReference":{"reference":"${urn}"}},{"url":"y","valueDecimal":0.10}]}`
  const text = withChanged(cutResource('Observation', sent), new Set(['subject', 'extension']), (member) =>
    withLinks(member, rewrite),
  )
  t.equal(
    stamp(text, 'x', 1, 0),
    '{"resourceType":"Observation","id":"x","meta":{"versionId":"1","lastUpdated":"1970-01-01T00:00:00.000Z"},"note":[{ "text":"a\\/b" }],"component":[{"valueQuantity":{"value":1.00,"unit":"1.0"}},{"valueQuantity":{"value":-2.50E+3}}],"subject":{"reference":"Patient/1"},"extension":[{"url":"x","valueReference":{"reference":"Patient/1"}},{"url":"y","valueDecimal":0.10}]}',
  )
})

t.test('numbers are the same when they are written the same', async (t) => {
  for (const text of ['{"a":[1.00,-0,1e5,1E+05,123456789012345678901234567890]}', '{"a":"1.00","b":"\\\\u00001"}']) {
    t.equal(stringifyExact(parseExact(text)), text)
  }
  // Wherever a number stands, and beside texts that only look like one.
  for (const text of [
    '1.00',
    '-0.10',
    '[1.0]',
    '[true,-2.50]',
    '{"a":"at 12:00:00","b":0.0}',
    '{"a":"x: 1, 2","b":[]}',
  ]) {
    t.equal(stringifyExact(parseExact(text)), text)
  }
  t.equal(stringifyExact(parseExact(' { "a" :\n1.0 , "b" : [ 2.0 ] } ')), '{"a":1.0,"b":[2.0]}')
  t.ok(isSameText('{"a":1.0,"b":"x"}', ' { "b" : "\\u0078", "a":1.0 } '))
  t.notOk(isSameText('{"a":1.0}', '{"a":1.00}'))
  t.notOk(isSameText('{"a":1}', '{"a":"1"}'))
  t.equal(stringifyExact({ a: '\u0000no number' }), '{"a":"\\u0000no number"}', 'what is no number stays a string')
})
