/** What an attacker puts where a value is expected: texts, numbers, JSON trees and bytes, and changes to good ones. */
import * as fc from 'fast-check'

/** Stands in hostile values, so that it is seen where it must not come out. */
export const MARK = 'Zzmarked'

const repeated = (text: string, times: number): string => text.repeat(times)

/** Texts that each once broke some service. */
const known = [
  '',
  ' ',
  '0',
  '-0',
  '1e999',
  '1e-999',
  '99999999999999999999',
  'NaN',
  'null',
  'true',
  '*',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__proto__.polluted',
  "'; DROP TABLE resource; --",
  "' OR '1'='1",
  '") OR 1=1 --',
  '$1',
  '$999',
  '%',
  '_',
  '\\',
  '\\,',
  '\\|\\$\\',
  '|',
  '||||',
  'http://loinc.org|',
  '|code',
  ',',
  ',,,,',
  'a,b,,c',
  '\r\nX-Injected: yes',
  '\r\n\r\n{"injected":true}',
  '\u2028\u2029',
  '\u0000',
  '\u001b[31m',
  '\ud800',
  '\udfff\ud800',
  'é'.normalize('NFD'),
  '\u202e',
  'İ',
  '../../etc/passwd',
  '..%2f..%2f',
  '%00',
  '%zz',
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
  'urn:uuid:',
  'urn:uuid:00000000-0000-0000-0000-000000000000',
  'Patient/',
  'Patient/x/_history/',
  '#',
  '#a',
  'eq2026-01-01',
  'gt',
  'sa2026-02-30T25:61:61+99:99',
  'ap1e308',
  'lt-1e308|http://unitsofmeasure.org|mg',
  '2026-11-22T09:00:00.123456789Z',
  '0000-00-00',
  '9999-12-31T23:59:60Z',
  'W/"1"',
  'W/"99999999999999999999"',
  '"',
  '""',
  '\t',
  MARK,
  repeated('(', 500),
  repeated('a', 5000),
  repeated('\\', 999),
  repeated('a.', 300),
  repeated(',', 3000),
  repeated('|', 2000),
  repeated('9', 1000),
  repeated('"', 777),
  repeated(' ', 4000),
  `${repeated(' ', 4000)}x`,
  repeated('&amp;', 400),
]

/** Any text, mostly one that once broke something, now and then several glued together. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...known) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...known), { minLength: 2, maxLength: 4 }).map((all) => all.join('')),
  },
)

/** What Node lets pass in a header of a request: tab, and Latin-1 without control characters. */
export const headerValue: fc.Arbitrary<string> = text.map((value) =>
  [...value]
    .map((character) => (/[\t\x20-\x7e\x80-\xff]/.test(character) ? character : '\xff'))
    .join('')
    .trim(),
)

/** A JSON value of any shape, some of it far too deep or too wide. */
export const json: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: text },
  {
    weight: 2,
    arbitrary: fc.constantFrom(null, true, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, [], {}, [[]], [null], [{}]),
  },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 200 }).map((depth) => nested(depth)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }).map((length) => Array.from({ length }, () => ({ a: 1 }))) },
)

function nested(depth: number): unknown {
  let value: unknown = 'x'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? { extension: value } : [value]
  return value
}

const names = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'resourceType', 'id', 'meta'),
  fc.constantFrom('extension', 'modifierExtension', 'contained', 'text', 'identifier', 'reference', 'status', 'value'),
  fc.constantFrom('valueString', 'valueQuantity', '_status', '_family', 'fhir_comments', 'url', 'system', 'code'),
  text,
)

type Change = readonly [place: number, kind: number, name: string, value: unknown]

const change: fc.Arbitrary<Change> = fc.tuple(fc.nat(), fc.nat({ max: 5 }), names, json)

/** A good value with a few places of it changed. @param good drawn from these */
export const changed = (good: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...good), fc.array(change, { minLength: 0, maxLength: 4 }))
    .map(([value, changes]) => changes.reduce(apply, structuredClone(value)))

/** Objects and lists below a value, itself first. */
function placesOf(value: unknown, found: object[] = []): object[] {
  if (typeof value !== 'object' || value === null) return found
  found.push(value)
  for (const inner of Object.values(value)) placesOf(inner, found)
  return found
}

function apply(root: unknown, [place, kind, name, value]: Change): unknown {
  const places = placesOf(root)
  const target = places[place % places.length]
  if (target === undefined) return value
  const keys = Object.keys(target)
  const key = keys[place % Math.max(1, keys.length)] ?? '0'
  // An own property also where it is called __proto__: that is what JSON.parse makes of it.
  const set = (at: string, to: unknown) =>
    Object.defineProperty(target, at, {
      value: structuredClone(to),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  if (kind === 0) set(key, value)
  else if (kind === 1) Reflect.deleteProperty(target, key)
  else if (kind === 2 && !Array.isArray(target)) set(name, value)
  else if (kind === 3) set(key, [Reflect.get(target, key), Reflect.get(target, key)])
  else if (kind === 4) set(key, { [name]: Reflect.get(target, key) })
  else set(key, name)
  return root
}

/** A text with something cut out, put in or said twice. */
export const mangled = (good: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(good, fc.nat(), fc.nat({ max: 40 }), fc.constantFrom('cut', 'put', 'twice', 'end'), text)
    .map(([whole, at, length, how, put]) => {
      const from = whole.length === 0 ? 0 : at % whole.length
      const [head, tail] = [whole.slice(0, from), whole.slice(from)]
      if (how === 'cut') return head + tail.slice(length)
      if (how === 'put') return head + put + tail
      return how === 'twice' ? head + tail.slice(0, length) + tail : head
    })

/** JSON text as no library would write it: escapes in names, properties twice, deep, huge numbers, white space. */
export const strangeJson: fc.Arbitrary<string> = fc.oneof(
  fc.nat({ max: 3000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc.nat({ max: 3000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.nat({ max: 3000 }).map((depth) => '{"resourceType":"Patient","name":['.repeat(depth)),
  fc
    .nat({ max: 5000 })
    .map((digits) => `{"resourceType":"Observation","valueQuantity":{"value":1${'0'.repeat(digits)}}}`),
  fc
    .nat({ max: 5000 })
    .map((digits) => `{"resourceType":"Patient","multipleBirthInteger":0.${'1'.repeat(digits)}e-${digits}}`),
  fc.constant('{"resourceType":"Patient","\\u0061ctive":true,"active":false}'),
  fc.constant('{"resourceType":"Patient","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  fc.constant('\ufeff{"resourceType":"Patient"}'),
  fc.constant('{"resourceType":"Patient","name":[{"family":"\\ud800"}]}'),
  fc
    .nat({ max: 20_000 })
    .map((count) => `{"resourceType":"Patient",${Array.from({ length: count }, (_, i) => `"a${i}":1`).join()}}`),
)
