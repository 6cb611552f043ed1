/** The set of profiles: which there are, what they build on, and their checks. */
import { type Definitions, STRUCTURE_DEFINITION } from './definitions.ts'
import { compileProfile } from './profile-check.ts'
import { type ProfileDefinition, ProfileError, type ProfileSource, withoutVersion } from './profile-definition.ts'
import { createElements, type Elements } from './profile-elements.ts'
import type { ItemCheck } from './profile-slicing.ts'
import { cloneNode, elementsOf, overlay, type ProfileNode, rootNode } from './profile-tree.ts'
import type { IsMember } from './profile-values.ts'

export interface Profile extends ProfileSource {
  /** The canonical without version. */
  readonly url: string
  readonly type: string
  tree?: ProfileNode
  check?: ItemCheck
}

/** Profiles by canonical, with and without version; trees and checks made on demand, each once. */
export class Library {
  readonly notes: string[] = []
  readonly canonicals: string[] = []
  readonly #definitions: Definitions
  readonly #isMember: IsMember
  readonly elements: Elements
  readonly #extensions = new Map<string, Profile>()
  readonly #byCanonical = new Map<string, Profile>()
  readonly #inProgress = new Set<Profile>()

  constructor(definitions: Definitions, sources: readonly ProfileSource[], isMember: IsMember) {
    this.#definitions = definitions
    this.#isMember = isMember
    this.elements = createElements(definitions)
    for (const source of sources) this.#add(source)
  }

  find = (canonical: string): Profile | undefined => this.#byCanonical.get(canonical)

  get hasExtensions(): boolean {
    return this.#extensions.size > 0
  }

  extension = (url: string): ItemCheck | undefined => this.#extensions.get(url)?.check

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
    const latest = this.#byCanonical.get(url)
    // Who names no version means the newest.
    if (!latest || isNewer(version, latest.definition.version)) {
      this.#byCanonical.set(url, profile)
      if (type === 'Extension') this.#extensions.set(url, profile)
    }
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
    const note = (words: string): void => {
      this.notes.push(`${profile.file}: ${words}`)
    }
    compiled.check = named(profile.file, () =>
      compileProfile(tree, {
        elements: this.elements,
        isMember: this.#isMember,
        tree: (canonical) => {
          const other = this.#lookUp(canonical)
          return other && this.#tree(other)
        },
        typeOf: (canonical) => this.#lookUp(canonical)?.type ?? this.#baseType(canonical),
        conforms: (canonical) => {
          const other = this.#lookUp(canonical)
          return other ? this.#check(other) : undefined
        },
        note,
      }),
    )
    profile.check = compiled.check
    return compiled.check
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

  /** R4's own profiles on data types: SimpleQuantity, MoneyQuantity. */
  #ofR4(canonical: string): Profile | undefined {
    const name = this.#baseType(canonical)
    const structure = name === undefined ? undefined : this.#definitions.structure(name)
    if (structure?.derivation !== 'constraint') return undefined
    const definition = structure as unknown as ProfileDefinition
    const profile: Profile = {
      file: 'profiles/base/StructureDefinition.ndjson',
      definition,
      url: structure.url,
      type: structure.type,
    }
    this.#byCanonical.set(structure.url, profile)
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
