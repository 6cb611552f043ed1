/** A batch (https://hl7.org/fhir/R4/http.html#brules): every entry stands for itself and has its own outcome. */
import type { Context } from '../context.ts'
import { type BundleEntry, bundleEntries } from '../fhir/bundle.ts'
import { refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { callOf, perform } from './bundle-call.ts'
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
  const answers: EntryAnswer[] = []
  for (const { index } of entries.toSorted((a, b) => rank(a) - rank(b) || a.index - b.index)) {
    const entry = entries[index]
    if (entry) answers[index] = await answer(context, request, entry, interactions)
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
  entry: BundleEntry,
  interactions: Interactions,
): Promise<EntryAnswer> {
  try {
    checkTexts(entry)
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
