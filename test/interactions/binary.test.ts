/** Binary: content comes in and goes out as it is, unless FHIR is asked for (https://hl7.org/fhir/R4/binary.html#rest). */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { startExchange } from '../helper.ts'

const PDF = Buffer.from([0x25, 0x50, 0x44, 0x46, 0, 255, 254, 10])
const FHIR = 'application/fhir+json; charset=utf-8'

t.test('Binary', async (t) => {
  const exchange = await startExchange(t, { SERVER_TABLE: 'conformance/tester.json', BODY_LIMIT: '4000' })
  const tester = await exchange.party('tester', 'RBA')
  const created = await tester.post('Binary', PDF, {
    'content-type': 'application/pdf',
    'x-security-context': 'Patient/example',
  })
  const { id } = created.body
  const at = `Binary/${id}`

  t.test('content is stored as a Binary of its type, to the last byte', async (t) => {
    t.equal(created.status, 201)
    t.match(created.body, {
      contentType: 'application/pdf',
      securityContext: { reference: 'Patient/example' },
      data: PDF.toString('base64'),
    })
    for (const path of [at, `${at}/_history/1`]) {
      const read = await tester.get(path)
      t.ok(PDF.equals(read.bytes), path)
      t.match(read.headers, {
        'content-type': /^application\/pdf$/,
        'content-length': String(PDF.length),
        'x-security-context': 'Patient/example',
        etag: 'W/"1"',
        'content-disposition': 'attachment',
        'content-security-policy': /sandbox/,
        'x-content-type-options': 'nosniff',
      })
    }
    t.match((await tester.send('HEAD', at)).headers, { 'content-type': 'application/pdf', 'content-length': '8' })
    t.equal((await tester.get(at, { 'if-none-match': 'W/"1"' })).status, 304)
  })

  t.test('Accept and _format decide between the content and FHIR', async (t) => {
    const table: [accept: string, query: string, type: string][] = [
      ['*/*', '', 'application/pdf'],
      ['application/pdf', '', 'application/pdf'],
      ['image/png', '', 'application/pdf'],
      ['application/json, text/plain, */*', '', 'application/pdf'],
      ['application/fhir+json;q=0.1, application/pdf', '', 'application/pdf'],
      ['application/fhir+json', '', FHIR],
      ['application/fhir+json, application/pdf', '', FHIR],
      ['application/fhir+json;q=0.1, */*', '', 'application/json; charset=utf-8'],
      ['application/json', '', 'application/json; charset=utf-8'],
      ['application/pdf', '?_format=json', FHIR],
      ['application/pdf', '?_summary=true', FHIR],
    ]
    for (const [accept, query, type] of table) {
      const { status, headers } = await tester.get(`${at}${query}`, query.includes('summary') ? {} : { accept })
      t.same([status, headers['content-type']], [200, type], `${accept} ${query}`)
    }
    const xml = await tester.get(at, { accept: 'application/fhir+xml' })
    t.same([xml.status, xml.keys], [406, ['accept-unsupported']])
    const plain = await tester.get(at, { 'accept-encoding': 'gzip' })
    t.equal(plain.headers['content-encoding'], undefined, 'content is not compressed again')
    t.equal((await tester.get(at, { 'accept-encoding': 'gzip, identity;q=0' })).headers['content-encoding'], 'gzip')
  })

  t.test('a new version is made of what is sent, a resource stays one in a Bundle', async (t) => {
    const changed = await tester.send('PUT', at, 'naïve', { 'content-type': 'text/plain;  charset=utf-8' })
    t.same([changed.status, changed.body.meta?.versionId], [200, '2'])
    const read = await tester.get(at)
    t.same([read.text, read.headers['content-type']], ['naïve', 'text/plain; charset=utf-8'])
    t.equal(read.headers['x-security-context'], undefined, 'the new version has none')
    t.equal((await tester.get(`${at}/_history/1`)).headers['content-type'], 'application/pdf')
    const entry = [{ request: { method: 'GET', url: at } }]
    const bundle = (await tester.post('', { resourceType: 'Bundle', type: 'batch', entry }))
      .body as unknown as r4.Bundle
    t.match(bundle.entry?.[0]?.resource, { resourceType: 'Binary', contentType: 'text/plain; charset=utf-8' })
    const resource = await tester.post('Binary', { resourceType: 'Binary', contentType: 'text/plain', data: 'aGk=' })
    t.equal((await tester.get(`Binary/${resource.body.id}`)).text, 'hi')
  })

  t.test('FHIR of another type is content like any other', async (t) => {
    const patient = await tester.post('Binary', { resourceType: 'Patient', active: true })
    t.match(patient.body, { resourceType: 'Binary', contentType: 'application/fhir+json' })
    const read = await tester.get(`Binary/${patient.body.id}`, { accept: 'text/html' })
    t.same([read.headers['content-type'], read.body.resourceType], ['application/fhir+json', 'Patient'])
    const cda = '<?xml version="1.0"?><!-- a document --><ClinicalDocument xmlns="urn:hl7-org:v3"/>'
    t.equal((await tester.post('Binary', cda, { 'content-type': 'application/xml' })).status, 201)
  })

  t.test('what cannot be told, kept or shown safely', async (t) => {
    const xml = '<Binary xmlns="http://hl7.org/fhir"><contentType value="text/plain"/></Binary>'
    const refused: [body: string | Buffer, type: string, status: number, key: string][] = [
      ['{"resourceType":"Binary"', 'application/fhir+json', 400, 'json-malformed'],
      [Buffer.from([0x7b, 0xff]), 'application/json', 400, 'json-malformed'],
      [xml, 'application/fhir+xml', 415, 'content-type-unsupported'],
      ['', 'application/pdf', 400, 'body-missing'],
      ['x', 'nonsense', 415, 'content-type-unsupported'],
      [Buffer.alloc(3500), 'application/pdf', 413, 'body-too-large'],
      [Buffer.alloc(4500), 'application/pdf', 413, 'body-too-large'],
    ]
    for (const [body, type, status, key] of refused) {
      const answer = await tester.post('Binary', body, { 'content-type': type })
      t.same([answer.status, answer.keys], [status, [key]], `${type} ${key}`)
    }
    const odd = await tester.post('Binary', { resourceType: 'Binary', contentType: 'text/html; a=“', data: 'aGk=' })
    t.equal((await tester.get(`Binary/${odd.body.id}`)).headers['content-type'], 'application/octet-stream')
    await tester.send('DELETE', at)
    const gone = await tester.get(at)
    t.same([gone.status, gone.keys, gone.headers['content-type']], [410, ['deleted'], FHIR])
  })
})
