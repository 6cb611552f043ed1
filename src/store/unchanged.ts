/** What a change leaves as it is. */
import { isDeepStrictEqual } from 'node:util'
import { isSameText } from '../fhir/exact.ts'
import { type ResourceText, stamp } from '../fhir/json.ts'
import type { Change } from './operation.ts'
import type { Stored } from './read.ts'

/** Whether a change says nothing new; `1.0` for `1.00` is new, white space and the order of members are not. */
export function isUnchanged({ next, current }: Change, stored: Stored, text: ResourceText): boolean {
  const sent = stamp(text, stored.id, stored.version, stored.tick)
  if (sent === stored.text) return true
  const { meta: _meta, ...content } = { ...next, id: stored.id }
  const { meta: _stored, ...kept } = current?.resource ?? {}
  return isDeepStrictEqual(content, kept) && isSameText(sent, stored.text)
}

/** Top-level members that a change leaves alone; what a party wrote there keeps its last decimal digit. */
export const sameMembers = ({ current, next }: Change): string[] =>
  Object.keys(next).filter((name) => isDeepStrictEqual(current?.resource[name], next[name]))
