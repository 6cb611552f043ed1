/**
 * Signatures at the door: whether an order is signed as its trust demands, and whether a signature that comes holds.
 * Asked when everything of a request is written and before it is committed, of exactly what is going to be stored.
 */
import type { LocalReference } from '../fhir/references.ts'
import { type Issue, Problem } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { organisationCode } from '../homecare/identifiers.ts'
import { isOrder } from '../homecare/order.ts'
import { type SignatureTrust, therapiesOf } from '../homecare/policy.ts'
import { boundReferences, COVER_WORDS, coverIssues, itemFault, signableIssues } from '../homecare/signed-content.ts'
import { formOf, isAuthors } from '../signature/form.ts'
import { isFault, openJws } from '../signature/jws.ts'
import type { Query } from '../store/database.ts'
import type { Change, Done, Facts, Grant } from '../store/operation.ts'
import { parse, readAccess, readByReference, readCurrent, type Stored } from '../store/read.ts'
import { trustBehind } from './grants.ts'
import type { RulesOptions } from './rules-options.ts'
import { organizationsBehind, resolve } from './surroundings.ts'

/** The effect by which signatures are judged; it writes nothing. */
export const CHECK_SIGNATURE = 'check-signature'

/** The effect by which those who come to see a prescription see who signed it. */
export const SHARE_SIGNATURES = 'share-signatures'

/** What is to be done because of a change. */
export function signatureEffects({ policies }: RulesOptions, change: Change): readonly string[] {
  const { type, current, next } = change
  const judged = policies.signatures.length > 0 ? [CHECK_SIGNATURE] : []
  if (type === 'Provenance') return authorsSignatures(next).length > 0 ? judged : []
  if (!isOrder(next) || (current && isOrder(current.resource))) return []
  return current ? [...judged, SHARE_SIGNATURES] : judged
}

/** A signature that came before its prescription was shown to somebody is shown along with it. */
export async function shareSignatures(prescription: string, grants: readonly Grant[], facts: Facts): Promise<void> {
  const readers = grants.map(({ organization }) => ({ organization, side: 'reader' as const }))
  if (readers.length === 0) return
  for (const stored of await readByReference(facts.query, 'Provenance.target', prescription))
    await facts.admit(stored, readers)
}

/** Starts the arithmetic of signatures before their turn comes. */
export const prepareSignatures = ({ policies, signatures }: RulesOptions, resource: Resource): Promise<unknown>[] =>
  policies.signatures.length === 0 || resource.resourceType !== 'Provenance'
    ? []
    : jwsOf(resource).map(({ data }) => signatures.prepare(data))

const authorsSignatures = (provenance: Resource): r4.Signature[] =>
  ((provenance.signature ?? []) as r4.Signature[]).filter(isAuthors)
const jwsOf = (provenance: Resource): r4.Signature[] =>
  authorsSignatures(provenance).filter((signature) => formOf(signature) === 'jws')

/** A signed prescription as it is stored, or about to be. */
export interface Item {
  readonly resource: Resource
  readonly text: string
  readonly root: string
  /** ODS codes of those who may demand that it is signed. */
  readonly organizations: readonly string[]
}

/** @throws Problem when a signature that counts does not hold, or one is lacking */
export async function checkSignature(options: RulesOptions, done: Done, facts: Facts): Promise<[]> {
  if (done.type === 'Provenance') await checkProvenance(options, done, facts)
  else await checkSigned(options, done, facts)
  return []
}

/** A signature that comes must hold, over exactly the prescriptions it is said to be over. */
async function checkProvenance(options: RulesOptions, done: Done, facts: Facts): Promise<void> {
  const signatures = jwsOf(done.next)
  if (signatures.length === 0) return
  const items = await itemsSigned(done.next, facts, done.root)
  const trusts = new Set<SignatureTrust>()
  for (const item of items) {
    const trust = await trustFor(options, item, facts)
    if (trust) trusts.add(trust)
  }
  const moments = { received: facts.now, now: facts.now }
  const issues: Issue[] = []
  for (const trust of trusts) {
    for (const signature of signatures)
      issues.push(...(await signatureIssues(options, signature, items, trust, moments, done.root)))
  }
  if (trusts.size > 0) for (const item of items) issues.push(...(await referenceIssues(item, facts)))
  if (issues.length > 0) throw new Problem(issues)
}

/** An order is signed where its trust demands it. */
async function checkSigned(options: RulesOptions, done: Done, facts: Facts): Promise<void> {
  const item = await itemOf(done, facts)
  const trust = await trustFor(options, item, facts)
  if (trust?.demand !== 'required') return
  const isTarget = (provenance: Resource): boolean => targetsOf(provenance, facts).some(({ id }) => id === done.id)
  const written = facts.written('Provenance').map(({ next }) => next)
  const targeting = written.filter(isTarget)
  // What was written now is judged as a change of its own.
  if (targeting.some((provenance) => jwsOf(provenance).length > 0)) return
  const before = done.current ? await readByReference(facts.query, 'Provenance.target', `${done.type}/${done.id}`) : []
  const issues: Issue[] = []
  for (const stored of before) {
    const found = await heldIssues(options, stored, item, trust, facts)
    if (found?.length === 0) return
    issues.push(...(found ?? []))
  }
  if (issues.length > 0) throw new Problem(issues)
  const kept = [...targeting, ...before.map((stored) => parse(stored))].some(
    (provenance) => authorsSignatures(provenance).length > 0,
  )
  throw new Problem(
    lacking(
      done,
      kept,
      written.some((provenance) => signsSameOrder(provenance, done, facts)),
    ),
  )
}

/** What is wrong with a signature that came before, as far as it is about one item; undefined where there is none. */
async function heldIssues(
  options: RulesOptions,
  stored: Stored,
  item: Item,
  trust: SignatureTrust,
  facts: Facts,
): Promise<Issue[] | undefined> {
  const provenance = parse(stored)
  const signatures = jwsOf(provenance)
  if (signatures.length === 0) return undefined
  const items = await itemsSigned(provenance, facts, stored.type)
  const moments = { received: stored.tick, now: facts.now }
  const issues = await referenceIssues(item, facts)
  for (const signature of signatures)
    issues.push(...(await signatureIssues(options, signature, items, trust, moments, stored.type)))
  return issues
    .filter(({ expression }) => !expression?.startsWith(`${stored.type}.target[`))
    .map((issue) => ({ ...issue, expression: item.root }))
}

/** Whether a Provenance signs other items of the same order. */
const signsSameOrder = (provenance: Resource, done: Done, facts: Facts): boolean =>
  jwsOf(provenance).length > 0 &&
  targetsOf(provenance, facts).some((target) => {
    const other = facts.pending(target)?.groupIdentifier as r4.Identifier | undefined
    const group = done.next.groupIdentifier as r4.Identifier | undefined
    return group?.value !== undefined && other?.system === group.system && other?.value === group.value
  })

function lacking({ root }: Done, isKept: boolean, isAdded: boolean): Issue {
  if (isKept) {
    const words =
      'The trust demands a signature that is verified here: send a detached JWS. An XML signature is kept as it is and not verified.'
    return { key: 'signature-not-verifiable', diagnostics: words, expression: root }
  }
  if (isAdded) {
    return { key: 'signature-item-added', diagnostics: COVER_WORDS['signature-item-added'], expression: root }
  }
  return {
    key: 'signature-missing',
    diagnostics:
      'The trust demands that its prescriptions are signed: send a Provenance with the prescriber’s signature whose target is this item, in the same Bundle.',
    expression: root,
    national: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EPSIssueCode', code: 'MISSING_DIGITAL_SIGNATURE' },
  }
}

/** What is wrong with one signature over some items. @param root FHIRPath of the Provenance */
async function signatureIssues(
  { signatures }: RulesOptions,
  signature: r4.Signature,
  items: readonly Item[],
  trust: SignatureTrust,
  moments: { readonly received: number; readonly now: number },
  root: string,
): Promise<Issue[]> {
  const expression = `${root}.signature`
  const { faults, opened } = await signatures.verify(signature.data, trust, moments)
  const issues: Issue[] = faults.map(({ key, words }) => ({ key, diagnostics: words, expression }))
  if (!opened) return issues
  // Of what the signature covers nothing is said before it is known to be somebody's.
  if (issues.length > 0 && issues.some(({ key }) => key === 'signature-invalid')) return issues
  for (const item of items) issues.push(...signableIssues(item, item.text))
  issues.push(...coverIssues(opened.items, items, root), ...whenIssues(signature, opened.signedAt, root))
  return issues
}

/** `Signature.when` is not signed, so it must say what is. */
export const whenIssues = ({ when }: r4.Signature, signedAt: number, root: string): Issue[] =>
  Math.floor(Date.parse(when) / 1000) * 1000 === signedAt
    ? []
    : [
        {
          key: 'signature-time-differs',
          diagnostics: 'Signature.when is the second that the signature says in iat.',
          expression: `${root}.signature`,
        },
      ]

/** Whoever a signed reference names by its identifier must be whom it leads to. */
export async function referenceIssues(item: Item, facts: Facts): Promise<Issue[]> {
  const issues: Issue[] = []
  for (const { reference, identifier, expression } of boundReferences(item)) {
    if (!identifier) continue
    const target = await resolve(facts, reference)
    const known = target ? await identifiersBehind(target, facts) : []
    if (known.some(({ system, value }) => system === identifier.system && value === identifier.value)) continue
    const words =
      'This reference leads to a resource that does not carry the identifier beside it, which is what was signed: send the one that is meant.'
    issues.push({ key: 'signature-reference-differs', diagnostics: words, expression })
  }
  return issues
}

/** A role is known by its holder's identifiers as well: it seldom has one of its own. */
async function identifiersBehind(resource: Resource, facts: Facts): Promise<r4.Identifier[]> {
  const own = [resource.identifier ?? []].flat() as r4.Identifier[]
  if (resource.resourceType !== 'PractitionerRole') return own
  const { practitioner } = resource as unknown as r4.PractitionerRole
  const holder = await resolve(facts, practitioner?.reference)
  return [...own, ...(practitioner?.identifier ? [practitioner.identifier] : []), ...identifiersOf(holder)]
}

const identifiersOf = (resource: Resource | undefined): r4.Identifier[] =>
  [resource?.identifier ?? []].flat() as r4.Identifier[]

const targetsOf = (provenance: Resource, facts: Pick<Facts, 'target'>): LocalReference[] =>
  ((provenance.target ?? []) as r4.Reference[]).flatMap(({ reference }) => facts.target(reference) ?? [])

/** The prescriptions among the targets of a Provenance. @param root FHIRPath of the Provenance */
async function itemsSigned(provenance: Resource, facts: Facts, root: string): Promise<Item[]> {
  const items: Item[] = []
  for (const [place, target] of targetsOf(provenance, facts).entries()) {
    if (target.type !== 'MedicationRequest') continue
    const done = facts.written(target.type).find(({ id }) => id === target.id)
    const stored = done ? undefined : await readCurrent(facts.query, target.type, target.id, { kind: 'open' })
    if (done) items.push(await itemOf(done, facts))
    else if (stored && !stored.deleted)
      items.push({ ...(await storedItem(stored, facts)), root: `${root}.target[${place}]` })
  }
  return items
}

const itemOf = async (done: Done, facts: Facts): Promise<Item> => {
  const { trust, also } = await trustBehind(done, facts)
  return {
    resource: done.next,
    text: done.stored.text,
    root: done.root,
    organizations: [...new Set([done.caller.organization, trust, ...also])],
  }
}

/** A stored prescription as an item of a signature, with the organisations that sent it. */
export async function storedItem(stored: Stored, facts: Pick<Facts, 'query'>): Promise<Item> {
  const access = await readAccess(facts.query, stored.type, stored.key)
  return {
    resource: parse(stored),
    text: stored.text,
    root: stored.type,
    organizations: access.flatMap(({ org, side }) => (side === 'requester' ? [org] : [])),
  }
}

/** Whose signatures count for an item: what demands most wins, so that nobody chooses a laxer trust for itself. */
export async function trustFor(
  { policies }: RulesOptions,
  { resource, organizations }: Item,
  facts: Facts,
): Promise<SignatureTrust | undefined> {
  const prescription = resource as unknown as r4.MedicationRequest
  const performer = prescription.dispenseRequest?.performer
  const provider = (await organizationsBehind(facts, performer))[0]?.ods ?? organisationCode(performer?.identifier)
  const therapies = therapiesOf([prescription])
  const found = organizations.flatMap((trust) => policies({ trust, provider, therapies }).signature ?? [])
  return found.find(({ demand }) => demand === 'required') ?? found[0]
}

/**
 * What was signed stays: where signatures are demanded, a change of a signed item is a new prescription also while it
 * is a draft.
 * @throws Problem signature-item-fixed
 */
export async function checkFixed(options: RulesOptions, change: Change, facts: Facts): Promise<void> {
  const { current, next, type, id } = change
  if (type !== 'MedicationRequest' || !current) return
  if (change.caller.role === 'service') return
  const item = await storedItem(current.stored, facts)
  if ((await trustFor(options, item, facts))?.demand !== 'required') return
  for (const signed of await signedItemsOf(facts.query, `${type}/${id}`)) {
    if (itemFault(signed, current.resource) !== undefined || itemFault(signed, next) === undefined) continue
    throw new Problem({
      key: 'signature-item-fixed',
      diagnostics:
        'This prescription is signed, so what was signed does not change: cancel it, and send the change as a new prescription with its own signature.',
      expression: change.root,
    })
  }
}

/** What signatures over a prescription say that they cover. */
async function signedItemsOf(query: Query, prescription: string) {
  const stored = await readByReference(query, 'Provenance.target', prescription)
  return stored
    .flatMap((provenance) => jwsOf(parse(provenance)))
    .flatMap(({ data }) => {
      const opened = openJws(data)
      return isFault(opened) ? [] : [opened.items]
    })
}
