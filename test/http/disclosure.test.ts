/**
 * Marked patients go through every route, also where they are refused; then everything that came out beside the
 * resources themselves is searched for the marks: log lines, metrics, audit, headers, words of refusals, links.
 */
import { Writable } from 'node:stream'
import pino from 'pino'
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { type Answer, type Party, resourcesOf, startExchange } from '../helper.ts'
import { inBundle, located, orderBundle, orderTask, parties } from '../orders.ts'

const NHS_NUMBER = '9434765919'
const MARK = 'Zzmark'
/** Any of these outside a resource is a disclosure. */
const MARKS = new RegExp(`${MARK}|${NHS_NUMBER}|07700900461|1931-07-19|s3cretclient`, 'i')

function markedBundle(): ReturnType<typeof orderBundle> {
  const bundle = orderBundle()
  const patient = inBundle(bundle, 'Patient')
  patient.identifier = [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: NHS_NUMBER }]
  patient.name = [{ family: `${MARK}family`, given: [`${MARK}given`] }]
  patient.birthDate = '1931-07-19'
  patient.address = [{ line: [`1 ${MARK} Street`], city: `${MARK}ton`, postalCode: 'ZZ1 1ZZ' }]
  patient.telecom = [{ system: 'phone', value: '07700900461' }]
  return JSON.parse(JSON.stringify(bundle).replaceAll('9449304130', NHS_NUMBER)) as typeof bundle
}

const log: string[] = []
const sink = new Writable({
  write(chunk, _encoding, done) {
    log.push(String(chunk))
    done()
  },
})
const exchange = await startExchange(t, {}, pino({ level: 'trace' }, sink))
const { trust, provider } = await parties(exchange)
const stranger = await exchange.party('trust', 'RXX')
const answers: [name: string, answer: Answer][] = []
const ask = async (name: string, work: Promise<Answer>): Promise<Answer> => {
  const answer = await work
  answers.push([name, answer])
  return answer
}

const posted = await ask('order', trust.post('', markedBundle()))
const patient = located(posted, 'Patient')
const item = located(posted, 'MedicationRequest')
const order = await orderTask(provider, item)
const stored = (await ask('read', trust.get(patient))).body

/** Requests that name the patient in every place that is read, most of them to be refused. */
async function everything(party: Party): Promise<void> {
  const name = (what: string) => `${party.organization} ${what}`
  const values = [`${MARK}family`, NHS_NUMBER, '1931-07-19', '07700900461']
  const codes = [
    'family',
    'identifier',
    'birthdate',
    'telecom',
    'address',
    'name',
    '_id',
    '_lastUpdated',
    'general-practitioner',
    'nothing',
  ]
  for (const value of values) {
    for (const code of codes) await ask(name(`${code}=`), party.get(`Patient?${code}=${value}&_count=1`))
    for (const bad of [
      `family:exactly=${value}`,
      `birthdate=gt${value}x`,
      `organization.name=${value}`,
      `_count=${value}`,
      `_has:Task:patient:status=${value}`,
      `_page=${value}`,
      `name=%zz${value}`,
    ]) {
      await ask(name(bad.split('=')[0]!), party.get(`Patient?${bad}`))
    }
    await ask(
      name('form'),
      party.send('POST', 'Patient/_search', `identifier=${value}&_count=x`, {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    )
    await ask(name('chain'), party.get(`Task?patient.identifier=${value}`))
    await ask(name('changes'), party.get(`Task/$changes?cursor=${value}`))
    await ask(name('id'), party.get(`Patient/${value}`))
    await ask(name('version'), party.get(`${patient}/_history/${value}`))
    for (const header of [
      ...(/^\d+$/.test(value) ? [] : ['if-match']),
      'if-none-match',
      'if-modified-since',
      'prefer',
      'accept',
      'purpose-of-use',
      'if-none-exist',
      'idempotency-key',
      'content-type',
      'content-encoding',
      'accept-encoding',
    ]) {
      await ask(
        name(header),
        party.send('PUT', patient, stored, { [header]: header === 'if-none-exist' ? `family=${value}` : value }),
      )
      await ask(
        name(header),
        party.send('POST', 'Patient', stored, { [header]: header === 'if-none-exist' ? `family=${value}` : value }),
      )
    }
    const changes: Record<string, unknown>[] = [
      { gender: value },
      { birthDate: `${value}x` },
      { active: value },
      { meta: { versionId: value } },
      { managingOrganization: { reference: `Organization/${value}` } },
      { identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: `${value}1` }] },
      { id: value },
      { text: { status: 'generated', div: `<div>${value}<script/></div>` } },
      { extension: [{ url: 'https://example.org/x', valueString: value }] },
      { name: value },
      { contact: [{ period: { start: value } }] },
    ]
    for (const change of changes) {
      const body = { ...stored, ...change }
      await ask(name('put'), party.send('PUT', patient, body, { 'if-match': 'W/"1"' }))
      await ask(name('post'), party.post('Patient', { ...body, id: undefined }))
      await ask(name('validate'), party.post('Patient/$validate', body))
      await ask(
        name('bundle'),
        party.post('', {
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [
            {
              fullUrl: value,
              resource: body,
              request: { method: 'PUT', url: `Patient?identifier=${value}`, ifMatch: value },
            },
          ],
        }),
      )
    }
    await ask(name('cut'), party.post('Patient', JSON.stringify(stored).slice(0, -3)))
    await ask(name('broken'), party.post('Patient', `{"resourceType":"Patient","name":[{"family":${value}}]}`))
    await ask(
      name('twice'),
      party.post('Patient', `{"resourceType":"Patient","birthDate":"${value}","birthDate":"${value}"}`),
    )
    await ask(
      name('patch'),
      party.send(
        'PATCH',
        patient,
        [
          { op: 'test', path: '/name/0/family', value },
          { op: 'replace', path: `/${value}/x`, value },
        ],
        { 'content-type': 'application/json-patch+json' },
      ),
    )
    const part = [
      { name: 'type', valueCode: 'replace' },
      { name: 'path', valueString: `Patient.name.where(family = '${value}')` },
      { name: 'value', valueString: value },
    ]
    await ask(
      name('FHIRPath Patch'),
      party.send('PATCH', patient, { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] }),
    )
    await ask(
      name('message'),
      party.post('$process-message', { ...markedBundle(), type: 'message', identifier: { value } }),
    )
    await ask(name('condition'), party.send('DELETE', `Patient?identifier=${value}&family=${value}`))
    await ask(
      name('task'),
      party.send(
        'PUT',
        `Task/${order.id}`,
        { ...order, description: value, status: 'completed', note: [{ text: value }] },
        { 'if-match': 'W/"1"' },
      ),
    )
  }
}

/** Every operation of the table, at every level, with a mark wherever it takes a value. */
async function operations(party: Party): Promise<void> {
  const value = `${MARK}family`
  const marked: r4.ParametersParameter[] = [
    { name: 'identifier', valueIdentifier: { system: value, value } },
    { name: 'prescription', valueReference: { reference: `MedicationRequest/${value}` } },
    { name: 'resource', resource: { ...(stored as unknown as r4.Patient), id: value } },
    { name: 'state', valueCode: value },
    { name: 'from', valueIdentifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value } },
    { name: 'happened', valueDateTime: value },
    { name: 'cursor', valueString: value },
  ]
  const bodies: unknown[] = [...marked.map((one) => [one]), marked, value].map((parameter) => ({
    resourceType: 'Parameters',
    parameter,
  }))
  bodies.push({ resourceType: 'Bundle', type: value, entry: value })
  for (const { name, levels, types = ['Patient'] } of exchange.context.table.operations) {
    const id = (type: string): string => (type === 'Task' ? (order.id ?? '') : (patient.split('/')[1] ?? ''))
    const paths = levels.flatMap((level) =>
      level === 'system' ? [''] : types.map((type) => (level === 'type' ? `${type}/` : `${type}/${id(type)}/`)),
    )
    for (const path of paths) {
      const query = ['month', 'cursor', 'from', 'mode'].map((code) => `${code}=${value}`).join('&')
      await ask(`${party.organization} $${name}`, party.get(`${path}$${name}?${query}`))
      for (const body of bodies)
        await ask(`${party.organization} $${name}`, party.post(`${path}$${name}`, body, { 'if-match': 'W/"1"' }))
    }
  }
  for (const code of ['patient', 'entity', 'date', '_id', 'outcome', 'agent:identifier'])
    await ask('AuditEvent', party.get(`AuditEvent?${code}=Patient/${value}`))
}

const linksOf = ({ body }: Answer): string[] =>
  ((body as unknown as r4.Bundle).link ?? []).filter(({ relation }) => relation !== 'self').map(({ url }) => url)

t.test('no mark of a patient is in logs, metrics, audit, headers, refusals or links', async (t) => {
  // What names something (a parameter, an element, a profile, an extension) is given back: see SECURITY.md.
  for (const party of [trust, provider, stranger]) await everything(party)
  for (const role of ['trust', 'pharmacist', 'logistics', 'observer', 'manufacturer'] as const)
    await operations(await exchange.party(role, 'RBA'))
  await exchange.app.inject({
    method: 'POST',
    url: '/oauth2/token',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('sandbox:s3cretclient').toString('base64')}`,
    },
    payload: 'grant_type=client_credentials&client_secret=s3cretclient&role=trust&organization=RBA',
  })
  await exchange.app.inject({ url: `/fhir/Patient/x`, headers: { authorization: 'Bearer s3cretclient' } })
  await exchange.audit.flush()
  t.ok(answers.length > 500 && log.length > 500, `${answers.length} answers, ${log.length} log lines`)
  t.same(
    log.filter((line) => MARKS.test(line)),
    [],
    'log lines',
  )
  t.notMatch((await exchange.app.inject({ url: '/metrics' })).body, MARKS, 'metrics')
  t.notMatch(JSON.stringify(await exchange.context.database.query('SELECT * FROM audit')), MARKS, 'audit')
  const told = new Set<string>()
  for (const [name, answer] of answers) {
    if (MARKS.test(JSON.stringify(answer.headers))) told.add(`${name}: header`)
    if (linksOf(answer).some((url) => MARKS.test(url))) told.add(`${name}: link`)
    if (answer.body.resourceType === 'OperationOutcome' && MARKS.test(answer.text))
      told.add(`${name}: ${MARKS.exec(answer.text)?.[0]} in ${answer.text.slice(0, 700)}`)
  }
  t.same([...told], [], 'answers')
})

t.test(
  'there is something to be found: the marks are stored, and a refusal names what is wrong without them',
  async (t) => {
    t.match(JSON.stringify(stored), MARKS)
    t.ok(answers.filter(([, { status }]) => status >= 400).length > 300)
    t.equal(
      resourcesOf(await stranger.get(`Patient?identifier=${NHS_NUMBER}&_summary=data`)).filter(
        ({ id }) => `Patient/${id}` === patient,
      ).length,
      0,
    )
  },
)
