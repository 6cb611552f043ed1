/** Codes of this project that the work is written in, and how a Task's business status is read. */
import { CANONICAL } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'

export const ORDER_STATUS = `${CANONICAL}/CodeSystem/order-business-status`
export const SUPPLY_STATUS = `${CANONICAL}/CodeSystem/supply-business-status`
export const CANCEL_STATUS = `${CANONICAL}/CodeSystem/cancel-business-status`
export const RENEWAL_STATUS = `${CANONICAL}/CodeSystem/renewal-business-status`
const REGISTRATION_STATUS = `${CANONICAL}/CodeSystem/registration-business-status`
export const REASON = `${CANONICAL}/CodeSystem/reason`
export const TASK_CODE = `${CANONICAL}/CodeSystem/task-code`
export const TASK_INPUT = `${CANONICAL}/CodeSystem/task-input`
export const TASK_OUTPUT = `${CANONICAL}/CodeSystem/task-output`
/** HL7's Task codes; `fulfill` marks an order (https://hl7.org/fhir/R4/codesystem-task-code.html). */
export const HL7_TASK_CODE = 'http://hl7.org/fhir/CodeSystem/task-code'

/** Task extension, set by the service and never changed: the start of the first delivery ever agreed (dateTime). */
export const FIRST_PROMISED = `${CANONICAL}/StructureDefinition/first-promised`
/** Task extension, set by the service at every booking: the last agreed slot (Period). */
export const AGREED_SLOT = `${CANONICAL}/StructureDefinition/agreed-slot`
/** Task extension, set by the service: the state an order was suspended in, to which it returns (code). */
export const HELD_FROM = `${CANONICAL}/StructureDefinition/held-from`

/** Extension, set by the service: a report that came after a later one; what, when it happened, when it was learnt. */
export const LATE_REPORT = `${CANONICAL}/StructureDefinition/late-report`

/**
 * When the status of a dispense changed (dateTime): R5's element as HL7 carries it in R4
 * (https://hl7.org/fhir/uv/xver-r5.r4, extension-MedicationDispense.statusChanged). The provider says it.
 */
export const STATUS_CHANGED = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationDispense.statusChanged'

/** Task extensions, set by the service at every step: who takes the next one (code), and until when (dateTime). */
export const NEXT_ACTOR = `${CANONICAL}/StructureDefinition/next-actor`
export const NEXT_DUE = `${CANONICAL}/StructureDefinition/next-action-due`
/** Task extension, set by the service's clock: the time at which the next step was expected and did not come. */
export const OVERDUE_SINCE = `${CANONICAL}/StructureDefinition/overdue-since`
/** Task extension, set by the service's clock: the need-by day that passed without a delivery. */
export const RUN_OUT = `${CANONICAL}/StructureDefinition/run-out`

const hasCoding = (concept: r4.CodeableConcept | undefined, system: string, code: string): boolean =>
  concept?.coding?.some((coding) => coding.system === system && coding.code === code) ?? false

export const isOrderTask = (task: r4.Task): boolean =>
  hasCoding(task.code, HL7_TASK_CODE, 'fulfill') && (task.partOf ?? []).length === 0
export const isSupplyTask = (task: r4.Task): boolean => hasCoding(task.code, TASK_CODE, 'supply')
/** A Task by which the provider is asked to stop what the trust has ended. */
export const isCancelTask = (task: r4.Task): boolean => hasCoding(task.code, HL7_TASK_CODE, 'abort')
export const isRenewalTask = (task: r4.Task): boolean => hasCoding(task.code, TASK_CODE, 'renewal')

const businessSystems: readonly (string | undefined)[] = [
  ORDER_STATUS,
  SUPPLY_STATUS,
  CANCEL_STATUS,
  RENEWAL_STATUS,
  REGISTRATION_STATUS,
]

/** The code of a Task's business status in our own systems, if it has one. */
export const businessCode = (task: r4.Task): string | undefined =>
  task.businessStatus?.coding?.find(({ system }) => businessSystems.includes(system))?.code
