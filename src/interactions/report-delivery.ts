/**
 * POST Task/[id]/$report-delivery: the carrier of a supply says what became of it. A carrier is shown a part of the Task
 * only, so it cannot send it back changed; what it says is written into the whole Task and judged by the lifecycle table
 * as any other step.
 */
import { contentHash } from '../fhir/content.ts'
import type { Context } from '../context.ts'
import { cutResource, parseJson, withMembers } from '../fhir/json.ts'
import { isError, Problem, refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { rangeOf } from '../homecare/dates.ts'
import { differences, inState } from '../homecare/lifecycle.ts'
import { isSupplyTask } from '../homecare/states.ts'
import type { Draft } from '../store/operation.ts'
import { parse, type Stored } from '../store/read.ts'
import { inspect, readVersions } from './draft.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { readSubject } from './next.ts'
import { lifecycleOf } from './rules.ts'
import { only, replyTo, submit } from './submit.ts'
import { shown } from './view.ts'

const states = ['delivered', 'part-delivered', 'delivery-failed', 'quarantined'] as const

interface Report {
  readonly state: (typeof states)[number]
  /** FHIR dateTime. */
  readonly happened: string
  readonly reason?: r4.CodeableConcept
}

export const reportDelivery: Interaction = async (context, request) => {
  const subject = await readSubject(context, request)
  const report = readReport(context, request)
  const ifMatch = readVersions('If-Match', request.ifMatch)
  if (ifMatch === undefined)
    throw refuse(
      'if-match-required',
      `Say in If-Match which version of the Task you know; it is at W/"${subject.version}".`,
    )
  const apply = (current: Stored): Draft => {
    // Told here and not by the door, whose words name who came first.
    if (ifMatch !== '*' && !ifMatch.includes(current.version))
      throw refuse(
        'version-conflict',
        `The Task is at version ${current.version}, not at the one in If-Match: read it again, and report what is still to be said.`,
      )
    return draftAfter(context, current, report)
  }
  apply(subject)
  const { type = '', id = '', caller } = request
  const operation = { kind: 'patch', type, id, root: type, apply, ifMatchRequired: false } as const
  const outcome = only(await submit(context, caller, [operation]))
  const text = shown(context, caller, type)(outcome.stored.text)
  return replyTo(context, request, { ...outcome, stored: { ...outcome.stored, text } }, [], 'patch')
}

/** @throws Problem parameter-invalid, unknown-parameter, type-mismatch */
function readReport({ limits }: Context, { body = '' }: FhirRequest): Report {
  const sent = parseJson(body, limits.jsonDepth) as Resource | null
  const { parameter } = (sent ?? {}) as unknown as r4.Parameters
  if (sent?.resourceType !== 'Parameters' || !Array.isArray(parameter))
    throw refuse('type-mismatch', 'The body of $report-delivery is a Parameters resource.', 'Parameters')
  const given = new Map(parameter.map((one) => [one.name, one]))
  if (given.size < parameter.length)
    throw refuse('parameter-invalid', 'Send each parameter once.', 'Parameters.parameter')
  const unknown = [...given.keys()].find((name) => !['state', 'happened', 'reason'].includes(name))
  if (unknown !== undefined)
    throw refuse('unknown-parameter', '$report-delivery takes state, happened and reason.', 'Parameters.parameter')
  const state = states.find((code) => code === given.get('state')?.valueCode)
  if (!state)
    throw refuse('parameter-invalid', `state takes one of ${states.join(', ')} as valueCode.`, 'Parameters.parameter')
  const happened = given.get('happened')?.valueDateTime
  if (typeof happened !== 'string')
    throw refuse('parameter-invalid', 'Say in happened, as valueDateTime, when it took place.', 'Parameters.parameter')
  const reason = given.get('reason')?.valueCodeableConcept
  return { state, happened, ...(reason ? { reason } : {}) }
}

/** The Task with the report in it, found valid. @throws Problem */
function draftAfter(context: Context, current: Stored, { state, happened, reason }: Report): Draft {
  const task = parse<r4.Task>(current)
  if (!isSupplyTask(task)) throw refuse('transition-not-allowed', 'What became of a delivery is reported on a supply.')
  const before = task as unknown as Resource
  const executionPeriod = state === 'delivered' ? handedOver(task.executionPeriod, happened) : task.executionPeriod
  const said = { ...before, lastModified: happened, ...(executionPeriod ? { executionPeriod } : {}) }
  const resource = inState(lifecycleOf(context.rules, before), said, state, reason)
  const text = withMembers(cutResource(current.type, current.text), differences(before, resource))
  const issues = inspect(context, resource, current.type, current.type, {
    creating: false,
    text: JSON.stringify(resource),
  })
  if (issues.some(isError)) throw new Problem(issues.filter(isError))
  return { resource, text, content: contentHash(resource) }
}

/** The slot, ended by the handing over; goods that came before it began have no beginning that is known. */
function handedOver(slot: r4.Period | undefined, end: string): r4.Period {
  const [from, to] = [rangeOf(slot?.start ?? ''), rangeOf(end)]
  const isEarly = from !== undefined && to !== undefined && from.low > to.high
  return slot?.start === undefined || isEarly ? { end } : { start: slot.start, end }
}
