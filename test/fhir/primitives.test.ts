import fc from 'fast-check'
import t from 'tap'
import { knownUris } from '../../src/fhir/known-uris.ts'
import {
  checks,
  isBase64Binary,
  isCode,
  isDate,
  isDateTime,
  isId,
  isInstant,
  isInteger,
  isOid,
  isPlainText,
  isPositiveInt,
  isString,
  isTime,
  isUnsignedInt,
  isUri,
  isUuid,
  plainChecks,
  primitives,
} from '../../src/fhir/primitives.ts'

type Check = (value: never) => boolean

function table(name: string, check: Check, right: readonly unknown[], wrong: readonly unknown[]): void {
  t.test(name, async (t) => {
    for (const value of right) t.equal(check(value as never), true, `right: ${JSON.stringify(value).slice(0, 60)}`)
    for (const value of wrong) t.equal(check(value as never), false, `wrong: ${JSON.stringify(value).slice(0, 60)}`)
  })
}

table(
  'a date is a day of the real calendar',
  isDate,
  ['2026', '2026-02', '2026-02-28', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31', '2026-04-30'],
  [
    '2026-02-30',
    '2026-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    '26-01-01',
    '0000',
    '202',
    '20261',
    '2026-',
    '2026-01-',
    '2026-01-01T10:00:00Z',
    ' 2026',
    '2026-01-01 ',
    '01/02/2026',
    '',
  ],
)

table(
  'a dateTime with a time has seconds and a zone',
  isDateTime,
  [
    '2026',
    '2026-10',
    '2026-10-01',
    '2026-10-01T09:30:00Z',
    '2026-10-01T09:30:00.123456+01:00',
    '2026-10-01T23:59:59-14:00',
    '2024-02-29T00:00:00+13:59',
    '2016-12-31T23:59:60Z',
  ],
  [
    '2026-10-01T09:30:00',
    '2026-10-01T09:30Z',
    '2026-10-01T24:00:00Z',
    '2026-10-01T09:60:00Z',
    '2026-10-01T09:30:61Z',
    '2026-10-01T09:30:00+14:01',
    '2026-10-01T09:30:00+15:00',
    '2026-10-01T09:30:00+0100',
    '2026-10-01T09:30:00z',
    '2026-10-01t09:30:00Z',
    '2026-10-01 09:30:00Z',
    '2026-10-01T09:30:00.Z',
    '2026-10-01T9:30:00Z',
    '2026-02-30T09:30:00Z',
    '2026-10T09:30:00Z',
    '2026-10-01T',
    '2026-10-01T09:30:00ZZ',
  ],
)

table(
  'an instant is never partial',
  isInstant,
  ['2026-10-01T09:30:00Z', '2026-10-01T09:30:00.1+01:00'],
  ['2026', '2026-10-01', '2026-10-01T09:30:00', '2026-10-01T09:30Z', ''],
)

table(
  'a time of day has no zone and ends before 24:00',
  isTime,
  ['00:00:00', '23:59:59', '08:30:00.5'],
  ['24:00:00', '8:30:00', '08:30', '08:30:00Z', '08:30:00.', '25:00:00', ''],
)

table(
  'an id is 1 to 64 plain characters',
  isId,
  ['a', 'A-1.b', 'x'.repeat(64)],
  ['', 'a b', 'a_b', 'ä', 'x'.repeat(65), 'a/b'],
)

table(
  'a code has single spaces inside and none at its ends',
  isCode,
  ['active', 'a b c', '15517911000001104', 'é'],
  ['', ' a', 'a ', 'a  b', '\t', 'a\tb', 'a\nb', 'a\u0000b', '\u00a0a', 'a\u00a0b', 'a\u2003b', '\u3000a', 'a\u1680'],
)

t.test('a line separator of Unicode is white space in a code', async (t) => {
  // JSON writes these as they are, and TAP would end its line there.
  t.notOk(isCode('a\u2028'), 'at the end')
  t.notOk(isCode('a\u2029b'), 'inside')
})

table(
  'a string has no control characters and is not empty',
  isString,
  ['a', 'two\nlines\t\r', 'caf\u00e9 \u00a0 \u{1F48A}', ' '],
  ['', 'a\u0000', 'a\u001b[0m', '\u0007', 'x'.repeat(1048577)],
)

table(
  'a uri has no spaces, and a urn:uuid: or urn:oid: holds one',
  isUri,
  [
    'https://example.org/a?b=c#d',
    'urn:uuid:78d3c2eb-009e-4ec8-a358-b042954aa9b2',
    'urn:uuid:78d3c2eb-009e-4ec8-a358-b042954aa9b2#place',
    'urn:oid:2.16.840',
    'urn:iso:std:iso:4217',
    '#local',
    'relative',
  ],
  [
    '',
    'a b',
    'a\nb',
    'urn:uuid:patient-1',
    'urn:uuid:78d3c2eb009e4ec8a358b042954aa9b2',
    'urn:uuid:78D3C2EB-009E-4EC8-A358-B042954AA9B2',
    'urn:uuid:78D3C2EB-009E-4EC8-A358-B042954AA9B2#place',
    'uuid:78d3c2eb-009e-4ec8-a358-b042954aa9b2',
    'oid:2.16.840',
    'urn:oid:2.16.',
    'urn:oid:3.1',
  ],
)

table(
  'an oid',
  isOid,
  ['urn:oid:1.3.88', 'urn:oid:1.2.3.4', 'urn:oid:2.16.840.1.113883'],
  ['urn:oid:1.2.3', 'urn:oid:0.1', 'urn:oid:1', 'urn:oid:1.01', '2.16.840', 'urn:oid:1.a'],
)

table(
  'a uuid is in lower case',
  isUuid,
  ['urn:uuid:78d3c2eb-009e-4ec8-a358-b042954aa9b2'],
  ['urn:uuid:78D3C2EB-009E-4EC8-A358-B042954AA9B2', '78d3c2eb-009e-4ec8-a358-b042954aa9b2', 'urn:uuid:'],
)

table(
  'base64 comes in groups of four',
  isBase64Binary,
  ['AAAA', 'AAA=', 'AA==', 'AA AA\nAA==', '+/9z'],
  ['', ' ', 'AAA', 'A===', 'AA=A', 'AAA-', '====', 'ÿÿÿÿ'],
)

table('an integer has 32 bits', isInteger, [0, -1, 2147483647, -2147483648], [2147483648, -2147483649, 1.5, 1e300])
table('an unsignedInt starts at 0', isUnsignedInt, [0, 2147483647], [-1, 0.5, 2147483648])
table('a positiveInt starts at 1', isPositiveInt, [1, 2147483647], [0, -1, 1.5])

t.test('every day of 400 years is judged as the calendar judges it', async (t) => {
  let wrong = 0
  const two = (n: number): string => String(n).padStart(2, '0')
  for (let year = 1900; year < 2300; year++) {
    for (let month = 1; month <= 12; month++) {
      for (let day = 1; day <= 31; day++) {
        const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
        if (isDate(`${year}-${two(month)}-${two(day)}`) !== exists) wrong++
      }
    }
  }
  t.equal(wrong, 0)
})

t.test('every primitive has a check and words for the sender', async (t) => {
  t.same(Object.keys(checks).toSorted(), Object.keys(primitives).toSorted())
})

/** Pieces that the checks tell apart. */
const pieces = fc
  .array(
    fc.constantFrom('a', 'B', '1', '-', '.', ':', '/', '#', ' ', '  ', '\u00a0', '\t', '\n', '\u0001', '\u007f', 'é', '€', '"', '\\', 'urn:uuid:', 'urn:oid:1.2', 'http://', 'oid:'), // prettier-ignore
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''))

t.test('strings of a plain text are judged without looking at each character, and alike', async (t) => {
  let plain = 0
  const alike = fc.property(pieces, (value) => {
    if (!isPlainText(JSON.stringify(value))) return
    plain++
    for (const [name, check] of Object.entries(checks)) {
      if (primitives[name]?.json === 'string') t.equal(plainChecks[name]?.(value as never), check(value as never), name)
    }
  })
  fc.assert(alike, { numRuns: 500, seed: 1 })
  t.ok(plain > 100)
  for (const escape of ['\\u00a0', '\\u2028', '\u3000', '\\u007F', '\\u0001', '\\n'])
    t.notOk(isPlainText(`"a${escape}b"`), escape)
  t.ok(isPlainText('"a\\u00e9 \\" \\\\ \\/"'))
})

t.test('a URI that is known already has the form it has, whichever took its place meanwhile', async (t) => {
  let learned = 0
  const known = knownUris((uri) => ({ learned: ++learned, length: uri.length }))
  const alike = fc.property(pieces, (uri) => {
    const { isUri: uriForm, isCanonical, length } = known(uri)
    const canonical = checks.canonical?.(uri as never)
    t.same([uriForm, isCanonical, length], [isUri(uri), canonical, uri.length])
  })
  fc.assert(alike, { numRuns: 300, seed: 1 })
  const before = learned
  const first = known('http://example.org/a')
  t.equal(known('http://example.org/a'), first, 'asked again')
  t.equal(learned, before + 1)
  // Same length, same characters where it looks: they share a place.
  known('http://exomple.org/a')
  t.not(known('http://example.org/a'), first, 'another took its place')
  t.same({ ...known('http://example.org/a'), learned: 0 }, { ...first, learned: 0 })
  const long = `http://example.org/${'a'.repeat(400)}`
  t.not(known(long), known(long), 'what is that long is not kept')
})
