/**
 * What prescriptions rely on by reference: who takes the medicine, who prescribed it, what it is. They are judged and
 * signed with these as they are, so none of them may become something else behind them.
 */
import { equals } from '../fhir/profile-values.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { GMC, GPHC, NHS_NUMBER, NMC } from './identifiers.ts'

/** What makes a Medication the medicine that was prescribed; narrative, status, batch and identifiers may be put right. */
const MEDICINE = ['code', 'form', 'amount', 'ingredient'] as const

/** The elements in which a Medication has become another medicine. */
export const otherMedicine = (before: Resource, after: Resource): readonly string[] =>
  MEDICINE.filter((name) => !equals(before[name], after[name]))

/**
 * Whether a record has come to be about somebody else. Numbers, names and dates of birth are put right, one at a time;
 * where two of them are replaced by one change, nothing is left by which the person is the same.
 */
export function isAnotherPerson(before: Resource, after: Resource): boolean {
  const replaced = [
    areReplaced(numbersOf(before), numbersOf(after)),
    areReplaced(namesOf(before), namesOf(after)),
    areReplaced(birthOf(before), birthOf(after)),
  ]
  return replaced.filter(Boolean).length > 1
}

/** Whether a role has come to be another person's. */
export const isAnothersRole = (before: Resource, after: Resource): boolean =>
  before.practitioner !== undefined && !equals(before.practitioner, after.practitioner)

/** What was known is gone, or none of what is known now was. */
const areReplaced = (before: readonly string[], after: readonly string[]): boolean =>
  before.length > 0 && !before.some((one) => after.includes(one))

const NATIONAL: readonly (string | undefined)[] = [NHS_NUMBER, GMC, GPHC, NMC]

/** National numbers where there are any: local ones change with the system that gives them. */
function numbersOf({ identifier = [] }: Resource): string[] {
  const all = identifier as r4.Identifier[]
  const national = all.filter(({ system, value }) => NATIONAL.includes(system) && value !== undefined)
  return (national.length > 0 ? national : all).map(({ system, value }) => `${system}|${value?.toUpperCase()}`)
}

const namesOf = ({ name = [] }: Resource): string[] =>
  (name as r4.HumanName[]).flatMap(({ family, text }) => {
    const said = family ?? text
    return said === undefined ? [] : [said.trim().toLowerCase()]
  })

const birthOf = ({ birthDate }: Resource): string[] => (typeof birthDate === 'string' ? [birthDate] : [])
