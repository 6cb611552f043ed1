/** What was answered before, while it is still true: see `store/current.ts`. */
import type { Caller } from '../caller.ts'
import type { Current } from '../store/current.ts'
import type { FhirReply } from './interaction.ts'

export interface Standing {
  /** The answer of before; absent where it has to be found anew. */
  readonly reply?: FhirReply
  /** For `Current.ask`. */
  readonly asked: number | undefined
}

/**
 * Looks whether an answer still stands.
 * @param known answers from what is kept; given what `Current.instant` has said
 */
export async function standing(
  current: Pick<Current<unknown>, 'instant'>,
  caller: Caller,
  question: string,
  known: (asked?: number) => FhirReply | undefined,
): Promise<Standing> {
  const instant = current.instant(caller, question)
  const asked = instant && (await instant)
  const reply = known(asked)
  if (!reply) return { asked }
  // Only where the clock is at hand may the same be answered once more without asking for it.
  return { asked, reply: instant ? reply : { ...reply, again: () => known() } }
}
