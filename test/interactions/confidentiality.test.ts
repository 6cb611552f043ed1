/** Sensitive records are not there for those of an organisation who do not need them, and breaking the glass is on record. */
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'
import {
  CLINIC,
  clinicBundle,
  dispenseOf,
  inBundle,
  located,
  orderBundle,
  orderTask,
  parties,
  PROVIDER,
  TRUST,
} from '../orders.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const V3 = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
const NEVER = '01900000-0000-7000-8000-000000000000'
const security = (code: string) => ({ meta: { security: [{ system: V3, code }] } })
const glass = (reason = 'Patient collapsed, brought to the ward') => ({
  'purpose-of-use': 'BTG',
  'break-glass-reason': reason,
})

interface Scene {
  readonly exchange: Exchange
  /** The EPR of the trust, from whose users is hidden what another site of it sent. */
  readonly epr: Party
  /** A clinic of the trust, which sent it. */
  readonly clinic: Party
  readonly team: Party
  readonly provider: Party
  readonly patient: string
  readonly prescription: string
  readonly task: string
  readonly dispense: string
}

/** The order of a prescription, accepted by its provider, and what is answered to a dispense of it. */
async function worked(exchange: Exchange, provider: Party, prescription: string) {
  const order = await orderTask(provider, prescription)
  const accepted = (await provider.put({ ...order, status: 'accepted' })).body
  const supplies = resourcesOf(await provider.get(`Task?part-of=Task/${order.id}`))
  const item = (await provider.get(prescription)).body
  const dispense = await provider.post(
    'MedicationDispense',
    dispenseOf({ order: accepted, supplies, item }, exchange.now),
  )
  return { order, supplies, dispense }
}

/** A sensitive order, worked by the provider, beside one that is not. */
async function scene(t: Test): Promise<Scene> {
  const exchange = await startExchange(t)
  const epr = await exchange.party('trust', TRUST)
  const clinic = await exchange.party('trust', CLINIC)
  const team = await exchange.party('pharmacist', TRUST)
  const provider = await exchange.party('provider', PROVIDER)
  await epr.post('', orderBundle())
  const bundle = structuredClone(clinicBundle(CLINIC, TRUST))
  Object.assign(inBundle(bundle, 'MedicationRequest'), security('V'))
  Object.assign(inBundle(bundle, 'Patient'), security('R'), { name: [{ family: 'Hidden' }] })
  const entry = bundle.entry.find(({ resource }) => resource?.resourceType === 'Patient')
  if (entry?.request) delete entry.request.ifNoneExist
  const made = await clinic.post('', bundle)
  const prescription = located(made, 'MedicationRequest')
  const { order, dispense } = await worked(exchange, provider, prescription)
  return {
    exchange,
    epr,
    clinic,
    team,
    provider,
    patient: located(made, 'Patient'),
    prescription,
    task: `Task/${order.id}`,
    dispense: `MedicationDispense/${dispense.body.id}`,
  }
}

/** A message that withdraws an item. */
const cancellation = (item: unknown) => ({
  resourceType: 'Bundle',
  type: 'message',
  identifier: { system: 'https://tools.ietf.org/html/rfc4122', value: randomUUID() },
  entry: [
    {
      fullUrl: `urn:uuid:${randomUUID()}`,
      resource: {
        resourceType: 'MessageHeader',
        eventCoding: { system: 'https://fhir.nhs.uk/CodeSystem/message-event', code: 'prescription-order-update' },
        source: { endpoint: 'https://directory.example.org/RBA' },
      },
    },
    { fullUrl: `urn:uuid:${randomUUID()}`, resource: item },
  ],
})

const told = ({ status, headers, text }: Answer, id: string): string =>
  [status, headers.etag, headers.location, text]
    .join(' ')
    .replaceAll(id, 'ID')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z|[\w-]{60,}/g, '~')

t.test('to the role that does not need it, it is as if it were not there', async (t) => {
  const { epr, team, provider, patient, prescription, task, dispense, exchange } = await scene(t)
  for (const reference of [patient, prescription, task, dispense]) {
    const [type = '', id = ''] = reference.split('/')
    for (const party of [team, provider]) {
      for (const path of [reference, `${reference}/_history/1`, `${reference}/_history`])
        t.equal((await party.get(path)).status, 200, `${party.organization} sees ${type}`)
      t.equal(resourcesOf(await party.get(`${type}?_id=${id}`)).length, 1)
    }
    const paths = (each: string): string[] => [
      `${type}/${each}`,
      `${type}/${each}/_history`,
      `${type}/${each}/_history/1`,
      `${type}?_id=${each}&_total=accurate`,
      `${type}?_id=${each}&_summary=count`,
      ...(type === 'Patient'
        ? [`Task?patient._id=${each}`, `Task?patient=Patient/${each}`, `MedicationRequest?subject=Patient/${each}`]
        : []),
      ...(type === 'MedicationRequest'
        ? [`Patient?_has:MedicationRequest:patient:_id=${each}`, `${type}/${each}/$remaining`]
        : []),
      ...(type === 'Task'
        ? [
            `Task?part-of=Task/${each}`,
            `${type}/${each}/$timeline`,
            `${type}/${each}/$next`,
            `${type}/${each}/$national-status`,
            `${type}/${each}/$prescription-order-response`,
          ]
        : []),
    ]
    for (const [index, path] of paths(id).entries()) {
      const [found, nothing] = [await epr.get(path), await epr.get(paths(NEVER)[index] ?? '')]
      t.equal(told(found, id), told(nothing, NEVER), path)
    }
    const resource = (await team.get(reference)).body
    for (const send of [
      (each: string) => epr.send('PUT', `${type}/${each}`, { ...resource, id: each }, { 'if-match': 'W/"1"' }),
      (each: string) => epr.send('PATCH', `${type}/${each}`, [], { 'content-type': 'application/json-patch+json' }),
      (each: string) => epr.send('DELETE', `${type}/${each}`),
      (each: string) =>
        epr.post('Provenance', {
          resourceType: 'Provenance',
          target: [{ reference: `${type}/${each}` }],
          recorded: '2026-11-22T09:00:00Z',
          agent: [{ who: { display: 'x' } }],
        }),
    ])
      t.equal(told(await send(id), id), told(await send(NEVER), NEVER), `${type} written`)
  }
  const ids = [patient, prescription, task, dispense].map((reference) => reference.split('/')[1] ?? '')
  for (const path of [
    '_history?_count=250',
    'Task?_count=250&_include=*&_revinclude=*',
    'Patient?_revinclude=*&_count=250',
    'MedicationRequest?_sort=-authoredon&_count=250&_total=accurate',
    'Practitioner?_revinclude=*&_revinclude:iterate=*&_count=250',
    '?_type=Patient,Task,MedicationRequest,MedicationDispense&_count=250',
    'Task/$changes?_count=250',
    'MedicationRequest/$changes?_count=250',
    'Patient/_history?_count=250',
  ]) {
    const [hidden, seen] = [await epr.get(path), await team.get(path)]
    t.equal(hidden.status, 200, path)
    t.notOk(
      ids.some((id) => hidden.text.includes(id)),
      `${path} shows nothing of it`,
    )
    t.notMatch(hidden.text, 'Hidden')
    t.ok(
      ids.some((id) => seen.text.includes(id)),
      `${path} shows it to the team`,
    )
  }
  t.equal(resourcesOf(await epr.get('MedicationRequest')).length, 1, 'what is not sensitive is there')
  // Pages after a change: judged by the version of the first page, and by who may see.
  const first = await epr.get('Task?_count=1&_sort=_lastUpdated')
  const next = (first.body as unknown as r4.Bundle).link?.find(({ relation }) => relation === 'next')?.url
  exchange.now += 1000
  const order = (await provider.get(task)).body
  await provider.put({ ...order, note: [{ text: 'later' }] } as never)
  const rest = await epr.get(next?.replace(/^.*\/fhir\//, '') ?? '')
  t.notOk(
    ids.some((id) => rest.text.includes(id)),
    'nor on a later page',
  )
})

t.test('neither the audit log nor a message about it tells of what is hidden', async (t) => {
  const { exchange, epr, team, provider, prescription, patient, task, dispense } = await scene(t)
  const ids = [prescription, patient, task, dispense].map((reference) => reference.split('/')[1] ?? '')
  for (const party of [team, provider]) await party.get(prescription)
  await team.get('MedicationRequest')
  await exchange.audit.flush()
  for (const query of ['', `&patient=${patient}`, `&entity=${prescription}`, '&agent:identifier=RBA', '&_sort=-date']) {
    const [hidden, seen] = [
      await epr.get(`AuditEvent?_count=250${query}`),
      await team.get(`AuditEvent?_count=250${query}`),
    ]
    t.equal(hidden.status, 200)
    // A search names in its self link what was asked for.
    const told = hidden.text.replace(/"link":\[.*?\]/, '')
    t.notOk(
      ids.some((id) => told.includes(id)),
      `log${query}`,
    )
    t.ok(
      ids.some((id) => seen.text.includes(id)),
      `team${query}`,
    )
  }
  const listed = resourcesOf(
    await epr.get('AuditEvent?agent:identifier=RBA&subtype=search-type'),
  ) as unknown as r4.AuditEvent[]
  t.match(JSON.stringify(listed), '"type":"count","valueString":"1"', 'nor how many there were')
  const [about] = resourcesOf(await team.get(`AuditEvent?entity=${prescription}`))
  t.equal((await epr.get(`AuditEvent/${about?.id}`)).text.includes(prescription), false)
  t.match((await epr.get(`AuditEvent?entity=${prescription}&_summary=count`)).body, { total: 0 })
  t.ok(
    resourcesOf(await epr.get(`AuditEvent?entity=${prescription}`, glass())).length > 0,
    'unless the glass is broken',
  )

  const { identifier } = (await team.get(prescription)).body as unknown as r4.MedicationRequest
  const cancel = async (value: string) => {
    const item = {
      resourceType: 'MedicationRequest',
      status: 'cancelled',
      intent: 'order',
      identifier: [{ ...identifier?.[0], value }],
    }
    const answer = await epr.post('$process-message', cancellation(item))
    return told(answer, value).replaceAll(value, 'VALUE')
  }
  t.equal(await cancel(identifier?.[0]?.value ?? ''), await cancel('aaaaaaaa-9ebc-4ad0-8bfe-0c2e4a6d8f66'))
  t.match((await team.get(prescription)).body, { status: 'active' })
})

t.test('who breaks the glass says why, sees what its organisation may see, and is on record', async (t) => {
  const { exchange, epr, provider, team, patient, prescription, task } = await scene(t)
  const refused: [Record<string, string>, number, string][] = [
    [{ 'purpose-of-use': 'BTG' }, 400, 'break-glass-reason-missing'],
    [glass('short'), 400, 'break-glass-reason-missing'],
    [glass('x'.repeat(201)), 400, 'break-glass-reason-missing'],
    [{ 'break-glass-reason': 'I would like to see it' }, 400, 'header-invalid'],
    [{ ...glass(), 'purpose-of-use': 'TREAT' }, 400, 'header-invalid'],
    [{ 'purpose-of-use': 'TREAT' }, 404, 'not-found'],
  ]
  for (const [headers, status, key] of refused) {
    const answer = await epr.get(patient, headers)
    t.same([answer.status, answer.keys], [status, [key]])
    t.notMatch(answer.text, 'Hidden')
  }
  for (const reference of [patient, prescription, task]) t.equal((await epr.get(reference, glass())).status, 200)
  t.match((await epr.get('Patient?name=Hidden', glass())).body, { total: 1 })
  t.equal((await epr.get(patient)).status, 404, 'for that request alone')
  for (const party of [provider, team, await exchange.party('observer', 'X26')]) {
    const answer = await party.get(party === provider || party === team ? patient : 'CodeSystem', glass())
    const allowed = party === team
    t.same([answer.status, answer.keys[0]], allowed ? [200, undefined] : [403, 'role-forbidden'], party.organization)
  }
  const stranger = await exchange.party('trust', 'RXX')
  t.equal((await stranger.get(patient, glass())).status, 404, 'another organisation has no glass to break')

  await exchange.audit.flush()
  const events = resourcesOf(await epr.get('AuditEvent?subtype=BTG')) as unknown as r4.AuditEvent[]
  t.match(
    events
      .filter(({ outcome }) => outcome === '0')
      .map(({ purposeOfEvent, subtype }) => [purposeOfEvent?.[0]?.text, subtype?.at(-1)?.code]),
    [...Array<unknown>(4).keys()].map(() => ['Patient collapsed, brought to the ward', 'BTG']),
  )
  t.ok(events.length >= 4 && events.some(({ outcome }) => outcome === '4'), 'and so is who tried in vain')
  t.same(resourcesOf(await stranger.get(`AuditEvent?subtype=BTG&patient=${patient}`)), [])
})

t.test('a label is taken away by those who see it; what was derived stays sensitive, deleted or not', async (t) => {
  const { epr, clinic, team, provider, patient, prescription, dispense, exchange } = await scene(t)
  const { meta: _, ...bare } = (await clinic.get(patient)).body
  const plain = { ...bare, meta: { versionId: '1' } } as Resource
  t.equal((await clinic.put(plain)).status, 200)
  t.equal((await epr.get(patient)).status, 200)
  t.equal((await epr.get(`${patient}/_history/1`)).status, 200, 'the label of today is the label of the record')
  const report = (await provider.get(dispense)).body
  t.equal((await provider.put({ ...report, note: [{ text: 'later' }] } as never)).status, 200)
  t.equal((await epr.get(dispense)).status, 404, 'a dispense of a sensitive prescription')
  const note = {
    resourceType: 'Communication',
    status: 'completed',
    about: [{ reference: prescription }],
    basedOn: [{ reference: prescription }],
    payload: [{ contentString: 'x' }],
  }
  const made = await team.post('Communication', note)
  t.equal(made.status, 201, made.text)
  const hidden = await clinic.post('Practitioner', {
    resourceType: 'Practitioner',
    ...security('V'),
    name: [{ family: 'Hidden' }],
  })
  const path = `Practitioner/${hidden.body.id}`
  t.equal((await epr.get(path)).status, 404)
  t.equal((await clinic.send('DELETE', path)).status, 204)
  for (const each of [path, `${path}/_history`, `${path}/_history/1`]) t.equal((await epr.get(each)).status, 404, each)
  t.notMatch((await epr.get('Practitioner/_history')).text, 'Hidden')
  t.equal((await clinic.get(`${path}/_history`)).status, 200)
  await exchange.close()
})

t.test('who sent it is shown it, and all that came of it, in every role', async (t) => {
  const { clinic, patient, prescription, task, dispense } = await scene(t)
  for (const reference of [patient, prescription, task, dispense]) {
    const [type = '', id = ''] = reference.split('/')
    for (const path of [reference, `${reference}/_history`, `${reference}/_history/1`])
      t.equal((await clinic.get(path)).status, 200, path)
    for (const path of [`${type}?_id=${id}`, `_history?_count=250`, `${type}/_history?_count=250`])
      t.ok((await clinic.get(path)).text.includes(id), path)
    if (type !== 'Patient') t.ok((await clinic.get(`${type}/$changes?_count=250`)).text.includes(id), 'the feed')
  }
  const found = resourcesOf(await clinic.get('MedicationRequest?_include=*&_revinclude=*&patient.name=Hidden'))
  t.ok(found.some(({ resourceType }) => resourceType === 'MedicationDispense'))
  t.equal((await clinic.get(`${task}/$timeline`)).status, 200)
})

t.test('a label that is put on a prescription later reaches what was made from it before', async (t) => {
  const exchange = await startExchange(t)
  const { trust: epr, provider } = await parties(exchange)
  const clinic = await exchange.party('trust', CLINIC)
  const team = await exchange.party('pharmacist', TRUST)
  const prescription = located(await clinic.post('', clinicBundle(CLINIC, TRUST)), 'MedicationRequest')
  const { order, supplies, dispense } = await worked(exchange, provider, prescription)
  const said = await provider.post('Communication', {
    resourceType: 'Communication',
    status: 'completed',
    basedOn: [{ reference: `Task/${order.id}` }],
    payload: [{ contentString: 'x' }],
  })
  t.equal(said.status, 201, said.text)
  const about = await provider.post('Communication', {
    resourceType: 'Communication',
    status: 'completed',
    about: [{ reference: `Task/${order.id}` }, { reference: `${exchange.context.base}/${prescription}` }],
    payload: [{ contentString: 'x' }],
  })
  t.equal(about.status, 201, about.text)
  t.equal((await epr.get(`Communication?about:inherited=Task/${order.id}`)).status, 400, 'no way to search')
  const made = [order, ...supplies, dispense.body, said.body, about.body].map(
    ({ resourceType, id }) => `${resourceType}/${id}`,
  )
  for (const path of made) t.equal((await epr.get(path)).status, 200, path)
  const before = await Promise.all(made.map(async (path) => (await clinic.get(path)).text))

  const unlabelled = (await clinic.get(prescription)).body
  const labelled = await clinic.put({ ...unlabelled, meta: { ...unlabelled.meta, ...security('V').meta } } as never)
  t.equal(labelled.status, 200, labelled.text)
  for (const path of [prescription, ...made]) {
    t.equal((await epr.get(path)).status, 404, `${path} is not there for the EPR of another site`)
    t.equal((await epr.get(path, glass())).status, 200, 'unless it breaks the glass')
    for (const party of [clinic, team, provider]) t.equal((await party.get(path)).status, 200, party.organization)
  }
  for (const path of ['Task', 'MedicationDispense', 'Communication', 'Task/$changes', '_history?_count=250'])
    for (const made of [prescription, order.id ?? '', dispense.body.id ?? '', said.body.id ?? '', about.body.id ?? ''])
      t.notOk((await epr.get(path)).text.includes(made), path)
  t.same(await Promise.all(made.map(async (path) => (await clinic.get(path)).text)), before, 'nothing else has changed')

  // In one group of the lane: what follows from what was just labelled knows it.
  const [supply] = supplies
  const booked = await provider.put({
    ...(supply as Resource),
    status: 'accepted',
    executionPeriod: { start: '2026-11-25T09:00:00Z' },
  } as never)
  t.equal(booked.status, 200, booked.text)
  t.equal((await epr.get(`Task/${supply?.id}`)).status, 404, 'a later version stays sensitive')
})

t.test('rows that contradict themselves stop the boot', async (t) => {
  const table = JSON.parse(readFileSync(join(packageRoot, 'conformance/server.json'), 'utf8')) as object
  const start = (confidentiality: unknown) => {
    const file = join(temporaryFolder(t), 'server.json')
    writeFileSync(file, JSON.stringify({ ...table, confidentiality }))
    return startExchange(t, { SERVER_TABLE: file })
  }
  await t.rejects(start([{ codes: ['R'], seenBy: ['trust'], breakGlass: ['pharmacist'] }]), /pharmacist sees R without/)
  await t.rejects(
    start([
      { codes: ['R'], seenBy: ['trust'] },
      { codes: ['R', 'V'], seenBy: ['provider'] },
    ]),
    /two rows/,
  )
  await t.rejects(start([{ codes: ['secret'], seenBy: ['trust'] }]), /codes/)
  await t.rejects(start([{ codes: ['R'], seenBy: [] }]), /seenBy/)
})

t.test('a sensitive record of a patient gives its number only to work that is as sensitive', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const numberOf = async (task: string): Promise<string | undefined> =>
    ((await provider.get(task)).body as unknown as r4.Task).for?.identifier?.value
  const made = async (patient: object, prescription: object) => {
    const bundle = structuredClone(orderBundle())
    Object.assign(inBundle(bundle, 'Patient'), patient)
    Object.assign(inBundle(bundle, 'MedicationRequest'), prescription)
    for (const { request } of bundle.entry) delete request?.ifNoneExist
    const answer = await trust.post('', bundle)
    const task = await orderTask(provider, located(answer, 'MedicationRequest'))
    return { task: `Task/${task.id}`, patient: located(answer, 'Patient') }
  }
  const open = await made({}, {})
  t.equal(await numberOf((await made(security('R'), security('R'))).task), '9449304130')
  const hidden = await made(security('R'), {})
  t.equal(await numberOf(hidden.task), undefined, 'who sees the order and not the patient does not learn it')
  t.equal(await numberOf(open.task), '9449304130')
  const record = (await trust.get(open.patient)).body
  t.equal((await trust.put({ ...record, meta: { ...record.meta, ...security('V').meta } })).status, 200)
  t.equal(await numberOf(open.task), undefined, 'nor from the order as it is once the record has become sensitive')
  const { meta, ...rest } = (await trust.get(hidden.patient)).body
  t.equal((await trust.put({ ...rest, meta: { versionId: meta?.versionId ?? '' } })).status, 200)
  t.equal(await numberOf(hidden.task), '9449304130', 'and learns it when it is not any more')
})
