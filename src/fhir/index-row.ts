/**
 * What a resource can be found by. Extracted by `fhir/index-values.ts` from the R4 SearchParameter definitions,
 * written by `store/commit.ts` in the transaction that writes the resource, read by `store/search.ts`.
 * `param` is `Type.code`, for example `Task.status`. The identifier of a logical or identified reference is a
 * token row with param `Type.code:identifier`, for example `Task.owner:identifier`.
 */
export type IndexRow =
  | { readonly kind: 'token'; readonly param: string; readonly system: string; readonly code: string }
  | { readonly kind: 'reference'; readonly param: string; readonly target: string }
  | { readonly kind: 'date'; readonly param: string; readonly low: number; readonly high: number }
  | { readonly kind: 'string'; readonly param: string; readonly value: string; readonly exact: string }
  | { readonly kind: 'uri'; readonly param: string; readonly value: string }
