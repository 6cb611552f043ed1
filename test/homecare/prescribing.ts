/** Orders for medicines as homecare writes them, and what the homecare rules find in them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { createHomecareRules } from '../../src/homecare/rules.ts'

const read = <T = Resource>(path: string): T =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')) as T
const rules = createHomecareRules({
  rules: read('conformance/rules.json'),
  medicines: read('conformance/medicines.json'),
})
const NOW = Date.UTC(2026, 10, 22)
const UCUM = 'http://unitsofmeasure.org'
export const SCT = 'http://snomed.info/sct'
export const GTS = 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation'

/** Units as dm+d codes them in SNOMED CT. */
const SNOMED = {
  mg: ['258684004', 'milligram'],
  ug: ['258685003', 'microgram'],
  tablet: ['428673006', 'tablet'],
  capsule: ['428641000', 'capsule'],
} as const
export const q = (value: number, code: string, unit = code): r4.Quantity => ({ value, unit, system: UCUM, code })
export const s = (value: number, name: keyof typeof SNOMED): r4.Quantity => {
  const [code, unit] = SNOMED[name]
  return { value, unit, system: SCT, code }
}
export const u = (value: number, unit: string): r4.Quantity => ({ value, unit })
export const at = (doseQuantity: r4.Quantity): r4.DosageDoseAndRate[] => [{ doseQuantity }]
export const rep = (
  frequency: number,
  period: number,
  periodUnit: 'h' | 'd' | 'wk' | 'mo',
  more: r4.TimingRepeat = {},
): r4.Timing => ({ repeat: { frequency, period, periodUnit, ...more } })
export const DAILY = rep(1, 1, 'd')
export const WEEKLY = rep(1, 1, 'wk')
export const ON_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export const byCode = (item: r4.MedicationRequest): void => {
  item.medicationCodeableConcept = { coding: [{ system: SCT, code: '39113611000001102' }] }
}
export type Change = (item: r4.MedicationRequest) => void
/** What examples leave out that are about something else: brands, and parts of a dosage. */
const BESIDE = ['brand-missing', 'dosage-incomplete']

/** Codes of what is found in an order for a medicine, named as in textbooks. */
export const found = (...order: Parameters<typeof allFound>): string[] =>
  allFound(...order).filter((key) => !BESIDE.includes(key))

/** The same, with what is found of brands and of parts that are missing. */
export function allFound(
  name: string,
  dosage: r4.Dosage | r4.Dosage[],
  change: Change = () => undefined,
  now = NOW,
): string[] {
  const bundle = read('profiles/valid/Bundle--prescription.json') as unknown as r4.Bundle
  const entries = (bundle.entry ?? []).map(({ resource, fullUrl }, i) => ({
    ...{ resource: resource as unknown as Resource, root: `Bundle.entry[${i}].resource`, creating: true },
    fullUrl,
  }))
  const item = entries.find(({ resource }) => resource.resourceType === 'MedicationRequest')
    ?.resource as unknown as r4.MedicationRequest
  item.medicationCodeableConcept = { text: name, coding: [{ system: SCT, code: '39113611000001102' }] }
  item.dosageInstruction = [dosage].flat()
  if (item.dosageInstruction.length === 0) delete item.dosageInstruction
  item.dispenseRequest = { ...item.dispenseRequest, quantity: u(4, 'pack') }
  change(item)
  return rules.checkTogether(entries, { now }).map(({ key }) => key)
}

/** An order for so many days of supply, with its quantity and repeats. */
export function supplyOf(quantity: r4.Quantity, days: number, repeats = 0): Change {
  return (item) => {
    const { dispenseInterval: _, ...request } = item.dispenseRequest ?? {}
    const validityPeriod = { start: '2026-11-22', end: repeats > 0 ? '2027-11-20' : '2027-05-20' }
    const supply = { quantity, numberOfRepeatsAllowed: repeats, expectedSupplyDuration: q(days, 'd', 'day') }
    item.dispenseRequest = { ...request, ...supply, validityPeriod }
  }
}
