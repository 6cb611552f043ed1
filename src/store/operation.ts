/** What the door is asked and what it answers: wishes to write, the rules' verdicts, and what became of them. */
import type { Caller, Side } from '../caller.ts'
import type { IndexRow } from '../fhir/index-row.ts'
import type { ResourceText } from '../fhir/json.ts'
import type { Issue, Problem } from '../fhir/problem.ts'
import type { LocalReference } from '../fhir/references.ts'
import type { Resource } from '../fhir/resource.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import type { Alarm } from './alarm.ts'
import type { Query } from './database.ts'
import type { Scope, Stored } from './read.ts'

/** A resource ready to be stored: as parsed, and as text. */
export interface Draft {
  readonly resource: Resource
  readonly text: ResourceText
  /** Hash of what the sender sent (`contentHash`), or empty where no rule needs it. */
  readonly content: string
  /** References that name their target by a condition, with where they stand; decided in the lane. */
  readonly conditions?: readonly ConditionalReference[]
}

export interface ConditionalReference {
  /** As written, e.g. `Patient?identifier=…`. */
  readonly link: string
  readonly search: SearchQuery
  /** FHIRPath. */
  readonly expression: string
}

/** A wish to write. */
export type Operation = {
  /** The id of the resource; of one that is created, the id to give. Empty where a condition alone names it. */
  readonly id: string
  /** Where the entry stood, for expressions: `MedicationRequest` or `Bundle.entry[3].resource`. */
  readonly root: string
  /** What other entries of the same Bundle call it. */
  readonly fullUrl?: string
  /** Acts for the service itself, by its own rules, on behalf of a caller's act. */
  readonly byService?: boolean
  /** Comes with all there is of its order: another item under the same group is other content, not a late one. */
  readonly wholeOrder?: boolean
} & (
  | { readonly kind: 'create'; readonly draft: Draft; readonly ifNoneExist?: SearchQuery }
  | (Versioned & {
      readonly kind: 'update'
      readonly draft: Draft
      /** If-None-Match: only when there is none (`*`), or none of these versions. */
      readonly ifNone?: IfMatch
      /** The id to create it under when there is none; absent where that may not happen. */
      readonly createAs?: string
    })
  // By business identity, among the caller's own: updates the match, or creates it under `id`.
  | { readonly kind: 'upsert'; readonly draft: Draft; readonly match: SearchQuery }
  | (Versioned & { readonly kind: 'delete'; readonly type: string })
  | (Versioned & {
      readonly kind: 'patch'
      readonly type: string
      /** The resource as the patch leaves this version of it, found valid. @throws Problem */
      readonly apply: (current: Stored) => Draft
    })
)

/** The versions, one of which must be the current one; `*`: any that is not a deletion (RFC 9110 section 13.1.1). */
export type IfMatch = '*' | readonly number[]

/** What a change of something stored may name: a condition instead of the id, and the version that was read. */
interface Versioned {
  /** https://hl7.org/fhir/R4/http.html#cond-update: exactly one must match. */
  readonly match?: SearchQuery
  readonly ifMatch?: IfMatch
  readonly ifMatchRequired: boolean
}

/** The resource type that an operation is about. */
export const typeOf = (operation: Operation): string =>
  operation.kind === 'delete' || operation.kind === 'patch' ? operation.type : operation.draft.resource.resourceType

/** A write about to happen, as rules see it. */
export interface Change {
  readonly type: string
  readonly id: string
  readonly root: string
  readonly caller: Caller
  /** How the caller stands to the resource; the creator's side for a new one. */
  readonly sides: readonly Side[]
  readonly current?: { readonly stored: Stored; readonly resource: Resource }
  /** With references resolved. */
  readonly next: Resource
  readonly content: string
  readonly wholeOrder: boolean
  /** A create of which no condition has asked what is there already. */
  readonly unconditional: boolean
}

/** A deletion about to happen, as rules see it. */
export interface Removal extends Pick<Change, 'type' | 'id' | 'root' | 'caller' | 'sides'> {
  readonly current: { readonly stored: Stored; readonly resource: Resource }
}

export interface Grant {
  readonly organization: string
  readonly side: Side
}

/** What the rules say of a change. */
export interface Verdict {
  /** The same content was stored before, as this version: answer as the first time and write nothing. */
  readonly repeats?: Stored
  /** Top-level members that the service sets by a documented rule. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Top-level members that keep the text they were stored with. */
  readonly frozen?: readonly string[]
  readonly grants: readonly Grant[]
  /** Its confidentiality from now on, as `labelText` writes it; absent: none. */
  readonly label?: string
  /** The fact for the log. */
  readonly event: string
  readonly from: string
  readonly to: string
  /** Names of what has to follow (lifecycle table). */
  readonly effects: readonly string[]
  /** What the sender is told although the change is made. */
  readonly warnings?: readonly Issue[]
}

/** A change that was written. */
export interface Done extends Change {
  readonly stored: Stored
  readonly verdict: Verdict
}

/** What rules may look at inside the lane. Facts are not scoped: rules must not let them leak into answers. */
export interface Facts {
  readonly query: Query
  /** ms since the epoch */
  readonly now: number
  /** Where a reference leads: `Type/id`, also below our base, or what the Bundle calls one of its entries. */
  target(reference: string | undefined): LocalReference | undefined
  /** A resource that this commit writes. */
  pending(target: LocalReference): Resource | undefined
  /** Lets organisations stand to a stored resource from now on, and see what it points to; their feeds tell of it. */
  admit(stored: Stored, grants: readonly Grant[]): Promise<void>
  /** Ends that somebody (`eyesOf`) stands to a stored resource, and sees what it was shown because of that alone. */
  withdraw(stored: Stored, organization: string): Promise<void>
  /** Gives a stored resource another label; its versions stay as they are. */
  relabel(stored: Stored, label: string): Promise<void>
  /** Sets when the clock has to look at a stored resource again; what was set for it before is gone. */
  remind(stored: Stored, alarms: readonly Alarm[]): void
  /** All resources of a type that this commit has written so far. */
  written(type: string): readonly Done[]
}

/** A write as far as it is known before its turn. */
export interface Foreseen {
  readonly id: string
  /** As it is to be; of a patch, as it was. */
  readonly resource: Resource
  /** Whether there is one to change. */
  readonly exists: boolean
  /** The organisation that creates it without a condition (`Change.unconditional`). */
  readonly createdBy?: string
}

/** What is foreseen of an operation that brings what it writes. */
export function foreseenOf(operation: Extract<Operation, { draft: Draft }>, { organization }: Caller): Foreseen {
  const { kind, id, draft } = operation
  return {
    ...{ id, resource: draft.resource, exists: kind === 'update' },
    ...(isUnconditional(operation) ? { createdBy: organization } : {}),
  }
}

/** Whether a party creates something without a condition. */
export const isUnconditional = (operation: Operation): boolean =>
  operation.kind === 'create' && !operation.ifNoneExist && operation.byService !== true

export interface Rules {
  /** Starts the reads that judging a write will need; nothing is decided by them. */
  foresee?(write: Foreseen, query: Query): Promise<unknown>[]
  /** Whether the change may happen now. @throws Problem */
  judge(change: Change, facts: Facts): Promise<Verdict>
  /** Whether a resource may be deleted now. @throws Problem */
  mayDelete(removal: Removal): void
  /** What the service writes because of one effect of a change that was written. */
  follow(done: Done, effect: string, facts: Facts): Promise<Operation[]>
}

export interface CommitRequest {
  readonly caller: Caller
  readonly scope: Scope
  readonly operations: readonly Operation[]
  /** Takes what is refused of one operation, and the others go on: where nothing is to be written. */
  readonly gather?: (problem: Problem) => void
}

export interface Outcome {
  /**
   * `matched`: If-None-Exist found it. `repeated`: the same content came before; `stored` is what it became then.
   * `absent`: there was nothing to delete; `stored` is the deletion before, or has version 0 when there was never any.
   */
  readonly status: 'created' | 'updated' | 'unchanged' | 'matched' | 'repeated' | 'deleted' | 'absent'
  readonly stored: Stored
  /** What only showed against what is stored. */
  readonly warnings?: readonly Issue[]
}

export interface Committed {
  /** One per operation of the request, in order. */
  readonly outcomes: readonly Outcome[]
  /** What the service wrote because of them, e.g. the order Task. */
  readonly consequences: readonly Outcome[]
}

export interface DoorOptions {
  readonly rules: Rules
  extract(resource: Resource): IndexRow[]
  /** Dotted paths whose targets become visible to everybody who may see the resource. */
  shares(type: string): readonly string[]
  /** Types of lower precedence are written first. */
  precedence(type: string): number
  /** Whether a literal reference must point to something the caller can see, and goes on doing so. */
  readonly referencesEnforced: boolean
  /** Names of the reference parameters (`Task.for`) that may lead to a type. */
  referrers(type: string): readonly string[]
  /** Absolute FHIR base, to recognise our own addresses. */
  readonly base: string
}

/** The side on which a resource's creator stands. */
export function creatorSides(caller: Caller): readonly Side[] {
  if (caller.role === 'provider') return ['owner']
  return caller.role === 'tester' || caller.role === 'service' ? ['requester', 'owner'] : ['requester']
}
