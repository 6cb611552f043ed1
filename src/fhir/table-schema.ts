/** Checks of our own tables and of bodies that are not FHIR, by JSON Schema. */
import { Ajv, type AnySchema, type Options, type ValidateFunction } from 'ajv'

/**
 * Compiles a schema of ours. Unknown keywords are refused; that the schema itself follows its meta-schema is not asked
 * again at every start, and the code is not made as small as can be: each schema is used once or a few times.
 */
export function compileSchema<T>(schema: AnySchema, options: Options = {}): ValidateFunction<T> {
  const ajv = new Ajv({ allErrors: true, meta: false, validateSchema: false, code: { optimize: false }, ...options })
  return ajv.compile<T>(schema)
}
