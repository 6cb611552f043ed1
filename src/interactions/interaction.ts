/** The shape in which HTTP ends: every FHIR interaction is `(context, request) => reply`, with no Fastify type in it. */
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import type { SystemInteraction, TypeInteraction } from '../server-table.ts'

export interface FhirRequest {
  /** Absolute FHIR base without trailing slash, e.g. `http://127.0.0.1:8080/fhir`. */
  readonly base: string
  readonly type?: string
  readonly id?: string
  readonly versionId?: string
  /** The resource whose compartment is searched (https://hl7.org/fhir/R4/http.html#vsearch); then `id` is absent. */
  readonly compartment?: { readonly type: string; readonly id: string }
  /** Name without the dollar sign. */
  readonly operation?: string
  /** Decoded query (and, for POST _search, form) pairs in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** The path and query as sent, for self links. */
  readonly url: string
  /** Body text as sent, not parsed. */
  readonly body?: string
  /** Media type of the body without parameters, lower case; only where there is a choice. */
  readonly contentType?: string
  /** Header values as sent. */
  readonly ifMatch?: string
  readonly ifNoneMatch?: string
  readonly ifNoneExist?: string
  readonly ifModifiedSince?: string
  readonly idempotencyKey?: string
  /** Parsed Prefer header. */
  readonly prefer: {
    readonly return?: 'minimal' | 'representation' | 'OperationOutcome'
    readonly handling?: 'strict' | 'lenient'
    /** Seconds that the client would wait for an answer that says something. */
    readonly wait?: number
  }
  readonly caller: Caller
  readonly requestId: string
  /** Aborted when the client hangs up; only on requests that may wait. */
  readonly gone?: AbortSignal
}

export interface Pieces {
  readonly before: string
  readonly bytes: Buffer
  readonly after: string
}

export interface FhirReply {
  readonly status: number
  /** JSON text; absent for an empty answer. */
  readonly body?: string
  /** The same in pieces, where most of it is kept as bytes: it is sent without being put together. */
  readonly pieces?: Pieces
  /** Version number, for `ETag: W/"n"`. */
  readonly version?: number
  /** Milliseconds since the epoch, for Last-Modified. */
  readonly lastModified?: number
  /** Absolute URL. */
  readonly location?: string
  /** Absolute URL of the version that is the body (RFC 9110 section 8.7). */
  readonly contentLocation?: string
  readonly headers?: Readonly<Record<string, string>>
  /** `Type/id` of what the answer speaks of, for the audit log, where neither its address nor its entries say so. */
  readonly told?: readonly string[]
  /** `Type/id` of the resources in the body, each once, where the interaction tells; else they are found in its text. */
  readonly answered?: readonly string[]
  /**
   * Answers the very same request of the same caller once more, at once; undefined where that takes another look at the
   * store. Absent where every answer does. It holds on to no text.
   */
  readonly again?: () => FhirReply | undefined
  /**
   * Answers at once what the same words of the same caller ask of the resource with another id; undefined where it is for
   * the interaction to find out what is the matter. Absent where every answer takes a promise. It holds on to no text.
   */
  readonly another?: (id: string) => FhirReply | undefined
  /** Preferences of the request, where it had them, that this answer follows. */
  readonly follows?: readonly (keyof FhirRequest['prefer'])[]
}

export type Interaction = (context: Context, request: FhirRequest) => Promise<FhirReply>

/** The code behind the interactions that a table may name. */
export type Interactions = { readonly [code in TypeInteraction | SystemInteraction]?: Interaction } & {
  /** By operation name without the dollar sign. */
  readonly operations: Readonly<Record<string, Interaction>>
}
