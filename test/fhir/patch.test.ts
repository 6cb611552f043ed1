/** Patches on texts: RFC 6902, and FHIRPath Patch by the public cases (FHIR/fhir-test-cases, r4/patch, as JSON). */
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import { readFhirPathPatch } from '../../src/fhir/fhirpath-patch.ts'
import { stamp } from '../../src/fhir/json.ts'
import { readJsonPatch } from '../../src/fhir/json-patch.ts'
import { type Patch, patched } from '../../src/fhir/patch.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'
import { listsOf } from '../../src/interactions/patching.ts'

const isList = listsOf(loadBaseDefinitions(join(packageRoot, 'profiles/base')))

const keyOf = (work: () => unknown): string => {
  try {
    work()
    return 'done'
  } catch (error) {
    return (error as { issues?: { key: string }[] }).issues?.[0]?.key ?? String(error)
  }
}
const after = (resource: object | string, patch: Patch): unknown => {
  const stored = typeof resource === 'string' ? resource : JSON.stringify({ resourceType: 'Patient', ...resource })
  const { resourceType: _type, ...rest } = patched(stored, patch).resource
  return rest
}

type Part = Record<string, unknown>
const part = (name: string, value: Part): Part => ({ name, ...value })
const operation = (type: string, path: string, ...parts: Part[]): Part => ({
  name: 'operation',
  part: [part('type', { valueCode: type }), part('path', { valueString: path }), ...parts],
})
const name = (value: string): Part => part('name', { valueString: value })
const value = (content: Part): Part => part('value', content)
const number = (which: string, n: number): Part => part(which, { valueInteger: n })
const fhirPath = (...parameter: Part[]): Patch =>
  readFhirPathPatch(
    JSON.stringify({ resourceType: 'Parameters', ...(parameter.length > 0 ? { parameter } : {}) }),
    isList,
  )

const id = (n: number): Part => ({ system: 'http://example.org', value: `value ${n}` })
const ids = (...numbers: number[]): object => ({ identifier: numbers.map(id) })
const move = (source: number, destination: number): Part =>
  operation('move', 'Patient.identifier', number('source', source), number('destination', destination))
const insert = (index: number): Part =>
  operation('insert', 'Patient.identifier', number('index', index), value({ valueIdentifier: id(3) }))
const contact = (more: object = {}) => ({ contact: [{ name: { text: 'a name' }, ...more }] })
const born = { birthDate: '1920-01-01' }

t.test('the public cases of FHIRPath Patch', async (t) => {
  const cases: [name: string, input: object, patch: Part[], output: object][] = [
    ['No Difference', born, [], born],
    [
      'Replace Primitive',
      born,
      [operation('replace', 'Patient.birthDate', value({ valueDate: '1930-01-01' }))],
      { birthDate: '1930-01-01' },
    ],
    ['Delete Primitive', born, [operation('delete', 'Patient.birthDate')], {}],
    [
      'Add Primitive',
      {},
      [operation('add', 'Patient', name('birthDate'), value({ valueDate: '1930-01-01' }))],
      { birthDate: '1930-01-01' },
    ],
    [
      'Replace Nested Primitive #1',
      contact({ gender: 'male' }),
      [operation('replace', 'Patient.contact[0].gender', value({ valueCode: 'female' }))],
      contact({ gender: 'female' }),
    ],
    [
      'Replace Nested Primitive #2',
      contact({ gender: 'male' }),
      [operation('replace', 'Patient.contact[0].name.text', value({ valueString: 'the name' }))],
      { contact: [{ name: { text: 'the name' }, gender: 'male' }] },
    ],
    [
      'Delete Nested Primitive #1',
      contact({ gender: 'male' }),
      [operation('delete', 'Patient.contact[0].gender')],
      contact(),
    ],
    [
      'Delete Nested Primitive #2',
      contact({ gender: 'male' }),
      [operation('delete', 'Patient.contact[0].name.text')],
      { contact: [{ gender: 'male' }] },
    ],
    [
      'Add Nested Primitive',
      contact(),
      [operation('add', 'Patient.contact[0]', name('gender'), value({ valueCode: 'male' }))],
      contact({ gender: 'male' }),
    ],
    [
      'Add Complex',
      {},
      [operation('add', 'Patient', name('maritalStatus'), value({ valueCodeableConcept: { text: 'married' } }))],
      { maritalStatus: { text: 'married' } },
    ],
    [
      'Replace Complex',
      { maritalStatus: { id: '1', text: 'married' } },
      [
        operation(
          'replace',
          'Patient.maritalStatus',
          value({ valueCodeableConcept: { id: '2', text: 'not married' } }),
        ),
      ],
      { maritalStatus: { id: '2', text: 'not married' } },
    ],
    ['Delete Complex', { maritalStatus: { text: 'married' } }, [operation('delete', 'Patient.maritalStatus')], {}],
    [
      'Add Anonymous Type',
      {},
      [
        operation(
          'add',
          'Patient',
          name('contact'),
          value({ part: [part('name', { valueHumanName: { text: 'a name' } })] }),
        ),
      ],
      contact(),
    ],
    ['Delete Anonymous Type', contact(), [operation('delete', 'Patient.contact[0]')], {}],
    ['List unchanged', ids(1, 2), [], ids(1, 2)],
    [
      'List unchanged, contents changed',
      ids(1, 2),
      [
        operation('replace', 'Patient.identifier[0].value', value({ valueString: 'value 2' })),
        operation('replace', 'Patient.identifier[1].value', value({ valueString: 'value 1' })),
      ],
      ids(2, 1),
    ],
    ['Add to list', ids(1, 2), [insert(2)], ids(1, 2, 3)],
    ['Insert in list #1', ids(1, 2), [insert(1)], ids(1, 3, 2)],
    ['Insert in list #2', ids(1, 2), [insert(0)], ids(3, 1, 2)],
    ['Delete from List #1', ids(1, 2, 3), [operation('delete', 'Patient.identifier[0]')], ids(2, 3)],
    ['Delete from List #2', ids(1, 2, 3), [operation('delete', 'Patient.identifier[1]')], ids(1, 3)],
    ['Delete from List #3', ids(1, 2, 3), [operation('delete', 'Patient.identifier[2]')], ids(1, 2)],
    ['Reorder List #1', ids(1, 2, 3, 4), [move(3, 1)], ids(1, 4, 2, 3)],
    ['Reorder List #2', ids(1, 2, 3, 4), [move(3, 0)], ids(4, 1, 2, 3)],
    ['Reorder List #3', ids(1, 2, 3, 4), [move(3, 2)], ids(1, 2, 4, 3)],
    ['Reorder List #4', ids(1, 2, 3, 4), [move(0, 3)], ids(2, 3, 4, 1)],
    ['Reorder List #5', ids(1, 2, 3, 4), [move(1, 0), move(2, 1)], ids(2, 3, 1, 4)],
    ['Reorder List #6', ids(1, 2, 3, 4), [move(3, 0), move(3, 1), move(3, 2)], ids(4, 3, 2, 1)],
    [
      'Operation on missing element #2',
      {},
      [operation('add', 'Patient', name('identifier'), value({ valueIdentifier: id(3) }))],
      ids(3),
    ],
    [
      'Full Resource',
      { text: { status: 'generated', div: '<div>a</div>' }, name: [{ family: 'Chalmers' }] },
      [
        operation('replace', 'Patient.text.div', value({ valueString: '<div>b</div>' })),
        operation('replace', 'Patient.name[0].family', value({ valueString: 'Chalmers1' })),
      ],
      { text: { status: 'generated', div: '<div>b</div>' }, name: [{ family: 'Chalmers1' }] },
    ],
    [
      'Consecutive operations',
      { contact: [{ name: { family: 'x' } }] },
      [
        operation('add', 'Patient.contact[0]', name('gender'), value({ valueCode: 'male' })),
        operation('add', 'Patient.contact[1]', name('gender'), value({ valueCode: 'male' })),
      ],
      { contact: [{ name: { family: 'x' }, gender: 'male' }, { gender: 'male' }] },
    ],
  ]
  for (const [what, input, patch, output] of cases) t.same(after(input, fhirPath(...patch)), output, what)
})

t.test('FHIRPath Patch beyond the public cases', async (t) => {
  const official = {
    identifier: [
      { use: 'official', value: '1' },
      { use: 'usual', value: '2' },
    ],
  }
  const cases: [name: string, input: object, patch: Part[], output: object][] = [
    [
      'where',
      official,
      [operation('replace', "Patient.identifier.where(use = 'usual').value", value({ valueString: '3' }))],
      { identifier: [official.identifier[0], { use: 'usual', value: '3' }] },
    ],
    [
      'single, skip and take',
      { name: [{ given: ['a', 'b', 'c'] }] },
      [
        operation('replace', "Patient.name.given.where($this = 'b').single()", value({ valueString: 'B' })),
        operation('replace', 'Patient.name.given.skip(2)', value({ valueString: 'C' })),
        operation('replace', 'Patient.name.given.take(1)', value({ valueString: 'A' })),
      ],
      { name: [{ given: ['A', 'B', 'C'] }] },
    ],
    ['tail', official, [operation('delete', 'identifier.tail()')], { identifier: [official.identifier[0]] }],
    ['first and last', official, [operation('delete', 'identifier.last()')], { identifier: [official.identifier[0]] }],
    [
      'a choice takes the type of the value',
      { deceasedBoolean: false, gender: 'male' },
      [operation('replace', 'Patient.deceased', value({ valueDateTime: '2026' }))],
      { deceasedDateTime: '2026', gender: 'male' },
    ],
    [
      'a choice is added',
      {},
      [operation('add', 'Patient', name('multipleBirth'), value({ valueInteger: 2 }))],
      { multipleBirthInteger: 2 },
    ],
    ['ofType', { deceasedBoolean: true }, [operation('delete', 'Patient.deceased.ofType(boolean)')], {}],
    [
      'extension by url',
      { extension: [{ url: 'a', valueString: 'x' }] },
      [operation('replace', "Patient.extension('a').value", value({ valueCode: 'y' }))],
      { extension: [{ url: 'a', valueCode: 'y' }] },
    ],
    ['nothing to delete', {}, [operation('delete', 'Patient.birthDate')], {}],
    [
      'a primitive with its extensions goes whole',
      { birthDate: '1920', _birthDate: { id: 'x' } },
      [operation('delete', 'Patient.birthDate')],
      {},
    ],
    [
      'an item with what stands beside it',
      { name: [{ given: ['a', 'b'], _given: [{ id: 'x' }, { id: 'y' }] }] },
      [operation('delete', 'Patient.name.given[0]')],
      { name: [{ given: ['b'], _given: [{ id: 'y' }] }] },
    ],
    [
      'nested anonymous parts',
      {},
      [
        operation(
          'add',
          'Patient',
          name('communication'),
          value({
            part: [
              part('language', { valueCodeableConcept: { text: 'Welsh' } }),
              part('preferred', { valueBoolean: true }),
            ],
          }),
        ),
      ],
      { communication: [{ language: { text: 'Welsh' }, preferred: true }] },
    ],
  ]
  for (const [what, input, patch, output] of cases) t.same(after(input, fhirPath(...patch)), output, what)
  const refused: [name: string, input: object, patch: Part, key: string][] = [
    [
      'add to what is not there',
      official,
      operation(
        'add',
        "Patient.identifier.where(use = 'official').period",
        name('end'),
        value({ valueDate: '2021-12-01' }),
      ),
      'patch-not-applicable',
    ],
    [
      'add what is there',
      born,
      operation('add', 'Patient', name('birthDate'), value({ valueDate: '1930' })),
      'patch-not-applicable',
    ],
    [
      'add an element that is none',
      {},
      operation('add', 'Patient', name('bithDate'), value({ valueDate: '1930' })),
      'patch-not-applicable',
    ],
    [
      'a choice of another type',
      {},
      operation('add', 'Patient', name('deceased'), value({ valueString: 'x' })),
      'patch-not-applicable',
    ],
    [
      'replace nothing',
      {},
      operation('replace', 'Patient.birthDate', value({ valueDate: '1930' })),
      'patch-not-applicable',
    ],
    ['delete several', official, operation('delete', 'Patient.identifier'), 'patch-not-applicable'],
    ['insert behind the end', ids(1), insert(2), 'patch-not-applicable'],
    ['move from nowhere', ids(1), move(1, 0), 'patch-not-applicable'],
    ['the id', { id: 'x' }, operation('replace', 'Patient.id', value({ valueId: 'y' })), 'patch-identity'],
    ['the version', { meta: { versionId: '1' } }, operation('delete', 'Patient.meta.versionId'), 'patch-identity'],
    ['no type', {}, operation('frobnicate', 'Patient'), 'patch-invalid'],
    ['no value', {}, operation('add', 'Patient', name('birthDate')), 'patch-invalid'],
    ['a function that is not read', {}, operation('delete', 'Patient.descendants()'), 'patch-invalid'],
    ['no path', {}, operation('delete', 'Patient..x('), 'patch-invalid'],
    ['an element that no Patient has', {}, operation('delete', 'Patient.birthDay'), 'patch-invalid'],
    ['one that no name has', official, operation('delete', "name.where(use = 'usual').familyName"), 'patch-invalid'],
    ['a criterion that is none', official, operation('delete', 'Patient.identifier.where(use = )'), 'patch-invalid'],
  ]
  for (const [what, input, patch, key] of refused)
    t.equal(
      keyOf(() => after(input, fhirPath(patch))),
      key,
      what,
    )
})

t.test('JSON Patch', async (t) => {
  const json = (...operations: unknown[]): Patch => readJsonPatch(JSON.stringify(operations))
  const resource = {
    id: 'x',
    meta: { versionId: '1' },
    active: true,
    name: [{ family: 'A', given: ['b'] }],
    multipleBirthInteger: 2,
  }
  const cases: [operations: unknown[], change: object][] = [
    [[], {}],
    [[{ op: 'replace', path: '/active', value: false }], { active: false }],
    [[{ op: 'add', path: '/name/0/given/-', value: 'c' }], { name: [{ family: 'A', given: ['b', 'c'] }] }],
    [[{ op: 'add', path: '/name/0/given/0', value: 'a' }], { name: [{ family: 'A', given: ['a', 'b'] }] }],
    [
      [{ op: 'copy', from: '/name/0/given/0', path: '/name/0/given/1' }],
      { name: [{ family: 'A', given: ['b', 'b'] }] },
    ],
    [
      [
        { op: 'replace', path: '/name/0/given', value: ['1', '2', '3'] },
        { op: 'move', from: '/name/0/given/0', path: '/name/0/given/2' },
      ],
      { name: [{ family: 'A', given: ['2', '3', '1'] }] },
    ],
    [[{ op: 'remove', path: '/name/0/given' }], { name: [{ family: 'A' }] }],
    [
      [{ op: 'copy', from: '/name/0/family', path: '/name/0/text' }],
      { name: [{ family: 'A', given: ['b'], text: 'A' }] },
    ],
    [[{ op: 'move', from: '/name/0/family', path: '/name/0/text' }], { name: [{ given: ['b'], text: 'A' }] }],
    [
      [
        { op: 'test', path: '/active', value: true },
        { op: 'replace', path: '/active', value: false },
      ],
      { active: false },
    ],
    [[{ op: 'test', path: '/name/0', value: { given: ['b'], family: 'A' } }], {}],
    [[{ op: 'test', path: '/multipleBirthInteger', value: 2.0 }], {}],
    [[{ op: 'test', path: '/id', value: 'x' }], {}],
    [[{ op: 'add', path: '/meta/tag', value: [{ code: 't' }] }], { meta: { versionId: '1', tag: [{ code: 't' }] } }],
    // What a removal leaves empty goes with it, when the patch is done.
    [[{ op: 'remove', path: '/name/0/given/0' }], { name: [{ family: 'A' }] }],
    [[{ op: 'remove', path: '/name/0' }], { name: undefined }],
    [
      [
        { op: 'remove', path: '/name/0/given/0' },
        { op: 'move', from: '/name/0/family', path: '/language' },
      ],
      { name: undefined, language: 'A' },
    ],
    [
      [
        { op: 'remove', path: '/name/0/given/0' },
        { op: 'add', path: '/name/0/given/-', value: 'c' },
      ],
      { name: [{ family: 'A', given: ['c'] }] },
    ],
    [
      [
        { op: 'remove', path: '/name/0' },
        { op: 'add', path: '/contact', value: [] },
      ],
      { name: undefined, contact: [] },
    ],
  ]
  for (const [operations, change] of cases) {
    const expected = Object.entries({ ...resource, ...change }).filter(([, held]) => held !== undefined)
    t.same(after(resource, json(...operations)), Object.fromEntries(expected), JSON.stringify(operations))
  }
  const refused: [operations: unknown, key: string][] = [
    [[{ op: 'test', path: '/active', value: false }], 'patch-test-failed'],
    [[{ op: 'test', path: '/birthDate', value: '2000' }], 'patch-test-failed'],
    [[{ op: 'replace', path: '/birthDate', value: '2000' }], 'patch-not-applicable'],
    [[{ op: 'remove', path: '/name/7' }], 'patch-not-applicable'],
    [[{ op: 'add', path: '/contact/0/gender', value: 'male' }], 'patch-not-applicable'],
    [[{ op: 'copy', from: '/birthDate', path: '/x' }], 'patch-not-applicable'],
    [[{ op: 'add', path: '/name/0/given/2', value: 'd' }], 'patch-not-applicable'],
    [[{ op: 'copy', from: '/name/0/family', path: '/name/0/given/3' }], 'patch-not-applicable'],
    [[{ op: 'move', from: '/name/0/family', path: '/name/2' }], 'patch-not-applicable'],
    [[{ op: 'move', from: '/name/0/given/0', path: '/name/0/given/1' }], 'patch-not-applicable'],
    [[{ op: 'replace', path: '/id', value: 'y' }], 'patch-identity'],
    [[{ op: 'remove', path: '/resourceType' }], 'patch-identity'],
    [[{ op: 'move', from: '/id', path: '/language' }], 'patch-identity'],
    [[{ op: 'replace', path: '/meta/versionId', value: '9' }], 'patch-identity'],
    [[{ op: 'add', path: '/meta', value: { lastUpdated: '2020-01-01T00:00:00Z' } }], 'patch-identity'],
    [[{ op: 'replace', path: '', value: {} }], 'patch-identity'],
    [[{ op: 'merge', path: '/active', value: false }], 'patch-invalid'],
    [[{ op: 'add', path: 'active', value: false }], 'patch-invalid'],
    [[{ op: 'add', path: '/active' }], 'patch-invalid'],
    [[{ op: 'copy', path: '/active' }], 'patch-invalid'],
    [[7], 'patch-invalid'],
    [{ op: 'add' }, 'patch-invalid'],
  ]
  for (const [operations, key] of refused) {
    t.equal(
      keyOf(() => after(resource, readJsonPatch(JSON.stringify(operations)))),
      key,
      JSON.stringify(operations),
    )
  }
  t.equal(
    keyOf(() => after(resource, json({ op: 'add', path: '/__proto__/polluted', value: 1 }))),
    'patch-invalid',
  )
  t.equal(({} as Record<string, unknown>).polluted, undefined, 'no prototype was changed')
})

t.test('members that an operation of a JSON Patch does not define are ignored', async (t) => {
  const given = (...operations: object[]) =>
    after({ active: true, gender: 'male' }, readJsonPatch(JSON.stringify(operations)))
  for (const from of ['x', '/gender', null]) {
    t.same(given({ op: 'add', path: '/birthDate', value: '2000-01-01', from }), {
      active: true,
      gender: 'male',
      birthDate: '2000-01-01',
    })
    t.same(
      given({ op: 'test', path: '/active', value: true, from }, { op: 'remove', path: '/gender', from, value: 1 }),
      {
        active: true,
      },
    )
  }
})

t.test('attacks by JSON Patch: nothing outside the resource is reached, and copies of copies end', async (t) => {
  const resource = { id: 'x', name: [{ family: 'A' }, { family: 'B' }], active: true }
  const outcome = (...operations: unknown[]) => keyOf(() => after(resource, readJsonPatch(JSON.stringify(operations))))
  const { call } = Function.prototype
  for (const path of [
    '/toString/call',
    '/hasOwnProperty/call',
    '/constructor/prototype/polluted',
    '/constructor/polluted',
    '/name/push/call',
    '/name/constructor/polluted',
    '/name/0/toString/polluted',
    '//toString',
    '/active/toString',
    '/name/length',
    '/name/01',
    '/name/1e0',
    '/name/99999999999',
    '/toString',
  ]) {
    for (const operation of [
      { op: 'add', path, value: 1 },
      { op: 'remove', path },
      { op: 'replace', path, value: 1 },
      { op: 'move', from: '/name/0', path },
      { op: 'copy', from: path, path: '/language' },
    ]) {
      const intoItself = operation.op === 'move' && path.startsWith('/name/0/')
      const key = intoItself ? 'patch-invalid' : 'patch-not-applicable'
      t.equal(outcome(operation), key, JSON.stringify(operation))
    }
    t.equal(outcome({ op: 'test', path, value: null }), 'patch-test-failed', path)
  }
  t.equal(Function.prototype.call, call)
  t.same(Object.keys(Object.prototype), [])
  t.equal(outcome({ op: 'move', from: '/name', path: '/name/0/family' }), 'patch-invalid', 'into itself')
  const doubling = Array.from({ length: 40 }, () => ({ op: 'copy', from: '/name', path: '/name/-' }))
  t.equal(outcome(...doubling), 'patch-not-applicable', 'a copy bomb')
  const deeper = Array.from({ length: 12 }, (_, i) => ({
    op: 'copy',
    from: '/name/0',
    path: `/name/0${'/x'.repeat(2 ** i)}`,
  }))
  t.equal(outcome(...deeper), 'patch-not-applicable', 'a copy into itself, and again')
  const many = Array.from({ length: 101 }, () => ({ op: 'test', path: '/active', value: true }))
  t.equal(outcome(...many), 'patch-invalid', 'more operations than are looked at')
})

t.test('attacks by FHIRPath Patch: a criterion compares, and computes nothing', async (t) => {
  const many = { name: Array.from({ length: 201 }, () => ({ family: 'A' })) }
  for (const criterion of [
    `'${'a'.repeat(40)}!'.matches('(a+)+$')`,
    `family.replaceMatches('(a+)+$', '') = 'x'`,
    'repeat($this).exists()',
    'aggregate($total + 1, 0) > 1',
    'descendants().exists()',
    'resolve().exists()',
    `memberOf('http://example.org')`,
    'trace(1).exists()',
    '%resource.exists()',
    'iif(true, true, true)',
    `('a' & 'b') = 'ab'`,
    `family = '${'x'.repeat(1000)}'`,
    `${'('.repeat(480)}true${')'.repeat(480)}`,
  ]) {
    const patch = fhirPath(operation('delete', `Patient.name.where(${criterion})`))
    const key = keyOf(() => after({ name: [{ family: 'A' }] }, patch))
    // Brackets alone are harmless where they are not too many.
    t.ok(key === 'patch-invalid' || (key === 'done' && criterion.startsWith('((')), `${criterion.slice(0, 40)}: ${key}`)
  }
  const allowed = `Patient.name.where(family = 'A' and (use.exists() or given.first().startsWith('x').not()))`
  t.equal(
    keyOf(() => after({ name: [{ family: 'A' }] }, fhirPath(operation('delete', allowed)))),
    'done',
  )
  const each = fhirPath(operation('delete', `Patient.name.where(family = 'A')`))
  t.equal(
    keyOf(() => after(many, each)),
    'patch-invalid',
    'more candidates than are asked',
  )
  const quoting = fhirPath(operation('replace', `Patient.name.where(family = 'Marked')`, value({ valueString: 'x' })))
  try {
    after({ name: [{ family: 'A' }] }, quoting)
    t.fail('it is refused')
  } catch (error) {
    t.notMatch(JSON.stringify(error), 'Marked', 'a refusal does not quote the path, which may hold a name')
  }
})

t.test('what a patch leaves alone stays as it was written, and what it brings too', async (t) => {
  const stored =
    '{"resourceType":"Observation","id":"x","valueQuantity":{ "value":1.00 },"component":[{"valueQuantity":{"value":2.50E1}},{"code":{"text":"a"}}],"note":[{"text":"a\\/b"}]}'
  const { text } = patched(
    stored,
    readJsonPatch(
      '[{"op":"replace","path":"/component/1/code/text","value":"b"},{"op":"add","path":"/component/-","value":{"valueQuantity":{"value":0.10}}}]',
    ),
  )
  t.equal(
    stamp(text, 'x', 2, 0),
    '{"resourceType":"Observation","id":"x","meta":{"versionId":"2","lastUpdated":"1970-01-01T00:00:00.000Z"},"valueQuantity":{ "value":1.00 },"component":[{"valueQuantity":{"value":2.50E1}},{"code":{"text":"b"}},{"valueQuantity":{"value":0.10}}],"note":[{"text":"a\\/b"}]}',
  )
})
