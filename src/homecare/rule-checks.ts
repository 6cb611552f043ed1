/** The checks that rows of `conformance/rules.json` name, where FHIRPath cannot say what they find. */
import type { Check, Subject } from './finding.ts'
import { asNeededLimit, dosageSays } from './rule-complete.ts'
import { asDirected, asNeeded, dosageSequence, wordsAgainstCourse } from './rule-course.ts'
import { doseAgainstStrength, dosesAgree, ownMaximum } from './rule-dose-limits.ts'
import { doseLimits } from './rule-dose-most.ts'
import * as dose from './rule-dose.ts'
import * as frequency from './rule-frequency.ts'
import { quantityUnits, unitForms } from './rule-form.ts'
import { identifierForms } from './rule-identifiers.ts'
import { infusionRates } from './rule-infusion.ts'
import { itemsTwice, patientAlive } from './rule-items.ts'
import { biologicSubstitution, brands, doseUnits, medicineCodes, medicineNames, reported } from './rule-medicine.ts'
import { courseOfTherapy, itemNumbers, itemsAgree, type OrderCheck, particulars } from './rule-order.ts'
import { birthDate, nhsNumberPresent } from './rule-patient.ts'
import * as prescription from './rule-prescription.ts'
import { routes } from './rule-route.ts'
import { daysSupplied, firstSupply, timingInTime } from './rule-supply.ts'
import { batchLasts, batchTold, dispenseTimes, signedFirst, taskTimes } from './rule-times.ts'

/** Checks of one resource, by the names that rows use. */
export const resourceChecks: Readonly<Record<string, Check<Subject>>> = {
  'identifier-forms': identifierForms,
  'nhs-number-present': nhsNumberPresent,
  'birth-date': birthDate,
  category: prescription.category,
  'prescription-type': prescription.prescriptionType,
  'authored-on': prescription.authoredOn,
  validity: prescription.validity,
  supplies: prescription.supplies,
  'medicine-named': prescription.medicineNamed,
  'controlled-drugs': prescription.controlledDrugs,
  quantity: prescription.quantity,
  'words-against-timing': dose.wordsAgainstTiming,
  'words-against-dose': dose.wordsAgainstDose,
  'dose-quantities': dose.doseQuantities,
  'dose-notation': dose.doseNotation,
  'own-maximum': ownMaximum,
  'doses-agree': dosesAgree,
  'dose-against-strength': doseAgainstStrength,
  'dose-limits': doseLimits,
  routes,
  'words-against-course': wordsAgainstCourse,
  'as-needed': asNeeded,
  'as-needed-limit': asNeededLimit,
  'as-directed': asDirected,
  'dosage-says': dosageSays,
  'dosage-sequence': dosageSequence,
  'infusion-rates': infusionRates,
  'unit-words': dose.unitWords,
  'weekly-medicines': frequency.weeklyMedicines,
  'dose-intervals': frequency.doseIntervals,
  'medicine-by-code': prescription.medicineByCode,
  'dispense-times': dispenseTimes,
  'task-times': taskTimes,
  'batch-lasts': batchLasts,
  'batch-told': batchTold,
  'signed-first': signedFirst,
  'medicine-names': medicineNames,
  'dose-units': doseUnits,
  'unit-forms': unitForms,
  'quantity-units': quantityUnits,
  'medicine-codes': medicineCodes,
  brands,
  reported,
  'biologic-substitution': biologicSubstitution,
  'first-supply': firstSupply,
  'timing-in-time': timingInTime,
  'days-supplied': daysSupplied,
}

/** Checks of what travels together. */
export const orderChecks: Readonly<Record<string, OrderCheck>> = {
  'items-agree': itemsAgree,
  'course-of-therapy': courseOfTherapy,
  'item-numbers': itemNumbers,
  particulars,
  'items-twice': itemsTwice,
  'patient-alive': patientAlive,
}
