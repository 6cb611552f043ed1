/**
 * A prescription as an EPR sends it: one patient, one prescriber, one medicine, three deliveries. The medicine and
 * its codes are from the published national examples; the people are invented.
 */
import { randomUUID } from 'node:crypto'
import type { r4 } from '../fhir/resource.ts'

const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code'

export interface Sample {
  /** ODS code of the clinic or trust the prescriber works for. */
  readonly trust: string
  /** ODS code of the homecare provider that is to supply. */
  readonly provider: string
  /** FHIR date of signing. */
  readonly authoredOn: string
  /** Prescription order number (group). */
  readonly orderNumber: string
  /** Further deliveries after the first. */
  readonly repeats?: number
}

/** A transaction Bundle that holds one order. */
export function prescriptionBundle(sample: Sample): r4.Bundle & { entry: r4.BundleEntry[] } {
  const urn = { patient: uuid(), practitioner: uuid(), role: uuid(), organization: uuid(), item: uuid() }
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      post(urn.patient, patient, 'identifier=https://fhir.nhs.uk/Id/nhs-number|9449304130'),
      post(urn.practitioner, practitioner, 'identifier=https://fhir.hl7.org.uk/Id/gmc-number|6150129'),
      post(urn.organization, organization(sample.trust), `identifier=${ODS}|${sample.trust}`),
      post(urn.role, {
        resourceType: 'PractitionerRole',
        practitioner: { reference: urn.practitioner },
        organization: { reference: urn.organization },
        telecom: [{ system: 'phone', value: '01632 960000', use: 'work' }],
      }),
      post(urn.item, medicationRequest(sample, urn)),
    ],
  }
}

const uuid = (): string => `urn:uuid:${randomUUID()}`

const post = (fullUrl: string, resource: r4.FhirResource, ifNoneExist?: string): r4.BundleEntry => ({
  fullUrl,
  resource,
  request: { method: 'POST', url: resource.resourceType, ...(ifNoneExist === undefined ? {} : { ifNoneExist }) },
})

const patient: r4.Patient = {
  resourceType: 'Patient',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' }],
  name: [{ use: 'official', family: 'Example', given: ['Ada'] }],
  telecom: [{ system: 'phone', value: '01632 960001', use: 'home' }],
  gender: 'female',
  birthDate: '1979-03-14',
  address: [{ use: 'home', line: ['1 Example Street'], city: 'Taunton', postalCode: 'TA1 1AA' }],
}

const practitioner: r4.Practitioner = {
  resourceType: 'Practitioner',
  identifier: [{ system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '6150129' }],
  name: [{ family: 'Prescriber', given: ['Sam'], prefix: ['Dr'] }],
}

const organization = (ods: string): r4.Organization => ({
  resourceType: 'Organization',
  identifier: [{ system: ODS, value: ods }],
  name: `Example NHS trust ${ods}`,
  address: [{ use: 'work', line: ['Example Hospital'], city: 'Taunton', postalCode: 'TA1 5DA' }],
})

function medicationRequest(
  sample: Sample,
  urn: { readonly patient: string; readonly role: string },
): r4.MedicationRequest {
  const repeats = sample.repeats ?? 2
  return {
    resourceType: 'MedicationRequest',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: randomUUID() }],
    status: 'active',
    intent: 'order',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-category',
            code: 'outpatient',
            display: 'Outpatient',
          },
        ],
      },
    ],
    medicationCodeableConcept: {
      coding: [
        {
          system: 'http://snomed.info/sct',
          code: '15517911000001104',
          display: 'Methotrexate 10mg/0.2ml solution for injection pre-filled syringes',
        },
      ],
    },
    subject: { reference: urn.patient },
    authoredOn: sample.authoredOn,
    requester: { reference: urn.role },
    groupIdentifier: { system: 'https://fhir.nhs.uk/Id/prescription-order-number', value: sample.orderNumber },
    courseOfTherapyType: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy',
          code: 'continuous',
          display: 'Continuous long term therapy',
        },
      ],
    },
    dosageInstruction: [
      {
        text: '10 milligram, inject, subcutaneous route, once weekly',
        timing: { repeat: { frequency: 1, period: 1, periodUnit: 'wk' } },
        route: { coding: [{ system: 'http://snomed.info/sct', code: '34206005', display: 'Subcutaneous route' }] },
        method: { coding: [{ system: 'http://snomed.info/sct', code: '422145002', display: 'Inject' }] },
        doseAndRate: [
          { doseQuantity: { value: 10, unit: 'milligram', system: 'http://unitsofmeasure.org', code: 'mg' } },
        ],
      },
    ],
    dispenseRequest: {
      quantity: syringes(4),
      numberOfRepeatsAllowed: repeats,
      expectedSupplyDuration: { value: 28, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' },
      performer: { identifier: { system: ODS, value: sample.provider } },
    },
    substitution: { allowedBoolean: false },
  }
}

/** An amount of pre-filled syringes, in the national unit. */
export const syringes = (value: number): r4.Quantity => ({
  value,
  unit: 'pre-filled disposable injection',
  system: 'http://snomed.info/sct',
  code: '3318611000001103',
})

/** What the provider reports for one supply of the item. */
export function medicationDispense(
  item: { readonly id: string; readonly resource: r4.MedicationRequest },
  supply: string,
  whenPrepared: string,
): r4.MedicationDispense {
  const { medicationCodeableConcept, subject, dosageInstruction } = item.resource
  return {
    resourceType: 'MedicationDispense',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/prescription-dispense-item-number', value: randomUUID() }],
    status: 'in-progress',
    ...(medicationCodeableConcept ? { medicationCodeableConcept } : {}),
    subject,
    supportingInformation: [{ reference: supply }],
    authorizingPrescription: [{ reference: `MedicationRequest/${item.id}` }],
    quantity: syringes(4),
    daysSupply: { value: 28, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' },
    whenPrepared,
    ...(dosageInstruction ? { dosageInstruction } : {}),
  }
}
