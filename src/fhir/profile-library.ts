/** The set of profiles: which there are, what they build on, and their checks. */
import { type Definitions, STRUCTURE_DEFINITION } from './definitions.ts'
import { compileElement, type CompileOptions, compileProfile } from './profile-check.ts'
import {
  isModifierExtension,
  type ProfileDefinition,
  ProfileError,
  type ProfileSource,
  withoutVersion,
} from './profile-definition.ts'
import { createElements, type Elements } from './profile-elements.ts'
import { QuickProfile, Unit } from './profile-quick.ts'
import type { ItemCheck } from './profile-slicing.ts'
import { isObject } from './resource.ts'
import { cloneNode, elementsOf, nodeAt, overlay, type ProfileNode, rootNode, typesOf } from './profile-tree.ts'
import type { IsMember } from './profile-values.ts'

export interface Profile extends ProfileSource {
  /** The canonical without version. */
  readonly url: string
  readonly type: string
  readonly isOfR4?: true
  tree?: ProfileNode
  /** Compiled at first use: R4 defines some 440, and a service needs few of them. */
  check?: ItemCheck
  /** Without the quick way: what says what is wrong. */
  careful?: ItemCheck
  quick?: QuickProfile
}

/** What is known of an extension by its definition. */
export interface KnownExtension {
  readonly url: string
  readonly check: ItemCheck
  readonly isModifier: boolean
  /** Urls of the parts that the definition names. */
  readonly parts: ReadonlySet<unknown>
  readonly context: NonNullable<ProfileDefinition['context']>
  readonly contextInvariant: readonly string[]
}

interface Part {
  readonly profile: Profile
  readonly node: ProfileNode
  readonly type: string
  readonly isWhole: boolean
}

export const R4_VERSION = '4.0.1'
/** Urls of extensions that are remembered as unknown, with those that are known. */
const EXTENSIONS_MAX = 5000

export interface LibraryOptions {
  readonly isMember: IsMember
  readonly references: 'enforced' | 'free'
}

/** Profiles by canonical, with and without version; trees and checks made on demand, each once. */
export class Library {
  readonly notes: string[] = []
  readonly canonicals: string[] = []
  readonly #definitions: Definitions
  readonly #isMember: IsMember
  readonly #references: LibraryOptions['references']
  readonly elements: Elements
  readonly #extensions = new Map<string, KnownExtension | undefined>()
  readonly #byCanonical = new Map<string, Profile>()
  readonly #versions = new Map<string, readonly Profile[]>()
  readonly #inProgress = new Set<Profile>()
  /** Checks of single elements, by canonical with `#` and the id of the element. */
  readonly #parts = new Map<string, ItemCheck>()
  readonly #unit = new Unit()

  constructor(definitions: Definitions, sources: readonly ProfileSource[], { isMember, references }: LibraryOptions) {
    this.#definitions = definitions
    this.#isMember = isMember
    this.#references = references
    this.elements = createElements(definitions)
    for (const source of sources) this.#add(source)
  }

  find = (canonical: string): Profile | undefined => {
    const profile = this.#known(canonical)
    if (profile !== undefined && profile.check === undefined) this.#check(profile)
    return profile
  }

  /** The type that a profile is for; undefined when there is none of this name. */
  typeOf = (canonical: string): string | undefined => this.#known(canonical)?.type

  #known(canonical: string): Profile | undefined {
    return this.#byCanonical.get(canonical) ?? this.#ofR4(canonical) ?? this.#newestOf(canonical)
  }

  /** Undefined when the definition of the extension is not known; a version in the url is ignored. */
  extension = (url: string): KnownExtension | undefined => {
    const known = this.#extensions.get(url)
    if (known !== undefined || this.#extensions.has(url)) return known
    const profile = this.find(withoutVersion(url))
    if (profile?.type !== 'Extension') {
      // Senders repeat few urls; one of endless new ones must not fill the memory.
      if (this.#extensions.size < EXTENSIONS_MAX) this.#extensions.set(url, undefined)
      return undefined
    }
    const slices = this.#tree(profile).children.get('extension')?.slices.values() ?? []
    const parts = [...slices].flatMap((slice) => slice.children.get('url')?.fixed?.value ?? [])
    const { context = [], contextInvariant = [] } = profile.definition
    const check: ItemCheck = profile.check ?? (() => undefined)
    const isModifier = isModifierExtension(profile.definition)
    const extension = { url: profile.url, check, isModifier, parts: new Set(parts), context, contextInvariant }
    this.#extensions.set(url, extension)
    return extension
  }

  #add({ file, definition }: ProfileSource): void {
    checkHead(file, definition)
    const { url, version, type, kind, derivation } = definition
    if (derivation !== 'constraint' || kind === 'logical') return
    const isType = this.#definitions.structure(type) !== undefined
    if (!isType) throw new ProfileError(file, `it is a profile on "${type}", which is no type of R4.`)
    const other = this.#byCanonical.get(version === undefined ? url : `${url}|${version}`)
    if (other && other.definition.version === version) {
      if (JSON.stringify(other.definition) === JSON.stringify(definition)) return
      throw new ProfileError(
        file,
        `${url}${version === undefined ? '' : `|${version}`} is also defined, differently, in ${other.file}.`,
      )
    }
    const profile: Profile = { file, definition, url, type }
    if (version !== undefined) this.#byCanonical.set(`${url}|${version}`, profile)
    this.#versions.set(url, [...(this.#versions.get(url) ?? []), profile])
    const latest = this.#byCanonical.get(url)
    // Who names no version means the newest.
    if (!latest || isNewer(version, latest.definition.version)) this.#byCanonical.set(url, profile)
    this.canonicals.push(version === undefined ? url : `${url}|${version}`)
  }

  /** @throws ProfileError */
  compileAll(): void {
    for (const profile of new Set(this.#byCanonical.values())) this.#check(profile)
  }

  #check(profile: Profile): ItemCheck {
    if (profile.check) return profile.check
    // Whoever meets this profile again while it is being compiled calls what it will be.
    const compiled: { check?: ItemCheck } = {}
    profile.check = (found, scope) => compiled.check?.(found, scope)
    const tree = this.#tree(profile)
    const check = named(profile.file, () => compileProfile(tree, this.#options(profile.file)))
    const quick = new QuickProfile(check, profile.type, this.#unit)
    compiled.check = (found, scope) =>
      isObject(found.value) && found.sibling === undefined && quick.holds(found.value, scope)
        ? undefined
        : check(found, scope)
    profile.careful = check
    profile.quick = quick
    profile.check = compiled.check
    return compiled.check
  }

  #options(file: string): CompileOptions {
    return {
      elements: this.elements,
      isMember: this.#isMember,
      references: this.#references,
      tree: (canonical) => this.#part(canonical)?.node,
      typeOf: (canonical) => this.#part(canonical)?.type ?? this.#baseType(canonical),
      conforms: (canonical) => {
        const part = this.#part(canonical)
        if (part === undefined) return undefined
        return part.isWhole ? this.#check(part.profile) : this.#partCheck(canonical, part)
      },
      note: (words) => {
        this.notes.push(`${file}: ${words}`)
      },
    }
  }

  /** What a canonical between definitions names: a profile, or after `#` one element of it. */
  #part(canonical: string): Part | undefined {
    const [name = '', element] = canonical.split('#', 2)
    const profile = this.#lookUp(name)
    if (profile === undefined) return undefined
    if (element === undefined) return { profile, node: this.#tree(profile), type: profile.type, isWhole: true }
    const node = nodeAt(this.#tree(profile), element)
    if (node === undefined) throw new Error(`the profile ${name} has no element "${element}", which is named here.`)
    return { profile, node, type: typesOf(node)[0]?.code ?? profile.type, isWhole: false }
  }

  #partCheck(canonical: string, { profile, node }: Part): ItemCheck {
    const known = this.#parts.get(canonical)
    if (known) return known
    const compiled: { check?: ItemCheck | undefined } = {}
    const check: ItemCheck = (found, scope) => compiled.check?.(found, scope)
    this.#parts.set(canonical, check)
    const root = this.#tree(profile)
    compiled.check = named(profile.file, () => compileElement(root, node, this.#options(profile.file)))
    return check
  }

  /** A version may be named in part: `1.2` is the newest that is loaded of 1.2.0, 1.2.1 and so on. */
  #newestOf(canonical: string): Profile | undefined {
    const [url = '', part = ''] = canonical.split('|', 2)
    if (part === '') return undefined
    const fitting = (this.#versions.get(url) ?? []).filter(({ definition }) =>
      definition.version?.startsWith(`${part}.`),
    )
    return fitting.reduce<Profile | undefined>(
      (newest, profile) =>
        newest && !isNewer(profile.definition.version, newest.definition.version) ? newest : profile,
      undefined,
    )
  }

  /** A version that is not loaded is served by the newest: between definitions, a canonical names what is there. */
  #lookUp(canonical: string): Profile | undefined {
    return this.#byCanonical.get(canonical) ?? this.#byCanonical.get(withoutVersion(canonical)) ?? this.#ofR4(canonical)
  }

  #baseType(canonical: string): string | undefined {
    const url = withoutVersion(canonical)
    if (!url.startsWith(STRUCTURE_DEFINITION)) return undefined
    const name = url.slice(STRUCTURE_DEFINITION.length)
    return name === 'Resource' || name === 'DomainResource' || this.#definitions.structure(name) ? name : undefined
  }

  /** R4's own extensions and profiles, those on data types (SimpleQuantity, MoneyQuantity) too. */
  #ofR4(canonical: string): Profile | undefined {
    const [url = '', version = R4_VERSION] = canonical.split('|', 2)
    if (version !== R4_VERSION) return undefined
    const known = this.#byCanonical.get(url)
    if (known) return known.isOfR4 ? known : undefined
    const name = this.#baseType(url)
    const structure = name === undefined ? undefined : this.#definitions.structure(name)
    const onType = structure?.derivation === 'constraint' ? (structure as unknown as ProfileDefinition) : undefined
    const definition = onType ?? this.#definitions.profile(url)
    if (definition === undefined) return undefined
    const file = `profiles/base/${onType ? 'StructureDefinition' : 'Profile'}.ndjson (${url})`
    const profile: Profile = { file, definition, url, type: definition.type, isOfR4: true }
    this.#byCanonical.set(url, profile)
    return profile
  }

  #tree(profile: Profile): ProfileNode {
    if (profile.tree) return profile.tree
    if (this.#inProgress.has(profile)) throw new ProfileError(profile.file, 'it is derived from itself.')
    this.#inProgress.add(profile)
    const { definition, file, type } = profile
    const root = definition.snapshot ? rootNode(type) : this.#baseTree(profile)
    named(file, () =>
      overlay(root, elementsOf(definition, definition.snapshot ? 'snapshot' : 'differential'), this.elements),
    )
    this.#inProgress.delete(profile)
    profile.tree = root
    return root
  }

  /** What a differential builds on. */
  #baseTree({ definition, file, type }: Profile): ProfileNode {
    const { baseDefinition } = definition
    if (baseDefinition === undefined) throw new ProfileError(file, 'it names no baseDefinition and has no snapshot.')
    const base = this.#lookUp(baseDefinition)
    if (base) {
      if (base.type !== type)
        throw new ProfileError(file, `it is for ${type} and its base ${baseDefinition} for ${base.type}.`)
      return cloneNode(this.#tree(base))
    }
    if (this.#baseType(baseDefinition) === type) return rootNode(type)
    throw new ProfileError(file, `its base ${baseDefinition} is not loaded: give the package that defines it too.`)
  }
}

function checkHead(file: string, { url, type, differential, snapshot }: ProfileDefinition): void {
  if (typeof url !== 'string' || url === '') throw new ProfileError(file, 'it has no url.')
  if (typeof type !== 'string' || type === '') throw new ProfileError(file, 'it names no type.')
  if (differential === undefined && snapshot === undefined) {
    throw new ProfileError(file, 'it has neither a differential nor a snapshot.')
  }
}

function named<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof ProfileError) throw error
    throw new ProfileError(file, (error as Error).message)
  }
}

/** By numbers between dots; a version with a label (`2.0.0-beta`) is older than the one without. */
function isNewer(version = '', than = ''): boolean {
  const [a = '', aLabel] = version.split('-', 2)
  const [b = '', bLabel] = than.split('-', 2)
  const order = a.localeCompare(b, 'en', { numeric: true })
  if (order !== 0) return order > 0
  return aLabel === undefined ? bLabel !== undefined : bLabel !== undefined && aLabel > bLabel
}
