/**
 * GET Task/[id]/$prescription-order-response: the national message that follows the immediate answer to a cancellation,
 * once the provider has said what became of it. The exchange keeps it ready for the trust to fetch, however often: it is
 * the same message, with the same identity, each time.
 */
import { type Context, scopeOf } from '../context.ts'
import { type Problem, refuse } from '../fhir/problem.ts'
import { localReference } from '../fhir/references.ts'
import type { r4 } from '../fhir/resource.ts'
import { type CancelCode, cancelCodes } from '../homecare/cancel-outcome.ts'
import { messagesOf } from '../homecare/cancel-messages.ts'
import { extensionOf } from '../homecare/named-rules.ts'
import { isCancelTask, NEXT_DUE } from '../homecare/states.ts'
import { parse, readByReference, readCurrent } from '../store/read.ts'
import type { FhirRequest, Interaction } from './interaction.ts'
import { inNational, withOutcome } from './message-cancel.ts'
import { idOf, responseMessage, type Told } from './message-response.ts'
import { readSubject } from './next.ts'

interface Asked {
  readonly cancel: r4.Task
  readonly header: r4.MessageHeader
}

export const prescriptionOrderResponse: Interaction = async (context, request) => {
  const { cancel, header } = theOne(request, await messagesAround(context, request))
  const code = outcomeOf(cancel)
  if (code === undefined) throw unanswered(cancel)
  const at = Date.parse(cancel.lastModified ?? cancel.meta?.lastUpdated ?? '')
  const told: Told[] = []
  for (const { reference = '' } of header.focus ?? []) {
    const local = localReference(reference)
    const scope = scopeOf(context, request.caller, 'MedicationRequest')
    const stored = local && (await readCurrent(context.database.query, local.type, local.id, scope))
    if (!stored || stored.deleted) continue
    const item = inNational(context, parse<r4.MedicationRequest>(stored))
    told.push({ reference, text: JSON.stringify(withOutcome(item, code, at)) })
  }
  if (told.length === 0) throw unknown()
  told.push({ reference: `Task/${cancel.id}`, text: JSON.stringify(cancel) })
  let made = 0
  const newId = (): string => idOf(cancel.id ?? '', header.id ?? '', String(++made))
  return { status: 200, body: responseMessage(context, { header, told, at, newId }) }
}

/** The messages that a cancel Task answers; for an order, those of all its cancel Tasks. */
async function messagesAround(context: Context, request: FhirRequest): Promise<Asked[]> {
  const stored = await readSubject(context, request)
  const task = parse<r4.Task>(stored)
  const scope = scopeOf(context, request.caller, 'Task')
  const tasks = [task]
  if (!isCancelTask(task)) {
    for (const { id } of await readByReference(context.database.query, 'Task.part-of', `Task/${stored.id}`)) {
      const child = await readCurrent(context.database.query, 'Task', id, scope)
      if (child && !child.deleted) tasks.push(parse<r4.Task>(child))
    }
  }
  return tasks.filter(isCancelTask).flatMap((cancel) => messagesOf(cancel).map((header) => ({ cancel, header })))
}

function theOne(request: FhirRequest, messages: readonly Asked[]): Asked {
  const other = request.query.find(([name]) => name !== 'message' && !name.startsWith('_'))
  if (other) {
    throw refuse('unknown-parameter', 'The one parameter of this operation is message: the MessageHeader.id answered.')
  }
  const wanted = request.query.find(([name]) => name === 'message')?.[1]
  const found = messages.filter(({ header }) => wanted === undefined || header.id === wanted)
  const [first] = found
  if (!first) throw unknown()
  if (found.length > 1) {
    throw refuse(
      'cancel-message-ambiguous',
      `Several messages asked for a cancellation here. Say which one is to be answered: ${found.map(({ header }) => `message=${header.id}`).join(', ')}.`,
    )
  }
  return first
}

const unknown = (): Problem =>
  refuse(
    'cancel-message-unknown',
    'No such prescription-order-update is to be answered by this Task. A message whose immediate answer was final (any but R-0002 and R-0003) has no second one; a cancellation by REST is answered by the output of the Task abort.',
  )

function unanswered(cancel: r4.Task): Problem {
  const due = extensionOf(cancel, NEXT_DUE)?.valueDateTime
  return refuse(
    'cancel-unanswered',
    `The provider has not answered yet${due === undefined ? '' : `; it has until ${due}`}. Nothing of the prescription may begin or leave meanwhile. Ask again when Task/${cancel.id} is completed or rejected (Task/$changes tells).`,
  )
}

/** The national code of the provider's answer, while there is one. */
function outcomeOf(cancel: r4.Task): CancelCode | undefined {
  if (cancel.status === 'requested') return undefined
  const codes = (cancel.output ?? []).flatMap(({ valueCodeableConcept }) =>
    (valueCodeableConcept?.coding ?? []).map(({ code }) => code),
  )
  return cancelCodes.find((code) => codes.includes(code))
}
