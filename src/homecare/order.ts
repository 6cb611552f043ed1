/**
 * From prescriptions to work: which MedicationRequests are orders, and the one order Task that follows the items
 * sharing a groupIdentifier. What an order becomes later is the lifecycle table's to say.
 */
import type { Issue } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { NOTHING } from './finding.ts'
import { ODS_ORGANISATION, organisationCode } from './identifiers.ts'
import { businessCode, HL7_TASK_CODE, ORDER_STATUS, TASK_INPUT } from './states.ts'

/**
 * Intents that ask a pharmacy to supply. `original-order` and `reflex-order` are EPS's words for the prescriber's
 * order and for each issue of it; `proposal`, `plan` and `option` authorise nobody
 * (https://hl7.org/fhir/R4/valueset-medicationrequest-intent.html).
 */
const orderIntents: readonly unknown[] = ['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order']

/** Whether the resource is a prescription that a provider is to supply: active, and an order by intent. */
export const isOrder = (resource: Resource): boolean =>
  resource.resourceType === 'MedicationRequest' &&
  resource.status === 'active' &&
  (resource.intent === 'order' || orderIntents.includes(resource.intent))

/** What makes a prescription an item of an order. */
export interface OrderParticulars {
  /** The group, with the extensions it came with (the EPS long prescription id). */
  readonly group: r4.Identifier & { readonly system: string; readonly value: string }
  /** ODS code of the provider, upper case. */
  readonly provider: string
  /** The provider as a literal reference, where the prescription gives one. */
  readonly providerReference?: string
  readonly subject: r4.Reference
}

/**
 * Reads what an order needs of a prescription.
 * @param organizationOf ODS code of an Organization that a literal reference points to
 * @param root FHIRPath of the prescription in what was sent
 */
export function orderParticulars(
  prescription: r4.MedicationRequest,
  organizationOf: (reference: string) => string | undefined,
  root = 'MedicationRequest',
): OrderParticulars | readonly Issue[] {
  const { groupIdentifier: group, subject } = prescription
  const performer = prescription.dispenseRequest?.performer
  const provider = providerOf(performer, organizationOf)
  if (!group?.system || !group.value || !provider || !isNamed(subject)) return lacking(prescription, provider, root)
  return {
    group: { ...group, system: group.system, value: group.value },
    provider,
    ...(performer?.reference ? { providerReference: performer.reference } : {}),
    subject,
  }
}

const isNamed = (subject: r4.Reference | undefined): boolean =>
  Boolean(subject?.reference) || Boolean(subject?.identifier?.value)

const providerOf = (
  performer: r4.Reference | undefined,
  organizationOf: (reference: string) => string | undefined,
): string | undefined =>
  organisationCode(performer?.identifier) ?? (performer?.reference && organizationOf(performer.reference))

function lacking(prescription: r4.MedicationRequest, provider: string | undefined, root: string): readonly Issue[] {
  const { groupIdentifier: group, subject } = prescription
  if (group?.system && group.value && provider && isNamed(subject)) return NOTHING
  const issues: Issue[] = []
  if (!group?.system || !group.value) {
    const diagnostics =
      'An order needs groupIdentifier with system and value: all items of one prescription carry the same one, for example https://fhir.nhs.uk/Id/prescription-order-number.'
    issues.push({ key: 'order-group-missing', diagnostics, expression: `${root}.groupIdentifier` })
  }
  if (!provider) {
    const diagnostics = `An order names its provider in dispenseRequest.performer: an identifier with system ${ODS_ORGANISATION} and the provider’s ODS code, or a reference to an Organization that has one.`
    issues.push({ key: 'order-provider-missing', diagnostics, expression: `${root}.dispenseRequest.performer` })
  }
  if (!isNamed(subject)) {
    const diagnostics = 'An order needs subject: a reference to the Patient, or the patient’s identifier.'
    issues.push({ key: 'order-subject-missing', diagnostics, expression: `${root}.subject` })
  }
  return issues
}

/**
 * What a prescription lacks to be an order, as far as it shows before references are followed: a literal reference
 * counts as a provider named. Empty for a resource that is no order.
 */
export function orderIssues(resource: Resource, root = 'MedicationRequest'): readonly Issue[] {
  if (!isOrder(resource)) return NOTHING
  const prescription = resource as unknown as r4.MedicationRequest
  const provider = providerOf(prescription.dispenseRequest?.performer, (reference) => reference)
  return lacking(prescription, provider, root)
}

/** A prescription and the literal reference by which the Task names it, e.g. `MedicationRequest/[id]`. */
export interface Item {
  readonly reference: string
  readonly resource: r4.MedicationRequest
}

const sameSubject = (a: r4.Reference | undefined, b: r4.Reference | undefined): boolean => {
  if (a?.reference !== undefined && a.reference === b?.reference) return true
  const [one, two] = [a?.identifier, b?.identifier]
  return one?.value !== undefined && one.value === two?.value && one.system === two.system
}

/**
 * Items of one group must be for one patient and one provider: a mixed order would send somebody's medicine to
 * somebody else.
 * @returns an issue for every item that disagrees with the first
 */
export function itemsDisagree(
  items: readonly { readonly particulars: OrderParticulars; readonly root: string }[],
): Issue[] {
  const first = items[0]
  if (!first) return []
  const issues: Issue[] = []
  for (const { particulars, root } of items.slice(1)) {
    if (!sameSubject(first.particulars.subject, particulars.subject)) {
      const diagnostics =
        'Items with the same groupIdentifier are for one patient, given in the same way: this subject is not that of the first item.'
      issues.push({ key: 'order-items-disagree', diagnostics, expression: `${root}.subject` })
    }
    if (first.particulars.provider !== particulars.provider) {
      const diagnostics =
        'Items with the same groupIdentifier go to one provider: this performer is not that of the first item. Use another groupIdentifier for another provider.'
      issues.push({ key: 'order-items-disagree', diagnostics, expression: `${root}.dispenseRequest.performer` })
    }
  }
  return issues
}

const organizationReference = (code: string, literal?: string): r4.Reference => ({
  ...(literal === undefined ? {} : { reference: literal }),
  type: 'Organization',
  identifier: { system: ODS_ORGANISATION, value: code },
})

const priorities = ['routine', 'urgent', 'asap', 'stat'] as const

/** The most pressing priority that any item asks for. */
const priorityOf = (items: readonly r4.MedicationRequest[]): (typeof priorities)[number] | undefined =>
  priorities.findLast((priority) => items.some((item) => item.priority === priority))

/** From the earliest start to the latest end of the items; the bounds of each item still bind its own dispenses. */
function validityOf(items: readonly r4.MedicationRequest[]): r4.Period | undefined {
  const bounds = (edge: 'start' | 'end'): string[] =>
    items.flatMap((item) => item.dispenseRequest?.validityPeriod?.[edge] ?? []).sort()
  const start = bounds('start')[0]
  const ends = bounds('end')
  // An item without an end is open: the order as a whole has no end then.
  const end = ends.length === items.length ? ends.at(-1) : undefined
  if (start === undefined && end === undefined) return undefined
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) }
}

export interface OrderRequest {
  readonly id: string
  /** The patient: the items' subject, with what else is known of it. */
  readonly subject: r4.Reference
  /** At least one; all of one group. */
  readonly items: readonly [Item, ...Item[]]
  /** ODS code of the trust. */
  readonly requester: string
  /** ODS code of the provider. */
  readonly owner: string
  readonly requesterReference?: string
  readonly ownerReference?: string
  /** ms since the epoch */
  readonly now: number
  /** A pharmacist of the trust screens it first. */
  readonly screening?: boolean
  /** Live orders of the trust for the same patient and medicine that this one does not replace. */
  readonly beside?: readonly r4.Task[]
}

const begun = (
  status: r4.Task['status'],
  code: string,
  display: string,
): Pick<r4.Task, 'status' | 'businessStatus'> => ({
  status,
  businessStatus: { coding: [{ system: ORDER_STATUS, code, display }] },
})

/** The order Task: one for all items of a group, waiting for the provider, or first for the trust's pharmacist. */
export function orderTask(request: OrderRequest): r4.Task {
  const { id, items, requester, owner, now } = request
  const prescriptions = items.map(({ resource }) => resource)
  const first = items[0]
  const priority = priorityOf(prescriptions)
  const period = validityOf(prescriptions)
  const instant = new Date(now).toISOString()
  // A provider learns nothing of what others supply: for it, another organisation's order does not exist.
  const beside = (request.beside ?? []).filter((other) => organisationCode(other.owner?.identifier) === owner)
  return {
    resourceType: 'Task',
    id,
    basedOn: items.map(({ reference }) => ({ reference })),
    ...(first.resource.groupIdentifier ? { groupIdentifier: first.resource.groupIdentifier } : {}),
    ...(request.screening
      ? begun('draft', 'awaiting-screening', 'Awaiting screening')
      : begun('requested', 'submitted', 'Submitted')),
    intent: 'order',
    ...(priority ? { priority } : {}),
    code: { coding: [{ system: HL7_TASK_CODE, code: 'fulfill' }] },
    focus: { reference: first.reference },
    for: request.subject,
    authoredOn: instant,
    lastModified: instant,
    requester: organizationReference(requester, request.requesterReference),
    owner: organizationReference(owner, request.ownerReference),
    ...(period ? { restriction: { period } } : {}),
    ...(beside.length > 0 ? { input: beside.map(concurrentInput) } : {}),
  }
}

/** The provider's pharmacist sees it with the order. */
const concurrentInput = (other: r4.Task): r4.TaskInput => ({
  type: { coding: [{ system: TASK_INPUT, code: 'concurrent-order', display: 'Concurrent order' }] },
  valueReference: { reference: `Task/${other.id}` },
})

/**
 * Adds an item that arrives after the first ones of its group. Only an order that the provider has not taken can
 * grow: once taken, an item that slips in might never be looked at.
 * @param items the prescriptions the order has already
 * @returns the Task with the item (the same Task when it has it already), or issues
 */
export function joinOrder(
  task: r4.Task,
  items: readonly r4.MedicationRequest[],
  added: Item,
  now: number,
  root = 'MedicationRequest',
): r4.Task | readonly Issue[] {
  if (task.basedOn?.some(({ reference }) => reference === added.reference)) return task
  if (task.status !== 'requested' && task.status !== 'draft') {
    const diagnostics = `The order with this groupIdentifier is ${task.status}/${businessCode(task) ?? ''}: no item can join it any more. Send further items under a new groupIdentifier.`
    return [{ key: 'order-closed-to-items', diagnostics, expression: `${root}.groupIdentifier` }]
  }
  const prescriptions = [...items, added.resource]
  const priority = priorityOf(prescriptions)
  const period = validityOf(prescriptions)
  const { restriction: _, ...rest } = task
  return {
    ...rest,
    basedOn: [...(task.basedOn ?? []), { reference: added.reference }],
    ...(priority ? { priority } : {}),
    ...(period ? { restriction: { period } } : {}),
    lastModified: new Date(now).toISOString(),
  }
}
