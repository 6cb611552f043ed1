/** Lists of reasons: small, enumerated ValueSets from `profiles/ValueSet`. */
import type { r4 } from '../fhir/resource.ts'

export interface ReasonList {
  readonly url: string
  /** Codes per system; `*` where the list takes a whole system that is not ours to enumerate. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string> | '*'>
  /** The list in words, for refusals: codes of the first system named. */
  readonly words: string
}

/** Reads a ValueSet that enumerates its codes. Faults (unknown codes of our own systems) are added to `faults`. */
export function reasonList(valueSet: r4.ValueSet, codeSystems: readonly r4.CodeSystem[], faults: string[]): ReasonList {
  const codes = new Map<string, ReadonlySet<string> | '*'>()
  const words: string[] = []
  for (const { system, concept } of valueSet.compose?.include ?? []) {
    if (system === undefined) {
      faults.push(`ValueSet ${valueSet.url}: an include has no system`)
      continue
    }
    const own = codeSystems.find((candidate) => candidate.url === system)
    const listed = concept?.map(({ code }) => code) ?? own?.concept?.map(({ code }) => code)
    for (const code of listed ?? []) {
      if (own && !own.concept?.some((known) => known.code === code)) {
        faults.push(`ValueSet ${valueSet.url}: "${code}" is not in CodeSystem ${system}`)
      }
    }
    codes.set(system, listed ? new Set(listed) : '*')
    words.push(listed ? `${system}: ${listed.join(', ')}` : `any code of ${system}`)
  }
  return { url: valueSet.url ?? '', codes, words: words.join('; ') }
}

/** Whether at least one coding of the concept is in the list. */
export const inReasonList = (list: ReasonList, reason: r4.CodeableConcept): boolean =>
  (reason.coding ?? []).some(({ system, code }) => {
    if (system === undefined || code === undefined) return false
    const codes = list.codes.get(system)
    return codes === '*' || (codes?.has(code) ?? false)
  })
