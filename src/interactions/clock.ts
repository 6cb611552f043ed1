/**
 * The service's own clock: what is due and did not come, what has expired, what must be renewed. Alarms are rows that
 * the lane sets and takes away, so a restart loses none, and of many nodes that look at the same time one acts: each
 * alarm is read again inside the lane, and is gone when it has been acted on.
 */
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import { Problem } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { orderHasEnded } from '../homecare/facts.ts'
import { inState } from '../homecare/lifecycle.ts'
import { extensionOf, withExtension } from '../homecare/named-rules.ts'
import { type AlarmKind, renewalAt } from '../homecare/next-action.ts'
import { therapiesOf } from '../homecare/policy.ts'
import { renewalTask } from '../homecare/renewal.ts'
import { isRenewalTask, NEXT_DUE, OVERDUE_SINCE, REASON, RUN_OUT } from '../homecare/states.ts'
import { organisationCode } from '../homecare/identifiers.ts'
import { dueAlarms, moveAlarm, type StoredAlarm } from '../store/alarm.ts'
import { commit } from '../store/commit.ts'
import type { LaneTransaction } from '../store/lane.ts'
import type { Operation } from '../store/operation.ts'
import { forgetReplies } from '../store/reply.ts'
import { parse, readByReference, readCurrent } from '../store/read.ts'
import { prescribersOf, priorOf } from './replacement.ts'
import { lifecycleOf, replacing, serviceCreates, serviceUpdates } from './rules.ts'

const caller: Caller = { role: 'service', organization: 'SERVICE', client: 'clock' }
const BATCH = 64
const HOUR = 3_600_000

interface Ringing {
  readonly context: Context
  readonly lane: LaneTransaction
  readonly alarm: StoredAlarm
  readonly resource: Resource
}

/** What an alarm leads to: operations, and when to ring again. */
interface Answer {
  readonly operations?: readonly Operation[]
  readonly again?: number | undefined
}

/**
 * Acts on everything that is due by the clock.
 * @returns how many alarms were acted on
 */
export async function runClock(context: Context): Promise<number> {
  await context.lane.submit(({ query, tick }) => forgetReplies(query, 'key:', tick - context.idempotencyHours * HOUR))
  let acted = 0
  for (;;) {
    const due = await dueAlarms(context.database.query, context.clock(), BATCH)
    if (due.length === 0) return acted
    await Promise.all(due.map((alarm) => ring(context, alarm)))
    acted += due.length
  }
}

async function ring(context: Context, alarm: StoredAlarm): Promise<void> {
  try {
    await context.lane.submit((lane) => act(context, lane, alarm))
  } catch (error) {
    // One alarm that cannot be acted on must not keep the others from ringing.
    if (!(error instanceof Problem)) throw error
    context.log.warn({ alarm: alarm.kind, type: alarm.type, key: error.issues[0]?.key }, 'alarm put off')
    await context.lane.submit((lane) => moveAlarm(lane.query, alarm, lane.tick + HOUR))
  }
}

async function act(context: Context, lane: LaneTransaction, wanted: StoredAlarm): Promise<void> {
  const [alarm] = await lane.query<{ at: number }>('SELECT at FROM alarm WHERE key = $1 AND kind = $2 AND at <= $3', [
    wanted.key,
    wanted.kind,
    lane.tick,
  ])
  if (!alarm) return
  const stored = await readCurrent(lane.query, wanted.type, wanted.id, { kind: 'open' })
  await moveAlarm(lane.query, wanted)
  if (!stored || stored.deleted) return
  const { operations = [], again } = await answers[wanted.kind as AlarmKind]({
    context,
    lane,
    alarm: wanted,
    resource: parse(stored),
  })
  if (again !== undefined) await moveAlarm(lane.query, wanted, again)
  if (operations.length > 0) await commit(context.door, lane, { caller, scope: { kind: 'open' }, operations })
}

const marked = (resource: Resource, url: string, value: Omit<r4.Extension, 'url'>): Answer => ({
  operations: [serviceUpdates(withExtension(resource as unknown as r4.Task, url, value) as unknown as Resource)],
})

const answers: Readonly<Record<AlarmKind, (ringing: Ringing) => Answer | Promise<Answer>>> = {
  overdue: ({ resource }) => {
    const due = extensionOf(resource as unknown as r4.Task, NEXT_DUE)?.valueDateTime
    return due === undefined ? {} : marked(resource, OVERDUE_SINCE, { valueDateTime: due })
  },
  'run-out': ({ resource }) => {
    const needBy = (resource as unknown as r4.Task).restriction?.period?.end
    return needBy === undefined ? {} : marked(resource, RUN_OUT, { valueDate: needBy.slice(0, 10) })
  },
  expiry: async ({ context, lane, resource }) => {
    const order = resource as unknown as r4.Task
    const supplies = await suppliesOf(lane, order)
    // What is on the road may finish; the order is looked at again tomorrow.
    if (
      supplies.some(({ businessStatus }) =>
        ['dispatched', 'quarantined'].includes(businessStatus?.coding?.[0]?.code ?? ''),
      )
    )
      return { again: lane.tick + 24 * HOUR }
    const reason = { coding: [{ system: REASON, code: 'expired' }] }
    const moved = { ...resource, lastModified: new Date(lane.tick).toISOString() }
    return { operations: [serviceUpdates(inState(lifecycleOf(context.rules, resource), moved, 'expired', reason))] }
  },
  renewal: raiseRenewal,
  replace: async ({ context, lane, alarm, resource }) => {
    if (resource.status !== 'active') return {}
    const target = (reference: string | undefined) => {
      const [type, id] = reference?.split('/').slice(-2) ?? []
      return type !== undefined && id !== undefined ? { type, id } : undefined
    }
    const prior = await priorOf(resource, { query: lane.query, target }, await prescribersOf(lane.query, alarm))
    return prior ? { operations: replacing(context.rules, prior) } : {}
  },
}

const suppliesOf = async (lane: LaneTransaction, order: r4.Task): Promise<r4.Task[]> =>
  (await readByReference(lane.query, 'Task.part-of', `Task/${order.id}`)).map((stored) => parse<r4.Task>(stored))

/** Asks the trust for a renewal when so many days are left as its policy says; once for each order. */
async function raiseRenewal({ context, lane, resource }: Ringing): Promise<Answer> {
  const order = resource as unknown as r4.Task
  if (orderHasEnded(order)) return {}
  const prescriptions: r4.MedicationRequest[] = []
  for (const { reference } of order.basedOn ?? []) {
    const id = reference?.split('/').at(-1) ?? ''
    const stored = await readCurrent(lane.query, 'MedicationRequest', id, { kind: 'open' })
    if (stored) prescriptions.push(parse<r4.MedicationRequest>(stored))
  }
  const lasting = prescriptions.filter(
    ({ status, courseOfTherapyType }) => status === 'active' && !isAcute(courseOfTherapyType),
  )
  if (lasting.length === 0 || (await isAsked(lane, lasting))) return {}
  const policy = context.rules.policies({
    trust: organisationCode(order.requester?.identifier),
    provider: organisationCode(order.owner?.identifier),
    therapies: therapiesOf(prescriptions),
  })
  const supplies = (await suppliesOf(lane, order)).filter(({ code }) =>
    code?.coding?.some((coding) => coding.code === 'supply'),
  )
  const left = { prescriptions: lasting, supplies, now: lane.tick }
  const at = renewalAt(left, policy.renewalLeadDays)
  if (at === undefined) return {}
  if (at > lane.tick) return { again: at }
  return { operations: [serviceCreates(renewalTask({ order, ...left, id: context.newId() }))] }
}

const isAcute = (course: r4.CodeableConcept | undefined): boolean =>
  course?.coding?.some(({ code }) => code === 'acute') ?? false

/** The trust was asked already, or has answered without being asked. */
async function isAsked(lane: LaneTransaction, prescriptions: readonly r4.MedicationRequest[]): Promise<boolean> {
  for (const { id } of prescriptions) {
    const tasks = await readByReference(lane.query, 'Task.based-on', `MedicationRequest/${id}`)
    if (tasks.some((stored) => isRenewalTask(parse<r4.Task>(stored)))) return true
  }
  return false
}
