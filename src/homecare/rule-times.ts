/** Rules for the times of a report: what it tells has happened. */
import type { r4 } from '../fhir/resource.ts'
import { EXPIRES_IN_USE, expiresInUse } from './batch.ts'
import { rangeOf } from './dates.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import { TOLERANCE_MS } from './named-rules.ts'
import { directionsOf } from './prescription-view.ts'
import { BEFORE_SIGNED, isBeforeSigned } from './signed-first.ts'
import { checkTimes } from './supply.ts'
import { HAS } from './traits.ts'

/** That goods are prepared before they are handed over, R4 says itself (mdd-1). */
export const dispenseTimes: Check<Subject> = {
  codes: ['time-implausible'],
  run: ({ resource, now }) =>
    checkTimes({ dispense: resource as unknown as r4.MedicationDispense, now }).flatMap(
      ({ key, expression = '', diagnostics }): Finding[] =>
        key === 'time-implausible'
          ? [{ code: key, at: expression.replace('MedicationDispense.', ''), words: diagnostics }]
          : [],
    ),
}

/** The batches that travel in the dispense itself; one that it refers to is looked at where the dispense is stored. */
export const batchLasts: Check<Subject> = {
  codes: ['batch-expires-in-use'],
  run: ({ resource, now }) => {
    const dispense = resource as unknown as r4.MedicationDispense
    return (dispense.contained ?? []).flatMap((inner, i): Finding[] =>
      inner.resourceType === 'Medication' &&
      dispense.medicationReference?.reference === `#${inner.id}` &&
      expiresInUse(dispense, (inner as r4.Medication).batch, now)
        ? [{ code: 'batch-expires-in-use', at: `contained[${i}].batch.expirationDate`, words: EXPIRES_IN_USE }]
        : [],
    )
  },
}

/** What was supplied of a biologic is traced by brand and batch; a Medication of its own may tell the batch. */
export const batchTold: Check<Subject> = {
  codes: ['dispense-batch-missing'],
  asks: HAS.biologic,
  run: (subject) => {
    const { status, medicationReference, contained } = subject.resource as unknown as r4.MedicationDispense
    const biologic = status === 'completed' ? directionsOf(subject)[0]?.known.biologic : undefined
    const link = medicationReference?.reference
    if (!biologic || (link !== undefined && !link.startsWith('#'))) return NOTHING
    const medication = contained?.find(({ id }) => link === `#${id}`) as r4.Medication | undefined
    if (medication?.batch?.lotNumber !== undefined) return NOTHING
    const words = `${biologic.name} is a biological medicine: what harmed a patient is traced by brand and batch. Send the batch with the report, as a contained Medication with code and batch.lotNumber.`
    return [{ code: 'dispense-batch-missing', at: 'medication', words }]
  },
}

/** The prescription that travels in the dispense; one that it refers to is looked at where the dispense is stored. */
export const signedFirst: Check<Subject> = {
  codes: ['dispense-before-signed'],
  run: ({ resource }) => {
    const dispense = resource as unknown as r4.MedicationDispense
    const isEarly = dispense.authorizingPrescription?.some(({ reference }) =>
      dispense.contained?.some(
        (inner) =>
          inner.resourceType === 'MedicationRequest' &&
          reference === `#${inner.id}` &&
          isBeforeSigned(dispense, inner as r4.MedicationRequest),
      ),
    )
    return isEarly ? [{ code: 'dispense-before-signed', at: 'whenHandedOver', words: BEFORE_SIGNED }] : NOTHING
  },
}

/** What a Task says of the past; executionPeriod may lie ahead, a delivery is booked before it takes place. */
export const taskTimes: Check<Subject> = {
  codes: ['time-implausible'],
  run: ({ resource, now }) =>
    (['authoredOn', 'lastModified'] as const).flatMap((at): Finding[] => {
      const range = rangeOf((resource as unknown as r4.Task)[at] ?? '')
      if (!range || range.low <= now + TOLERANCE_MS) return []
      const words = `${at} lies more than 24 hours ahead: check the sending system’s clock and time zone.`
      return [{ code: 'time-implausible', at, words }]
    }),
}
