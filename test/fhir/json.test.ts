import t from 'tap'
import {
  arrayItems,
  cutResource,
  objectMembers,
  isOfShortest,
  parseJson,
  stamp,
  withMembers,
} from '../../src/fhir/json.ts'
import { faultWords } from '../../src/fhir/json-fault.ts'
import { Problem } from '../../src/fhir/problem.ts'

const keyOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return error instanceof Problem ? (error.issues[0]?.key ?? '') : String(error)
  }
  return 'accepted'
}

t.test('a property that comes twice is told with its element and its place', async (t) => {
  const issueOf = (text: string) => {
    try {
      return parseJson(text, 9)
    } catch (error) {
      return (error as Problem).issues[0]
    }
  }
  const twice = '{"resourceType":"Patient",\n"name":[{"given":["A","B"]},{"family":"C",\n"family":"D"}]}'
  t.match(issueOf(twice), { expression: 'Patient.name[1].family', diagnostics: /line 3 column 1\)/ })
  t.match(issueOf('{"resourceType":"Patient","active":true,"active":false}'), { expression: 'Patient.active' })
  t.match(
    issueOf('{"a":1,"a":2}'),
    { expression: undefined, diagnostics: /line 1 column 8\)/ },
    'no type, no expression',
  )
  t.match(issueOf('{"resourceType":"Patient","a b":1,"a b":2}'), { expression: undefined }, 'no name of FHIR’s')
})

t.test('where a text stops being JSON is where V8 says so, where it says anything', async (t) => {
  const sound = '{"a": [1, -2.5e3, "x\\n\\u00e9", true, null, {}, []], "b": {"c": "d"}}'
  for (let at = 0; at < sound.length; at++) {
    for (const put of ['', ',', '"', '}', ']', ':', 'x', '0', '\\', '\n']) {
      const text = sound.slice(0, at) + put + sound.slice(at + 1)
      let fault = ''
      try {
        JSON.parse(text)
        continue
      } catch (error) {
        fault = String(error)
      }
      const place = /line \d+ column \d+/.exec(fault)?.[0]
      const ours = faultWords(text)
      // V8 stops in a word or a number, we at its first sign.
      const exact = place && /Expected|Bad control/.test(fault) && !/A word|A number|ends before/.test(ours)
      if (ours.includes('ends before')) t.ok(!place || fault.includes(`column ${text.length + 1})`) || /\n/.test(text))
      else if (exact) t.match(ours, place, `${text}: ${fault}`)
      else t.match(ours, /line \d+ column \d+/, text)
    }
  }
})

t.test('a body that two readers could read differently is refused', async (t) => {
  const cases: [string, string][] = [
    ['{"a":1}', 'accepted'],
    ['{"a":1,"a":2}', 'json-duplicate-key'],
    ['{"a":1,"\\u0061":2}', 'json-duplicate-key'],
    ['{"x":{"a":1},"y":{"a":2},"z":[{"a":1},{"a":2}]}', 'accepted'],
    ['{"x":[{"a":1,"b":"}","a":2}]}', 'json-duplicate-key'],
    ['{"a":"\\"a\\":1,","b":"\\\\"}', 'accepted'],
    ['{"a":{"b":1},"c":2,"a":3}', 'json-duplicate-key'],
    ['{"a":1', 'json-malformed'],
    ['', 'json-malformed'],
    ["{'a':1}", 'json-malformed'],
    ['{"a":01}', 'json-malformed'],
    ['[[[[[[1]]]]]]', 'json-too-deep'],
    ['[[[[[1]]]]]', 'accepted'],
  ]
  for (const [text, key] of cases)
    t.equal(
      keyOf(() => parseJson(text, 5)),
      key,
      text,
    )
  const wordsOf = (text: string): string => {
    try {
      parseJson(text, 5)
      return ''
    } catch (error) {
      return (error as Problem).issues[0]?.diagnostics ?? ''
    }
  }
  t.match(wordsOf('{"name":"Ada",}'), /line 1 column 15/)
  t.match(wordsOf('<Patient xmlns="http://hl7.org/fhir"/>'), /XML/)
  t.match(wordsOf('{"name":'), /ends before/)
  t.match(wordsOf('Ada'), /line 1 column 1\)\. A word without quotes/)
  t.notMatch(['{"name":"Ada",}', 'Ada', '{"a":Ada}'].map(wordsOf).join(), /Ada/, 'no word of the body is told')
  const faults: [text: string, words: RegExp][] = [
    ['', /empty/],
    ['{\0"\0', /UTF-16/],
    ['{"a":[1,2,]}', /line 1 column 11\)\. Leave out the comma/],
    ['{"a":}', /column 6\)\. A value is missing/],
    ['{\n  "a": NaN}', /line 2 column 8\)\. A word without quotes/],
    ['{"a":.5}', /column 6\)\. A number is written/],
    ['{a:1}', /column 2\)\. Names and texts stand in double quotes/],
    ['{"a":1} // dose', /column 9\)\. The value was complete/],
    ['{"a":1, /* dose */ "b":1}', /column 9\)\. JSON has no comments/],
    ['{"a":1}\n{"a":2}', /line 2 column 1\)\. The value was complete before/],
    ['{"a":"two\nlines"}', /line 1 column 10\)\. A line break/],
    ['{"a":"C:\\data"}', /column 9\)\. A backslash/],
    ['{"a":"say "no" then"}', /column 12\)\. Look there/],
    ['{"a":1 "b":2}', /column 8\)\. Look there/],
    ['{"a":[1}', /column 8\)\. Look there/],
  ]
  for (const [text, words] of faults) t.match(wordsOf(text), words, JSON.stringify(text))
  t.equal(
    keyOf(() => parseJson('['.repeat(200_000) + ']'.repeat(200_000), 64)),
    'json-too-deep',
    'a very deep body',
  )
})

t.test('a property that comes twice is found however the text is written', async (t) => {
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  const one = <T>(list: readonly T[]): T => list[random(list.length)] as T
  /** JSON that reads as an object; `twice` adds one member again, somewhere in it. */
  const object = (depth: number, gap: string, twice: boolean): string => {
    const names = ['a', '\\u0062', 'c\\"', 'valueQuantity', '__proto__', '7'].slice(0, 1 + random(6))
    const deeper = depth === 0 ? -1 : random(names.length)
    const members = names.map((name, i) => {
      const content = i === deeper ? object(depth - 1, gap, twice && depth > 1) : scalar()
      return `"${name}":${gap}${content}`
    })
    if (twice && depth <= 1) members.splice(random(members.length + 1), 0, `"${one(names)}":${gap}${scalar()}`)
    return `{${gap}${members.join(`,${gap}`)}${gap}}`
  }
  const scalar = (): string =>
    one([
      '1',
      '1e5',
      '1E-7',
      '100000',
      '0.001',
      '1.00',
      '-0',
      '12000',
      '""',
      '"\\n\\\\"',
      '"é"',
      'true',
      'null',
      '[]',
      '{}',
      '[1,[]]',
    ])
  for (let i = 0; i < 3000; i++) {
    const twice = i % 2 === 0
    const text = object(1 + random(3), one(['', '', ' ', '\n  ']), twice)
    const found = keyOf(() => parseJson(text, 8))
    if (found !== (twice ? 'json-duplicate-key' : 'accepted')) t.fail(`${text}: ${found}`)
  }
  // Numbers written shorter than their digits do not make room for a second property.
  t.equal(
    keyOf(() => parseJson('{"x":[1e5,1e5,1e5],"a":1,"a":1}', 5)),
    'json-duplicate-key',
  )
  t.equal(
    keyOf(() => parseJson('{"x":[1e-3,1e-3,1e-3,1e-3,1e-3,1e-3],"a":1,"a":1}', 5)),
    'json-duplicate-key',
  )
  t.equal(
    keyOf(() => parseJson('{"x":1,"x":[[[[[[[[[]]]]]]]]],"a":1}', 5)),
    'json-duplicate-key',
    'what was lost may be deep',
  )
})

t.test('what is wrong with a body is told without quoting it', async (t) => {
  try {
    parseJson('{"family": Smith}', 5)
    t.fail('it was accepted')
  } catch (error) {
    t.notMatch((error as Error).message, /Smith/)
  }
})

t.test('a resource keeps every digit, every escape and every blank inside a value', async (t) => {
  const sent = `{
    "resourceType" : "Observation",
    "id":"client-id",
    "meta": { "profile" : [ "http://a" ] , "versionId":"77", "lastUpdated":"2001-01-01T00:00:00Z" },
    "valueQuantity": { "value" : 1.00, "x":"a\\"b}\\\\" },
    "list": [ 1.50 , {"y":[1.10,2]} , "[" ], "n":null , "z":-0.0e+10
  }`
  const text = cutResource('Observation', sent)
  const stored = stamp(text, 'server-id', 3, Date.UTC(2026, 0, 2, 3, 4, 5, 6))
  const parsed = JSON.parse(stored)
  t.same(parsed.meta, { versionId: '3', lastUpdated: '2026-01-02T03:04:05.006Z', profile: ['http://a'] })
  t.equal(parsed.id, 'server-id')
  for (const piece of ['{ "value" : 1.00, "x":"a\\"b}\\\\" }', '[ 1.50 , {"y":[1.10,2]} , "[" ]', '-0.0e+10']) {
    t.ok(stored.includes(piece), piece)
  }
  const { id: _a, meta: _b, ...rest } = JSON.parse(sent)
  const { id: _c, meta: _d, ...kept } = parsed
  t.same(kept, rest)
  t.equal(stamp(cutResource('Observation', stored), 'server-id', 3, Date.UTC(2026, 0, 2, 3, 4, 5, 6)), stored)
})

t.test('members are cut at their own ends', async (t) => {
  t.same(objectMembers('{}'), [])
  t.same(objectMembers(' { "a" : [ ] , "b":"," } '), [
    ['a', '[ ]'],
    ['b', '","'],
  ])
  t.same(arrayItems('[ ]'), [])
  t.same(arrayItems('[1, "]" ,{"a":[2]}]'), ['1', '"]"', '{"a":[2]}'])
})

t.test('a member that the service sets replaces, joins or leaves', async (t) => {
  const text = cutResource(
    'Task',
    '{"resourceType":"Task","status":"ready","note":[{"text":"1.00"}],"statusReason":{}}',
  )
  const stored = JSON.parse(
    stamp(withMembers(text, { status: 'accepted', businessStatus: { text: 'x' }, statusReason: undefined }), 'i', 1, 0),
  )
  t.same(Object.keys(stored), ['resourceType', 'id', 'meta', 'status', 'note', 'businessStatus'])
  t.equal(stored.status, 'accepted')
})

t.test('only a text without white space, with numbers as short as can be, counts as of the shortest', async (t) => {
  const isShort = (text: string): boolean => {
    parseJson(text, 10)
    return isOfShortest(text)
  }
  for (const text of ['{"a":1}', '{"a":[0.5,-2,10,150,1990]}', '{"a":"é\\n\\u00e9 1.0"}', '[]'])
    t.equal(isShort(text), true, text)
  for (const text of [
    '{"a":1.0}',
    '{"a":[1.00]}',
    '{"a": 1}',
    '{"a":1e3}',
    '{"a":1e2}',
    '{"a":11e2}',
    '{"a":[-3E2]}',
    '{"a":-0}',
    '{"a":10.0,"b":"\\n"}',
    '{"a":0.50}',
  ]) {
    t.equal(isShort(text), false, text)
  }
})
