import { readFileSync } from 'node:fs'
import fhirpath from 'fhirpath'
import r4Model from 'fhirpath/fhir-context/r4'
import t from 'tap'
import { isResourceType } from '../../src/fhir/element-types.ts'
import { leafElements } from '../../src/fhir/code-elements.ts'
import { compilePath, type TypedNode } from '../../src/fhir/fhirpath.ts'
import type { IndexRow } from '../../src/fhir/index-row.ts'
import { isMediaType } from '../../src/fhir/index-values.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { createSearchParams, type SearchParameterDefinition } from '../../src/fhir/search-params.ts'

const definitions: SearchParameterDefinition[] = readFileSync(
  new URL('../../profiles/base/SearchParameter.ndjson', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

const BASE = 'https://exchange.example/fhir'
const params = createSearchParams(definitions, [{ type: '*', search: '*' }], { bases: [BASE] })

/** Types the service carries; each is compared with the evaluator on several sample resources. */
const OURS = [
  'MedicationRequest',
  'MedicationDispense',
  'Task',
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Medication',
  'Provenance',
  'Communication',
  'AuditEvent',
]

/** Numbers that look random and are the same on every run. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

const PRIMITIVES: Readonly<Record<string, readonly unknown[]>> = {
  boolean: [true, false],
  integer: [1, 2],
  positiveInt: [1],
  unsignedInt: [0],
  decimal: [1.5],
  date: ['2024-02-29', '2024'],
  dateTime: ['2024-02-29T10:00:00Z', '2024-03'],
  instant: ['2024-02-29T10:00:00.123Z'],
  time: ['10:00:00'],
}
const TEXTS = ['email', 'phone', 'one', 'two', 'predecessor', 'composed-of']
const REFERENCES = [
  { reference: 'Patient/1' },
  { reference: 'Group/2' },
  { reference: `${BASE}/Patient/3/_history/2` },
  { reference: 'urn:uuid:00000000-0000-4000-8000-000000000000', type: 'Patient' },
  { reference: 'Organization/4', display: 'x' },
]

const children = new Map<string, { plain: [string, unknown][]; choices: [string, string[]][] }>()

/** Full path and type of the elements of a type or backbone element, and the choices among them. */
function childrenOf(path: string) {
  const own = (full: string) => full.startsWith(`${path}.`) && !full.includes('.', path.length + 1)
  let found = children.get(path)
  if (!found) {
    const choices = Object.entries(r4Model.choiceTypePaths).filter(([full]) => own(full))
    const isChoice = (full: string) => choices.some(([choice, types]) => types.some((each) => full === choice + each))
    const plain = Object.entries(r4Model.path2Type).filter(
      ([full]) => own(full) && !/\.(id|extension|modifierExtension|contained)$/.test(full) && !isChoice(full),
    )
    found = { plain, choices }
    children.set(path, found)
  }
  return found
}

/** A resource with most elements R4 gives its type, three levels deep, filled by chance. */
function sample(type: string, seed: number): Resource {
  const chance = generator(seed)
  const pick = <T>(list: readonly T[]): T => list[chance(list.length)] as T
  const value = (childType: string, path: string, depth: number): unknown => {
    if (childType === 'Reference') return pick(REFERENCES)
    if (childType === 'Resource') return { resourceType: 'Patient', id: 'c' }
    if (PRIMITIVES[childType]) return pick(PRIMITIVES[childType])
    if (/^[a-z]/.test(childType)) return pick(TEXTS)
    return depth > 3
      ? undefined
      : fill(childType === 'BackboneElement' || childType === 'Element' ? path : childType, depth)
  }
  const fill = (path: string, depth: number): Record<string, unknown> => {
    const object: Record<string, unknown> = {}
    const { plain, choices } = childrenOf(path)
    for (const [full, childType] of plain) {
      const name = full.slice(path.length + 1)
      if (typeof childType !== 'string' || chance(4) === 0) continue
      const one = value(childType, full, depth + 1)
      if (one === undefined) continue
      const repeating = (r4Model as unknown as { path2Repeating: Record<string, boolean> }).path2Repeating[full]
      object[name] = repeating ? [one, value(childType, full, depth + 1)] : one
    }
    for (const [full, suffixes] of choices) {
      const name = full.slice(path.length + 1)
      const suffix = pick(suffixes)
      const complex = Object.hasOwn(r4Model.type2Parent, suffix)
      const one = value(complex ? suffix : suffix.charAt(0).toLowerCase() + suffix.slice(1), full, depth + 1)
      if (one !== undefined) object[`${name}${suffix}`] = one
    }
    return object
  }
  return {
    ...fill(type, 0),
    resourceType: type,
    id: 'sample',
    meta: { profile: ['http://example.org/p|1'], tag: [{ code: 'a' }] },
  }
}

/** What `resolve()` stands for on both sides: a bare resource of the type the reference names. */
const typeOfReference = (reference: unknown): string => {
  const { reference: url = '', type } = (reference ?? {}) as { reference?: string; type?: string }
  return (
    type ??
    url
      .replace(/\/_history.*/, '')
      .split('/')
      .at(-2) ??
    'Basic'
  )
}
const resolve = (node: TypedNode): TypedNode => {
  const type = typeOfReference(node.value)
  return { type, value: { resourceType: type }, path: type }
}

interface EvaluatorNode {
  readonly data: unknown
  readonly ctx: unknown
  constructor: {
    makeResNode(ctx: unknown, data: unknown, parent: null, path: string, sibling: null, type: null): unknown
  }
}
const userInvocationTable = {
  resolve: {
    fn: (nodes: EvaluatorNode[]) =>
      nodes.map((node) => {
        const type = typeOfReference(node.data)
        return node.constructor.makeResNode(node.ctx, { resourceType: type }, null, type, null, null)
      }),
    arity: { 0: [] },
    internalStructures: true,
  },
}

function evaluated(expression: string, resource: Resource): [string, unknown][] {
  const evaluate = fhirpath.compile(expression, r4Model, { resolveInternalTypes: false, userInvocationTable })
  const nodes = evaluate(structuredClone(resource)) as (EvaluatorNode | boolean)[]
  const types = fhirpath.types(nodes)
  return nodes.map((node, index) => [
    (types[index] ?? '').replace('FHIR.', '').replace('System.String', 'string'),
    typeof node === 'object' ? node.data : node,
  ])
}

t.test('compiled expressions select what the FHIRPath evaluator selects', async (t) => {
  let compared = 0
  let selected = 0
  for (const type of Object.keys(r4Model.type2Parent).filter((name) => isResourceType(name) && params.has(name))) {
    const seeds = OURS.includes(type) ? [1, 2, 3, 4] : [1]
    for (const seed of seeds) {
      const resource = sample(type, seed)
      for (const { code } of params.list(type).filter(({ special }) => !special)) {
        const definition = definitions.find((each) => each.code === code && each.base.some((base) => base === type))
        const expression = definition?.expression
        if (!expression) continue
        const path = compilePath(expression, { type, resolve })
        if (path.usesFallback) t.fail(`${type}.${code} is not compiled`)
        const ours = path(resource).map((node) => [node.type, node.value])
        const theirs = evaluated(expression, resource)
        if (JSON.stringify(ours) !== JSON.stringify(theirs)) t.same(ours, theirs, `${type}.${code}: ${expression}`)
        compared++
        selected += ours.length
      }
    }
  }
  t.ok(compared > 2000, `${compared} expressions compared`)
  t.ok(selected > 1500, `${selected} nodes selected, so the samples reach the expressions`)
})

t.test('constructs outside the search definitions keep the meaning of the evaluator', async (t) => {
  const patient: Resource = {
    resourceType: 'Patient',
    active: true,
    birthDate: '1970-01-01',
    _birthDate: { extension: [{ url: 'http://example.org/time', valueDateTime: '1970-01-01T10:00:00Z' }] },
    _gender: { extension: [{ url: 'http://example.org/why', valueCode: 'asked' }] },
    deceasedDateTime: '2020-01-01',
    name: [{ family: 'A', given: ['B', 'C'], _given: [null, { id: 'x' }] }, { text: 'D' }],
    telecom: [
      { system: 'email', value: 'x' },
      { system: 'phone', value: 'y' },
    ],
    contact: [{ name: { family: 'E' }, extension: [{ url: 'http://example.org/time', valueString: 'z' }] }],
  }
  const compiled = [
    'Patient.deceased.exists() and Patient.deceased != false',
    'deceased is dateTime',
    'deceased is boolean',
    'deceased as dateTime',
    'name[0].given[1]',
    'name[5]',
    "telecom.where(system = 'email').value",
    "telecom.where('phone' = system or value = 'nothing').value",
    "telecom.exists(system = 'fax')",
    "telecom.exists(system = 'fax') or active",
    'active = true and birthDate.exists()',
    'gender.exists()',
    'birthDate',
    "birthDate = '1970-01-01'",
    "birthDate.extension('http://example.org/time').value",
    'birthDate.extension.value.ofType(dateTime)',
    "contact.extension('http://example.org/time').value",
    'name.given | contact.name.family | name.given',
    'name.ofType(HumanName).family',
    'nothing.at.all',
    'nothing = 1',
    'Resource.meta | DomainResource.active',
  ]
  const fallback = [
    'name.given.count()',
    'birthDate <= today()',
    "name.select(family & 'x')",
    'telecom.all(system.exists())',
  ]
  for (const expression of [...compiled, ...fallback]) {
    const path = compilePath(expression)
    t.equal(path.usesFallback, fallback.includes(expression), `${expression}: by whom`)
    const ours = path(patient).map(({ type, value }) => [type.replace('System.String', 'string'), value])
    t.same(ours, evaluated(expression, patient), expression)
  }
  t.throws(() => compilePath('a..b'))
  t.throws(() => compilePath('subject.resolve().name.count()'), /resolve\(\)/)
})

const extract = (resource: Record<string, unknown>, typeOf?: (urn: string) => string | undefined): IndexRow[] =>
  params.extract(resource as unknown as Resource, typeOf)
const at = (text: string): number => Date.parse(text)

/** Rows of one parameter without its name, as short tuples. */
function rowsOf(resource: Record<string, unknown>, code: string): unknown[] {
  const name = `${resource.resourceType}.${code}`
  return extract(resource)
    .filter(({ param }) => param === name || param === `${name}:identifier`)
    .map((row) => {
      const { param, kind, ...rest } = row
      return [param === name ? kind : 'identifier', ...Object.values(rest)]
    })
}

t.test('what is stored decides what is found', async (t) => {
  const table: [title: string, type: string, elements: Record<string, unknown>, code: string, rows: unknown[]][] = [
    ['code', 'Task', { status: 'requested' }, 'status', [['token', '', 'requested']]],
    [
      'every coding of a concept',
      'Task',
      { code: { coding: [{ system: 's', code: 'a' }, { code: 'b' }], text: 'words' } },
      'code',
      [
        ['token', 's', 'a'],
        ['token', '', 'b'],
      ],
    ],
    [
      'a concept of words only is there, but has no code',
      'Task',
      { code: { text: 'words' } },
      'code',
      [['token', '', '']],
    ],
    ['identifier', 'Task', { identifier: [{ system: 's', value: 'v' }] }, 'identifier', [['token', 's', 'v']]],
    ['identifier without system', 'Task', { identifier: [{ value: 'v' }] }, 'identifier', [['token', '', 'v']]],
    [
      'the same identifier twice is one row',
      'Task',
      { identifier: [{ value: 'v' }, { value: 'v', use: 'old' }] },
      'identifier',
      [['token', '', 'v']],
    ],
    ['boolean', 'Patient', { active: false }, 'active', [['token', '', 'false']]],
    [
      'contact point',
      'Patient',
      {
        telecom: [
          { system: 'phone', value: '1', use: 'home' },
          { system: 'email', value: 'e' },
        ],
      },
      'phone',
      // R4 says that the use stands for the system; testers and other servers also ask by the system itself.
      [
        ['token', 'home', '1'],
        ['token', 'phone', '1'],
      ],
    ],
    ['a computed boolean', 'Patient', { deceasedDateTime: '2020' }, 'deceased', [['token', '', 'true']]],
    [
      'a choice of the other type leaves nothing',
      'MedicationRequest',
      { medicationReference: { reference: 'Medication/1' } },
      'code',
      [],
    ],
    [
      'a choice of the right type',
      'MedicationRequest',
      { medicationReference: { reference: 'Medication/1' } },
      'medication',
      [['reference', 'Medication/1']],
    ],
    [
      'relative reference',
      'Task',
      { owner: { reference: 'Organization/1' } },
      'owner',
      [['reference', 'Organization/1']],
    ],
    [
      'own absolute reference becomes relative',
      'Task',
      { owner: { reference: `${BASE}/Organization/1` } },
      'owner',
      [['reference', 'Organization/1']],
    ],
    [
      'foreign absolute reference stays',
      'Task',
      { owner: { reference: 'https://other.example/Organization/1' } },
      'owner',
      [['reference', 'https://other.example/Organization/1']],
    ],
    [
      'a reference to a version is found with the version and without',
      'Task',
      { owner: { reference: 'Organization/1/_history/3' } },
      'owner',
      [
        ['reference', 'Organization/1'],
        ['reference', 'Organization/1/_history/3'],
      ],
    ],
    ['urn stays', 'Task', { owner: { reference: 'urn:uuid:1' } }, 'owner', [['reference', 'urn:uuid:1']]],
    ['a contained target cannot be named', 'Task', { owner: { reference: '#o' } }, 'owner', [['reference', '']]],
    [
      'logical reference',
      'Task',
      { owner: { identifier: { system: 's', value: 'RBA' } } },
      'owner',
      [
        ['reference', ''],
        ['identifier', 's', 'RBA'],
      ],
    ],
    [
      'literal and logical',
      'Task',
      { owner: { reference: 'Organization/1', identifier: { value: 'RBA' } } },
      'owner',
      [
        ['reference', 'Organization/1'],
        ['identifier', '', 'RBA'],
      ],
    ],
    ['patient: a Patient', 'Task', { for: { reference: 'Patient/1' } }, 'patient', [['reference', 'Patient/1']]],
    ['patient: not a Group', 'Task', { for: { reference: 'Group/1' } }, 'patient', []],
    [
      'patient: a typed Group by identifier',
      'Task',
      { for: { type: 'Group', identifier: { value: '1' } } },
      'patient',
      [],
    ],
    [
      'patient: named by number alone',
      'Task',
      { for: { identifier: { system: 'nhs', value: '1' } } },
      'patient',
      [
        ['reference', ''],
        ['identifier', 'nhs', '1'],
      ],
    ],
    [
      'patient: contained',
      'Task',
      { contained: [{ resourceType: 'Patient', id: 'p' }], for: { reference: '#p' } },
      'patient',
      [['reference', '']],
    ],
    [
      'patient: a contained Group',
      'Task',
      { contained: [{ resourceType: 'Group', id: 'p' }], for: { reference: '#p' } },
      'patient',
      [],
    ],
    [
      'canonical with version',
      'Communication',
      { instantiatesCanonical: ['http://x|1'] },
      'instantiates-canonical',
      [
        ['reference', 'http://x|1'],
        ['reference', 'http://x'],
      ],
    ],
    ['year', 'Patient', { birthDate: '2023' }, 'birthdate', [['date', at('2023-01-01'), at('2024-01-01') - 1]]],
    ['month', 'Patient', { birthDate: '2024-02' }, 'birthdate', [['date', at('2024-02-01'), at('2024-03-01') - 1]]],
    ['day', 'Patient', { birthDate: '2024-12-31' }, 'birthdate', [['date', at('2024-12-31'), at('2025-01-01') - 1]]],
    ['a day that does not exist', 'Patient', { birthDate: '2023-02-29' }, 'birthdate', []],
    [
      'second with zone',
      'Task',
      { authoredOn: '2024-03-31T10:00:00+01:00' },
      'authored-on',
      [['date', at('2024-03-31T09:00:00Z'), at('2024-03-31T09:00:00.999Z')]],
    ],
    [
      'milliseconds',
      'Task',
      { authoredOn: '2024-03-31T10:00:00.120Z' },
      'authored-on',
      [['date', at('2024-03-31T10:00:00.120Z'), at('2024-03-31T10:00:00.120Z')]],
    ],
    [
      'no zone is UTC',
      'Task',
      { authoredOn: '2024-03-31T10:00:00' },
      'authored-on',
      [['date', at('2024-03-31T10:00:00Z'), at('2024-03-31T10:00:00.999Z')]],
    ],
    [
      'period',
      'Task',
      { executionPeriod: { start: '2024-01-02', end: '2024-01-03' } },
      'period',
      [['date', at('2024-01-02'), at('2024-01-04') - 1]],
    ],
    [
      'open period',
      'Task',
      { executionPeriod: { start: '2024-01-02' } },
      'period',
      [['date', at('2024-01-02'), 8_640_000_000_000_000]],
    ],
    [
      'every event of a timing',
      'MedicationRequest',
      { dosageInstruction: [{ timing: { event: ['2024-01-02', '2024-01-03'] } }] },
      'date',
      [
        ['date', at('2024-01-02'), at('2024-01-03') - 1],
        ['date', at('2024-01-03'), at('2024-01-04') - 1],
      ],
    ],
    [
      'outer limits of a timing',
      'ServiceRequest',
      {
        occurrenceTiming: {
          event: ['2024-01-09'],
          repeat: { boundsPeriod: { start: '2024-01-02', end: '2024-01-05' } },
        },
      },
      'occurrence',
      [['date', at('2024-01-02'), at('2024-01-10') - 1]],
    ],
    ['string', 'Organization', { name: '  Ärzte\t HAUS ' }, 'name', [['string', 'arzte haus', '  Ärzte\t HAUS ']]],
    [
      'parts of a name',
      'Patient',
      { name: [{ family: 'Ó Briain', given: ['Zoë', 'Ann'] }] },
      'name',
      [
        ['string', 'o briain', 'Ó Briain'],
        ['string', 'zoe', 'Zoë'],
        ['string', 'ann', 'Ann'],
      ],
    ],
    [
      'parts of an address',
      'Patient',
      { address: [{ line: ['1 High St'], postalCode: 'LS1' }] },
      'address',
      [
        ['string', '1 high st', '1 High St'],
        ['string', 'ls1', 'LS1'],
      ],
    ],
    ['uri', 'AuditEvent', { agent: [{ policy: ['http://policy'] }] }, 'policy', [['uri', 'http://policy']]],
    [
      'profile with version',
      'Task',
      { meta: { profile: ['http://p|1'] } },
      '_profile',
      [
        ['uri', 'http://p|1'],
        ['uri', 'http://p'],
      ],
    ],
  ]
  for (const [title, resourceType, elements, code, rows] of table) {
    t.same(rowsOf({ resourceType, ...elements }, code), rows, `${title} (${resourceType}.${code})`)
  }
})

t.test('a urn that the bundle can place has the type of its entry', async (t) => {
  const task = { resourceType: 'Task', for: { reference: 'urn:uuid:1' } }
  const has = (rows: IndexRow[]) => rows.some(({ param }) => param === 'Task.patient')
  t.equal(has(extract(task, () => 'Patient')), true)
  t.equal(has(extract(task, () => 'Group')), false)
  t.equal(has(extract(task)), true, 'nobody can place it: found rather than lost')
})

t.test('what is contained is found through what contains it: circles end, and many times many stays few', async (t) => {
  const part = (id: string, whole: string) => ({
    resourceType: 'Organization',
    id,
    name: `org ${id}`,
    partOf: { reference: whole },
  })
  const circle = extract({
    resourceType: 'Task',
    contained: [part('a', '#b'), part('b', '#a')],
    owner: { reference: '#a' },
  })
  const names = circle.flatMap((row) => (row.kind === 'string' && row.param.endsWith('.name') ? [row] : []))
  t.same(
    names.map(({ param, exact }) => [param, exact]),
    [
      ['Task.owner>Organization.name', 'org a'],
      ['Task.owner>Organization.partof>Organization.name', 'org b'],
      ['Task.owner>Organization.partof>Organization.partof>Organization.name', 'org a'],
      ['Task.owner>Organization.partof>Organization.partof>Organization.partof>Organization.name', 'org b'],
    ],
  )
  t.ok(circle.some(({ param }) => param === 'Task.owner>Organization'))

  const ids = Array.from({ length: 100 }, (_, i) => i)
  const doctors = ids.map((i) => ({ resourceType: 'Practitioner', id: `d${i}`, gender: 'female' }))
  const patients = ids.map((i) => ({
    resourceType: 'Patient',
    id: `p${i}`,
    generalPractitioner: doctors.map(({ id }) => ({ reference: `#${id}` })),
  }))
  const all = extract({
    resourceType: 'Observation',
    contained: [...patients, ...doctors],
    focus: patients.map(({ id }) => ({ reference: `#${id}` })),
  })
  t.ok(all.some(({ param }) => param === 'Observation.focus>Patient.general-practitioner>Practitioner.gender'))
  t.ok(all.length < 20, `${all.length} rows`)
  const observations = ids.map((i) => ({
    resourceType: 'Observation',
    id: `o${i}`,
    status: 'final',
    identifier: [{ value: `n${i}` }],
    hasMember: ids.map((j) => ({ reference: `#o${j}` })),
    derivedFrom: ids.map((j) => ({ reference: `#o${j}` })),
  }))
  const dense = extract({ resourceType: 'Task', contained: observations, focus: { reference: '#o1' } })
  t.ok(dense.length < 2_000, `${dense.length} rows of what is everywhere in everything`)

  const long = { resourceType: 'Patient', id: 'p', identifier: [{ value: 'x'.repeat(900) }, { value: 'y' }] }
  const found = extract({ resourceType: 'Task', contained: [long], for: { reference: '#p' } })
  const codes = found.flatMap((row) =>
    row.kind === 'token' && row.param.endsWith('>Patient.identifier') ? [row.code] : [],
  )
  t.same([...new Set(codes)], ['y'], 'too long for an index is not found, and no reason to refuse')

  t.same(
    extract({ resourceType: 'Task', contained: 'x', owner: { reference: '#a' } }).map(({ param }) => param),
    ['Task.owner'],
    'what is no list contains nothing',
  )
})

t.test('a type the table does not name leaves no rows and has no parameters', async (t) => {
  const few = createSearchParams(definitions, [{ type: 'Task', search: ['status'] }])
  t.same(few.extract({ resourceType: 'Patient', active: true }), [])
  t.same(few.list('Patient'), [])
  t.equal(few.has('Patient'), false)
  t.same(
    few.list('Task').map(({ code }) => code),
    ['_id', '_lastUpdated', 'status'],
  )
  t.same(few.extract({ resourceType: 'Task', status: 'requested', intent: 'order' }), [
    { kind: 'token', param: 'Task.status', system: '', code: 'requested' },
  ])
  t.equal(params.has('Nonsense'), false)
  t.same(params.param('MedicationDispense', 'prescription')?.targets, ['MedicationRequest'])
})

t.test('a table that promises what cannot be kept stops the boot', async (t) => {
  const boot = (type: string, code: string) => () => createSearchParams(definitions, [{ type, search: [code] }])
  t.throws(boot('Task', 'stauts'), /"stauts" of Task, which R4 does not define.*status/)
  t.throws(boot('*', 'stauts'), /stauts/)
  t.doesNotThrow(boot('*', 'patient'))
  const special = { ...definitions.find(({ code }) => code === 'near'), url: 'http://example.org/far', code: 'far' }
  const withSpecial = (search: string[] | '*') => () =>
    createSearchParams([...definitions, special as (typeof definitions)[number]], [{ type: 'Location', search }])
  t.throws(withSpecial(['far']), /kind special/, 'near is the one special that is known')
  t.notOk(withSpecial('*')().param('Location', 'far'), '`*` takes only what is offered')
})

t.test('the parameters of media types are those of elements that R4 binds to them', async (t) => {
  const bound = new Set<string>()
  const path = new URL('../../profiles/base/StructureDefinition.ndjson', import.meta.url)
  for (const line of readFileSync(path, 'utf8').trim().split('\n')) {
    const { snapshot } = JSON.parse(line) as r4.StructureDefinition
    for (const { path: element, binding } of snapshot?.element ?? [])
      if (binding?.valueSet?.startsWith('http://hl7.org/fhir/ValueSet/mimetypes')) bound.add(element)
  }
  const found = definitions.flatMap(({ base, code, type, expression = '' }) =>
    type !== 'token'
      ? []
      : base
          .filter((each) => leafElements(expression, each).some(({ element }) => bound.has(element)))
          .map((each) => `${each}.${code}`),
  )
  t.equal(found.length, 4)
  t.same(found.filter(isMediaType), found)
})
