/**
 * What a signature over prescriptions covers, and whether it still says what is prescribed.
 *
 * Signed is everything of a MedicationRequest that never changes once it is active, in the canonical form of RFC 8785
 * (JCS), each item by a SHA-256 digest of its own, so that every item holds or falls by itself. Left out is what may
 * change later (`UNSIGNED`) and what only this exchange knows: where a reference leads is rewritten when an order is
 * stored, so of a reference its identifier is signed, which says for ever who was meant.
 */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { parseExact } from '../fhir/exact.ts'
import { CANONICAL, type Issue, type ProblemKey } from '../fhir/problem.ts'
import { isObject, type Resource, type r4 } from '../fhir/resource.ts'
import { ITEM_NUMBER } from './identifiers.ts'

/** The rule by which digests are made, named in every signature (`sigD.mId`). Another rule gets another name. */
export const SIGNED_ITEMS = `${CANONICAL}/signed-items`

/** Members of a prescription that a signature does not cover: the exchange's own, and what may change afterwards. */
export const UNSIGNED: ReadonlySet<string> = new Set([
  'id',
  'meta',
  'text',
  'status',
  '_status',
  'statusReason',
  'note',
])

/** Digits that a double keeps apart (IEEE 754 binary64: DBL_DIG). */
const EXACT_DIGITS = 15

/** Names and digests of the items that a signature covers. */
export type SignedItems = ReadonlyMap<string, string>

type Members = Readonly<Record<string, unknown>>

/** What is signed of a prescription, as a tree. */
export const signedContent = (prescription: Members): Members =>
  withoutReferences(Object.fromEntries(Object.entries(prescription).filter(([name]) => !UNSIGNED.has(name)))) as Members

/** A reference to a contained resource leads to what is signed itself, so it stays. */
function withoutReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutReferences)
  if (!isObject(node)) return node
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name, value]) => !(name === 'reference' && typeof value === 'string' && !value.startsWith('#')))
      .map(([name, value]) => [name, withoutReferences(value)]),
  )
}

/** @returns the digest of a prescription, base64url SHA-256; undefined where a text in it has no UTF-8 form */
export function digestOf(prescription: Members): string | undefined {
  try {
    const canonical = canonicalize(signedContent(prescription)) ?? ''
    return createHash('sha256').update(canonical).digest('base64url')
  } catch {
    return undefined
  }
}

/** What a signature calls an item: `system|value` of its item number, else of its first whole identifier. */
export function itemName(prescription: Members): string | undefined {
  const whole = ((prescription.identifier ?? []) as r4.Identifier[]).filter(
    ({ system, value }) => system !== undefined && value !== undefined,
  )
  const found = whole.find(({ system }) => system === ITEM_NUMBER) ?? whole[0]
  return found && `${found.system}|${found.value}`
}

/** A prescription that a signature is to cover, with where it stands in what was sent. */
export interface SignedItem {
  readonly resource: Resource
  /** FHIRPath. */
  readonly root: string
}

/** In which way an item is not what was signed; undefined where it is. */
export function itemFault(signed: SignedItems, item: Resource): 'signature-content-altered' | 'not-signed' | undefined {
  const digest = signed.get(itemName(item) ?? '')
  if (digest === undefined) return 'not-signed'
  return digest === digestOf(item) ? undefined : 'signature-content-altered'
}

/**
 * Whether a signature is over exactly the items it is said to be over.
 * @param root FHIRPath of the Provenance
 */
export function coverIssues(signed: SignedItems, items: readonly SignedItem[], root: string): Issue[] {
  const faults = items.map(({ resource, root: at }) => ({ at, fault: itemFault(signed, resource) }))
  if (faults.every(({ fault }) => fault === 'not-signed')) {
    const words = 'The signature is over another order: none of the items it names is a target of this Provenance.'
    return [{ key: 'signature-other-order', diagnostics: words, expression: `${root}.signature` }]
  }
  const issues = faults.flatMap(({ at, fault }): Issue[] => {
    if (fault === undefined) return []
    const key = fault === 'not-signed' ? 'signature-item-added' : fault
    return [{ key, diagnostics: COVER_WORDS[key], expression: at }]
  })
  const present = new Set(items.map(({ resource }) => itemName(resource)))
  if ([...signed.keys()].some((name) => !present.has(name))) {
    const words =
      'The signature covers an item that is not among the targets of this Provenance: send the order as it was signed.'
    issues.push({ key: 'signature-item-missing', diagnostics: words, expression: `${root}.target` })
  }
  return issues
}

export const COVER_WORDS = {
  'signature-content-altered':
    'What this item says is not what was signed: send it as the prescriber signed it, or have it signed again.',
  'signature-item-added':
    'This item belongs to a signed order and the signature does not cover it: have the order signed with it.',
} as const satisfies { readonly [K in ProblemKey]?: string }

/** Where a reference stands that a signature has to bind to an identifier. */
interface Bound {
  readonly reference: string
  readonly identifier: r4.Identifier | undefined
  readonly expression: string
}

/** The references of what is signed that lead out of the prescription. */
export function boundReferences({ resource, root }: SignedItem): Bound[] {
  const found: Bound[] = []
  const walk = (node: unknown, path: string): void => {
    if (Array.isArray(node)) node.forEach((item, i) => walk(item, `${path}[${i}]`))
    if (!isObject(node)) return
    const { reference, identifier } = node
    if (typeof reference === 'string' && !reference.startsWith('#')) {
      found.push({ reference, identifier: identifier as r4.Identifier | undefined, expression: path })
    }
    for (const [name, value] of Object.entries(node)) walk(value, `${path}.${name}`)
  }
  for (const [name, value] of Object.entries(resource)) if (!UNSIGNED.has(name)) walk(value, `${root}.${name}`)
  return found
}

/**
 * What stands in the way of signing an item so that the signature can be checked for ever.
 * @param text the item as JSON: numbers count by their digits
 */
export function signableIssues(item: SignedItem, text: string): Issue[] {
  const issues: Issue[] = []
  const add = (key: ProblemKey, diagnostics: string, expression: string): void =>
    void issues.push({ key, diagnostics, expression })
  if (itemName(item.resource) === undefined) {
    const words = 'A signature names its items by their identifiers: give this one an item number (system and value).'
    add('signature-item-unidentified', words, item.root)
  }
  for (const { identifier, expression } of boundReferences(item)) {
    if (expression === `${item.root}.medicationReference`) {
      const words =
        'A signed prescription says itself what the medicine is: send medicationCodeableConcept, or a contained Medication.'
      add('signature-reference-unbound', words, expression)
    } else if (identifier?.system === undefined || identifier.value === undefined) {
      const words =
        'Where a reference leads is not signed: say beside it in identifier (system and value) who or what is meant.'
      add('signature-reference-unbound', words, expression)
    }
  }
  if (hasLongNumber(signedContent(parseExact(text) as Members))) {
    const words = `A number has more than ${EXACT_DIGITS} digits, of which the canonical form (RFC 8785) keeps no more: send it shorter.`
    add('signature-number-imprecise', words, item.root)
  }
  return issues
}

/** Numbers of an exact tree are strings that begin with U+0000 (`fhir/exact.ts`). */
function hasLongNumber(node: unknown): boolean {
  if (typeof node === 'string') {
    if (!node.startsWith('\u0000')) return false
    const digits = node.split(/e/i, 1).join('').replace(/\D/g, '').replace(/^0+/, '')
    return digits.length > EXACT_DIGITS || /[eE]/.test(node)
  }
  return typeof node === 'object' && node !== null && Object.values(node).some(hasLongNumber)
}
