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

/** The members of a list, each with its place; what is no object, in what may be anything, counts as an empty one. */
export const objectsIn = (list: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(list) ? (list as unknown[]).map((each) => (isObject(each) ? each : {})) : []
