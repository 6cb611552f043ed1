/** The Prefer header (RFC 7240, https://hl7.org/fhir/R4/http.html#ops) and what was followed of it. */
import type { FhirReply, FhirRequest } from '../interactions/interaction.ts'
import { splitOutsideQuotes } from './media-type.ts'

type Prefer = FhirRequest['prefer']

const known: ReadonlyMap<string, readonly string[]> = new Map<keyof Prefer, readonly string[]>([
  ['return', ['minimal', 'representation', 'OperationOutcome']],
  ['handling', ['strict', 'lenient']],
])

/**
 * What is preferred. The first of several counts; what is not known here is ignored, as RFC 7240 section 2 says.
 * `respond-async` is one of those: the answer is given at once, complete, and without Preference-Applied, which is
 * how the client sees that it was not followed. To refuse would lose a prescription over a wish.
 */
export function readPrefer(header: string | string[] | undefined): Prefer {
  const prefer: Record<string, string | number> = {}
  if (header === undefined) return prefer
  for (const item of splitOutsideQuotes(header.toString(), ',')) {
    for (const part of splitOutsideQuotes(item, ';')) {
      const [name = '', value = ''] = part.split('=', 2).map((word) => word.trim().replace(/^"(.*)"$/, '$1'))
      if (name.toLowerCase() === 'wait' && /^\d{1,9}$/.test(value)) prefer.wait ??= Number(value)
      const meant = known.get(name.toLowerCase())?.find((one) => one.toLowerCase() === value.toLowerCase())
      if (meant !== undefined) prefer[name.toLowerCase()] ??= meant
    }
  }
  return prefer
}

/** Preference-Applied; undefined when nothing that was preferred has been followed. */
export function preferenceApplied(prefer: Prefer, { follows = [] }: FhirReply): string | undefined {
  const followed = follows.flatMap((name) => (prefer[name] === undefined ? [] : [`${name}=${prefer[name]}`]))
  return followed.length > 0 ? followed.join(', ') : undefined
}
