/**
 * Profiles as they are read: StructureDefinitions whose elements constrain those of R4
 * (https://hl7.org/fhir/R4/profiling.html, https://hl7.org/fhir/R4/elementdefinition.html).
 */
import type { ElementType } from './definitions.ts'

export interface Discriminator {
  readonly type: string
  readonly path: string
}

export interface Slicing {
  readonly discriminator?: readonly Discriminator[]
  readonly ordered?: boolean
  readonly rules?: 'open' | 'closed' | 'openAtEnd'
}

export interface ProfileConstraint {
  readonly key: string
  readonly severity?: 'error' | 'warning'
  readonly human?: string
  readonly expression?: string
}

export interface ProfileBinding {
  readonly strength?: string
  readonly valueSet?: string
  readonly extension?: readonly { readonly url: string; readonly valueCanonical?: string }[]
}

/** A type of an element; beside each profile may stand which element of it is meant. */
export interface ProfileType extends ElementType {
  readonly _profile?: readonly ({
    readonly extension?: readonly { readonly url: string; readonly valueString?: string }[]
  } | null)[]
}

/** An element of a differential or a snapshot: what is not stated is as in the definition it builds on. */
export interface ProfileElement {
  readonly id?: string
  readonly path: string
  readonly sliceName?: string
  readonly short?: string
  readonly slicing?: Slicing
  readonly min?: number
  readonly max?: string
  readonly type?: readonly ProfileType[]
  readonly binding?: ProfileBinding
  readonly constraint?: readonly ProfileConstraint[]
  readonly maxLength?: number
  readonly extension?: readonly { readonly url: string; readonly valueInteger?: number }[]
  readonly contentReference?: string
  /** `fixed[x]`, `pattern[x]`, `minValue[x]`, `maxValue[x]` and what is not read. */
  readonly [other: string]: unknown
}

/** A StructureDefinition as published, with a snapshot, a differential or both. */
export interface ProfileDefinition {
  readonly resourceType: 'StructureDefinition'
  readonly url: string
  readonly version?: string
  readonly name?: string
  readonly kind: string
  readonly type: string
  readonly baseDefinition?: string
  readonly derivation?: string
  /** An extension of R4 that stands in `modifierExtension`; others say so at their first element. */
  readonly isModifier?: boolean
  /** Where an extension may stand. */
  readonly context?: readonly { readonly type: string; readonly expression: string }[]
  /** What must be true of the element that holds an extension. */
  readonly contextInvariant?: readonly string[]
  readonly snapshot?: { readonly element?: readonly ProfileElement[] }
  readonly differential?: { readonly element?: readonly ProfileElement[] }
}

export interface ProfileSource {
  /** Where it was read, for the words of a failure. */
  readonly file: string
  readonly definition: ProfileDefinition
}

/** A definition that cannot be enforced as it says. The message names file and reason. */
export class ProfileError extends Error {
  constructor(file: string, reason: string) {
    super(`${file}: ${reason}`)
    this.name = 'ProfileError'
  }
}

/** Canonical without `|version`. */
export const withoutVersion = (canonical: string): string => canonical.split('|', 1)[0] ?? canonical

/** Whether an extension changes the meaning of what holds it. */
export function isModifierExtension({ type, isModifier, snapshot, differential }: ProfileDefinition): boolean {
  const [root] = snapshot?.element ?? differential?.element ?? []
  return type === 'Extension' && (isModifier === true || root?.isModifier === true)
}
