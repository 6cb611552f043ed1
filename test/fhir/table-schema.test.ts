/** Our checker of schemas agrees with a general one, on schemas and values drawn at random from what it understands. */
import { Ajv } from 'ajv'
import fc from 'fast-check'
import t from 'tap'
import { compileSchema, inWords, type Schema, type SchemaOrAny } from '../../src/fhir/table-schema.ts'

const name = fc.constantFrom('a', 'b', 'c/d', 'e')
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('', 'a', 'ab', 'B1', 'ü😀', null, true, false, 0, 1, -1, 2.5, 7),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

const schema = fc.letrec<{ schema: SchemaOrAny }>((tie) => {
  const keywords = {
    enum: fc.uniqueArray(fc.constantFrom('a', 1, null, true), { minLength: 1 }),
    const: fc.constantFrom('a', 2.5, false),
    anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
    oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
    minLength: fc.nat(3),
    pattern: fc.constantFrom('^[a-z]+$', 'b', '^.{2}$'),
    minimum: fc.integer({ min: -2, max: 3 }),
    maximum: fc.integer({ min: -2, max: 3 }),
    exclusiveMinimum: fc.integer({ min: -2, max: 3 }),
    items: tie('schema'),
    minItems: fc.nat(2),
    uniqueItems: fc.boolean(),
    properties: fc.dictionary(name, tie('schema'), { maxKeys: 3, noNullPrototype: true }),
    required: fc.uniqueArray(name, { maxLength: 2 }),
    additionalProperties: fc.oneof(fc.constant(false as const), tie('schema')),
    propertyNames: fc.record({ pattern: fc.constantFrom('^[a-c]', 'd') }),
    minProperties: fc.nat(2),
    dependencies: fc.dictionary(name, fc.uniqueArray(name, { minLength: 1, maxLength: 2 }), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
  }
  const typed = fc.record({
    type: fc.oneof(
      fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'boolean', 'null'),
      fc.uniqueArray(fc.constantFrom('object', 'array', 'string', 'integer', 'null'), { minLength: 1 }),
    ),
  })
  const several = fc
    .tuple(typed, fc.record(keywords, { requiredKeys: [] }))
    .map(([type, rest]): SchemaOrAny => ({ ...type, ...rest }))
  return { schema: fc.oneof({ maxDepth: 3 }, fc.constant(true as const), typed, several) }
}).schema

t.test('the verdict on any value, and every place that is wrong, are those of ajv', async (t) => {
  let refused = 0
  let accepted = 0
  fc.assert(
    fc.property(schema, fc.array(value, { minLength: 5, maxLength: 15 }), (drawn, values) => {
      if (drawn === true) return
      const ours = compileSchema(drawn)
      const theirs = new Ajv({ allErrors: true, strict: false }).compile(drawn)
      for (const one of values) {
        const expected = theirs(one)
        if (expected) accepted++
        else refused++
        if (ours(one) !== expected) throw new Error(`ajv says ${expected}`)
        if (JSON.stringify(drawn).includes('Of"')) continue
        // Ajv tells a missing or a surplus property at the object, and a wrong name likewise.
        const places = (theirs.errors ?? []).map(({ instancePath }) => instancePath)
        for (const { at } of ours.faults) {
          const around = at.slice(0, Math.max(0, at.lastIndexOf('/')))
          if (!places.includes(at) && !places.includes(around)) throw new Error(`ajv finds nothing at ${at}`)
        }
      }
    }),
    { numRuns: 300 },
  )
  t.ok(refused > 500 && accepted > 200, `${refused} refused, ${accepted} accepted`)
})

t.test(
  'faults are told all at once, each with its place; what is not understood is a mistake in the schema',
  async (t) => {
    const form = compileSchema<{ rows: { id: string }[] }>({
      type: 'object',
      required: ['rows'],
      properties: {
        rows: {
          type: 'array',
          items: { type: 'object', additionalProperties: false, properties: { id: { type: 'string' } } },
        },
      },
    })
    t.ok(form({ rows: [{ id: 'a' }] }))
    t.strictSame(form.faults, [])
    t.notOk(form({ rows: [{ id: 1 }, { 'x/y': 2 }, 3] }))
    t.strictSame(
      form.faults.map(({ at }) => at),
      ['/rows/0/id', '/rows/1/x~1y', '/rows/2'],
    )
    t.notOk(form({}))
    t.strictSame(inWords(form.faults), ['/ must have the property "rows"'])
    t.throws(() => compileSchema({ type: 'text' }), /type "text"/)
    t.throws(() => compileSchema({ properties: { a: { format: 'uri' } as Schema } }), /keyword "format"/)
  },
)
