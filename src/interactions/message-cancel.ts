/**
 * `prescription-order-update` with the reason `cancel`: each MedicationRequest of the message names an item that is to
 * end. The answer is always a success with a national outcome code: a cancellation that the provider has yet to
 * confirm is pending, not wrong.
 */
import { type Context, scopeOf } from '../context.ts'
import type { BundleEntry } from '../fhir/bundle.ts'
import { instant, textOf } from '../fhir/json.ts'
import { Problem } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { type CancelCode, cancelOutcome, changesNothing, immediateOutcome } from '../homecare/cancel-outcome.ts'
import { askedBy, type Identified, withAsker, withMessage } from '../homecare/cancel-messages.ts'
import { factsOf, prescriptionHasEnded } from '../homecare/facts.ts'
import { organisationCode } from '../homecare/identifiers.ts'
import { withNational } from '../homecare/national-reasons.ts'
import { REASON } from '../homecare/states.ts'
import { commit } from '../store/commit.ts'
import type { LaneTransaction } from '../store/lane.ts'
import type { Facts } from '../store/operation.ts'
import { parse, readByToken, readCurrent, readSides, type Stored } from '../store/read.ts'
import type { FhirRequest } from './interaction.ts'
import type { Told } from './message-response.ts'
import { requestOf } from './submit.ts'
import { serviceUpdates } from './rules.ts'
import { around, cancelsOf, orderOf } from './surroundings.ts'

const STATUS_HISTORY = 'https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionStatusHistory'

interface CancelMessage {
  readonly request: FhirRequest
  readonly header: Identified
  readonly entries: readonly BundleEntry[]
}

/**
 * Ends the items that a message names, and says what became of each.
 * @returns the MedicationRequests of the response, as the national message shows them, and the Task by which the
 *   provider is asked where its answer follows (Task/[id]/$prescription-order-response)
 */
export async function cancelItems(
  context: Context,
  lane: LaneTransaction,
  { request, header, entries }: CancelMessage,
  facts: Facts,
): Promise<Told[]> {
  const answered: Told[] = []
  const asking = new Map<string, Told>()
  for (const { resource, expression } of entries) {
    if (resource?.resourceType !== 'MedicationRequest') continue
    const asked = resource as unknown as r4.MedicationRequest
    const stored = await itemNamed(context, facts, request, asked)
    const before = stored && parse<r4.MedicationRequest>(stored)
    const order = stored && (await orderOf(facts, `MedicationRequest/${stored.id}`))
    const surroundings = factsOf(await around(facts, order))
    const asker = prescriberOf(asked, entries)
    const [pending] = order ? await cancelsOf(facts, order) : []
    const code = immediateOutcome(before, order, {
      supplyBegun: surroundings.supplyBegun,
      disabled: !policyFor(context, request, order).cancelByMessage,
      askedByAnother: pending !== undefined && isAnother(pending, asker),
    })
    const ends = before && !prescriptionHasEnded(before) && !changesNothing(code)
    if (stored && before && ends) {
      const status = surroundings.suppliesDelivered > 0 ? 'stopped' : 'cancelled'
      const statusReason = asked.statusReason ?? { coding: [{ system: REASON, code: 'withdrawn-by-trust' }] }
      const next = { ...before, status, statusReason } as unknown as Resource
      const draft = { resource: next, text: textOf(next), content: '' }
      const root = `${expression}.resource`
      await commit(
        context.door,
        lane,
        requestOf(context, request.caller, [{ kind: 'update', id: stored.id, root, ifMatchRequired: false, draft }]),
      )
      const [opened] = order ? await cancelsOf(facts, order) : []
      if (opened) {
        const kept = withAsker(withMessage(opened, header, `MedicationRequest/${stored.id}`), asker)
        const wish = requestOf(context, request.caller, [serviceUpdates(kept as unknown as Resource)])
        for (const { stored: task } of (await commit(context.door, lane, wish)).outcomes) {
          asking.set(task.id, { reference: `Task/${task.id}`, text: task.text })
        }
      }
    }
    const reference = stored ? `MedicationRequest/${stored.id}` : `urn:uuid:${context.newId()}`
    const { id: _, ...told } = withOutcome(inNational(context, asked), code, lane.tick)
    answered.push({ reference, text: JSON.stringify(stored ? { ...told, id: stored.id } : told) })
  }
  if (answered.length === 0) {
    throw new Problem({
      key: 'bundle-entry-invalid',
      diagnostics: 'A prescription-order-update holds at least one MedicationRequest that names the item to cancel.',
      expression: 'Bundle.entry',
    })
  }
  return [...answered, ...asking.values()]
}

const policyFor = (context: Context, request: FhirRequest, order: r4.Task | undefined) =>
  context.rules.policies({
    trust: request.caller.organization,
    provider: organisationCode(order?.owner?.identifier),
  })

/** Who asks: the prescriber that the item names, by the identifier of a resource that the message brings along. */
function prescriberOf(asked: r4.MedicationRequest, entries: readonly BundleEntry[]): r4.Identifier | undefined {
  const named = asked.requester
  if (named?.identifier?.value !== undefined) return named.identifier
  const found = entries.find(({ fullUrl }) => fullUrl !== undefined && fullUrl === named?.reference)?.resource
  const identifiers = (found?.identifier ?? []) as r4.Identifier[]
  return identifiers.find(({ value }) => value !== undefined)
}

/** Whether the open wish to cancel is known to be somebody else's. */
function isAnother(cancel: r4.Task, asker: r4.Identifier | undefined): boolean {
  const first = askedBy(cancel)
  return first !== undefined && asker !== undefined && (first.system !== asker.system || first.value !== asker.value)
}

/** The caller's prescription that carries one of the identifiers; not one that is hidden from its role. */
async function itemNamed(
  context: Context,
  facts: Facts,
  request: FhirRequest,
  asked: r4.MedicationRequest,
): Promise<Stored | undefined> {
  const scope = scopeOf(context, request.caller, 'MedicationRequest')
  for (const { system, value } of asked.identifier ?? []) {
    if (system === undefined || value === undefined) continue
    for (const stored of await readByToken(facts.query, 'MedicationRequest.identifier', system, value)) {
      const sides = await readSides(facts.query, stored.type, stored.key, request.caller.organization)
      if (sides.includes('requester') && (await readCurrent(facts.query, stored.type, stored.id, scope))) return stored
    }
  }
  return undefined
}

/** The item with its reason in the national list of reasons too. */
export function inNational({ reasonMaps }: Context, asked: r4.MedicationRequest): r4.MedicationRequest {
  if (!asked.statusReason) return asked
  return { ...asked, statusReason: withNational(reasonMaps['reason-to-end-of-prescription'], asked.statusReason) }
}

/** The item with what became of the wish to end it, as of `tick` (ms since the epoch). */
export function withOutcome(asked: r4.MedicationRequest, code: CancelCode, tick: number): Resource {
  const others = (asked.extension ?? []).filter(({ url }) => url !== STATUS_HISTORY)
  return {
    ...asked,
    extension: [
      ...others,
      {
        url: STATUS_HISTORY,
        extension: [
          { url: 'status', valueCoding: cancelOutcome(code) },
          { url: 'statusDate', valueDateTime: instant(tick) },
        ],
      },
    ],
    status: code === 'R-0001' || code === 'R-0006' ? 'cancelled' : 'active',
  } as unknown as Resource
}
