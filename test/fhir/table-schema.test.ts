/** The validators that were written are those of the schemas as they are; a schema that is not among them is compiled. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import { ajvOptions, compileSchema, digestOf, inWords, writtenValidator } from '../../src/fhir/table-schema.ts'
import { forms } from '../../src/generator/validators.ts'

const shipped = (file: string): unknown => JSON.parse(readFileSync(join(packageRoot, 'conformance', file), 'utf8'))

const jwks = { keys: [] }
/** Values that fit, to be broken in one place after the other. */
const sound: Readonly<Record<string, readonly unknown[]>> = {
  isConfig: [{ port: '8080', host: '127.0.0.1', logLevel: 'info' }, {}],
  isServerTable: [shipped('server.json'), shipped('tester.json')],
  isLifecycleTable: [shipped('lifecycle/Order.json'), shipped('lifecycle/MedicationDispense.json')],
  isPolicyTable: [shipped('policy.json')],
  isRulesTable: [shipped('rules.json')],
  isMedicinesTable: [shipped('medicines.json')],
  isStatisticsTable: [shipped('statistics.json')],
  isClientsFile: [{ clients: [{ id: 'a', organization: 'RBA', role: 'trust', scope: 'system/*.rs', jwks }] }],
  isIssuersFile: [[{ issuer: 'https://issuer', audience: ['us'], jwks, uses: 1, jti: 'required' }]],
  isExchangeFile: [
    {
      title: 'one',
      why: 'because',
      tables: ['home'],
      parties: { trust: { role: 'trust', organization: 'RBA' } },
      exchanges: [{ says: 'reads', request: { method: 'GET', path: 'metadata' }, expect: { status: 200 } }],
    },
  ],
  isSandboxGrant: [{ grant_type: 'client_credentials', role: 'trust', organization: 'RBA' }],
}

type Container = Record<string, unknown>
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null

/** Every object and list in a value. */
const containers = (value: unknown): Container[] =>
  isContainer(value) ? [value, ...Object.values(value).flatMap(containers)] : []

/** A copy that is wrong, perhaps, in one place: a member is taken out, or is another value, or there is one more. */
function broken(value: unknown, where: number, member: number, by: unknown): unknown {
  const copy: unknown = structuredClone(value)
  const all = containers(copy)
  const container = all[where % all.length]!
  const names = Object.keys(container)
  const name = names[member % (names.length + 1)]
  if (by === undefined && name !== undefined) delete container[name]
  else container[name ?? 'surplus'] = structuredClone(by)
  return copy
}

t.test('a written validator gives the verdict and the errors of one that ajv compiles now', async (t) => {
  t.same(Object.keys(sound), Object.keys(forms))
  const wrongs = fc.constantFrom<unknown>(undefined, null, 7, -1.5, '', 'zzz', true, [], {}, ['a', 'a'], [{}])
  for (const [name, { schema, options }] of Object.entries(forms)) {
    const written = writtenValidator(schema, options)
    if (!written) return t.fail(`${name} is not among the written validators: run npm run generated`)
    const fresh = new Ajv({ ...ajvOptions, ...options }).compile(schema)
    for (const value of sound[name] ?? []) t.ok(written(structuredClone(value)), name)
    const refusals = fc.sample(fc.tuple(fc.constantFrom(...(sound[name] ?? [])), fc.nat(5000), fc.nat(30), wrongs), {
      numRuns: 60,
      seed: 1,
    })
    let refused = 0
    for (const [value, where, member, by] of refusals) {
      // Numbers are coerced in place: each has a copy of its own.
      const [one, other] = [broken(value, where, member, by), broken(value, where, member, by)]
      const verdict = written(one)
      if (!verdict) refused++
      const expected = fresh(other)
      if (isDeepStrictEqual([verdict, written.errors, one], [expected, fresh.errors, other])) continue
      t.strictSame([verdict, written.errors, one], [expected, fresh.errors, other], `${name}: ${JSON.stringify(by)}`)
    }
    t.ok(refused > 10, `${name}: ${refused} refused`)
  }
})

t.test(
  'a schema that was not written is compiled when it is used; all errors are told, each with its place',
  async (t) => {
    const schema = {
      type: 'object',
      required: ['rows'],
      properties: {
        kind: { enum: ['a', 'b'] },
        version: { const: 2 },
        rows: {
          type: 'array',
          items: { type: 'object', additionalProperties: false, properties: { id: { type: 'string' } } },
        },
      },
    }
    const form = compileSchema<{ rows: { id: string }[] }>(schema)
    t.equal(writtenValidator(schema, {}), undefined)
    t.ok(form({ rows: [{ id: 'a' }] }))
    t.equal(form.errors, undefined)
    t.notOk(form({ rows: [{ id: 1 }, { 'x/y': 2 }, 3], kind: 'c', version: 1 }))
    t.strictSame(inWords(form.errors), [
      '/kind must be equal to one of the allowed values: a, b',
      '/version must be equal to constant: 2',
      '/rows/0/id must be string',
      '/rows/1 must NOT have additional properties: "x/y"',
      '/rows/2 must be object',
    ])
    t.notOk(form({}))
    t.strictSame(inWords(form.errors), ["/ must have required property 'rows'"])
    t.throws(() => compileSchema({ type: 'object', propertees: {} })({}), /unknown keyword: "propertees"/)
    t.not(digestOf(schema, {}), digestOf(schema, { coerceTypes: true }), 'what is coerced is another form')
  },
)
