/** The text of a Bundle around entries that are text already, and bytes where they are sent again and again. */
import type { Context } from '../context.ts'
import { instant } from '../fhir/json.ts'
import type { FhirReply } from './interaction.ts'

/** Characters from which on copying costs more than another piece to send. */
const LARGE = 4096

/** The entries of a Bundle. */
export class Entries {
  /** Joined by commas; empty where there are none. */
  readonly text: string
  #bytes: Buffer | undefined

  constructor(texts: readonly string[]) {
    this.text = texts.join(',')
  }

  /** The same as it is sent; made when it is first asked for, and kept. Absent where it is too short to be worth it. */
  get bytes(): Buffer | undefined {
    if (this.text.length < LARGE) return undefined
    return (this.#bytes ??= Buffer.from(this.text))
  }

  /** Characters and bytes that it takes to keep it. */
  get size(): number {
    return this.text.length < LARGE ? this.text.length : 2 * this.text.length
  }
}

/**
 * @param members what stands between the time and the entries
 * @param kept whether the entries are kept, so that their bytes are worth making
 */
export function bundleText(
  { newId, clock }: Pick<Context, 'newId' | 'clock'>,
  members: string,
  entries: Entries,
  kept: boolean,
): Pick<FhirReply, 'body' | 'pieces'> {
  const head = `{"resourceType":"Bundle","id":"${newId()}","meta":{"lastUpdated":"${instant(clock())}"},${members}`
  // R4 has no empty arrays: a Bundle without results has no entry at all.
  if (entries.text === '') return { body: `${head}}` }
  const [before, after] = [`${head},"entry":[`, ']}']
  const body = before + entries.text + after
  const bytes = kept ? entries.bytes : undefined
  return bytes ? { body, pieces: { before, bytes, after } } : { body }
}
