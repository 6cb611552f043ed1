import { fileURLToPath } from 'node:url'
import t from 'tap'
import { isError, operationOutcome } from '../../src/fhir/problem.ts'
import { createStructureValidator } from '../../src/fhir/structure.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'

const definitions = loadBaseDefinitions(fileURLToPath(new URL('../../profiles/base/', import.meta.url)))
const validator = createStructureValidator(definitions)

const A = 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'
const B = 'urn:uuid:0fc374a1-a226-4552-9683-55dd510e67c9'
const C = 'urn:uuid:22222222-a226-4552-9683-55dd510e67c9'
const patient = (more: object = {}): object => ({ resourceType: 'Patient', ...more })
const order = (reference: string, more: object = {}): object => ({
  resourceType: 'MedicationRequest',
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: { text: 'x' },
  subject: { reference },
  ...more,
})
const post = (url: string): object => ({ method: 'POST', url })
const at = 'https://example.org/fhir'

type Found = [rule: string, expression: string | undefined]
const found = (type: string, entry: object[], more: object = {}, warnings = false): Found[] =>
  validator
    .validate({ resourceType: 'Bundle', type, entry, ...more }, { root: 'Bundle' })
    .filter((issue) => issue.rule !== 'dom-6' && isError(issue) !== warnings)
    .map(({ key, rule, expression }) => [rule ?? key, expression])

t.test('what a Bundle of each type must and must not have', async (t) => {
  const entry = { fullUrl: A, resource: patient() }
  t.same(found('collection', [entry]), [])
  t.same(found('transaction', [entry]), [['bdl-3', 'Bundle']], 'a transaction without request')
  t.same(found('collection', [{ ...entry, request: post('Patient') }]), [['bdl-3', 'Bundle']])
  t.same(found('collection', [{ ...entry, response: { status: '200' } }]), [['bdl-4', 'Bundle']])
  t.same(found('collection', [entry], { total: 1 }), [['bdl-1', 'Bundle']])
  t.same(found('collection', [{ ...entry, search: { mode: 'match' } }]), [['bdl-2', 'Bundle']])
  t.same(found('collection', [{ fullUrl: A }]), [['bdl-5', 'Bundle.entry[0]']])
  t.same(found('message', [entry]), [['bdl-12', 'Bundle']])
  const identifier = { system: 'urn:ietf:rfc:3986', value: A }
  t.same(found('document', [entry], { identifier, timestamp: '2026-01-01T00:00:00Z' }), [['bdl-11', 'Bundle']])
  t.same(found('document', [entry]), [
    ['bdl-9', 'Bundle'],
    ['bdl-10', 'Bundle'],
    ['bdl-11', 'Bundle'],
  ])
})

t.test('fullUrl is unique, absolute, without a version, and says who the resource is', async (t) => {
  const twice = { fullUrl: A, resource: patient() }
  t.same(found('collection', [twice, twice]), [['bdl-7', 'Bundle']])
  const versions = ['1', '2'].map((versionId) => ({
    fullUrl: `${at}/Patient/1`,
    resource: patient({ id: '1', meta: { versionId } }),
  }))
  t.same(found('collection', versions), [], 'two versions of one resource')
  const one = (fullUrl: string, resource: object, type = 'collection'): Found[] =>
    found(type, [{ fullUrl, resource, ...(type === 'transaction' && { request: post('Patient') }) }])
  t.same(one(`${at}/Patient/1`, patient({ id: '1' })), [])
  t.same(one(`${at}/Patient/1`, patient({ id: '2' })), [['bundle-full-url', 'Bundle.entry[0]']])
  t.same(one(`${at}/Organization/1`, patient({ id: '1' })), [['bundle-full-url', 'Bundle.entry[0]']])
  t.same(one(`${at}/Patient/1`, patient(), 'transaction'), [['bundle-full-url', 'Bundle.entry[0]']])
  t.same(one('Patient/1', patient({ id: '1' })), [['bundle-full-url', 'Bundle.entry[0]']])
  t.same(one(A.slice(9), patient()), [['bundle-full-url', 'Bundle.entry[0]']])
  t.same(
    one(A.replace('urn:', 'URN:'), patient()),
    [['bundle-full-url', 'Bundle.entry[0]']],
    'compared letter by letter',
  )
  t.same(one(A, patient({ id: '1' })), [], 'a urn says nothing of the id')
  t.same(one('https://example.org/elsewhere', patient({ id: '1' })), [], 'nor does a URL that is no address')
  t.same(one(`${at}/Patient/1/_history/2`, patient({ id: '1' })), [
    ['bdl-8', 'Bundle.entry[0]'],
    ['bundle-full-url', 'Bundle.entry[0]'],
  ])
  t.same(found('collection', [{ resource: patient() }]), [['bundle-full-url', 'Bundle.entry[0]']])
  t.same(found('transaction', [{ resource: patient(), request: post('Patient') }]), [])
})

t.test('a reference to another entry must find one, of a type that the element allows', async (t) => {
  const entries = (target: object | undefined, reference: string): object[] => [
    ...(target === undefined ? [] : [{ fullUrl: A, resource: target, request: post('x') }]),
    { fullUrl: B, resource: order(reference), request: post('MedicationRequest') },
  ]
  t.same(found('transaction', entries(patient(), A)), [])
  const organization = { resourceType: 'Organization', name: 'x' }
  t.same(
    found('transaction', entries(organization, A)),
    [['reference-target', 'Bundle.entry[1].resource.subject']],
    'a prescription for an organisation',
  )
  t.same(found('transaction', entries(undefined, A)), [])
  t.same(found('transaction', entries(undefined, A), {}, true), [
    ['reference-unresolved', 'Bundle.entry[0].resource.subject.reference'],
  ])
  t.same(found('transaction', entries(undefined, 'Patient/1'), {}, true), [], 'the server may hold it')
  const wrong = [['reference-invalid', 'Bundle.entry[0].resource.subject.reference']]
  t.same(found('transaction', entries(undefined, A.replace('urn:', 'URN:'))), wrong)
  t.same(found('transaction', entries(undefined, 'Patient/a_b')), wrong)
})

t.test('a document hangs together: what is named is there, and what is there is named', async (t) => {
  const composition = {
    resourceType: 'Composition',
    status: 'final',
    type: { text: 'x' },
    date: '2026-01-01',
    title: 'x',
    author: [{ reference: B }],
    section: [{ entry: [{ reference: `${at}/Patient/1` }] }],
  }
  const head = { identifier: { system: 'urn:ietf:rfc:3986', value: A }, timestamp: '2026-01-01T00:00:00Z' }
  const author = { fullUrl: B, resource: { resourceType: 'Practitioner' } }
  const subject = { fullUrl: `${at}/Patient/1`, resource: patient({ id: '1' }) }
  const first = { fullUrl: A, resource: composition }
  t.same(found('document', [first, author, subject], head), [])
  t.same(found('document', [first, author], head), [
    ['reference-unresolved', 'Bundle.entry[0].resource.section[0].entry[0]'],
  ])
  const versions = ['1', '2'].map((versionId) => ({ ...subject, resource: patient({ id: '1', meta: { versionId } }) }))
  const unclear = [['reference-unresolved', 'Bundle.entry[0].resource.section[0].entry[0]']]
  t.same(found('document', [first, author, ...versions], head).slice(0, 1), unclear, 'which version is meant?')
  const naming = (version: string) => ({
    ...first,
    resource: { ...composition, section: [{ entry: [{ reference: `${at}/Patient/1/_history/${version}` }] }] },
  })
  t.same(found('document', [naming('2'), author, versions[1] ?? {}], head), [])
  t.same(found('document', [naming('1'), author, subject], head), [], 'it does not say its version')
  t.same(found('document', [naming('3'), author, ...versions], head).slice(0, 1), unclear)
  const stray = { fullUrl: C, resource: patient() }
  t.same(found('document', [first, author, subject, stray], head), [['bundle-entry-unreachable', 'Bundle.entry[3]']])
  const backwards = { fullUrl: C, resource: order(`${at}/Patient/1`) }
  t.same(found('document', [first, author, subject, backwards], head), [], 'a link in either direction connects')
})

t.test('a document brings its style sheets', async (t) => {
  const at = 'https://example.org/fhir'
  const composition = {
    ...{ resourceType: 'Composition', id: '1', type: { text: 'x' }, status: 'final', date: '2026', title: 'x' },
    author: [{ reference: `${at}/Binary/css` }],
  }
  const sheet = { resourceType: 'Binary', id: 'css', contentType: 'text/css' }
  const document = (url: string) =>
    found(
      'document',
      [
        { fullUrl: `${at}/Composition/1`, resource: composition },
        { fullUrl: `${at}/Binary/css`, resource: sheet },
      ],
      {
        identifier: { system: at, value: '1' },
        timestamp: '2026-01-01T00:00:00Z',
        link: [{ relation: 'stylesheet', url }],
      },
    ).filter(([key]) => key === 'reference-unresolved')
  t.same(document('Binary/css'), [])
  t.same(document('https://elsewhere.example.org/a.css'), [])
  t.same(document('Binary/none'), [['reference-unresolved', 'Bundle.link[0].url']])
})

t.test('in a document what is in the Bundle is referred to by its fullUrl', async (t) => {
  const remark = (reference: string) => ({
    fullUrl: C,
    resource: { resourceType: 'Basic', code: { text: 'x' }, author: { reference } },
  })
  const head = {
    ...{ type: { text: 'x' }, status: 'final', date: '2026', title: 'x', author: [{ reference: B }] },
    section: [{ title: 'x', entry: [{ reference: C }] }],
  }
  const document = (reference: string) => {
    const first = { fullUrl: A, resource: { resourceType: 'Composition', ...head } }
    const author = { fullUrl: B, resource: { resourceType: 'Practitioner', id: 'p' } }
    const bundle = { identifier: { system: 'https://example.org', value: '1' }, timestamp: '2026-01-01T00:00:00Z' }
    return found('document', [first, author, remark(reference)], bundle)
  }
  t.same(document(B), [])
  t.same(document('Practitioner/p'), [['bundle-reference', 'Bundle.entry[2].resource.author']])
  t.same(document('Practitioner/elsewhere'), [], 'what nobody has under another name may be elsewhere')
  t.same(
    operationOutcome([{ key: 'bundle-reference', expression: 'Bundle.entry[2].resource.author', diagnostics: 'x' }])
      .issue[0]?.expression,
    ['Bundle.entry[2].resource.author', 'Bundle'],
    'told at the Bundle as well, as HL7’s validator does',
  )
})

t.test('a message names its content; a stray entry is only worth a warning', async (t) => {
  const header = (focus: string): object => ({
    fullUrl: A,
    resource: {
      resourceType: 'MessageHeader',
      eventCoding: { system: 'https://example.org/e', code: 'x' },
      source: { endpoint: 'https://example.org' },
      focus: [{ reference: focus }],
    },
  })
  const content = { fullUrl: B, resource: order('MedicationRequest?x') }
  t.same(found('message', [header(B), { fullUrl: B, resource: order('Patient/1') }]), [])
  t.same(
    found('message', [header(C), content]).map(([key]) => key),
    ['reference-target', 'reference-unresolved'],
  )
  t.same(
    found('message', [header(B), { fullUrl: B, resource: patient() }, { fullUrl: C, resource: patient() }], {}, true),
    [['bundle-entry-unreachable', 'Bundle.entry[2]']],
  )
})

t.test('relations of links that can mean one thing only occur once', async (t) => {
  const link = (relation: string): object => ({ relation, url: 'https://example.org' })
  t.same(found('collection', [{ fullUrl: A, resource: patient() }], { link: [link('self'), link('self')] }), [
    ['bundle-link-twice', 'Bundle.link[1].relation'],
  ])
  const linked = (type: string, ...relations: string[]) =>
    found(type, [], { link: relations.map(link) }).filter(([key]) => key.startsWith('bundle-link'))
  t.same(linked('history', 'next', 'next'), [['bundle-link-twice', 'Bundle.link[1]']])
  for (const type of ['collection', 'batch', 'transaction-response']) {
    t.same(linked(type, 'self', 'next'), [['bundle-link-relation', 'Bundle.link[1].relation']])
  }
  t.same(
    found('collection', [{ fullUrl: A, resource: patient() }], { link: [link('alternate'), link('alternate')] }),
    [],
  )
})

t.test(
  'what a search found has an id and is of the type asked for, and what it has to say is an outcome',
  async (t) => {
    const self = (url: string): object => ({ link: [{ relation: 'self', url: `https://example.org/fhir/${url}` }] })
    const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'not-found' }] }
    const entry = (resource: object, mode?: string): object => ({
      fullUrl: A,
      resource,
      ...(mode && { search: { mode } }),
    })
    const wrong: Found[] = [['bundle-search-entry', 'Bundle.entry[0].resource']]
    const stored = patient({ id: 'a' })
    t.same(found('searchset', [entry(stored, 'match')], self('Patient?name=x')), [])
    t.same(found('searchset', [entry(patient(), 'match')], self('Patient?name=x')), wrong)
    t.same(found('searchset', [entry(patient())], self('Patient')), [])
    t.same(found('searchset', [entry(patient())], self('Patient'), true), wrong, 'only a warning without a mode')
    t.same(found('searchset', [entry(stored, 'match')], self('Task?status=requested')), wrong)
    t.same(found('searchset', [entry(stored, 'include')], self('Task?status=requested')), [])
    t.same(found('searchset', [entry(stored, 'match')], self('?_type=Task,Patient')), [])
    t.same(found('searchset', [entry(stored, 'match')], self('?_type=Task')), wrong)
    t.same(found('searchset', [entry(stored, 'match')]), [], 'without a self link nobody knows')
    t.same(found('searchset', [entry(outcome, 'outcome')], self('Patient')), [])
    t.same(found('searchset', [entry(stored, 'outcome')], self('Patient')), wrong)
  },
)

t.test('a Bundle made of nonsense is refused and never a crash', async (t) => {
  for (const entry of [null, [], [null], [1], [{ resource: 5 }], [{ fullUrl: 5 }], [[{}]], 'x', { fullUrl: A }]) {
    for (const type of ['document', 'message', 'transaction', 'collection', 5, null]) {
      t.ok(validator.validate({ resourceType: 'Bundle', type, entry, link: [null, 5] }, { root: 'Bundle' }).length > 0)
    }
  }
})

t.test('small things that make data useless are told', async (t) => {
  const told = (resource: object): [string, string | undefined][] =>
    validator
      .validate(resource, { root: 'Patient' })
      .filter(({ rule }) => rule !== 'dom-6')
      .map(({ key, expression }) => [key, expression])
  t.same(told(patient({ identifier: [{ system: 'local', value: '1' }] })), [
    ['uri-not-absolute', 'Patient.identifier[0].system'],
  ])
  t.same(told(patient({ extension: [{ url: 'relative', valueString: 'x' }] })), [
    ['uri-not-absolute', 'Patient.extension[0].url'],
  ])
  const nested = { url: 'https://example.org/x', extension: [{ url: 'part', valueString: 'x' }] }
  t.same(told(patient({ extension: [nested] })), [], 'the parts of an extension have short names')
  t.same(told(patient({ meta: { profile: ['Patient'] } })), [['uri-not-absolute', 'Patient.meta.profile[0]']])
  t.same(told(patient({ photo: [{ contentType: 'image/png', data: 'AAAA', size: 5 }] })), [
    ['attachment-size', 'Patient.photo[0].size'],
  ])
  t.same(told(patient({ photo: [{ contentType: 'image/png', data: 'AAA=', size: 2 }] })), [])
  // sha1sum of "a", of which the first is base64 in lines.
  const [data, hash] = ['YQ\n==', 'hvfkN/qlp/zhXR3c\nuerq6jd2Z7g=']
  t.same(told(patient({ photo: [{ contentType: 'image/png', data, hash }] })), [])
  t.same(told(patient({ photo: [{ contentType: 'image/png', data: 'Yg==', hash }] })), [
    ['attachment-hash', 'Patient.photo[0].hash'],
  ])
  t.same(told(patient({ photo: [{ contentType: 'image/png', url: 'http://example.org/a', hash }] })), [])
  t.same(told(patient({ name: [{ id: 'a', text: 'x' }], contact: [{ id: 'a', name: { text: 'x' } }] })), [
    ['element-id-twice', 'Patient.contact[0]'],
  ])
  t.same(told(patient({ name: [{ family: ' x' }] })), [['white-space-outside', 'Patient.name[0].family']])
  t.same(told(patient({ maritalStatus: { coding: [{ code: 'M' }] } })), [
    ['code-without-system', 'Patient.maritalStatus.coding[0]'],
  ])
  t.same(told(patient({ meta: { tag: [{ system: 'local', code: 'x' }] } })), [
    ['uri-not-absolute', 'Patient.meta.tag[0].system'],
  ])
  t.same(told(patient({ communication: [{ language: { coding: [{ system: 'local', code: 'en' }] } }] })).at(0), [
    'uri-not-absolute',
    'Patient.communication[0].language.coding[0].system',
  ])
})

t.test('entries are told apart by the whole of a long list of fullUrls that end alike', async (t) => {
  const url = (n: number): string => `urn:uuid:${String(n).padStart(8, '0')}-a226-4552-9683-55dd510e67c9`
  const patients = Array.from({ length: 60 }, (_, n) => ({ fullUrl: url(n), resource: patient() }))
  const orders = Array.from({ length: 60 }, (_, n) => ({ fullUrl: url(100 + n), resource: order(url(n)) }))
  t.same(found('collection', [...patients, ...orders]), [])
  const misled = [
    { fullUrl: url(500), resource: order(url(130)) },
    { fullUrl: url(501), resource: order(url(60)) },
  ]
  t.same(found('collection', [...patients, ...orders, ...misled]), [
    ['reference-target', 'Bundle.entry[120].resource.subject'],
  ])
  t.same(found('collection', [...patients, ...orders, ...misled], {}, true), [
    ['reference-unresolved', 'Bundle.entry[121].resource.subject.reference'],
  ])
})

t.test('advice on a part of a value does not hide what is wrong with the whole of it', async (t) => {
  const told = (resource: object): [string, string | undefined][] =>
    validator
      .validate(resource, { root: 'X' })
      .filter(isError)
      .map(({ key, expression }) => [key, expression])
  const allergy = { resourceType: 'AllergyIntolerance', patient: { display: 'x' } }
  t.same(
    told({ ...allergy, clinicalStatus: { coding: [{ code: 'active' }] }, code: { text: 'x' } }),
    [['code-not-in-value-set', 'X.clinicalStatus']],
    'a code without a system is only advised against, and not in the value set either',
  )
  const modifier = { url: 'https://example.org/not', valueCoding: { code: 'x' } }
  t.same(told({ ...patient(), modifierExtension: [modifier] }), [
    ['modifier-extension-unknown', 'X.modifierExtension[0]'],
  ])
})

t.test('definitions have absolute urls', async (t) => {
  const told = (resource: object): (string | undefined)[] =>
    validator
      .validate(resource, { root: 'X' })
      .filter(({ key }) => key === 'uri-not-absolute')
      .map(({ expression }) => expression)
  const include = (system: string): object => ({ compose: { include: [{ system }] } })
  const valueSet = { resourceType: 'ValueSet', status: 'active' }
  t.same(told({ ...valueSet, url: 'https://example.org/vs', ...include('https://example.org/cs') }), [])
  t.same(told({ ...valueSet, url: 'ValueSet/x', ...include('#cs') }), ['X.url', 'X.compose.include[0].system'])
})
