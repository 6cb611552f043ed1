/** Requests as an attacker sends them who has a token: one generator for each parser of ours. */
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { changed, headerValue, json, mangled, strangeJson, text } from './hostile-values.ts'

export interface HostileRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  /** Below the origin. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string | Buffer
}

/** What there is to attack. */
export interface Target {
  readonly types: readonly string[]
  /** Names of search parameters. */
  readonly parameters: readonly string[]
  /** Names of operations, without `$`. */
  readonly operations: readonly string[]
  /** `Type/id` of resources that are stored. */
  readonly stored: readonly string[]
  /** Good resources. */
  readonly resources: readonly unknown[]
  readonly bundles: readonly unknown[]
  /** Page links and cursors that were handed out, without the base. */
  readonly sealed: readonly string[]
}

const FHIR_JSON = 'application/fhir+json'
const FORM = 'application/x-www-form-urlencoded'

const escaped = (value: string): string => encodeURIComponent(value.toWellFormed())

/** Now and then what should have been escaped is not. */
const part = fc.tuple(text, fc.nat({ max: 9 })).map(([value, dice]) => {
  if (dice > 0) return escaped(value)
  return value.replaceAll(/[^\x21-\x7e]|[#?&]/g, '_')
})

/** The same again and again, up to what is refused for its length anyway. */
const manyOf = <T>(one: T, times: number): T[] =>
  Array.from({ length: Math.min(times, Math.ceil(1_000_000 / (JSON.stringify(one).length + 1))) }, () => one)

const MODIFIERS = [
  'exact',
  'missing',
  'not',
  'contains',
  'text',
  'in',
  'above',
  'of-type',
  'identifier',
  'Patient',
  'iterate',
]
const CONTROLS = ['_count', '_sort', '_include', '_revinclude', '_summary', '_elements', '_total', '_page', '_type']
const OTHERS = [
  '_contained',
  '_filter',
  '_query',
  '_text',
  '_content',
  '_list',
  '_since',
  '_at',
  'cursor',
  'from',
  '_format',
  '_pretty',
  '__explain',
]

function parameterName(target: Target): fc.Arbitrary<string> {
  const known = fc.constantFrom(...target.parameters, ...CONTROLS, ...OTHERS)
  const type = fc.constantFrom(...target.types)
  const modified = fc
    .tuple(known, fc.oneof(fc.constantFrom(...MODIFIERS), text))
    .map(([name, with_]) => `${name}:${with_}`)
  const chained = fc.array(fc.oneof(known, modified), { minLength: 2, maxLength: 12 }).map((all) => all.join('.'))
  const reversed = fc
    .tuple(fc.array(fc.tuple(type, known), { minLength: 1, maxLength: 8 }), known)
    .map(([links, last]) => `${links.map(([of, by]) => `_has:${of}:${by}:`).join('')}${last}`)
  return fc.oneof({ weight: 8, arbitrary: known }, { weight: 2, arbitrary: modified }, chained, reversed, text)
}

/** Values that are understood by some parameter, so that the search goes on to the store. */
const good = fc.constantFrom(
  ...[
    'active',
    'true',
    '2026',
    'gt2026-01-01',
    'ap2026-11',
    '5.4',
    'lt5.4|http://unitsofmeasure.org|mg',
    'a',
    'x|y',
    '|y',
  ],
  ...[
    'http://loinc.org|x',
    'urn:oid:1.2.3',
    'Patient/1',
    'status',
    '-_lastUpdated',
    '1',
    '0',
    'a,b',
    '2026-11-22T09:00:00Z',
  ],
)

function parameterValue(target: Target): fc.Arbitrary<string> {
  const include = fc
    .tuple(
      fc.constantFrom(...target.types, '*'),
      fc.constantFrom(...target.parameters, '*'),
      fc.constantFrom(...target.types, ''),
    )
    .map((all) => all.join(':'))
  const many = fc
    .tuple(text, fc.nat({ max: 1500 }))
    .map(([value, times]) => Array.from({ length: times }, () => value.slice(0, 8)).join())
  return fc.oneof(
    { weight: 3, arbitrary: text },
    { weight: 5, arbitrary: good },
    { weight: 1, arbitrary: include },
    fc.constantFrom(...target.stored),
    { weight: 1, arbitrary: many },
  )
}

function queryText(target: Target): fc.Arbitrary<string> {
  const pair = fc
    .tuple(parameterName(target), parameterValue(target), fc.nat({ max: 30 }))
    .map(([name, value, dice]) =>
      dice === 0 ? `${name}=${value}`.replaceAll(/[^\x21-\x7e]|#/g, '%') : `${escaped(name)}=${escaped(value)}`,
    )
  const one = pair.map((only) => [only])
  const few = fc.array(pair, { minLength: 2, maxLength: 4 })
  const many = fc
    .tuple(pair, fc.integer({ min: 1, max: 3000 }))
    .map(([one, times]) => Array.from({ length: times }, () => one.slice(0, 40)))
  return fc
    .oneof({ weight: 8, arbitrary: one }, { weight: 3, arbitrary: few }, { weight: 1, arbitrary: many })
    .map((pairs) => pairs.join('&'))
}

const within = (target: Target): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...target.types).map((type) => `/fhir/${type}`) },
    fc.constantFrom('/fhir', '/fhir/_history'),
    fc.constantFrom(...target.stored).map((place) => `/fhir/${place}/_history`),
    fc
      .tuple(fc.constantFrom(...target.types), fc.constantFrom(...target.operations))
      .map(([type, name]) => `/fhir/${type}/$${name}`),
  )

export const searches = (target: Target): fc.Arbitrary<HostileRequest> =>
  fc
    .tuple(within(target), queryText(target), fc.nat({ max: 3 }))
    .map(([path, query, dice]): HostileRequest =>
      dice === 0
        ? { method: 'POST', url: `${path}/_search`, headers: { 'content-type': FORM }, payload: query }
        : { method: dice === 1 ? 'HEAD' : 'GET', url: `${path}?${query}`, headers: {} },
    )

export const addresses = (target: Target): fc.Arbitrary<HostileRequest> => {
  const place = fc.oneof(
    fc.constantFrom('fhir', '_history', '_search', 'metadata', '..', '.', '%2e%2e', ...target.types),
    part,
  )
  const operation = fc.constantFrom(...target.operations).map((name) => `$${name}`)
  return fc
    .tuple(
      fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') as fc.Arbitrary<
        HostileRequest['method']
      >,
      fc.constantFrom('/fhir/', '/', '/docs/', '/fhir//', '/.well-known/'),
      fc.array(fc.oneof(place, operation), { maxLength: 5 }),
    )
    .map(([method, root, parts]) => ({
      method,
      // What begins with two slashes is the name of a host to whoever resolves it.
      url: `${root}${parts.join('/')}`.replace(/^[/\\]+/, '/'),
      headers: { 'content-type': FHIR_JSON },
      ...(method === 'GET' || method === 'HEAD' ? {} : { payload: '{"resourceType":"Patient"}' }),
    }))
}

const HEADERS = [
  'accept',
  'accept-encoding',
  'content-encoding',
  'content-type',
  'authorization',
  'prefer',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-none-exist',
  'idempotency-key',
  'x-request-id',
  'x-correlation-id',
  'purpose-of-use',
  'origin',
  'access-control-request-method',
  'x-forwarded-for',
]

/** Parts of good headers, which get the furthest. */
const pieces = [
  'application/fhir+json',
  ';q=',
  '0.5',
  ',',
  ';',
  '=',
  '"',
  'W/"1"',
  'return=minimal',
  'wait=1',
  'gzip',
  '*/*',
  'fhirVersion=4.0',
  'Bearer ',
  'identifier=',
  'Sun, 22 Nov 2026 09:00:00 GMT',
  'charset=',
  '\\"',
  ' ',
]
const pieced = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((all) => all.join('').trim())

export const headers = (target: Target): fc.Arbitrary<HostileRequest> =>
  fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS') as fc.Arbitrary<HostileRequest['method']>,
      fc.constantFrom(...target.stored),
      fc.array(fc.tuple(fc.constantFrom(...HEADERS), fc.oneof(headerValue, pieced)), { minLength: 1, maxLength: 4 }),
      changed(target.resources),
    )
    .map(([method, place, given, body]): HostileRequest => ({
      method,
      url: method === 'POST' ? `/fhir/${place.split('/')[0]}` : `/fhir/${place}`,
      headers: { 'content-type': FHIR_JSON, ...Object.fromEntries(given) },
      ...(method === 'POST' || method === 'PUT' ? { payload: JSON.stringify(body) ?? '' } : {}),
    }))

/** Where a body may be sent. */
const bodyPlace = (target: Target): fc.Arbitrary<readonly ['POST' | 'PUT', string]> =>
  fc.oneof(
    fc.constantFrom(...target.types).map((type) => ['POST', `/fhir/${type}`] as const),
    fc.constantFrom(...target.types).map((type) => ['POST', `/fhir/${type}/$validate`] as const),
    fc.constantFrom(...target.stored).map((place) => ['PUT', `/fhir/${place}`] as const),
    fc.constantFrom(...target.operations).map((name) => ['POST', `/fhir/$${name}`] as const),
    fc.constant(['POST', '/fhir'] as const),
  )

export const bodies = (target: Target): fc.Arbitrary<HostileRequest> => {
  const good = [...target.resources, ...target.bundles]
  const tree = changed(good).map((value) => JSON.stringify(value) ?? '')
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
  const payload = fc.oneof({ weight: 5, arbitrary: tree }, { weight: 2, arbitrary: mangled(tree) }, strangeJson, bytes)
  return fc.tuple(bodyPlace(target), payload, fc.nat({ max: 12 })).map(([[method, url], body, dice]) => {
    const isPacked = dice === 0
    return {
      method,
      url,
      headers: { 'content-type': FHIR_JSON, ...(isPacked ? { 'content-encoding': 'gzip' } : {}) },
      payload: isPacked ? gzipSync(body) : body,
    }
  })
}

/** Addresses, methods and conditions of entries, and what they call each other. */
export const bundles = (target: Target): fc.Arbitrary<HostileRequest> => {
  const url = fc.oneof(
    fc.constantFrom(...target.types),
    fc.constantFrom(...target.stored),
    fc.tuple(fc.constantFrom(...target.types), queryText(target)).map((all) => all.join('?')),
    text,
  )
  const entry = fc.record(
    {
      fullUrl: fc.oneof(fc.constantFrom('urn:uuid:c757873d-ec9a-4326-a141-556f43239520', 'urn:oid:1.2.3'), text),
      resource: changed(target.resources),
      request: fc.record(
        {
          method: fc.oneof(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'), text),
          url,
          ifMatch: text,
          ifNoneExist: fc.oneof(queryText(target), text),
          ifNoneMatch: text,
          ifModifiedSince: text,
        },
        { requiredKeys: ['method', 'url'] },
      ),
    },
    { requiredKeys: ['request'] },
  )
  return fc
    .tuple(
      fc.constantFrom('transaction', 'batch', 'message', 'searchset', 'x'),
      fc.oneof(
        { weight: 9, arbitrary: fc.array(entry, { maxLength: 5 }) },
        fc.tuple(entry, fc.nat({ max: 400 })).map(([one, times]) => manyOf(one, times)),
      ),
      fc.nat({ max: 9 }),
    )
    .map(([type, list, dice]) => ({
      method: 'POST' as const,
      url: dice === 0 ? '/fhir/$process-message' : '/fhir',
      headers: { 'content-type': FHIR_JSON },
      payload: JSON.stringify({ resourceType: 'Bundle', type, entry: list }),
    }))
}

const pointer = fc.oneof(
  fc.constantFrom(
    '/name/0/family',
    '/name/-',
    '/status',
    '/identifier/99999',
    '/meta/versionId',
    '/id',
    '/~2',
    '/a~',
    '',
    '/',
    'x',
  ),
  fc.constantFrom(
    '/__proto__/polluted',
    '/constructor/prototype/polluted',
    '/name/__proto__/polluted',
    '/name/length',
    '/name/constructor',
  ),
  fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`),
)

const expression = fc.oneof(
  fc.constantFrom(
    'Patient.name',
    'Patient.name[0].family',
    'Task.status',
    'Patient',
    "Patient.name.where(use = 'official')",
    '%resource',
    'Patient.__proto__',
    'Patient.constructor.prototype',
    'Patient.name[99999999]',
    "Patient.extension('x').value",
  ),
  fc.nat({ max: 2000 }).map((depth) => `Patient${'.extension'.repeat(depth)}`),
  fc.nat({ max: 2000 }).map((depth) => `${'('.repeat(depth)}Patient${')'.repeat(depth)}`),
  text,
)

export const patches = (target: Target): fc.Arbitrary<HostileRequest> => {
  const operation = fc.record(
    {
      op: fc.oneof(fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'), text),
      path: pointer,
      from: pointer,
      value: json,
    },
    { requiredKeys: ['op'] },
  )
  const list = fc.oneof(
    { weight: 9, arbitrary: fc.array(operation, { maxLength: 5 }) },
    fc.tuple(operation, fc.nat({ max: 2000 })).map(([one, times]) => manyOf(one, times)),
  )
  const jsonPatch = fc.oneof(
    { weight: 6, arbitrary: list.map((value) => JSON.stringify(value)) },
    strangeJson,
    mangled(list.map((value) => JSON.stringify(value))),
  )
  const parts = fc.array(
    fc.oneof(
      fc.record({
        name: fc.constant('type'),
        valueCode: fc.oneof(fc.constantFrom('add', 'insert', 'delete', 'replace', 'move'), text),
      }),
      fc.record({ name: fc.constant('path'), valueString: expression }),
      fc.record({ name: fc.constant('name'), valueString: text }),
      fc.record({ name: fc.constantFrom('index', 'source', 'destination'), valueInteger: fc.integer() }),
      fc.record({ name: fc.constant('value'), valueString: text }),
      json,
    ),
    { maxLength: 6 },
  )
  const fhirPath = fc.array(parts, { maxLength: 4 }).map((operations) =>
    JSON.stringify({
      resourceType: 'Parameters',
      parameter: operations.map((part) => ({ name: 'operation', part })),
    }),
  )
  return fc
    .tuple(
      fc.constantFrom(...target.stored),
      fc.oneof(
        jsonPatch.map((body) => ['application/json-patch+json', body] as const),
        fhirPath.map((body) => [FHIR_JSON, body] as const),
      ),
    )
    .map(([place, [type, payload]]) => ({
      method: 'PATCH',
      url: `/fhir/${place}`,
      headers: { 'content-type': type, 'if-match': 'W/"1"' },
      payload,
    }))
}

/** Page links and cursors with some of their letters changed. */
export const links = (target: Target): fc.Arbitrary<HostileRequest> =>
  mangled(fc.constantFrom(...target.sealed)).map((link) => ({
    method: 'GET',
    url: `/fhir/${link.replaceAll(/[^\x21-\x7e]|#/g, '%00')}`,
    headers: {},
  }))

export const forms = (): fc.Arbitrary<HostileRequest> => {
  const names = fc.constantFrom(
    'grant_type',
    'client_id',
    'client_secret',
    'role',
    'organization',
    'scope',
    'client_assertion',
    'client_assertion_type',
    '__proto__',
  )
  const values = fc.oneof(
    fc.constantFrom('client_credentials', 'sandbox', 'trust', 'RBA', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'),
    text,
  )
  const form = fc
    .array(fc.tuple(names, values), { maxLength: 10 })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${escaped(value)}`).join('&'))
  return fc
    .tuple(fc.oneof(form, mangled(form)), fc.oneof(headerValue, fc.constant('Basic c2FuZGJveDpzYW5kYm94')))
    .map(([payload, authorization]) => ({
      method: 'POST',
      url: '/oauth2/token',
      headers: { 'content-type': FORM, ...(authorization === '' ? {} : { authorization }) },
      payload,
    }))
}
