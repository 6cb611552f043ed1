/** What the load sends: prescriptions alone and as whole orders, each with identifiers of its own. */
import { randomUUID } from 'node:crypto'
import { prescriptionBundle } from '../src/demo/prescription.ts'
import type { r4 } from '../src/fhir/resource.ts'
import { isNhsNumber, mod37Check } from '../src/homecare/identifiers.ts'
import { prescriptionOfTablets } from './prescriptions.ts'

export const TRUST = 'RBA'
export const PROVIDER = 'VN6XW'
/** Entries of the measured order: patient, prescriber, organisation, role and eight prescriptions. */
export const ENTRIES = 12

let numbers = 0

/**
 * A prescription order number with its check character: each is another order. What the last group has no room for (a
 * million, in its five digits before the check character) goes on at the end of the second.
 * @param block at most five characters
 */
export function orderNumber(block = TRUST): string {
  const number = numbers++
  const second = block.padEnd(5, '0') + (number >> 20).toString(16).toUpperCase()
  const stem = `DC2C66-${second}-${(number & 0xfffff).toString(16).toUpperCase().padStart(5, '0')}`
  return stem + mod37Check(stem)
}

let patients = 0

/** An NHS number of the range that is kept for tests (999…), each another patient. */
export function nhsNumber(): string {
  for (;;) {
    const stem = `999${(patients++ % 1_000_000).toString().padStart(6, '0')}`
    const found = Array.from({ length: 10 }, (_, check) => `${stem}${check}`).find(isNhsNumber)
    if (found !== undefined) return found
  }
}

/** One order of one item: what an EPR of a trust sends most often. */
export const smallOrder = (block?: string): r4.Bundle & { entry: r4.BundleEntry[] } =>
  prescriptionBundle({
    trust: TRUST,
    provider: PROVIDER,
    authoredOn: new Date().toISOString(),
    orderNumber: orderNumber(block),
  })

const MEDICINES = [
  'Prednisolone 5mg tablets',
  'Bisoprolol 5mg tablets',
  'Amlodipine 5mg tablets',
  'Ramipril 5mg tablets',
  'Folic acid 5mg tablets',
  'Warfarin 5mg tablets',
  'Bendroflumethiazide 5mg tablets',
]

/** An order of twelve entries for a new patient, as text: only identifiers are put in, so that sending costs little. */
export function orderSource(): () => string {
  const bundle = smallOrder()
  const [patient, , , , item] = bundle.entry
  if (!patient || !item) throw new Error('The prescription has no patient or no item.')
  const { ifNoneExist: _found, ...request } = patient.request ?? { method: 'POST', url: 'Patient' }
  const order = (item.resource as r4.MedicationRequest).groupIdentifier?.value ?? ''
  const number = '@patient@'
  const { performer } = (item.resource as r4.MedicationRequest).dispenseRequest ?? {}
  const { dosageInstruction = [], dispenseRequest } = prescriptionOfTablets()
  // What holds for the whole order is as the first item has it.
  const { validityPeriod: _own, ...amounts } = dispenseRequest ?? {}
  const oral = { dosageInstruction, dispenseRequest: { ...amounts, ...(performer ? { performer } : {}) } }
  const entry = [
    {
      ...patient,
      request,
      resource: {
        ...(patient.resource as r4.Patient),
        identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: number }],
      },
    },
    ...bundle.entry.slice(1, 4),
    ...Array.from({ length: ENTRIES - 4 }, (_, i) => ({
      ...item,
      fullUrl: `urn:uuid:${randomUUID()}`,
      resource: {
        ...(item.resource as r4.MedicationRequest),
        identifier: [{ system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: '@item@' }],
        ...(i === 0 ? {} : { ...oral, medicationCodeableConcept: { text: MEDICINES[i - 1] ?? '' } }),
      },
    })),
  ]
  const parts = JSON.stringify({ ...bundle, entry })
    .replaceAll(order, '@order@')
    .split('@')
  return () => {
    const values: Record<string, () => string> = {
      patient: nhsNumber,
      item: randomUUID,
      order: once(orderNumber),
    }
    return filled(parts, values)
  }
}

/** A text with a new value in each place that has a name. */
const filled = (parts: readonly string[], values: Readonly<Record<string, () => string>>): string =>
  parts.map((part) => values[part]?.() ?? part).join('')

function once(make: () => string): () => string {
  let value: string | undefined
  return () => (value ??= make())
}

/**
 * A prescription for a stored role, as text with identifiers of its own, for one patient after the other: several live
 * prescriptions of one medicine would each be looked at, which no trust has in such numbers.
 *
 * @param patients ids
 */
export function prescriptionSource(stored: r4.MedicationRequest, patients: readonly string[]): () => string {
  const { id: _id, meta: _meta, ...content } = stored
  const parts = JSON.stringify(content)
    .replaceAll(content.identifier?.[0]?.value ?? '', '@item@')
    .replaceAll(content.groupIdentifier?.value ?? '', '@order@')
    .replaceAll(content.subject.reference ?? '', 'Patient/@patient@')
    .split('@')
  let next = 0
  const own: Readonly<Record<string, () => string>> = {
    item: randomUUID,
    order: orderNumber,
    patient: () => patients[next++ % patients.length] ?? '',
  }
  return () => filled(parts, own)
}
