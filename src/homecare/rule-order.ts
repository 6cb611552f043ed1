/** Rules for orders as a whole: the items that travel together, and the people and places they name. */
import type { ProblemKey } from '../fhir/problem.ts'
import { equals } from '../fhir/profile-values.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { addMonths, rangeOf } from './dates.ts'
import { NOTHING } from './finding.ts'
import type { Medicines } from './medicines.ts'
import { GMC, GPHC, ITEM_NUMBER, NMC } from './identifiers.ts'

/** A resource that travels, and where it stands in what was sent. */
export interface Placed {
  readonly resource: Resource
  /** FHIRPath, e.g. `Bundle.entry[3].resource`. */
  readonly root: string
  /** What a contained resource stands in. */
  readonly container?: Placed
}

/** The prescriptions of one message that are orders, and what came with them. */
export interface Consignment {
  readonly items: readonly Placed[]
  /** The items by groupIdentifier; one without a group stands alone. */
  readonly orders: readonly Order[]
  /** Everything else that came along. */
  readonly others: readonly Placed[]
  readonly medicines: Medicines
  /** ms since the epoch */
  readonly now: number
  /** What a reference of a resource points to: contained in it, or another entry. */
  resolve(reference: r4.Reference | undefined, from: Placed): Placed | undefined
}

/** What is wrong, at a place in what was sent. */
export interface OrderFinding {
  readonly code: ProblemKey
  readonly expression: string
  readonly words: string
}

export interface OrderCheck {
  readonly codes: readonly ProblemKey[]
  run(consignment: Consignment): readonly OrderFinding[]
}

export const prescriptionOf = ({ resource }: Placed): r4.MedicationRequest =>
  resource as unknown as r4.MedicationRequest

/** Items of one group, at least one. */
export type Order = readonly [Placed, ...Placed[]]

/** Items by groupIdentifier; one without a group stands alone. */
export function ordersOf(items: readonly Placed[]): readonly Order[] {
  const [only] = items
  if (only && items.length === 1) return [[only]]
  const orders = new Map<string, [Placed, ...Placed[]]>()
  let before: { readonly group: r4.Identifier; readonly order: [Placed, ...Placed[]] } | undefined
  for (const item of items) {
    const group = prescriptionOf(item).groupIdentifier
    // Items of one order stand together, nearly always.
    if (before && group?.value === before.group.value && group?.system === before.group.system) {
      before.order.push(item)
      continue
    }
    const key = group?.value === undefined ? item.root : `${group.system ?? ''}|${group.value}`
    const order: [Placed, ...Placed[]] = orders.get(key) ?? [item]
    if (orders.has(key)) order.push(item)
    else orders.set(key, order)
    before = group?.value === undefined ? undefined : { group, order }
  }
  return [...orders.values()]
}

/** Whether two references surely point to different things; one by link and one by identifier cannot be compared. */
function differ(a: r4.Reference | undefined, b: r4.Reference | undefined): boolean {
  if (a === undefined || b === undefined) return a !== b
  if (a.reference !== undefined && b.reference !== undefined) return a.reference !== b.reference
  const [one, two] = [a.identifier, b.identifier]
  if (one?.value === undefined || two?.value === undefined) return false
  return one.value.toUpperCase() !== two.value.toUpperCase() || one.system !== two.system
}

const codesOf = (concepts: readonly r4.CodeableConcept[] | undefined): string[] =>
  (concepts ?? []).flatMap(({ coding = [] }) => coding.map(({ system, code }) => `${system}|${code}`)).sort()

/** Elements in which the items of one order agree, and how they are told apart. */
const agreement: readonly {
  readonly element: string
  readonly differ: (a: r4.MedicationRequest, b: r4.MedicationRequest) => boolean
}[] = [
  { element: 'subject', differ: (a, b) => differ(a.subject, b.subject) },
  { element: 'requester', differ: (a, b) => differ(a.requester, b.requester) },
  { element: 'groupIdentifier', differ: (a, b) => !equals(a.groupIdentifier, b.groupIdentifier) },
  { element: 'authoredOn', differ: (a, b) => a.authoredOn !== b.authoredOn },
  {
    element: 'dispenseRequest.performer',
    differ: (a, b) => differ(a.dispenseRequest?.performer, b.dispenseRequest?.performer),
  },
  {
    element: 'category',
    differ: (a, b) => !equals(a.category, b.category) && !equals(codesOf(a.category), codesOf(b.category)),
  },
  {
    element: 'dispenseRequest.validityPeriod',
    differ: (a, b) => !equals(a.dispenseRequest?.validityPeriod, b.dispenseRequest?.validityPeriod),
  },
]

export const itemsAgree: OrderCheck = {
  codes: ['order-items-disagree'],
  run: ({ orders }) => {
    let findings: OrderFinding[] | undefined
    for (const order of orders) {
      const first = prescriptionOf(order[0])
      for (let i = 1; i < order.length; i++) {
        const item = order[i] as Placed
        for (const { element, differ } of agreement) {
          if (!differ(first, prescriptionOf(item))) continue
          const words = `Items with the same groupIdentifier are one order, signed by one prescriber for one patient and one provider: ${element} differs from that of the first item. Make them equal, or use another groupIdentifier.`
          findings ??= []
          findings.push({ code: 'order-items-disagree', expression: `${item.root}.${element}`, words })
        }
      }
    }
    return findings ?? NOTHING
  },
}

/** EPS and UK Core spell repeat dispensing in two ways. */
const course = (prescription: r4.MedicationRequest): string | undefined =>
  prescription.courseOfTherapyType?.coding?.find(({ code }) => code !== undefined)?.code?.replace('repeating', 'repeat')

/** These two stand together in one order. */
const mixes = (course: string | undefined): boolean => course === 'acute' || course === 'continuous'

export const courseOfTherapy: OrderCheck = {
  codes: ['course-of-therapy-mixed'],
  run: ({ orders }) => {
    let findings: OrderFinding[] | undefined
    for (const order of orders) {
      if (order.length === 1) continue
      const expected = course(prescriptionOf(order[0]))
      for (const item of order) {
        const found = course(prescriptionOf(item))
        if (found === expected || (mixes(found) && mixes(expected))) continue
        const words =
          'The items of one order are of one course of therapy; only acute and continuous may stand together. Send the item under another groupIdentifier.'
        findings ??= []
        findings.push({ code: 'course-of-therapy-mixed', expression: `${item.root}.courseOfTherapyType`, words })
      }
    }
    return findings ?? NOTHING
  },
}

export const itemNumbers: OrderCheck = {
  codes: ['item-number-twice'],
  run: ({ items }) => {
    const seen: string[] = []
    let findings: OrderFinding[] | undefined
    for (const item of items) {
      const { identifier } = prescriptionOf(item)
      if (!identifier) continue
      for (let i = 0; i < identifier.length; i++) {
        const { system, value } = identifier[i] as r4.Identifier
        if (system !== ITEM_NUMBER || value === undefined) continue
        const number = value.toLowerCase()
        // At most as many as a Bundle has entries.
        if (!seen.includes(number)) {
          seen.push(number)
          continue
        }
        const words = 'This item number stands at another item too: every item has a number of its own (a UUID).'
        findings ??= []
        findings.push({ code: 'item-number-twice', expression: `${item.root}.identifier[${i}].value`, words })
      }
    }
    return findings ?? NOTHING
  },
}

/** The date of an EPS message is that of its signature. */
const isDated = ({ others }: Consignment): boolean =>
  others.some(
    ({ resource }) =>
      resource.resourceType === 'Provenance' &&
      (resource as unknown as r4.Provenance).signature?.some(({ when }) => when !== undefined),
  )

export const particulars: OrderCheck = {
  codes: [
    'particulars-date-missing',
    'particulars-patient-missing',
    'patient-by-identifier-alone',
    'particulars-birth-date-missing',
    'particulars-prescriber-missing',
    'particulars-prescriber-address-missing',
    'particulars-prescriber-kind-missing',
  ],
  run: (consignment) => {
    const dated = isDated(consignment)
    const findings: OrderFinding[] = []
    for (const order of consignment.orders) {
      for (const item of dated ? NOTHING : order) {
        if (prescriptionOf(item).authoredOn !== undefined) continue
        const words = 'A prescription carries the date of signing: say it in authoredOn.'
        findings.push({ code: 'particulars-date-missing', expression: `${item.root}.authoredOn`, words })
      }
      patientParticulars(consignment, order[0], findings)
      prescriberParticulars(consignment, order[0], findings)
    }
    return findings
  },
}

function patientParticulars(consignment: Consignment, item: Placed, findings: OrderFinding[]): void {
  const { subject } = prescriptionOf(item)
  if (subject?.identifier && subject.reference === undefined) {
    const words =
      'The provider sees a patient to whom the prescription refers, and nothing of this one but the identifier: no name, no birth date, no address. Send the Patient in the same Bundle, or store it before, and name it in subject.reference.'
    findings.push({ code: 'patient-by-identifier-alone', expression: `${item.root}.subject`, words })
    return
  }
  const found = consignment.resolve(subject, item)
  if (found?.resource.resourceType !== 'Patient') return
  const { name = [], address = [], birthDate } = found.resource as unknown as r4.Patient
  if (!name.some(({ family, text }) => family !== undefined || text !== undefined)) {
    const words = 'A prescription carries the name of the patient: send Patient.name with family and given.'
    findings.push({ code: 'particulars-patient-missing', expression: `${found.root}.name`, words })
  }
  if (!address.some(({ line, text, postalCode }) => line ?? text ?? postalCode)) {
    const words =
      'A prescription carries the address of the patient, and homecare delivers to it: send Patient.address with line and postalCode.'
    findings.push({ code: 'particulars-patient-missing', expression: `${found.root}.address`, words })
  }
  const born = rangeOf(birthDate ?? '')
  // A year alone is enough for somebody who is surely older than twelve.
  if (!born || ((birthDate ?? '').length < 10 && born.high > addMonths(consignment.now, -12 * 12))) {
    const words =
      'Send Patient.birthDate in full: the age of a patient under 12 is part of a prescription, and the pharmacist checks the dose against it.'
    findings.push({ code: 'particulars-birth-date-missing', expression: `${found.root}.birthDate`, words })
  }
}

const REGISTERS = [GMC, GPHC, NMC]
const PRESCRIPTION_TYPE = 'https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionType'

/** As far as the prescriber came along: what is known by identifier alone is for the registers to say. */
function prescriberParticulars(consignment: Consignment, item: Placed, findings: OrderFinding[]): void {
  const named = prescriptionOf(item).requester
  if (named?.reference === undefined && named?.identifier === undefined) {
    const words =
      'A prescription names its prescriber: send requester, a reference to the PractitionerRole or Practitioner, or an identifier such as the GMC number. A display alone names nobody.'
    findings.push({ code: 'particulars-prescriber-missing', expression: `${item.root}.requester`, words })
    return
  }
  const requester = consignment.resolve(named, item)
  if (!requester) return
  const role =
    requester.resource.resourceType === 'PractitionerRole'
      ? (requester.resource as unknown as r4.PractitionerRole)
      : undefined
  const person = role ? consignment.resolve(role.practitioner, requester)?.resource : requester.resource
  const place = role && consignment.resolve(role.organization, requester)?.resource
  const practitioner = person?.resourceType === 'Practitioner' ? (person as unknown as r4.Practitioner) : undefined
  const organization = place?.resourceType === 'Organization' ? (place as unknown as r4.Organization) : undefined
  const elsewhere = role?.organization?.identifier !== undefined || role?.location !== undefined
  if (!practitioner?.address && !organization?.address && !elsewhere) {
    const words =
      'A prescription carries the address of the prescriber: send it in Organization.address of the requester’s organisation, or in Practitioner.address.'
    findings.push({ code: 'particulars-prescriber-address-missing', expression: `${item.root}.requester`, words })
  }
  const isRegistered = (identifier: r4.Identifier | undefined): boolean => REGISTERS.includes(identifier?.system ?? '')
  const known =
    role?.code !== undefined ||
    practitioner?.qualification !== undefined ||
    practitioner?.identifier?.some(isRegistered) ||
    role?.identifier?.some(isRegistered) ||
    isRegistered(role?.practitioner?.identifier) ||
    prescriptionOf(item).extension?.some(({ url }) => url === PRESCRIPTION_TYPE)
  if (!known) {
    const words =
      'A prescription says what kind of practitioner has signed it: send PractitionerRole.code, or the GMC, GPhC or NMC number of the practitioner.'
    findings.push({ code: 'particulars-prescriber-kind-missing', expression: `${item.root}.requester`, words })
  }
}
