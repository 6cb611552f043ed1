/** What the text of a generated validator finds under its names (see `fhir/structure-code.ts`). */

import { hash as digest } from 'node:crypto'
import type { BaseCodes, CodeJudge } from './base-codes.ts'
import type { FilterPropertyOf } from './code-system-rules.ts'
import { type Definitions, STRUCTURE_DEFINITION, type ValueSet } from './definitions.ts'
import * as path from './fhirpath-runtime.ts'
import { type KnownUri, MISNAMED } from './known-systems.ts'
import { NO_NAMESPACE, narrativeFault, withNamespace } from './narrative.ts'
import { isCurrency } from './currencies.ts'
import { type checks as allChecks, isAbsoluteUri, isPadded } from './primitives.ts'
import type { Severity } from './problem.ts'
import {
  elementIdFault,
  isAllowedTarget,
  isCertain,
  referenceFault,
  referenceTypeFault,
  type Scope,
  wrongTarget,
} from './reference-rules.ts'
import * as faults from './structure-faults.ts'
import type { Terminology } from './terminology.ts'
import { add, allowedCodes, type BoundCodes, badPrimitive, type Faults, join } from './structure-faults.ts'

type Loose = Record<string, unknown>

export interface StructureOptions {
  /** Urls of the modifier extensions this service understands; any other is refused. */
  readonly modifierExtensions?: ReadonlySet<string>
  /**
   * `free`: what a reference points to need not be here, so what only its text tells of a target that is not at hand
   * (no address, another type) is a warning.
   */
  readonly references?: 'enforced' | 'free'
  /** Resource types whose references are enforced; all without it. The others are not kept here. */
  readonly exposedTypes?: ReadonlySet<string>
  readonly watch?: Watch
  /** Whether units (UCUM) and SNOMED CT codes are checked by their form; the homecare rules do so in words of their own. */
  readonly codeForms?: boolean
  /** Code systems and value sets besides those of R4. */
  readonly loaded?: LoadedCodes
  /** What was made of the same definitions when the service was built; without it, it is made of them now. */
  readonly written?: (type: string) => StructureMaker
}

export interface LoadedCodes {
  /** Who judges the codes of such a system; undefined where nobody can. */
  judgeOf(system: string): CodeJudge | undefined
  /** Which of all value sets hold a code. */
  has: Terminology['has']
  /** What such a system says of a property that a filter of a value set goes by. */
  readonly filterProperty?: FilterPropertyOf
}

/** Makes the function of a resource type, given those of the data types; of DATA_TYPES, all of these. */
export type StructureMaker = (runtime: unknown, dataTypes?: unknown) => unknown

/**
 * What one walk through a resource saw of the things that only few resources have, so that nobody has to look for them
 * again: resources, the outermost one of what is contained.
 */
export interface Seen {
  /** With an extension whose definition is known. */
  readonly extended: Sighted
  /** With an identifier, code or unit that does not have the form its system asks for. */
  readonly misformed: Sighted
}

/** Resources of which something was seen. Mostly there is one or none, and a Set is dear to make. */
export class Sighted {
  #last: unknown
  #all: Set<unknown> | undefined

  add(resource: unknown): void {
    if (resource === this.#last) return
    if (this.#last !== undefined) (this.#all ??= new Set([this.#last])).add(resource)
    this.#last = resource
  }

  get size(): number {
    return this.#all?.size ?? (this.#last === undefined ? 0 : 1)
  }

  has(resource: unknown): boolean {
    return resource === this.#last || this.#all?.has(resource) === true
  }
}

export const nothingSeen = (): Seen => ({ extended: new Sighted(), misformed: new Sighted() })

/** What to look out for. */
export interface Watch {
  isKnownExtension(url: string): boolean
  /** Tells an Identifier, Coding or Quantity of the system that is not as it asks for; undefined if it asks for nothing. */
  misformedOf(system: string): ((value: Readonly<Record<string, unknown>>) => boolean) | undefined
}

interface ResourceChecks {
  nested(value: unknown, scope: Scope): Faults
  contained(value: unknown, scope: Scope): Faults
}

interface Bound extends BoundCodes {
  /** `system|code`. */
  readonly members: ReadonlySet<string>
  readonly isForm: ((code: string) => boolean) | undefined
}

const isVisible = (code: string): boolean => {
  for (let i = 0; i < code.length; i++) {
    const c = code.charCodeAt(i)
    if (c <= 32 || c > 126) return false
  }
  return code !== ''
}

/** What the codes are of systems that no value set of R4 enumerates. */
const FORMS: Readonly<Record<string, (code: string) => boolean>> = {
  // BCP-13: type/subtype by RFC 6838 and parameters; R4's own examples also name formats by one word (json)
  'urn:ietf:bcp:13': (code) => /^[A-Za-z0-9][\w!#$&^.+-]*(\/[A-Za-z0-9*][\w!#$&^.+-]*)?( ?; ?[^;]+)*$/.test(code),
  'urn:ietf:bcp:47': (code) => /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(code),
  'urn:iso:std:iso:4217': isCurrency,
  'http://unitsofmeasure.org': isVisible,
}

function formOf(valueSet: ValueSet): ((code: string) => boolean) | undefined {
  if (valueSet.expansion !== undefined) return undefined
  const forms = valueSet.compose?.include.map(({ system }) => FORMS[system]) ?? []
  if (forms.length === 0 || forms.includes(undefined))
    throw new Error(`${valueSet.url}: no form is known for its codes.`)
  return (code) => forms.some((isForm) => isForm?.(code))
}

/** @param resources check a resource inside another: an entry or parameter, or a contained one */
export function createRuntime(
  definitions: Definitions,
  options: StructureOptions,
  resources: ResourceChecks,
  checks: typeof allChecks,
  codes: BaseCodes,
  knownUri: (uri: string) => KnownUri,
): Readonly<Record<string, unknown>> {
  const { modifierExtensions = new Set(), references = 'enforced', exposedTypes } = options
  const types = definitions.resourceTypes
  const valueSet = (url: string): ValueSet => {
    const found = definitions.valueSet(url)
    if (found === undefined) throw new Error(`There is no value set ${url}.`)
    return found
  }
  const isFree = ({ root }: Scope): boolean =>
    references === 'free' || exposedTypes?.has(String(root.resourceType)) === false
  const severityOf = (scope: Scope): 'warning' | undefined => (isFree(scope) ? 'warning' : undefined)
  return {
    ...faults,
    checks,
    path,
    knownUri,
    elementIdFault,
    isAbsolute,
    isPadded,
    relativeUri,
    attachmentSize,
    attachmentHash,
    identifierUri,
    securityLabels,
    freshIds: (scope: Scope): Scope => ({ ...scope, elementIds: undefined }),
    codeNeeded: (found: Faults, at: string, bound: Bound): Faults =>
      add(found, 'code-not-in-value-set', at, `An extension cannot stand for the code. ${allowedCodes(bound)}`),
    attempt,
    resource: resources.nested,
    containedResource: resources.contained,
    canonicalTargets: (url: string, allowed: ReadonlySet<string>, scope: Scope): boolean => {
      const type = canonicalType(url, scope, definitions)
      return type === undefined || allowed.has(type)
    },
    wrongCanonical: (found: Faults, at: string, allowed: ReadonlySet<string>): Faults =>
      add(found, 'reference-target', at, `The canonical must name a definition of type ${[...allowed].join(', ')}.`),
    targets: (value: Loose, allowed: ReadonlySet<string>, scope: Scope): boolean =>
      isAllowedTarget(value, allowed, scope, types),
    wrongTarget: (found: Faults, at: string, allowed: ReadonlySet<string>, value: Loose, scope: Scope): Faults =>
      wrongTarget(found, at, allowed, isFree(scope) && !isCertain(value, allowed, scope) ? 'warning' : undefined),
    referenceAt: (found: Faults, text: string, scope: Scope): Faults => {
      const wrong = referenceFault(text, scope, types, severityOf)
      return wrong === undefined ? found : join(found, '', wrong)
    },
    referenceType: (found: Faults, value: Loose, scope: Scope): Faults =>
      referenceTypeFault(found, value, scope, types),
    seeExtension: ({ seen, root }: Scope): void => {
      seen?.extended.add(root)
    },
    seeSystem: (value: Loose, { isMisformed }: KnownUri, { seen, root }: Scope): void => {
      if (seen !== undefined && isMisformed?.(value)) seen.misformed.add(root)
    },
    narrative: (found: Faults, path: string, value: unknown, scope: Scope): Faults => {
      if (typeof value !== 'string' || value === '') return badPrimitive(found, path, 'string', value)
      const wrong = narrativeFault(value, scope.resource, scope.bundle)
      if (wrong === undefined) return found
      // What lacks the namespace alone is not unsafe, and an open table may take it.
      const named = withNamespace(value)
      const other = named === undefined ? wrong : narrativeFault(named, scope.resource, scope.bundle)
      return other === undefined
        ? add(found, 'narrative-namespace', path, NO_NAMESPACE)
        : add(found, 'narrative-unsafe', path, other)
    },
    isKnownModifier: (url: unknown): boolean => typeof url === 'string' && modifierExtensions.has(url),
    unknownModifier: (found: Faults, path: string): Faults =>
      add(
        found,
        'modifier-extension-unknown',
        path,
        'This service does not understand the modifier extension, so it cannot act safely on the element.',
      ),
    codesOf: (url: string): ReadonlySet<string> => new Set(valueSet(url).expansion?.contains.map(({ code }) => code)),
    formOf: (url: string) => formOf(valueSet(url)),
    boundTo: (url: string): Bound => {
      const set = valueSet(url)
      const contains = set.expansion?.contains
      return {
        url,
        ...(contains && { codes: contains.map(({ code }) => code) }),
        members: new Set(contains?.map(({ system, code }) => `${system}|${code}`)),
        isForm: formOf(set),
      }
    },
    isMisnamed: ({ system, code }: Loose): boolean =>
      typeof code === 'string' && typeof system === 'string' && knownUri(system).isMisnamed,
    misnamed: (found: Faults, at: string): Faults => add(found, 'code-unknown', `${at}.system`, MISNAMED),
    knownCode: (found: Faults, { codeFaults }: KnownUri, code: unknown): Faults =>
      typeof code === 'string' && codeFaults ? codeFaults(found, code) : found,
    valueSetOf: valueSet,
    /** A code, Coding or CodeableConcept whose binding only recommends. */
    recommended: (found: Faults, at: string, value: unknown, set: ValueSet, severity: Severity): Faults => {
      const codings = codingsOf(value).filter(({ code }) => typeof code === 'string')
      if (codings.length === 0) return found
      if (codings.some(({ system, code }) => codes.isRecommended(set, system, code as string))) return found
      const asked = severity === 'warning' ? 'should, if it has one that fits,' : 'is recommended to'
      return add(found, 'code-not-recommended', at, `The code ${asked} come from the value set ${set.url}.`, severity)
    },
    isBound,
    notBound: (found: Faults, path: string, bound: Bound): Faults =>
      add(found, 'code-not-in-value-set', path, allowedCodes(bound)),
  }
}

/** An identifier that says it is a URI (https://hl7.org/fhir/R4/identifier-registry.html#uri). */
function identifierUri(found: Faults, { value }: Loose): Faults {
  // Schemes are the same in capitals (RFC 3986 section 3.1).
  if (isAbsolute(value) || /^[a-z][a-z0-9+.-]*:./i.test(String(value))) return found
  return add(
    found,
    'identifier-not-uri',
    '',
    'By its system the value is a URI: it must start with a scheme, e.g. urn:oid:.',
  )
}

function securityLabels(found: Faults, { security }: Loose): Faults {
  if (!Array.isArray(security) || security.length < 2) return found
  let faults = found
  const seen = new Set<string>()
  for (const [i, label] of security.entries()) {
    if (typeof label !== 'object' || label === null) continue
    const { system, code } = label as Loose
    if (code === undefined) continue
    const name = JSON.stringify([system, code])
    if (seen.has(name))
      faults = add(faults, 'security-label-twice', `.security[${i}]`, 'The same label stands there twice.')
    seen.add(name)
  }
  return faults
}

const codingsOf = (value: unknown): readonly Loose[] => {
  if (typeof value === 'string') return [{ code: value }]
  if (typeof value !== 'object' || value === null) return []
  const { coding } = value as Loose
  return Array.isArray(coding)
    ? coding.filter((item): item is Loose => typeof item === 'object' && item !== null)
    : [value as Loose]
}

/** The type of definition that a canonical names, where it is contained or one of R4's. */
function canonicalType(url: string, { contained }: Scope, definitions: Definitions): string | undefined {
  if (url.charCodeAt(0) === 35) return contained?.get(url.slice(1))
  if (!url.startsWith('http://hl7.org/fhir/')) return undefined
  const [plain = url] = url.split('|', 1)
  if (definitions.valueSet(plain)) return 'ValueSet'
  const isStructure =
    plain.startsWith(STRUCTURE_DEFINITION) && definitions.structure(plain.slice(STRUCTURE_DEFINITION.length))
  return isStructure || definitions.profile(plain) ? 'StructureDefinition' : undefined
}

/** Whether a Coding, or one coding of a CodeableConcept, is in the value set. */
function isBound(value: Loose, { members, isForm }: Bound): boolean {
  const codings = Array.isArray(value.coding) ? (value.coding as Loose[]) : value.code === undefined ? [] : [value]
  return codings.some(({ system, code }) =>
    isForm === undefined ? members.has(`${system}|${code}`) : typeof code === 'string' && isForm(code),
  )
}

/** FHIRPath that cannot be evaluated is not true. */
function attempt(
  test: (node: unknown, sibling: undefined, resource: Loose, root: Loose) => boolean,
  node: unknown,
  scope: Scope,
): boolean {
  try {
    return test(node, undefined, scope.resource, scope.root)
  } catch {
    return false
  }
}

/** Whether a URI has a scheme; what is no URI is told elsewhere. */
const isAbsolute = (uri: unknown): boolean => typeof uri !== 'string' || uri === '' || isAbsoluteUri(uri)

const RELATIVE =
  'The URI must be absolute, and that of a system start with https:, http: or urn:, to mean the same everywhere.'
const relativeUri = (found: Faults, at: string, severity?: 'warning'): Faults =>
  add(found, 'uri-not-absolute', at, RELATIVE, severity)

/** Attachment.size is the number of bytes before base64 encoding. */
function attachmentSize(found: Faults, { data, size }: Loose): Faults {
  if (typeof data !== 'string' || typeof size !== 'number') return found
  const digits = data.replace(/[\s=]+/g, '').length
  if (Math.floor((digits * 3) / 4) === size) return found
  return add(found, 'attachment-size', '.size', 'size must be the number of bytes in data, before base64.')
}

/** Attachment.hash is the SHA-1 of the bytes, in base64 (https://hl7.org/fhir/R4/datatypes.html#Attachment). */
function attachmentHash(found: Faults, { data, hash }: Loose): Faults {
  if (typeof data !== 'string' || typeof hash !== 'string') return found
  if (digest('sha1', Buffer.from(data, 'base64'), 'base64') === hash.replace(/\s+/g, '')) return found
  return add(found, 'attachment-hash', '.hash', 'hash must be the SHA-1 of the bytes in data, in base64 itself.')
}
