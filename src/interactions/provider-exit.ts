/**
 * POST [base]/$provider-exit: a provider leaves, and a trust moves its patients to another one. Says first what would
 * happen (`dryRun`, unless told otherwise). Each order is moved by itself and whole: the old prescription ends in the
 * same instant in which the new one is active, so nobody has two live orders, and nobody none.
 */
import type { Context } from '../context.ts'
import { contentHash } from '../fhir/content.ts'
import { parseJson, textOf } from '../fhir/json.ts'
import { type Issue, isError, Problem, refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { hasLeft, prescriptionHasEnded, supplyHasEnded } from '../homecare/facts.ts'
import { ODS_ORGANISATION, organisationCode } from '../homecare/identifiers.ts'
import { isOrderTask, REASON } from '../homecare/states.ts'
import { suppliesPlanned } from '../homecare/supply-plan.ts'
import { suppliesToMove, transferIdentifier, transferred } from '../homecare/transfer.ts'
import type { Operation } from '../store/operation.ts'
import { parse, readBetween, readByToken } from '../store/read.ts'
import { inspect } from './draft.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { factsNow } from './next.ts'
import { firstPrescribedBy } from './replacement.ts'
import { submit } from './submit.ts'
import { itemsOf, suppliesOf } from './surroundings.ts'

/** Orders moved by one request: more are named in a second one. */
const MAX_ORDERS = 500

interface Wish {
  readonly from: string
  readonly to: string
  /** `Patient/[id]`; empty: all. */
  readonly patients: readonly string[]
  readonly dryRun: boolean
  readonly status: 'draft' | 'active'
}

export const providerExit: Interaction = async (context, request) => {
  const wish = readWish(context, request)
  const orders = await ordersToMove(context, request, wish)
  if (orders.length > MAX_ORDERS) {
    throw refuse(
      'parameter-invalid',
      `${orders.length} orders are meant; one request moves ${MAX_ORDERS}: name patients.`,
    )
  }
  const moves: r4.ParametersParameter[] = []
  for (const order of orders) moves.push(await moveOrder(context, request, wish, order))
  const parameters: r4.Parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'dryRun', valueBoolean: wish.dryRun },
      { name: 'orders', valueUnsignedInt: moves.length },
      ...moves,
    ],
  }
  return { status: 200, body: JSON.stringify(parameters) }
}

function readWish(context: Context, request: FhirRequest): Wish {
  const body = parseJson(request.body ?? '', context.limits.jsonDepth) as r4.Parameters
  const given = (name: string): r4.ParametersParameter[] => (body.parameter ?? []).filter((one) => one.name === name)
  const code = (name: string): string => {
    const [one] = given(name)
    const value = organisationCode(one?.valueIdentifier) ?? organisationCode(one?.valueReference?.identifier)
    if (value !== undefined) return value
    throw refuse(
      'parameter-invalid',
      `Say in the parameter "${name}" which provider: valueIdentifier with system ${ODS_ORGANISATION}.`,
      'Parameters.parameter',
    )
  }
  const status = given('status')[0]?.valueCode ?? 'draft'
  if (status !== 'draft' && status !== 'active') {
    throw refuse('parameter-invalid', 'status takes draft (to be signed) or active.', 'Parameters.parameter')
  }
  const [from, to] = [code('from'), code('to')]
  if (from === to) throw refuse('parameter-invalid', 'from and to are the same provider.', 'Parameters.parameter')
  const patients = given('patient').flatMap(({ valueReference }) => valueReference?.reference ?? [])
  return { from, to, patients, dryRun: given('dryRun')[0]?.valueBoolean ?? true, status }
}

/** Open orders of the caller's trust at the provider that leaves. */
async function ordersToMove(context: Context, request: FhirRequest, wish: Wish): Promise<r4.Task[]> {
  const { query } = context.database
  const found: r4.Task[] = []
  for (const stored of await readBetween(query, 'Task', request.caller.organization, wish.from)) {
    const task = parse<r4.Task>(stored)
    if (!isOrderTask(task)) continue
    if (['completed', 'rejected', 'cancelled', 'failed', 'entered-in-error'].includes(task.status)) continue
    if (wish.patients.length > 0 && !wish.patients.includes(task.for?.reference ?? '')) continue
    found.push(task)
  }
  return found
}

async function moveOrder(
  context: Context,
  request: FhirRequest,
  wish: Wish,
  order: r4.Task,
): Promise<r4.ParametersParameter> {
  const facts = factsNow(context)
  const supplies = await suppliesOf(facts, order)
  const live = (await itemsOf(facts, order)).filter(({ resource }) => !prescriptionHasEnded(resource))
  const drafts: Resource[] = []
  const planned = live.length === 0 ? 0 : suppliesPlanned(live.map(({ resource }) => resource))
  const part: r4.ParametersParameter[] = [
    { name: 'order', valueReference: { reference: `Task/${order.id}` } },
    ...(order.for ? [{ name: 'patient', valueReference: order.for }] : []),
    { name: 'suppliesLeft', valueUnsignedInt: supplies.length > 0 ? suppliesToMove(supplies).length : planned },
    ...supplies
      .filter((supply) => hasLeft(supply) && !supplyHasEnded(supply))
      .map(({ id }) => ({ name: 'onTheWay', valueReference: { reference: `Task/${id}` } })),
  ]
  /** Items of which nothing is left to supply, while others go on: they end with the order they belong to. */
  const spent: r4.MedicationRequest[] = []
  let already = 0
  for (const { resource } of live) {
    const id = resource.id ?? ''
    const { system = '', value = '' } = transferIdentifier(id, wish.to)
    const before = await readByToken(facts.query, 'MedicationRequest.identifier', system, value)
    const own = await firstPrescribedBy(facts.query, before, [request.caller.organization])
    if (own) {
      already++
      part.push({ name: 'moved', valueReference: { reference: `MedicationRequest/${own.id}` } })
      continue
    }
    const { to, status } = wish
    const next = transferred({ prescription: { ...resource, id }, supplies, to, status, now: context.clock() })
    if (next) drafts.push(next as unknown as Resource)
    else spent.push(resource)
  }
  const outcome = (code: string, words?: string): r4.ParametersParameter => ({
    name: 'move',
    part: [
      ...part,
      { name: 'outcome', valueCode: code },
      ...(words === undefined ? [] : [{ name: 'reason', valueString: words }]),
    ],
  })
  part.push(...spent.map(({ id }) => ({ name: 'spent', valueReference: { reference: `MedicationRequest/${id}` } })))
  if (drafts.length === 0) return outcome(already > 0 ? 'already-moved' : 'nothing-left')
  const faults = drafts
    .flatMap((draft) => inspect(context, draft, draft.resourceType, draft.resourceType))
    .filter(isError)
  if (faults.length > 0) return outcome('refused', wordsOf(faults))
  if (wish.dryRun) return outcome('would-move')
  try {
    const ends = wish.status === 'active' ? spent.map(stopOf) : []
    const { outcomes } = await submit(context, request.caller, [
      ...drafts.map((draft) => createOf(context, draft)),
      ...ends,
    ])
    for (const { stored } of outcomes.slice(0, drafts.length)) {
      part.push({ name: 'moved', valueReference: { reference: `MedicationRequest/${stored.id}` } })
    }
    return outcome(wish.status === 'active' ? 'moved' : 'prepared')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return outcome('refused', wordsOf(error.issues))
  }
}

const wordsOf = (issues: readonly Issue[]): string =>
  issues.map(({ key, diagnostics }) => `${key}: ${diagnostics}`).join(' ')

/** What has nothing left would keep its order alive beside the new one. */
function stopOf(prescription: r4.MedicationRequest): Operation {
  const statusReason = { coding: [{ system: REASON, code: 'provider-switch' }] }
  const resource = { ...prescription, status: 'stopped', statusReason } as unknown as Resource
  const draft = { resource, text: textOf(resource), content: contentHash(resource) }
  return { kind: 'update', id: prescription.id ?? '', root: resource.resourceType, draft, ifMatchRequired: false }
}

const createOf = (context: Context, resource: Resource): Operation => ({
  kind: 'create',
  id: context.newId(),
  root: resource.resourceType,
  draft: { resource, text: textOf(resource), content: contentHash(resource) },
})
