/** What a resource must satisfy, as read from a query: the values of one condition are alternatives. */
import type { DateRange } from './date-range.ts'
import type { IndexKind } from './index-values.ts'
import type { NumberRange } from './number-range.ts'

/** https://hl7.org/fhir/R4/search.html#prefix */
export const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const
export type Prefix = (typeof prefixes)[number]

/** Most references a condition may follow, forwards and backwards together. */
export const MAX_LINKS = 4

/** `system` absent: any system; empty: none. `code` absent: any code of the system. */
export interface TokenValue {
  readonly system?: string
  readonly code?: string
}

/** R4 recommends a tenth of the value as the margin of `ap`; a date comes with its margin already. */
export const MARGIN = 0.1

export interface DateValue extends DateRange {
  readonly prefix: Prefix
}

export interface NumberValue extends NumberRange {
  readonly prefix: Prefix
}

/** In one of the ways R4 gives: any unit, a unit by system and code, or a code that may stand in either place. */
export interface QuantityValue extends NumberValue {
  readonly system?: string
  readonly code?: string
  /** `5.4||mg`: the code or the unit as it is written for humans. */
  readonly unit?: string
  /** The values are in base units. */
  readonly canonical?: true
}

/** A place in degrees, and how far around it, as an angle at the centre of the earth in radians. */
export interface NearValue {
  readonly latitude: number
  readonly longitude: number
  readonly angle: number
}

export type Condition =
  | { readonly kind: 'id'; readonly negate: boolean; readonly values: readonly string[] }
  | { readonly kind: 'lastUpdated'; readonly values: readonly DateValue[] }
  /** `_id:missing` and `_lastUpdated:missing`: every resource has both. */
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'missing'; readonly of: IndexKind; readonly param: string; readonly missing: boolean }
  | {
      readonly kind: 'token'
      readonly param: string
      /** `:not`: no value of the resource is one of these; a resource without a value satisfies it. */
      readonly negate: boolean
      readonly values: readonly TokenValue[]
    }
  | { readonly kind: 'reference'; readonly param: string; readonly values: readonly string[] }
  | { readonly kind: 'date'; readonly param: string; readonly values: readonly DateValue[] }
  | { readonly kind: 'number'; readonly param: string; readonly values: readonly NumberValue[] }
  | { readonly kind: 'quantity'; readonly param: string; readonly values: readonly QuantityValue[] }
  | {
      readonly kind: 'string'
      readonly param: string
      readonly match: 'start' | 'exact' | 'contains'
      /** As sent for `exact`, else normalised. */
      readonly values: readonly string[]
    }
  | {
      readonly kind: 'uri'
      readonly param: string
      /** `below`: the value and everything under it. */
      readonly match: 'equal' | 'below'
      readonly values: readonly string[]
    }
  /** Each value is one condition for each component, all of one element. */
  | { readonly kind: 'composite'; readonly values: readonly (readonly IndexCondition[])[] }
  /** `Location.near`, see `near.ts`. */
  | { readonly kind: 'near'; readonly param: string; readonly values: readonly NearValue[] }
  /** A reference (`param`) leads to a resource of `type` that satisfies all of them. */
  | Chain
  /** A resource of `type` satisfies all of them and refers, by `param`, to this one, which is of type `target`. */
  | {
      readonly kind: 'has'
      readonly param: string
      readonly type: string
      readonly target: string
      readonly byCanonical: boolean
      readonly conditions: readonly Condition[]
    }
  | Hierarchy
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | InCompartment

export interface Chain {
  readonly kind: 'chain'
  readonly param: string
  readonly type: string
  /** Whether it may lead there by `url` and `version` of what it leads to. */
  readonly byCanonical: boolean
  readonly conditions: readonly Condition[]
}

/** A reference (`param`) leads to one of these resources or to what lies above or below them. */
export interface Hierarchy {
  readonly kind: 'hierarchy'
  readonly param: string
  readonly way: 'above' | 'below'
  /** `Type/id` */
  readonly values: readonly string[]
  /** Of what type the hierarchy is, and the reference (`Type.code`) that leads from a part to its whole. */
  readonly type: string
  readonly link: string
}

/** One of the parameters (`Type.code`, at least one) refers to the resource that the compartment is of (`Type/id`). */
export interface InCompartment {
  readonly kind: 'compartment'
  readonly params: readonly string[]
  readonly target: string
}

/** A condition on the rows of one index. */
export type IndexCondition = Extract<Condition, { readonly kind: IndexKind }>
