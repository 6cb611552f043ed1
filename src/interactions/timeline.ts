/** GET Task/[id]/$timeline: the whole story of an order, of which the Task may be any part. */
import { type Context, mayRead, scopeOf } from '../context.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { extensionOf } from '../homecare/named-rules.ts'
import { NEXT_ACTOR, OVERDUE_SINCE } from '../homecare/states.ts'
import { lateReports } from '../homecare/late.ts'
import { happenedAt, heldBy, type LoggedEvent } from '../homecare/timeline.ts'
import { parse, readByReference, readCurrent, readLog, type Stored } from '../store/read.ts'
import { ODS_ORGANISATION } from '../homecare/identifiers.ts'
import { instant } from '../fhir/json.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { factsNow, readSubject } from './next.ts'
import { lifecycleOf } from './rules.ts'

const HOUR = 3_600_000

export const timeline: Interaction = async (context, request) => {
  const order = await orderBehind(context, request)
  const events: LoggedEvent[] = []
  for (const stored of await partsOf(context, request, order)) {
    events.push(...storyOf(context, await readLog(context.database.query, stored.key)))
  }
  events.sort((a, b) => a.seq - b.seq)
  const held = heldBy(events, context.attributions, context.clock())
  const parameters: r4.Parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'order', valueReference: { reference: `Task/${order.id}` } },
      ...events.map((event, index) => ({ name: 'event', part: partsOfEvent(event, index + 1, context.attributions) })),
      ...held.map((span) => ({
        name: 'held',
        part: [
          { name: 'focus', valueReference: { reference: `${span.type}/${span.id}` } },
          { name: 'state', valueCode: span.state },
          { name: 'by', valueCode: span.by },
          { name: 'for', valueDuration: hours(span.length) },
          ...(span.late > 0
            ? [
                { name: 'late', valueDuration: hours(span.late) },
                { name: 'attribution', valueCode: span.attribution },
              ]
            : []),
        ],
      })),
    ],
  }
  return { status: 200, body: JSON.stringify(parameters) }
}

const hours = (ms: number): r4.Duration => ({
  value: Math.round((ms / HOUR) * 100) / 100,
  unit: 'hour',
  system: 'http://unitsofmeasure.org',
  code: 'h',
})

/** @param place in the story: numbers of the log would tell how much happened elsewhere in between */
function partsOfEvent(
  event: LoggedEvent,
  place: number,
  attributions: ReadonlyMap<string, string>,
): r4.ParametersParameter[] {
  const code = event.reason?.coding?.find((coding) => attributions.has(coding.code ?? ''))?.code
  const attribution = attributions.get(code ?? '')
  return [
    { name: 'sequence', valuePositiveInt: place },
    { name: 'what', valueCode: event.kind },
    { name: 'focus', valueReference: { reference: `${event.type}/${event.id}/_history/${event.version}` } },
    { name: 'role', valueCode: event.role },
    ...(event.role === 'service'
      ? []
      : [{ name: 'actor', valueReference: { identifier: { system: ODS_ORGANISATION, value: event.org } } }]),
    { name: 'happened', valueInstant: instant(event.happened) },
    { name: 'learnt', valueInstant: instant(event.tick) },
    ...(event.from === '' ? [] : [{ name: 'from', valueCode: event.from }]),
    ...(event.to === '' ? [] : [{ name: 'to', valueCode: event.to }]),
    ...(event.reported === undefined ? [] : [{ name: 'reported', valueCode: event.reported }]),
    ...(event.reason ? [{ name: 'reason', valueCodeableConcept: event.reason }] : []),
    ...(attribution === undefined ? [] : [{ name: 'attribution', valueCode: attribution }]),
    ...(event.nextActor === undefined ? [] : [{ name: 'holder', valueCode: event.nextActor }]),
  ]
}

/** The events of one resource, oldest first; a report that came late is told with the time at which it happened. */
function storyOf(context: Context, rows: Awaited<ReturnType<typeof readLog>>): LoggedEvent[] {
  let known = 0
  const told = new Set<string>()
  return rows.map((row) => {
    const resource = JSON.parse(row.text === '' ? '{}' : row.text) as Resource
    const event = logged(row, resource)
    const late = lateReports(resource)
    const report = late.slice(known).find(({ state, happened }) => !told.has(`${state} ${happened}`))
    known = late.length
    told.add(`${report?.state ?? event.to} ${report?.happened ?? event.happened}`)
    if (!report) return event
    const { reason: _reason, ...rest } = event
    // Where the report led on to another state, the version says who holds the ball there.
    const nextActor = row.from_state === row.to_state ? actorOf(context, resource, report.state) : event.nextActor
    return {
      ...rest,
      happened: report.happened,
      reported: report.state,
      stateSince: happenedAt(resource, row.tick),
      ...(report.reason ? { reason: report.reason } : {}),
      ...(nextActor === undefined ? {} : { nextActor }),
    }
  })
}

/** Who takes the next step in a state of a Task. */
const actorOf = ({ rules }: Context, resource: Resource, state: string): string | undefined =>
  resource.resourceType === 'Task' ? lifecycleOf(rules, resource).stateOf.get(state)?.nextActor : undefined

function logged(row: Awaited<ReturnType<typeof readLog>>[number], resource: Resource): LoggedEvent {
  const task = resource as unknown as r4.Task
  const reason = (resource.statusReason ?? resource.statusReasonCodeableConcept) as r4.CodeableConcept | undefined
  const nextActor = row.type === 'Task' ? extensionOf(task, NEXT_ACTOR)?.valueCode : undefined
  const overdueSince = row.type === 'Task' ? extensionOf(task, OVERDUE_SINCE)?.valueDateTime : undefined
  return {
    seq: row.seq,
    tick: row.tick,
    type: row.type,
    id: row.id,
    version: row.version,
    kind: row.kind,
    org: row.org,
    role: row.role,
    from: row.from_state,
    to: row.to_state,
    happened: happenedAt(resource, row.tick),
    // A reason that stayed from before is told once, with the step it was given for.
    ...(reason && (row.from_state !== row.to_state || (row.role !== 'service' && row.kind !== 'updated'))
      ? { reason }
      : {}),
    ...(nextActor === undefined ? {} : { nextActor }),
    ...(overdueSince === undefined ? {} : { overdueSince }),
  }
}

/** The order of the Task in the address. */
async function orderBehind(context: Context, request: FhirRequest): Promise<Stored> {
  const stored = await readSubject(context, request)
  const { partOf, focus, code } = parse<r4.Task>(stored)
  const isRenewal = code?.coding?.some((coding) => coding.code === 'renewal')
  const parent = factsNow(context).target(partOf?.[0]?.reference ?? (isRenewal ? focus?.reference : undefined))
  const scope = scopeOf(context, request.caller, 'Task')
  const order =
    parent?.type === 'Task' ? await readCurrent(context.database.query, 'Task', parent.id, scope) : undefined
  return order ?? stored
}

/** The order and everything that belongs to it, as far as the caller may see it and its token read it. */
async function partsOf(context: Context, request: FhirRequest, order: Stored): Promise<Stored[]> {
  const { query } = context.database
  const found = new Map([[order.key, order]])
  const may = mayRead(context, request.caller)
  const add = async (stored: Stored): Promise<boolean> => {
    if (found.has(stored.key) || !may(stored.type)) return false
    const seen = await readCurrent(query, stored.type, stored.id, scopeOf(context, request.caller, stored.type))
    if (seen) found.set(stored.key, stored)
    return seen !== undefined
  }
  for (const child of await readByReference(query, 'Task.part-of', `Task/${order.id}`)) await add(child)
  for (const task of [...found.values()]) {
    for (const param of ['Communication.based-on', 'Communication.about']) {
      for (const said of await readByReference(query, param, `Task/${task.id}`)) await add(said)
    }
  }
  for (const { reference } of parse<r4.Task>(order).basedOn ?? []) {
    const local = factsNow(context).target(reference)
    const item = local && (await readCurrent(query, local.type, local.id, scopeOf(context, request.caller, local.type)))
    if (!item) continue
    await add(item)
    for (const param of ['MedicationDispense.prescription', 'Task.based-on', 'Communication.based-on']) {
      for (const other of await readByReference(query, param, `${item.type}/${item.id}`)) await add(other)
    }
  }
  return [...found.values()]
}
