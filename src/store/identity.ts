/**
 * Which resource an operation is about: found by id, by business identity or by a condition, inside the lane, against
 * what is stored at that moment (https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #concurrency).
 */
import { claimantOf } from '../fhir/claimant.ts'
import { refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import type { Query } from './database.ts'
import { type IfMatch, type Operation, typeOf } from './operation.ts'
import { readCurrent, readLatest, readMaker, type Scope, type Stored } from './read.ts'
import { matchKeys } from './search.ts'

export interface Identity {
  readonly operation: Operation
  readonly type: string
  readonly id: string
  /** What is there now, a deletion included. */
  readonly current?: Stored
  /** If-None-Exist found it: nothing is written. */
  readonly matched?: Stored
}

type Kind<K extends Operation['kind']> = Operation & { readonly kind: K }

/**
 * @param scope the caller's eyes: what exists for others must look exactly like what does not exist
 * @throws Problem when there is no such resource, several, or another version of it
 */
export async function identify(query: Query, scope: Scope, operation: Operation): Promise<Identity> {
  const type = typeOf(operation)
  const known = { operation, type }
  switch (operation.kind) {
    case 'create': {
      if (!operation.ifNoneExist) return { ...known, id: operation.id }
      const matched = await onlyMatch(query, scope, operation.ifNoneExist, conditionAt(operation.root, 'ifNoneExist'))
      return matched ? { ...known, id: matched.id, matched } : { ...known, id: operation.id }
    }
    case 'upsert': {
      // Two records of one person must not keep a message from being processed: the older one is kept up to date.
      const [match] = await matchKeys(query, operation.match, scope, 1, 'own')
      const current = match && (await readCurrent(query, type, match.id, scope))
      return current ? { ...known, id: current.id, current } : { ...known, id: operation.id }
    }
    case 'update':
      return { ...known, ...(await updated(query, operation.byService ? { kind: 'open' } : scope, operation)) }
    case 'patch': {
      const current = await patched(query, scope, operation)
      return { ...known, id: current.id, current }
    }
    case 'delete': {
      const current = operation.match
        ? await onlyMatch(query, scope, operation.match, conditionAt(operation.root, 'url'))
        : await readLatest(query, type, operation.id, scope)
      if (current && !current.deleted) await checkVersion(query, scope, operation, current)
      return { ...known, id: current?.id ?? operation.id, ...(current ? { current } : {}) }
    }
  }
}

/** What is to be patched is there. */
async function patched(query: Query, scope: Scope, operation: Kind<'patch'>): Promise<Stored> {
  const { type, match, root } = operation
  const current = match
    ? await onlyMatch(query, scope, match, conditionAt(root, 'url'))
    : await readLatest(query, type, operation.id, scope)
  if (!current) {
    const which = match ? 'matches the condition' : 'has this id'
    throw refuse('not-found', `There is no ${type} that ${which} and that you can see.`, root)
  }
  if (current.deleted) throw refuse('deleted', `This ${type} was deleted: a PUT brings it back.`, root)
  await checkVersion(query, scope, operation, current)
  return current
}

type Found = Pick<Identity, 'id' | 'current'>

async function updated(query: Query, scope: Scope, operation: Kind<'update'>): Promise<Found> {
  const type = typeOf(operation)
  const current = operation.match
    ? await matchedForUpdate(query, scope, operation, operation.match)
    : await readLatest(query, type, operation.id, scope)
  if (current && !current.deleted) {
    if (operation.ifNone !== undefined && fits(operation.ifNone, current)) {
      const asked = operation.ifNone === '*' ? 'one that is not there yet' : 'another version than the current one'
      throw refuse(
        'version-conflict',
        `If-None-Match asks for ${asked}, and this ${type} is at version ${current.version}.`,
        operation.root,
      )
    }
    await checkVersion(query, scope, operation, current)
    return { id: current.id, current }
  }
  if (operation.ifMatch !== undefined && !fits(operation.ifMatch, current)) {
    if (current || operation.createAs !== undefined) {
      throw refuse('version-conflict', `There is no ${type} here that If-Match would match.`, operation.root)
    }
    // What exists for others must look exactly like what does not exist.
    throw refuse('not-found', `There is no ${type} with this id that you can see.`, operation.root)
  }
  // A deleted resource is brought back by the next PUT; its versions go on.
  if (current) return { id: current.id, current }
  if (operation.createAs !== undefined) return { id: operation.createAs }
  throw refuse(
    'update-as-create',
    operation.match
      ? `No ${type} of yours matches the condition, and none is made of an update here: create it with POST ${type}.`
      : `There is no ${type} with this id that you can change. The service assigns ids: create it with POST ${type}.`,
    operation.root,
  )
}

/** @throws Problem when the body carries the id of another resource than the one that the condition leads to */
async function matchedForUpdate(
  query: Query,
  scope: Scope,
  operation: Kind<'update'>,
  match: SearchQuery,
): Promise<Stored | undefined> {
  const found = await onlyMatch(query, scope, match, conditionAt(operation.root, 'url'))
  if (operation.id === '') return found
  if (found && found.id !== operation.id) {
    throw refuse(
      'id-mismatch',
      'The condition matches a resource with another id than the one in the body: send that id, or none.',
      operation.root,
    )
  }
  if (found) return found
  const named = await readLatest(query, typeOf(operation), operation.id, scope)
  if (named && !named.deleted) {
    throw refuse(
      'condition-mismatch',
      'The body carries the id of a resource that the condition does not match: change it by its id.',
      operation.root,
    )
  }
  return named
}

/** Where a condition stands: in a Bundle beside the resource. @param root of the resource */
const conditionAt = (root: string, member: 'ifNoneExist' | 'url'): string =>
  root.replace(/(^Bundle\.entry\[\d+\])\.resource$/, `$1.request.${member}`)

/** Only among the caller's own: what another organisation keeps of the same patient may say another address. */
async function onlyMatch(query: Query, scope: Scope, match: SearchQuery, at: string): Promise<Stored | undefined> {
  const matches = await matchKeys(query, match, scope, 2, 'own')
  if (matches.length > 1) {
    throw refuse(
      'multiple-matches',
      'The condition matches more than one resource of yours. Search by it to see them: name the one that is meant by its id (Type/id) instead of a condition, which always works, and delete the other where nothing refers to it.',
      at,
    )
  }
  return matches[0] && readCurrent(query, match.type, matches[0].id, scope)
}

/**
 * Who came first, for those who come second: two workers claim the same work, and one of them has it. Which worker is
 * told to their own organisation.
 */
async function makerOf(query: Query, scope: Scope, { key, version, text }: Stored): Promise<string> {
  const event = await readMaker(query, key, version)
  if (!event) return ''
  const colleague = scope.kind === 'open' || scope.organization === event.org
  const worker = colleague ? claimantOf(JSON.parse(text) as Resource) : undefined
  const who = `${event.role} ${event.org}${worker === undefined ? '' : `, ${worker}`}`
  return `version ${version} was made by ${who} (${event.kind}); `
}

/** Whether what is there is what If-Match asks for. */
const fits = (ifMatch: IfMatch, current: Pick<Stored, 'version' | 'deleted'> | undefined): boolean =>
  current !== undefined && (ifMatch === '*' ? !current.deleted : ifMatch.includes(current.version))

const versionWords = (versions: readonly number[]): string => versions.join(' or ') || 'the one that If-Match names'

/** If-Match against the version as it is now (https://hl7.org/fhir/R4/http.html#concurrency). */
async function checkVersion(
  query: Query,
  scope: Scope,
  operation: Kind<'update' | 'delete' | 'patch'>,
  current: Stored,
): Promise<void> {
  const how = `read it again, apply your change to what you read, and send it with If-Match: W/"${current.version}"`
  // Whoever says "*" has not said what they have read.
  if ((operation.ifMatch === undefined || operation.ifMatch === '*') && operation.ifMatchRequired) {
    throw refuse(
      'if-match-required',
      `A ${current.type} is changed by several parties: say which version you change. It is at version ${current.version}; ${how}.`,
      operation.root,
    )
  }
  if (operation.ifMatch !== undefined && operation.ifMatch !== '*' && !operation.ifMatch.includes(current.version)) {
    throw refuse(
      'version-conflict',
      `The resource is at version ${current.version}, not ${versionWords(operation.ifMatch)}: ${await makerOf(query, scope, current)}${how}.`,
      operation.root,
    )
  }
}

/**
 * Whether an operation is about something else than those before it. What one Bundle says twice, it may say
 * differently: a link could then lead to the wrong patient, and a condition that found nothing would make two.
 * @throws Problem identity-twice
 */
export function checkApart(earlier: readonly Identity[], { operation, type, id, matched }: Identity): void {
  const { fullUrl } = operation
  if (fullUrl !== undefined && earlier.some((other) => other.operation.fullUrl === fullUrl)) {
    throw refuse(
      'identity-twice',
      'Two entries have the same fullUrl, so a reference to it would be ambiguous: give each entry its own.',
      operation.root,
    )
  }
  const condition = conditionText(operation)
  for (const other of earlier) {
    if (other.type !== type) continue
    if (other.id === id && id !== '' && !other.matched && !matched) {
      throw refuse('identity-twice', `${type}/${id} is written twice in one Bundle: send it once.`, operation.root)
    }
    if (condition !== undefined && !matched && condition === conditionText(other.operation)) {
      throw refuse(
        'identity-twice',
        `Two entries are the same ${type} by their condition or identifier: send it once and refer to it from both places.`,
        operation.root,
      )
    }
  }
}

/** The condition of an operation, comparable with that of another. A deletion leaves nothing to be the same as. */
function conditionText(operation: Operation): string | undefined {
  if (operation.kind === 'delete') return undefined
  const search = operation.kind === 'create' ? operation.ifNoneExist : operation.match
  return search && JSON.stringify(search.conditions)
}
