/** What a homecare rule finds, and what it may look at. */
import type { ProblemKey } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import type { Medicines } from './medicines.ts'
import type { Directions } from './prescription-view.ts'

export interface Finding {
  /** The rule: a code of the rule table and of the catalogue. */
  readonly code: ProblemKey
  /** FHIRPath below the resource; empty for the resource itself. */
  readonly at: string
  /** What is wrong and what to do, without patient data. */
  readonly words: string
}

/** One resource as the rules see it. */
export interface Subject {
  readonly resource: Resource
  /** ms since the epoch */
  readonly now: number
  /** Whether it is new here: what was right when it was accepted stays acceptable. */
  readonly creating: boolean
  /** Whether an identifier, code or unit of it has the wrong form; undefined where nobody looked yet. */
  readonly misformed?: boolean | undefined
  readonly medicines: Medicines
  /** The medicine behind a medicationReference to a contained resource or to another entry of the same Bundle. */
  medicationOf(reference: string): r4.Medication | undefined
  /** Read once, by the first rule that asks for them. */
  directions?: readonly Directions[]
}

/** A named check: the codes it may find, each of which has a row in the table. */
export interface Check<S> {
  readonly codes: readonly ProblemKey[]
  /**
   * What there must be for the check to find anything, as bits of `HAS`: it is run only where all of them are there. A
   * check that asks for nothing is always run.
   */
  readonly asks?: number
  readonly run: (subject: S) => readonly Finding[]
}

/** What a rule finds nearly always. */
export const NOTHING: readonly never[] = []
