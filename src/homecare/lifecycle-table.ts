/**
 * Lifecycle tables: `conformance/lifecycle/*.json`, one per kind of work. A table says in which states a resource may
 * be, who may move it, and what must be true then. `lifecycle-load.ts` reads one and refuses it when it is broken;
 * `lifecycle.ts` decides by it.
 */
import type { Role } from '../caller.ts'
import type { Resource } from '../fhir/resource.ts'
import type { Facts } from './facts.ts'
import type { CheckName, SetterName } from './named-rules.ts'
import type { ReasonList } from './reasons.ts'

/** A FHIRPath that must be true, and the words that tell the sender what to do when it is not. */
export interface Requirement {
  /** FHIRPath over the resource as it would be stored; `%name` is a fact (see `facts.ts`). */
  readonly expression: string
  readonly human: string
  /** The element the refusal points to, FHIRPath without the type, e.g. `executionPeriod.start`. */
  readonly element?: string
}

export interface StateRow {
  /** Code of the table's business status, or of `status` where the table has none. */
  readonly code: string
  /** FHIR status of a resource in this state. */
  readonly status: string
  readonly display: string
  /** Who holds the ball. */
  readonly nextActor: 'trust' | 'provider' | 'service' | 'patient' | 'nobody'
  /** Nothing is left to do. Left only by a row marked `afterEnd`. */
  readonly terminal?: boolean
  /** What a patient may be told, in the exchange's own words. */
  readonly patientWording?: string
  /**
   * FHIRPath over what is sent. Until it is true, milestones from which the state could have been reached do not leave
   * it and are recorded beside it, and no report of the state itself comes too late: goods under quarantine stay there
   * until somebody has looked at them.
   */
  readonly until?: string
  /** Must be true of every version stored in this state. */
  readonly requires?: readonly Requirement[]
  /** Elements that may change while the resource is in this state; takes the place of the table's list. */
  readonly mutable?: Mutable
}

export interface ReasonRule {
  readonly required: boolean
  /** Canonical of the list the reason must come from; without it any code is taken. */
  readonly valueSet?: string
}

export interface TransitionRow {
  readonly from: readonly string[]
  readonly to: string
  readonly by: readonly Role[]
  /** Name of the fact in the log. */
  readonly event: string
  readonly requires?: readonly Requirement[]
  readonly reason?: ReasonRule
  /** Named checks, for rules that FHIRPath says badly. */
  readonly checks?: readonly CheckName[]
  /** Named setters: what the service writes into the resource itself. */
  readonly sets?: readonly SetterName[]
  /** Named effects: what follows for other resources (`effects.ts`). */
  readonly effects?: readonly string[]
  /** Chosen when a caller changes only `status` and several states have it. */
  readonly default?: boolean
  /** For a row that leads to its own state: the element whose change makes it this row. */
  readonly changes?: string
  /** May leave a terminal state: a correction. */
  readonly afterEnd?: boolean
  /**
   * For a report that overtakes others: the steps between may be reported later (`milestones`). Only for a sender who
   * says when it happened; an act that leaves steps out is refused.
   */
  readonly skips?: boolean
  /** Work begins again: what was reported before it is not the future of what comes after it. */
  readonly anew?: boolean
}

/** A state in which a resource may come into being. */
export interface InitialRow {
  readonly state: string
  readonly by: readonly Role[]
  readonly event: string
  readonly reason?: ReasonRule
  readonly effects?: readonly string[]
  /** Chosen when a creator gives only `status` and several initial states have it. */
  readonly default?: boolean
}

/** Top-level element -> who may change it; `*` as a whole: everything may change. Whatever is not named is frozen. */
export type Mutable = '*' | Readonly<Record<string, readonly Role[]>>

export interface LifecycleTable {
  readonly name: string
  readonly resourceType: string
  /** FHIRPath over the resource: whether this table governs it. */
  readonly appliesTo: string
  /** CodeSystem of `businessStatus`; absent where `status` alone is the state. */
  readonly businessStatus?: string
  /** Top-level element that holds the reason (a CodeableConcept). */
  readonly reasonElement: string
  /** `remove`: a move that needs no reason drops the one left over from before. `refuse`: the sender must drop it. */
  readonly staleReason: 'remove' | 'refuse'
  readonly mutable: Mutable
  readonly states: readonly StateRow[]
  readonly initial: readonly InitialRow[]
  readonly transitions: readonly TransitionRow[]
  /**
   * States whose reports may come in any order. One that comes late is recorded and does not move the state back
   * (`late.ts`). Of two reports that say the same instant, the one of the later state in this list counts as later.
   */
  readonly milestones?: readonly string[]
  /** What the service's clock notes on a resource that stays where it is: a change of the extension is this event. */
  readonly marks?: readonly { readonly extension: string; readonly from: readonly string[]; readonly event: string }[]
  /** Words added to the refusal of a move that people will try. */
  readonly advice?: readonly {
    readonly from: readonly string[]
    readonly to: readonly string[]
    readonly human: string
  }[]
}

/** Whether an expression of a table is true. */
export type Evaluate = (resource: Resource, facts: Facts) => boolean

/** A table that passed every check, ready to decide by. */
export interface Lifecycle extends LifecycleTable {
  readonly stateOf: ReadonlyMap<string, StateRow>
  readonly evaluate: ReadonlyMap<string, Evaluate>
  readonly reasonLists: ReadonlyMap<string, ReasonList>
  /** By milestone: the states that can be reached from it before work begins anew, itself among them. */
  readonly ahead: ReadonlyMap<string, ReadonlySet<string>>
}
