/** Who carries a parcel sees address, slot and consignment of what it carries: no medicine, no indication, no clinic. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'
import { acceptedOrder, dispenseOf, errorsIn, type Parties, PROVIDER, parties, TRUST } from '../orders.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const CARRIER = '8HX01'
const OUTPUT = 'https://homecare-exchange.org/fhir/CodeSystem/task-output'
const output = (code: string, value: Omit<r4.TaskOutput, 'type'>) => ({
  type: { coding: [{ system: OUTPUT, code }] },
  ...value,
})
const ods = (value: string) => ({ identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value } })
const carried = (by: string) => [
  output('carrier', { valueReference: ods(by) }),
  output('consignment', { valueString: 'PARCEL-77' }),
  output('account', { valueString: 'SECRET-ACCOUNT' }),
]

interface Scene extends Parties {
  readonly exchange: Exchange
  readonly carrier: Party
  readonly order: string
  /** The first supply is carried, the others are not. */
  readonly supplies: readonly Resource[]
  readonly patient: string
}

async function scene(t: Test): Promise<Scene> {
  const exchange = await startExchange(t)
  const both = await parties(exchange)
  const accepted = await acceptedOrder(both)
  const { provider } = both
  const [first] = accepted.supplies
  const booked = await provider.put({
    ...first,
    status: 'accepted',
    note: [{ text: 'SECRET-NOTE' }],
    executionPeriod: { start: '2026-11-25T09:00:00Z', end: '2026-11-25T12:00:00Z' },
    output: carried(CARRIER),
  } as never)
  if (booked.status !== 200) throw new Error(booked.text)
  await provider.post('MedicationDispense', dispenseOf(accepted, exchange.now))
  return {
    ...both,
    exchange,
    carrier: await exchange.party('logistics', CARRIER),
    order: `Task/${accepted.order.id}`,
    supplies: [booked.body, ...accepted.supplies.slice(1)],
    patient: (booked.body as unknown as r4.Task).for?.reference ?? '',
  }
}

/** Elements of a resource, at every depth, as dotted paths. */
const pathsOf = (value: unknown, at = ''): string[] =>
  typeof value !== 'object' || value === null
    ? [at]
    : Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, Array.isArray(value) ? at : `${at}.${name}`))

t.test('the carrier sees what it carries, and of that what it needs', async (t) => {
  const { exchange, carrier, supplies, patient, order } = await scene(t)
  const [mine, ...others] = supplies
  const found = await carrier.get('Task?_include=Task:patient&_total=accurate')
  t.same(
    resourcesOf(found).map(({ resourceType, id }) => `${resourceType}/${id}`),
    [`Task/${mine?.id}`, patient],
  )
  const [task, person] = resourcesOf(found) as [Resource, Resource]
  t.match(task, { executionPeriod: { start: '2026-11-25T09:00:00Z' }, for: { reference: patient }, status: 'accepted' })
  t.match(task, { output: [{ valueReference: ods(CARRIER) }, { valueString: 'PARCEL-77' }] })
  t.match(person, {
    name: [{ family: 'Example' }],
    address: [{ postalCode: 'TA1 1AA' }],
    telecom: [{ value: '01632 960001' }],
  })
  for (const resource of [task, person]) {
    t.match(resource.meta, { tag: [{ code: 'SUBSETTED' }] })
    t.same(errorsIn(exchange, resource, { root: resource.resourceType, type: resource.resourceType }), [])
    const alone = await carrier.get(`${resource.resourceType}/${resource.id}`)
    t.same(alone.body, resource, 'a read shows the same')
    t.same((await carrier.get(`${resource.resourceType}/${resource.id}?_summary=data`)).body.note, undefined)
  }
  t.same(
    [...new Set([task, person].flatMap((resource) => pathsOf(resource, resource.resourceType)))].sort(),
    [
      ...[
        'address.city',
        'address.line',
        'address.postalCode',
        'address.use',
        'id',
        'meta.lastUpdated',
        'meta.tag.code',
        'meta.tag.display',
        'meta.tag.system',
        'meta.versionId',
        'name.family',
        'name.given',
        'name.use',
        'resourceType',
        'telecom.system',
        'telecom.use',
        'telecom.value',
      ].map((path) => `Patient.${path}`),
      ...[
        'businessStatus.coding.code',
        'businessStatus.coding.display',
        'businessStatus.coding.system',
        'code.coding.code',
        'code.coding.display',
        'code.coding.system',
        'executionPeriod.end',
        'executionPeriod.start',
        'for.reference',
        'id',
        'intent',
        'lastModified',
        'meta.lastUpdated',
        'meta.tag.code',
        'meta.tag.display',
        'meta.tag.system',
        'meta.versionId',
        'output.type.coding.code',
        'output.type.coding.system',
        'output.valueReference.identifier.system',
        'output.valueReference.identifier.value',
        'output.valueString',
        'resourceType',
        'restriction.period.start',
        'status',
      ].map((path) => `Task.${path}`),
    ].sort(),
  )
  t.notMatch(
    found.text,
    /SECRET|9449304130|1979|RBA|VN6XW|MedicationRequest|ethotrexate|15517911000001104|SNOMED|snomed|Prescriber|female/,
  )
  for (const reference of [order, ...others.map(({ id }) => `Task/${id}`)])
    t.equal((await carrier.get(reference)).status, 404, reference)
})

t.test('nobody else is shown it, and the carrier has no other way', async (t) => {
  const { exchange, carrier, supplies, patient } = await scene(t)
  const task = `Task/${supplies[0]?.id}`
  const another = await exchange.party('logistics', '8HX02')
  for (const path of [task, patient]) t.equal((await another.get(path)).status, 404, 'another carrier')
  for (const role of ['provider', 'trust', 'tester'] as const) {
    const party = await exchange.party(role, CARRIER)
    for (const path of [task, patient]) t.equal((await party.get(path)).status, 404, `the carrier in the role ${role}`)
    t.same(resourcesOf(await party.get('Task')), [])
  }
  for (const code of [TRUST, PROVIDER]) {
    const disguised = await exchange.party('logistics', code)
    t.equal((await disguised.get(task)).status, 404, 'a party of the order in the role logistics')
  }
  const forbidden = [
    `${task}/_history`,
    `${task}/_history/1`,
    'Task/_history',
    '_history',
    'Task/$changes',
    `${task}/$timeline`,
    `${task}/$next`,
    `${task}/$national-status`,
    'MedicationRequest',
    'MedicationDispense',
    'Organization',
    'Practitioner',
    'Provenance',
    'Communication',
    'Medication',
    'AuditEvent',
    '?_type=Task',
    '$statistics',
  ]
  for (const path of forbidden) t.same((await carrier.get(path)).keys, ['role-forbidden'], path)
  const entry = [{ request: { method: 'GET', url: task } }]
  t.equal((await carrier.post('', { resourceType: 'Bundle', type: 'batch', entry })).status, 403)
  t.equal((await carrier.put({ ...(supplies[0] as Resource), status: 'completed' } as never)).status, 403)
  for (const query of [
    'patient:identifier=9449304130',
    'patient.identifier=9449304130',
    'based-on=MedicationRequest/x',
    'requester:identifier=RBA',
    '_has:MedicationRequest:patient:code=x',
    '_revinclude=MedicationDispense:patient',
    '_revinclude=*',
    '_include=*',
    '_include=Task:based-on',
    '_sort=requester',
    'code:not=x',
    'group-identifier=x',
    '_tag=x',
    '_security=V',
    '_filter=x',
    'owner=Organization/x',
  ])
    t.equal((await carrier.get(`Task?${query}`)).status, 400, query)
  for (const query of [
    'identifier=9449304130',
    'birthdate=1979-03-14',
    'gender=female',
    'name=Example',
    '_has:MedicationRequest:patient:status=active',
  ])
    t.equal((await carrier.get(`Patient?${query}`)).status, 400, query)
  for (const query of [
    'status=accepted',
    'business-status=delivery-booked',
    '_sort=-_lastUpdated',
    `patient=${patient}`,
    '_lastUpdated=gt2020',
    `_id=${supplies[0]?.id}`,
  ])
    t.equal(resourcesOf(await carrier.get(`Task?${query}`)).length, 1, query)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  t.equal((await carrier.send('POST', 'Task/_search', 'requester:identifier=RBA', form)).status, 400)
})

/** The first supply, on its way. */
async function onItsWay({ provider, supplies }: Scene): Promise<Resource> {
  let task = supplies[0] as Resource
  for (const code of ['dispensing', 'ready-to-dispatch', 'dispatched']) {
    const businessStatus = {
      coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/supply-business-status', code }],
    }
    const moved = await provider.put({ ...task, status: 'in-progress', businessStatus } as never)
    if (moved.status !== 200) throw new Error(moved.text)
    task = moved.body
  }
  return task
}

const report = (state: string, happened: string, reason?: string) => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'state', valueCode: state },
    { name: 'happened', valueDateTime: happened },
    ...(reason === undefined
      ? []
      : [
          {
            name: 'reason',
            valueCodeableConcept: {
              coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/reason', code: reason }],
            },
          },
        ]),
  ],
})

t.test('the carrier reports what became of the delivery, and learns nothing by it', async (t) => {
  const all = await scene(t)
  const { exchange, carrier, provider, trust, order } = all
  const task = await onItsWay(all)
  const path = `Task/${task.id}/$report-delivery`
  const version = { 'if-match': `W/"${task.meta?.versionId}"` }
  exchange.now += 60_000
  const now = new Date(exchange.now).toISOString()
  const refused: [string, unknown, Record<string, string>, number, string][] = [
    ['without a version', report('delivered', now), {}, 428, 'if-match-required'],
    ['of an older version', report('delivered', now), { 'if-match': 'W/"1"' }, 412, 'version-conflict'],
    ['a state that is not a carrier’s', report('supply-cancelled', now), version, 400, 'parameter-invalid'],
    [
      'no time',
      { resourceType: 'Parameters', parameter: [{ name: 'state', valueCode: 'delivered' }] },
      version,
      400,
      'parameter-invalid',
    ],
    ['a time that is none', report('delivered', 'yesterday'), version, 422, 'primitive-invalid'],
    ['a time to come', report('delivered', '2027-01-01T00:00:00Z'), version, 422, 'time-implausible'],
    ['no reason where one is needed', report('delivery-failed', now), version, 422, 'reason-required'],
    ['a reason of something else', report('delivery-failed', now, 'capacity'), version, 422, 'reason-not-in-list'],
    [
      'something else',
      { ...report('delivered', now), parameter: [{ name: 'note', valueString: 'x' }] },
      version,
      400,
      'unknown-parameter',
    ],
    ['no Parameters', { resourceType: 'Task' }, version, 400, 'type-mismatch'],
  ]
  for (const [name, body, headers, status, key] of refused) {
    const answer = await carrier.post(path, body, headers)
    t.same([answer.status, answer.keys[0]], [status, key], name)
    t.notMatch(answer.text, /RBA|VN6XW|SECRET/, name)
  }
  t.equal((await carrier.get(path)).status, 405, 'not by GET, which changes nothing')
  const another = await exchange.party('logistics', '8HX02')
  for (const [party, at] of [
    [another, path],
    [carrier, `${order}/$report-delivery`],
    [carrier, `Task/${all.supplies[1]?.id}/$report-delivery`],
  ] as const)
    t.equal((await party.post(at, report('delivered', now), version)).status, 404)
  for (const party of [provider, trust])
    t.equal((await party.post(path, report('delivered', now), version)).status, 403)

  const failed = await carrier.post(path, report('delivery-failed', now, 'patient-not-home'), version)
  t.equal(failed.status, 200, failed.text)
  t.match(failed.body, { status: 'failed', meta: { tag: [{ code: 'SUBSETTED' }] } })
  t.notMatch(failed.text, /SECRET|9449304130|RBA|VN6XW|MedicationRequest/)
  const seen = (await provider.get(`Task/${task.id}`)).body
  t.match(seen, {
    status: 'failed',
    statusReason: { coding: [{ code: 'patient-not-home' }] },
    note: [{ text: 'SECRET-NOTE' }],
  })
  const again = resourcesOf(await provider.get(`Task?part-of=${order}&status=ready`))
  t.equal(again.length, 3, 'another supply takes its place')
  const told = JSON.stringify((await trust.get(`${order}/$timeline`)).body)
  t.ok(told.includes('"valueCode":"logistics"') && told.includes(CARRIER), 'the story says who reported it')
})

t.test('a delivery that the carrier reports ends the supply as the provider’s report does', async (t) => {
  const all = await scene(t)
  const { exchange, carrier, provider } = all
  const task = await onItsWay(all)
  exchange.now += 60_000
  const happened = new Date(exchange.now).toISOString()
  const send = (version: unknown) =>
    carrier.post(`Task/${task.id}/$report-delivery`, report('delivered', happened), { 'if-match': `W/"${version}"` })
  const done = await send(task.meta?.versionId)
  t.match([done.status, done.body], [200, { status: 'completed', executionPeriod: { end: happened } }], done.text)
  const repeat = await send(done.body.meta?.versionId)
  t.same(
    [repeat.status, repeat.body.meta?.versionId],
    [200, done.body.meta?.versionId],
    'said again it changes nothing',
  )
  const warm = await carrier.post(
    `Task/${task.id}/$report-delivery`,
    report('quarantined', happened, 'temperature-excursion'),
    { 'if-match': `W/"${done.body.meta?.versionId}"` },
  )
  t.match([warm.status, warm.body], [200, { status: 'on-hold' }], warm.text)
  t.match((await provider.get(`Task/${task.id}`)).body, { status: 'on-hold', output: carried(CARRIER) })
})

t.test('a carrier that is named no more sees the supply no more, and the patient only by another one', async (t) => {
  const { exchange, carrier, provider, supplies, patient } = await scene(t)
  const [first, second] = supplies as [Resource, Resource]
  const named = await provider.put({ ...second, output: carried(CARRIER) } as never)
  t.equal(named.status, 200)
  const changed = await provider.put({ ...first, output: carried('8HX02') } as never)
  t.equal(changed.status, 200)
  const next = await exchange.party('logistics', '8HX02')
  t.equal((await carrier.get(`Task/${first.id}`)).status, 404)
  t.same(
    resourcesOf(await carrier.get('Task')).map(({ id }) => id),
    [second.id],
  )
  t.equal((await carrier.get(patient)).status, 200, 'it carries another supply to the same patient')
  for (const path of [`Task/${first.id}`, patient]) t.equal((await next.get(path)).status, 200, 'the one named instead')
  t.equal((await provider.put({ ...named.body, output: [] } as never)).status, 400, 'an empty list is none')
  const { output: _, ...without } = named.body
  t.equal((await provider.put(without as never)).status, 200)
  t.equal((await carrier.get(`Task/${second.id}`)).status, 404)
  t.equal((await carrier.get(patient)).status, 404, 'no address either')
  t.same(resourcesOf(await carrier.get('Patient')), [])
  t.equal((await provider.get(patient)).status, 200)
  t.equal((await provider.put({ ...without, meta: { versionId: '3' }, output: carried(CARRIER) } as never)).status, 200)
  for (const path of [`Task/${second.id}`, patient]) t.equal((await carrier.get(path)).status, 200, 'named again')
})

t.test('a carrier that is named later sees it from then on; what its view cannot show stops the boot', async (t) => {
  const { exchange, provider, supplies } = await scene(t)
  const second = supplies[1] as Resource
  const late = await exchange.party('logistics', '8HX02')
  t.same(resourcesOf(await late.get('Task')), [])
  t.equal((await provider.put({ ...second, output: carried('8hx02') } as never)).status, 200)
  t.same(
    resourcesOf(await late.get('Task')).map(({ id }) => id),
    [second.id],
  )
  const table = JSON.parse(readFileSync(join(packageRoot, 'conformance/server.json'), 'utf8')) as { types: Resource[] }
  const start = (view: object) => {
    const types = table.types.map((row) =>
      (row as unknown as { type: string }).type === 'Task' ? { ...row, views: { logistics: view } } : row,
    )
    const file = join(temporaryFolder(t), 'server.json')
    writeFileSync(file, JSON.stringify({ ...table, types }))
    return startExchange(t, { SERVER_TABLE: file })
  }
  await t.rejects(start({ elements: ['stauts'], search: [] }), /stauts, which is no element/)
  await t.rejects(start({ elements: ['status'], search: ['state'] }), /state, which is no search parameter/)
  await t.rejects(start({ elements: ['status'] }), /search/)
})
