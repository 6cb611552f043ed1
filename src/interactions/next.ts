/** GET Task/[id]/$next: what this caller may do now, so that a user interface can draw its buttons. */
import { type Context, scopeOf } from '../context.ts'
import { refuse } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import { factsOf } from '../homecare/facts.ts'
import { allowedNow, stateOf } from '../homecare/lifecycle.ts'
import { extensionOf } from '../homecare/named-rules.ts'
import { NEXT_DUE, OVERDUE_SINCE } from '../homecare/states.ts'
import type { Facts } from '../store/operation.ts'
import { parse, readCurrent, readSides } from '../store/read.ts'
import { localReference } from '../fhir/references.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { lifecycleOf } from './rules.ts'
import { surroundingsOf } from './surroundings.ts'

/** What is stored now, for questions that change nothing. */
export const factsNow = (context: Context): Facts => ({
  query: context.database.query,
  now: context.clock(),
  target: (link) => (link === undefined ? undefined : localReference(link, context.base)),
  pending: () => undefined,
  admit: () => Promise.reject(new Error('Nothing is granted outside the lane.')),
  withdraw: () => Promise.reject(new Error('Nothing is withdrawn outside the lane.')),
  relabel: () => Promise.reject(new Error('Nothing is labelled outside the lane.')),
  remind: () => {
    throw new Error('No alarm is set outside the lane.')
  },
  written: () => [],
})

/** The resource in the address, as the caller may see it. @throws Problem not-found, deleted */
export async function readSubject(context: Context, request: FhirRequest) {
  const { type = '', id = '', caller } = request
  const stored = await readCurrent(context.database.query, type, id, scopeOf(context, caller, type))
  if (!stored) throw refuse('not-found', `There is no ${type} with this id that you can see.`)
  if (stored.deleted) throw refuse('deleted', `The ${type} was deleted.`)
  return stored
}

export const next: Interaction = async (context, request) => {
  const stored = await readSubject(context, request)
  const resource = parse(stored)
  const facts = factsNow(context)
  const table = lifecycleOf(context.rules, resource)
  const around = factsOf(await surroundingsOf(facts, stored.type, stored.id, resource))
  const sides = await readSides(context.database.query, stored.type, stored.key, request.caller.organization)
  const steps = allowedNow(table, resource, request.caller, sides, around)
  const state = stateOf(table, resource)
  const task = resource as unknown as r4.Task
  const due = extensionOf(task, NEXT_DUE)?.valueDateTime
  const overdue = extensionOf(task, OVERDUE_SINCE)?.valueDateTime
  const parameters: r4.Parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'state', valueCode: state?.code ?? 'unknown' },
      { name: 'status', valueCode: String(resource.status) },
      { name: 'version', valueString: `W/"${stored.version}"` },
      { name: 'nextActor', valueCode: state?.nextActor ?? 'nobody' },
      ...(due === undefined ? [] : [{ name: 'due', valueDateTime: due }]),
      ...(overdue === undefined ? [] : [{ name: 'overdueSince', valueDateTime: overdue }]),
      ...steps.map((step) => ({
        name: 'step',
        part: [
          { name: 'state', valueCode: step.state },
          { name: 'status', valueCode: step.status },
          { name: 'display', valueString: step.display },
          { name: 'event', valueCode: step.event },
          { name: 'reasonRequired', valueBoolean: step.reason?.required ?? false },
          ...(step.reason?.valueSet === undefined ? [] : [{ name: 'reasons', valueCanonical: step.reason.valueSet }]),
          { name: 'possible', valueBoolean: step.missing.length === 0 },
          ...step.missing.map((words) => ({ name: 'missing', valueString: words })),
        ],
      })),
    ],
  }
  return { status: 200, body: JSON.stringify(parameters) }
}
