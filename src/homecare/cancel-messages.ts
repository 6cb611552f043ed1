/**
 * The national messages that asked for a cancellation. The cancel Task keeps the header of each (contained, named by
 * `input` `cancel-message`) with the prescriptions that the message asked about: the provider's answer goes back to it.
 */
import type { r4 } from '../fhir/resource.ts'
import { TASK_INPUT } from './states.ts'

const hasCode = ({ type }: r4.TaskInput, code: string): boolean =>
  type.coding?.some((coding) => coding.system === TASK_INPUT && coding.code === code) ?? false

const input = (code: string, value: Omit<r4.TaskInput, 'type'>): r4.TaskInput => ({
  type: { coding: [{ system: TASK_INPUT, code }] },
  ...value,
})

/** The prescriber who asked first, where the message said who. */
export const askedBy = (cancel: r4.Task): r4.Identifier | undefined =>
  cancel.input?.find((one) => hasCode(one, 'cancel-asked-by'))?.valueIdentifier

/** The Task with the prescriber who asked; the first one stays. */
export function withAsker(cancel: r4.Task, asker: r4.Identifier | undefined): r4.Task {
  if (!asker || askedBy(cancel)) return cancel
  const { system, value } = asker
  const valueIdentifier = { ...(system === undefined ? {} : { system }), ...(value === undefined ? {} : { value }) }
  return { ...cancel, input: [...(cancel.input ?? []), input('cancel-asked-by', { valueIdentifier })] }
}

/** Headers of the messages that asked, each with the prescriptions it asked about in `focus` (`MedicationRequest/[id]`). */
export const messagesOf = (cancel: r4.Task): r4.MessageHeader[] =>
  (cancel.contained ?? []).filter((resource): resource is r4.MessageHeader => resource.resourceType === 'MessageHeader')

/** A header that has an id to answer to. */
export type Identified = r4.MessageHeader & { readonly id: string }

/** The Task with a message that asked for the end of a prescription (`MedicationRequest/[id]`). */
export function withMessage(cancel: r4.Task, header: Identified, prescription: string): r4.Task {
  const known = messagesOf(cancel).find(({ id }) => id === header.id)
  if (known?.focus?.some(({ reference }) => reference === prescription)) return cancel
  const kept: r4.MessageHeader = known ?? {
    resourceType: 'MessageHeader',
    id: header.id,
    eventCoding: { ...header.eventCoding },
    ...(header.sender?.identifier ? { sender: { identifier: header.sender.identifier } } : {}),
    source: { endpoint: header.source.endpoint },
  }
  const asking = { ...kept, focus: [...(kept.focus ?? []), { reference: prescription }] }
  const others = (cancel.contained ?? []).filter((resource) => resource !== known)
  const named = input('cancel-message', { valueReference: { reference: `#${header.id}` } })
  return {
    ...cancel,
    contained: [...others, asking],
    ...(known ? {} : { input: [...(cancel.input ?? []), named] }),
  }
}
