import type * as r4 from 'fhir/r4.js'

/** Any R4 resource as parsed JSON: known only to be an object with a type. */
export interface Resource {
  resourceType: string
  id?: string
  meta?: r4.Meta
  [element: string]: unknown
}

export type { r4 }

/** Whether a parsed JSON value is an object; lists are none. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
