/**
 * `dispense-notification`: a MedicationDispense in the national form holds its prescription inside itself and names the
 * patient by NHS number; here it becomes the same dispense with the links of the exchange.
 */
import type { Context } from '../context.ts'
import type { BundleEntry } from '../fhir/bundle.ts'
import { cutResource, withMembers } from '../fhir/json.ts'
import { type Issue, Problem } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { parse, readByToken, readSides, type Stored } from '../store/read.ts'
import type { FhirRequest } from './interaction.ts'

/** Item statuses that report no goods: still to be dispensed, and with the dispenser. */
const NOTHING_YET: readonly (string | undefined)[] = ['0007', '0008']

/**
 * The entries that the exchange stores: dispenses linked to their prescriptions, and the organisations and people who
 * come with them.
 * @throws Problem with every prescription that cannot be found
 */
export async function dispenseEntries(
  context: Context,
  request: FhirRequest,
  entries: readonly BundleEntry[],
): Promise<BundleEntry[]> {
  const issues: Issue[] = []
  const linked: BundleEntry[] = []
  for (const entry of entries) {
    const { resource } = entry
    if (resource?.resourceType !== 'MedicationDispense') {
      // The patient is the trust's to keep.
      if (resource?.resourceType !== 'Patient' && resource?.resourceType !== 'MedicationRequest') linked.push(entry)
      continue
    }
    const dispense = resource as unknown as r4.MedicationDispense
    if (dispense.type?.coding?.some(({ code }) => NOTHING_YET.includes(code))) continue
    const prescriptions = await prescriptionsOf(context, request, dispense)
    if (prescriptions.length === 0) issues.push(notFound(entry))
    else linked.push(withLinksTo(entry, dispense, prescriptions))
  }
  if (issues.length > 0) throw new Problem(issues)
  return linked
}

const notFound = ({ expression }: BundleEntry): Issue => ({
  key: 'reference-unresolved',
  diagnostics:
    'The dispense names no prescription that your organisation supplies: give the item number of the prescription, in the MedicationRequest that it contains or in authorizingPrescription.identifier.',
  expression: `${expression}.resource.authorizingPrescription`,
  national: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EPSIssueCode', code: 'PRESCRIPTION_NOT_FOUND' },
})

async function prescriptionsOf(
  context: Context,
  request: FhirRequest,
  dispense: r4.MedicationDispense,
): Promise<Stored[]> {
  const { query } = context.database
  const found: Stored[] = []
  for (const { reference, identifier } of dispense.authorizingPrescription ?? []) {
    const inner = dispense.contained?.find(({ id }) => reference === `#${id}`) as r4.MedicationRequest | undefined
    for (const { system, value } of [...(inner?.identifier ?? []), ...(identifier ? [identifier] : [])]) {
      if (system === undefined || value === undefined) continue
      for (const stored of await readByToken(query, 'MedicationRequest.identifier', system, value)) {
        const sides = await readSides(query, stored.type, stored.key, request.caller.organization)
        if (sides.includes('owner') && !found.some(({ key }) => key === stored.key)) found.push(stored)
      }
    }
  }
  return found
}

/** The entry with the links of the exchange; everything else stays as it was written. */
function withLinksTo(
  entry: BundleEntry,
  dispense: r4.MedicationDispense,
  prescriptions: readonly Stored[],
): BundleEntry {
  const [first] = prescriptions
  const subject = first && parse<r4.MedicationRequest>(first).subject
  const contained = (dispense.contained ?? []).filter(({ resourceType }) => resourceType !== 'MedicationRequest')
  const changes: Record<string, unknown> = {
    authorizingPrescription: prescriptions.map(({ id }) => ({ reference: `MedicationRequest/${id}` })),
    contained: contained.length > 0 ? contained : undefined,
    subject: { ...dispense.subject, ...(subject?.reference === undefined ? {} : { reference: subject.reference }) },
  }
  const { contained: _, ...rest } = { ...dispense, ...changes }
  const resource = (contained.length > 0 ? { ...rest, contained } : rest) as unknown as Resource
  const { members, meta } = withMembers(cutResource('MedicationDispense', entry.text ?? ''), changes)
  const text = [
    '"resourceType":"MedicationDispense"',
    ...(dispense.id === undefined ? [] : [`"id":${JSON.stringify(dispense.id)}`]),
    ...(meta.length > 0 ? [`"meta":{${meta.join(',')}}`] : []),
    ...members.map(([name, value]) => `${JSON.stringify(name)}:${value}`),
  ].join(',')
  return { ...entry, resource, text: `{${text}}` }
}
