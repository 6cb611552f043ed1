/**
 * Checks of our own tables and of bodies that are not FHIR, by JSON Schema (https://json-schema.org). Ajv makes a
 * validator of each schema when the service is built (`src/generator/validators.ts` writes `generated/validators.cjs`):
 * a start that loads ajv and has it compile them takes a third longer. A schema that is not among them, because it was
 * changed since, is compiled by ajv when it is first used.
 */
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import type * as ajvModule from 'ajv'
import type { AnySchema, ErrorObject, Options, SchemaObject, ValidateFunction } from 'ajv'

export type { SchemaObject }

/** Whether a value has the form that a schema describes; of the last that had not, `errors` says why, all at once. */
export interface Form<T> {
  (value: unknown): value is T
  readonly errors: readonly ErrorObject[] | undefined
  readonly schema: AnySchema
  readonly options: Options
}

/** By the digest of the schema: each makes its validator. */
type Validators = Readonly<Record<string, () => ValidateFunction>>

const load = createRequire(import.meta.url)

/**
 * The form that a schema describes.
 * @param options of ajv, besides those that all schemas have
 */
export function compileSchema<T>(schema: AnySchema, options: Options = {}): Form<T> {
  let validate: ValidateFunction | undefined
  const has = (value: unknown): value is T => {
    validate ??= writtenValidator(schema, options) ?? freshValidator(schema, options)
    return validate(value)
  }
  const errors = { enumerable: true, get: () => validate?.errors ?? undefined }
  return Object.defineProperties(has, { errors, schema: { value: schema }, options: { value: options } }) as Form<T>
}

/** What the validator of a schema is found by: another schema, or other options, have another. */
export const digestOf = (schema: AnySchema, options: Options): string =>
  createHash('sha256')
    .update(JSON.stringify([schema, options]))
    .digest('hex')
    .slice(0, 32)

/** The validator that was written when the service was built; undefined when the schema is another since. */
export const writtenValidator = (schema: AnySchema, options: Options): ValidateFunction | undefined =>
  (load('#generated/validators.cjs') as Validators)[digestOf(schema, options)]?.()

/** Ajv's options for every schema of ours. */
export const ajvOptions: Options = { allErrors: true, allowUnionTypes: true }

function freshValidator(schema: AnySchema, options: Options): ValidateFunction {
  const { Ajv } = load('ajv') as typeof ajvModule
  return new Ajv({ ...ajvOptions, ...options }).compile(schema)
}

/** Place and reason of each error; what ajv leaves to its parameters is added. */
export const inWords = (errors: readonly ErrorObject[] = []): string[] =>
  errors.map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}${detailOf(error)}`)

function detailOf({ keyword, params }: ErrorObject): string {
  const { allowedValues, allowedValue, additionalProperty } = params as Readonly<Record<string, unknown>>
  if (keyword === 'enum' && Array.isArray(allowedValues)) return `: ${allowedValues.join(', ')}`
  if (keyword === 'const') return `: ${JSON.stringify(allowedValue)}`
  return keyword === 'additionalProperties' ? `: "${String(additionalProperty)}"` : ''
}
