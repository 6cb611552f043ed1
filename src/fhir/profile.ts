/**
 * Profiles: every resource is checked against the profiles it is given and those it claims in `meta.profile`
 * (https://hl7.org/fhir/R4/profiling.html). What R4 itself asks is checked by `structure.ts` and not again here.
 */
import { type Definitions, STRUCTURE_DEFINITION } from './definitions.ts'
import type { Issue } from './problem.ts'
import { isModifierExtension, type ProfileSource, withoutVersion } from './profile-definition.ts'
import { isObject } from './resource.ts'
import { extensionFaults } from './profile-extensions.ts'
import { Library, R4_VERSION } from './profile-library.ts'
import { type BundleIndex, bundleIndex, type Loose, type ProfileScope } from './profile-scope.ts'
import type { QuickProfile } from './profile-quick.ts'
import type { IsMember } from './profile-values.ts'
import { FAULTS_MAX, type Fault } from './structure-faults.ts'
import { vitalSigns } from './vital-signs.ts'
import type { Terminology } from './terminology.ts'

export interface ProfileRequest {
  /** FHIRPath of the resource, prefix of every expression. */
  readonly root: string
  /** Canonicals that the resource must conform to, whatever it claims. */
  readonly profiles?: readonly string[]
  /** The profile that every resource of a type must conform to, for the resources of a Bundle. */
  readonly profileOf?: (type: string) => string | undefined
  /** False: a vital sign is judged by what it claims only, not by its code as well. */
  readonly byCode?: boolean
  /** Resources that have an extension whose definition is known, where somebody looked already. */
  readonly extended?: Pick<ReadonlySet<unknown>, 'has'>
}

export interface Profiles {
  /**
   * All issues, resource by resource, a container before what it contains. A claimed profile that is not loaded is a
   * warning (`profile-unknown`).
   * @param resource a parsed JSON value, of which nothing is known
   */
  validate(resource: unknown, request: ProfileRequest): Issue[]
  /** Canonicals that are enforced, in the order in which they were given. */
  readonly canonicals: readonly string[]
  /** The type a profile is for; undefined when it is not loaded. A type of R4 is no profile. */
  typeOf(canonical: string): string | undefined
  /** Whether the definition of an extension is known. */
  knowsExtension(url: string): boolean
  /** Urls of the modifier extensions that are loaded. */
  readonly modifierExtensions: ReadonlySet<string>
  /** What is not enforced as a profile says, in words for the operator. */
  readonly notes: readonly string[]
}

export interface ProfileOptions {
  /** Without it no value set is known, and no binding of a profile is checked. */
  readonly terminology?: Pick<Terminology, 'has'>
  /** `free`: the type of a target that is not at hand, known from the reference's text alone, is only a warning. */
  readonly references?: 'enforced' | 'free'
  /** All sources are known to compile: each is compiled when it is first used. */
  readonly isProven?: boolean
}

/**
 * Compiles every profile.
 * @param sources definitions of types (not constraints on one) are left out: R4 has its own
 * @throws ProfileError naming the file and the reason of the first definition that cannot be enforced
 */
export function createProfiles(
  definitions: Definitions,
  sources: readonly ProfileSource[],
  { terminology, references = 'enforced', isProven = false }: ProfileOptions = {},
): Profiles {
  const isMember: IsMember = (valueSet, system, code) => terminology?.has(valueSet, system, code) ?? 'unknown'
  const library = new Library(definitions, sources, { isMember, references })
  if (!isProven) library.compileAll()
  const { find, notes } = library

  const validate = (resource: unknown, request: ProfileRequest): Issue[] => {
    const issues: Issue[] = []
    const { root, profiles = [], profileOf = () => undefined, byCode = true, extended } = request
    const visit = (
      value: unknown,
      path: string,
      wanted: readonly string[],
      container?: Loose,
      bundle?: BundleIndex,
    ): void => {
      if (!isObject(value) || typeof value.resourceType !== 'string' || issues.length >= FAULTS_MAX) return
      const type = value.resourceType
      const index = type === 'Bundle' ? bundleIndex(value) : undefined
      const around = index ?? bundle
      const scope: ProfileScope = { resource: value, container: container ?? value, bundle: around, judged: undefined }
      // What was entered in error is not mended any more.
      const claimed =
        byCode && type === 'Observation' && value.status !== 'entered-in-error'
          ? [...claimsOf(value), ...vitalSigns(value)]
          : claimsOf(value)
      const before = issues.length
      conform(value, type, path, wanted, claimed, scope, issues)
      if (extended === undefined || extended.has(scope.container)) {
        for (const { url, faults } of extensionFaults(value, scope, library)) tell(faults, path, url, issues, before)
      }
      each(value.contained, (inner, i) => visit(inner, `${path}.contained[${i}]`, [], container ?? value, bundle))
      if (index !== undefined) {
        each(value.entry, (entry, i) => {
          const inner = isObject(entry) ? entry.resource : undefined
          const named =
            isObject(inner) && typeof inner.resourceType === 'string' ? profileOf(inner.resourceType) : undefined
          visit(inner, `${path}.entry[${i}].resource`, named === undefined ? [] : [named], undefined, index)
        })
      }
      if (type === 'Parameters') eachParameter(value, path, (inner, at) => visit(inner, at, []))
    }
    visit(resource, root, profiles)
    return issues
  }

  const conform = (
    value: Loose,
    type: string,
    path: string,
    wanted: readonly string[],
    claimed: readonly string[],
    scope: ProfileScope,
    issues: Issue[],
  ): void => {
    const before = issues.length
    const count = wanted.length + claimed.length
    const seen: string[] = []
    /** The profile of the row, once the resource is known to conform to it: most others are derived from it. */
    let held: QuickProfile | undefined
    for (let index = 0; index < count; index++) {
      const isAsked = index < wanted.length
      const canonical = (isAsked ? wanted[index] : claimed[index - wanted.length]) as string
      const profile = find(canonical)
      const url = profile?.url ?? withoutVersion(canonical)
      if (seen.includes(url)) continue
      seen.push(url)
      if (profile?.type === type) {
        if (held !== undefined && profile.quick?.holdsBeyond(held, value, scope)) continue
        if (held === undefined && isAsked && profile.quick?.holds(value, scope)) {
          held = profile.quick
          continue
        }
        const faults = profile.check?.({ value, sibling: undefined, code: type, owner: type, segment: '' }, scope)
        if (faults) tell(faults, path, url, issues, before)
        continue
      }
      const claim = isAsked ? path : `${path}.meta.profile[${index - wanted.length}]`
      if (profile) {
        const diagnostics = `The profile ${url} is for ${profile.type}, and this is a ${type}.`
        issues.push({ key: 'profile-type', expression: claim, diagnostics })
        continue
      }
      const issue = claimIssue(canonical, type, claim)
      // Who asks for a profile by name wants its verdict; a claim is only a claim.
      if (issue) issues.push(isAsked ? { ...issue, severity: 'error' } : issue)
    }
  }

  const claimIssue = (canonical: string, type: string, expression: string): Issue | undefined => {
    const url = withoutVersion(canonical)
    const version = canonical.slice(url.length + 1)
    if (url.startsWith(STRUCTURE_DEFINITION) && R4_VERSION.startsWith(version)) {
      const named = url.slice(STRUCTURE_DEFINITION.length)
      if (named === type || named === 'Resource' || named === 'DomainResource') return undefined
      if (definitions.resourceTypes.has(named) || definitions.structure(named) !== undefined) {
        return { key: 'profile-type', expression, diagnostics: `${url} is for ${named}, and this is a ${type}.` }
      }
    }
    const loaded = find(url)?.definition.version
    const instead = loaded === undefined ? '' : ` (version ${loaded} is)`
    const diagnostics = `The profile ${canonical.slice(0, 200)} is not loaded here${instead}: the resource was not checked against it. Leave the claim out, or ask for the package to be loaded.`
    return { key: 'profile-unknown', expression, diagnostics }
  }

  return {
    validate,
    canonicals: library.canonicals,
    typeOf: library.typeOf,
    knowsExtension: (url) => library.extension(url) !== undefined,
    modifierExtensions: new Set(
      sources.flatMap(({ definition }) => (isModifierExtension(definition) ? definition.url : [])),
    ),
    notes,
  }
}

const NONE: readonly string[] = []

const claimsOf = ({ meta }: Loose): readonly string[] => {
  const profiles: unknown = isObject(meta) ? meta.profile : undefined
  return Array.isArray(profiles) ? profiles.filter((profile) => typeof profile === 'string') : NONE
}

function each(list: unknown, visit: (item: unknown, index: number) => void): void {
  if (Array.isArray(list)) list.forEach(visit)
}

function eachParameter(holder: Loose, path: string, visit: (resource: unknown, path: string) => void): void {
  for (const name of ['parameter', 'part'] as const) {
    each(holder[name], (parameter, i) => {
      if (!isObject(parameter)) return
      const at = `${path}.${name}[${i}]`
      visit(parameter.resource, `${at}.resource`)
      eachParameter(parameter, at, visit)
    })
  }
}

/** A snapshot repeats for a slice what it says of the element, and a derived profile what its base says: told once. */
function tell(faults: readonly Fault[], root: string, profile: string, issues: Issue[], from: number): void {
  const told = new Set(
    issues.slice(from).map(({ expression, diagnostics }) => `${expression} ${diagnostics.replace(/ \[[^[]*\]$/, '')}`),
  )
  for (const { path, hint: _hint, diagnostics, ...fault } of faults) {
    const expression = root + path
    const key = `${expression} ${diagnostics}`
    if (told.has(key)) continue
    told.add(key)
    issues.push({ ...fault, expression, diagnostics: `${diagnostics} [${profile}]` })
  }
}
