/**
 * What a resource can be found by. Extracted by `fhir/index-values.ts` from the R4 SearchParameter definitions,
 * written by `store/commit.ts` in the transaction that writes the resource, read by `store/search.ts`.
 * `param` is `Type.code`, for example `Task.status`. Beside the rows of a parameter itself there are
 * - `Type.code:identifier` (token): the identifier of a reference, for example `Task.owner:identifier`
 * - `Type.code:of-type` (token): an identifier with its type; system and `code|value`
 * - `Type.code:text` (string): the words beside a code or a reference
 * - `Type.code:canonical` (quantity): the quantity in base units
 * - `Type.code:below` (token): what a media type lies under
 * - `Location.near` (number): latitude (low) and longitude (high) of a position
 * - `Type.element:inherited` (reference): what it belongs to by an element that no parameter searches
 * - `Type.code>Type.code`: of what the resource contains, see `contained-rows.ts`
 * - `Type.code#1`, `Type.code#2`, … : the components of a composite; those of one element carry its number
 */
export type IndexRow = {
  readonly param: string
  /** Which element of a composite it belongs to, from 1; absent otherwise. */
  readonly element?: number
} & (
  | { readonly kind: 'token'; readonly system: string; readonly code: string }
  | { readonly kind: 'reference'; readonly target: string }
  | { readonly kind: 'date'; readonly low: number; readonly high: number }
  | { readonly kind: 'string'; readonly value: string; readonly exact: string }
  | { readonly kind: 'uri'; readonly value: string }
  | { readonly kind: 'number'; readonly low: number; readonly high: number }
  | {
      readonly kind: 'quantity'
      readonly low: number
      readonly high: number
      readonly system: string
      readonly code: string
      readonly unit: string
    }
)
