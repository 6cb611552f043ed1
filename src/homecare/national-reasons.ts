/**
 * Our reasons in national codes: `profiles/ConceptMap`, one map per national list. Inside there is one list of reasons;
 * a national message that needs a code of its own list gets it beside ours.
 */
import type { r4 } from '../fhir/resource.ts'
import { REASON } from './states.ts'

export const reasonMapNames = ['reason-to-end-of-prescription', 'reason-to-not-dispensed', 'reason-to-return'] as const
export type ReasonMapName = (typeof reasonMapNames)[number]

export interface ReasonMap {
  /** The national CodeSystem. */
  readonly target: string
  /** Our code -> theirs. */
  readonly codes: ReadonlyMap<string, r4.Coding>
}

export type ReasonMaps = Readonly<Record<ReasonMapName, ReasonMap>>

/** National codes that may not be used here: reasons of general practice, and the owings note (domain: C.4). */
const barred: Readonly<Record<string, readonly string[]>> = {
  'https://fhir.nhs.uk/CodeSystem/medicationrequest-status-reason': ['0008', '0009'],
  'https://fhir.nhs.uk/CodeSystem/medicationdispense-status-reason': ['0003'],
}

/**
 * Reads a map and checks it against our reasons.
 * @param file where it came from, for the words of a refusal
 * @throws Error that lists every fault, so that a broken map stops the boot
 */
export function loadReasonMap(file: string, map: r4.ConceptMap, reasons: r4.CodeSystem): ReasonMap {
  const faults: string[] = []
  const known = new Set((reasons.concept ?? []).map(({ code }) => code))
  const [group, ...more] = map.group ?? []
  if (!group || more.length > 0) faults.push('it has one group: our reasons, and one national list')
  const target = group?.target ?? ''
  if (group?.source !== REASON) faults.push(`its source is ${REASON}`)
  if (!target.startsWith('https://fhir.nhs.uk/CodeSystem/')) faults.push('its target is a national CodeSystem')
  const codes = new Map<string, r4.Coding>()
  for (const { code = '', target: targets = [] } of group?.element ?? []) {
    const [to] = targets
    if (!known.has(code)) faults.push(`there is no reason ${code}`)
    if (codes.has(code)) faults.push(`${code} stands twice`)
    if (targets.length !== 1 || to?.code === undefined) faults.push(`${code} has one national code`)
    else if (barred[target]?.includes(to.code)) faults.push(`${code}: ${to.code} may not be used here`)
    else
      codes.set(code, { system: target, code: to.code, ...(to.display === undefined ? {} : { display: to.display }) })
  }
  if (faults.length > 0) throw new Error(`${file}:\n  ${faults.join('\n  ')}`)
  return { target, codes }
}

/** A reason with the national code beside ours, where there is one and it was not given. */
export function withNational({ target, codes }: ReasonMap, reason: r4.CodeableConcept): r4.CodeableConcept {
  const coding = reason.coding ?? []
  if (coding.some(({ system }) => system === target)) return reason
  const own = coding.find(({ system, code }) => system === REASON && codes.has(code ?? ''))
  const national = codes.get(own?.code ?? '')
  return national ? { ...reason, coding: [...coding, national] } : reason
}

/** The national code of a reason; undefined where the national list has none. */
export const nationalOf = (map: ReasonMap, reason: r4.CodeableConcept | undefined): r4.Coding | undefined =>
  reason && withNational(map, reason).coding?.find(({ system }) => system === map.target)
