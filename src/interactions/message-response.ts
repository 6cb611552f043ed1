/**
 * The answer to a national message, itself a message (https://hl7.org/fhir/R4/messageheader.html, response): which
 * message it answers, what became of it, and the Task by which the work is followed.
 */
import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import { instant } from '../fhir/json.ts'
import type { r4 } from '../fhir/resource.ts'

export const MESSAGE_EVENT = 'https://fhir.nhs.uk/CodeSystem/message-event'
const UUID = 'https://tools.ietf.org/html/rfc4122'

/** A resource of the answer. */
export interface Told {
  /** `[type]/[id]` of what is stored here, or a `urn:uuid:` for what is not. */
  readonly reference: string
  readonly text: string
}

interface Answer {
  /** The header of the message that is answered. */
  readonly header: r4.MessageHeader
  readonly told: readonly Told[]
  /** When the answer was given, in ms since the epoch. */
  readonly at: number
  /** Makes the ids of the message; those of the service's other ids where absent. */
  readonly newId?: () => string
}

/** The text of the response message. */
export function responseMessage(context: Context, { header, told, at, newId = context.newId }: Answer): string {
  const id = newId()
  const notification = header.eventCoding?.code === 'dispense-notification'
  const responseHeader: r4.MessageHeader = {
    resourceType: 'MessageHeader',
    id,
    eventCoding: {
      system: MESSAGE_EVENT,
      code: notification ? 'dispense-notification' : 'prescription-order-response',
    },
    ...(header.sender ? { destination: [{ endpoint: header.source.endpoint, receiver: logical(header.sender) }] } : {}),
    source: { name: 'Homecare Exchange', endpoint: `${context.base}/$process-message` },
    response: { identifier: header.id ?? id, code: 'ok' },
    focus: told.map(({ reference }) => ({ reference })),
  }
  const address = (reference: string): string =>
    reference.startsWith('urn:') ? reference : `${context.base}/${reference}`
  const entries = [{ reference: `MessageHeader/${id}`, text: JSON.stringify(responseHeader) }, ...told].map(
    ({ reference, text }) => `{"fullUrl":${JSON.stringify(address(reference))},"resource":${text}}`,
  )
  const identifier = JSON.stringify({ system: UUID, value: newId() })
  return `{"resourceType":"Bundle","id":"${newId()}","identifier":${identifier},"type":"message","timestamp":"${instant(at)}","entry":[${entries.join(',')}]}`
}

/** A reference without its urn:uuid, which means nothing outside the message that it stood in. */
export const logical = ({ identifier, display }: r4.Reference): r4.Reference => ({
  ...(identifier ? { identifier } : {}),
  ...(display === undefined ? {} : { display }),
})

/** The id of a message that is made anew whenever it is asked for: a UUID (RFC 9562, version 8) out of its parts. */
export function idOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
