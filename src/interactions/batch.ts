/** A batch (https://hl7.org/fhir/R4/http.html#brules): every entry stands for itself and has its own outcome. */
import type { Context } from '../context.ts'
import { type BundleEntry, bundleEntries } from '../fhir/bundle.ts'
import { refuse } from '../fhir/problem.ts'
import { eachLink } from '../fhir/references.ts'
import type { Resource } from '../fhir/resource.ts'
import { callOf, perform } from './bundle-call.ts'
import { namesOf } from './bundle-entries.ts'
import { answerOf, type EntryAnswer, refusalOf, responseBundle, wantsResource } from './bundle-response.ts'
import { inspect, refuseErrors } from './draft.ts'
import type { FhirReply, FhirRequest, Interactions } from './interaction.ts'

/** One entry after the other, those that read after those that write: the same Bundle always does the same. */
export async function batch(
  context: Context,
  request: FhirRequest,
  bundle: Resource,
  interactions: Interactions,
): Promise<FhirReply> {
  // The envelope alone: what is wrong with an entry is that entry's.
  const { entry: sent, ...envelope } = bundle
  if (sent !== undefined && !Array.isArray(sent)) refuseErrors(inspect(context, bundle, 'Bundle', 'Bundle'))
  refuseErrors(inspect(context, envelope, 'Bundle', 'Bundle'))
  const entries = bundleEntries(bundle, request.body ?? '')
  if (entries.length === 0 && Array.isArray(sent)) refuseErrors(inspect(context, bundle, 'Bundle', 'Bundle'))
  const created = createdNames(context, entries)
  const answers: EntryAnswer[] = []
  for (const { index } of entries.toSorted((a, b) => rank(a) - rank(b) || a.index - b.index)) {
    const entry = entries[index]
    if (entry) answers[index] = await answer(context, request, { entry, created }, interactions)
  }
  return { status: 200, body: responseBundle(context, 'batch-response', answers), follows: ['return'] }
}

const order = ['DELETE', 'POST', 'PUT', 'PATCH']

/** https://hl7.org/fhir/R4/http.html#trules: DELETE, POST, PUT and PATCH, then what reads. */
export function rank({ request }: BundleEntry): number {
  const at = order.indexOf(request?.method ?? '')
  return at < 0 ? order.length : Math.min(at, 2)
}

async function answer(
  context: Context,
  request: FhirRequest,
  { entry, created }: { readonly entry: BundleEntry; readonly created: ReadonlySet<string> },
  interactions: Interactions,
): Promise<EntryAnswer> {
  try {
    checkTexts(entry)
    checkIndependent(entry, created)
    const call = callOf(context, request, entry)
    const reads = !['create', 'update', 'patch', 'delete'].includes(call.code)
    return answerOf(
      await perform(context, request, entry, call, interactions),
      reads || wantsResource(context, request),
    )
  } catch (error) {
    return refusalOf(context, request, error)
  }
}

/** @throws Problem when a member of the request is not the text it has to be */
function checkTexts({ request, expression }: BundleEntry): void {
  const wrong = Object.entries(request ?? {}).find(([, value]) => typeof value !== 'string')
  if (wrong) throw refuse('bundle-entry-invalid', 'Every element of the request is a text.', `${expression}.request`)
}

/** What others would call the entries that a batch creates. */
function createdNames(context: Context, entries: readonly BundleEntry[]): ReadonlySet<string> {
  const fullUrls = entries.filter(({ request }) => request?.method === 'POST').map(({ fullUrl }) => fullUrl)
  return new Set([...fullUrls, ...namesOf(context, entries).values()].filter((name) => typeof name === 'string'))
}

/**
 * What the entries of a batch create gets ids that no other entry can know, so a reference to it would lead nowhere
 * (https://hl7.org/fhir/R4/http.html#brules: such references are non-conformant).
 * @throws Problem batch-reference
 */
function checkIndependent({ resource, expression }: BundleEntry, created: ReadonlySet<string>): void {
  if (created.size === 0 || typeof resource?.resourceType !== 'string') return
  const root = `${expression}.resource`
  eachLink(resource, (link, member, place) => {
    if (member !== 'reference' || !created.has(link)) return
    throw refuse(
      'batch-reference',
      'The entries of a batch stand for themselves, and this reference is to one that the batch creates: send both in a transaction.',
      place().replace(resource.resourceType, root),
    )
  })
}
