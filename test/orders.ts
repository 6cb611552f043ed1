/** Orders for tests: a Bundle as an EPR sends it, posted, and the work that comes of it. */
import type { Test } from 'tap'
import { medicationDispense, prescriptionBundle, type Sample } from '../src/demo/prescription.ts'
import { CANONICAL, isError } from '../src/fhir/problem.ts'
import type { Resource, r4 } from '../src/fhir/resource.ts'
import { mod37Check } from '../src/homecare/identifiers.ts'
import { type Answer, type Exchange, type Party, resourcesOf, rowCounts, START } from './helper.ts'

export const TRUST = 'RBA'
export const CLINIC = 'A99968'
export const PROVIDER = 'VN6XW'
export const OTHER_PROVIDER = 'VNE51'

export type OrderBundle = ReturnType<typeof prescriptionBundle>

let number = 0

/** A Bundle with one order; every call is another order of the same patient. */
export function orderBundle(changes: Partial<Sample> = {}): OrderBundle {
  number += 1
  return prescriptionBundle({
    trust: TRUST,
    provider: PROVIDER,
    authoredOn: new Date(START).toISOString(),
    orderNumber: orderNumber(number),
    ...changes,
  })
}

/** An order whose prescriber works for a clinic that its Bundle says is part of a trust. */
export function clinicBundle(clinic: string, trust: string): OrderBundle {
  const bundle = orderBundle({ trust: clinic })
  inBundle(bundle, 'Organization').partOf = {
    identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: trust },
  }
  return bundle
}

/** A prescription order number with its check character. */
export function orderNumber(n: number): string {
  const stem = `DC2C66-A1B2C3-${n.toString(16).toUpperCase().padStart(5, '0')}`
  return stem + mod37Check(stem.replaceAll('-', ''))
}

/** The resource of a type in a Bundle, to be changed in place. */
export function inBundle<T extends r4.FhirResource['resourceType']>(
  bundle: OrderBundle,
  type: T,
): Extract<r4.FhirResource, { resourceType: T }> {
  const found = bundle.entry.find(({ resource }) => resource?.resourceType === type)?.resource
  if (!found) throw new Error(`The Bundle has no ${type}.`)
  return found as Extract<r4.FhirResource, { resourceType: T }>
}

/** `Type/id` of what an entry of a transaction-response became. */
export function located(answer: Answer, type: string): string {
  const entries = (answer.body as unknown as r4.Bundle).entry ?? []
  const location = entries.map(({ response }) => response?.location ?? '').find((url) => url.includes(`/${type}/`))
  if (!location) throw new Error(`No ${type} was written: ${answer.status} ${answer.text.slice(0, 500)}`)
  return location.replace(/^.*\/fhir\//, '').replace(/\/_history\/.*$/, '')
}

export interface Parties {
  readonly trust: Party
  readonly provider: Party
}

export const parties = async (exchange: Exchange): Promise<Parties> => ({
  trust: await exchange.party('trust', TRUST),
  provider: await exchange.party('provider', PROVIDER),
})

/** The order Task of a prescription, as a party sees it. */
export async function orderTask(party: Party, prescription: string): Promise<Resource> {
  const found = resourcesOf(await party.get(`Task?based-on=${prescription}&code=fulfill`))
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} order Tasks for the prescription.`)
  return found[0]
}

export interface Accepted {
  readonly order: Resource
  readonly supplies: Resource[]
  readonly item: Resource
}

/** Posts an order and has the provider accept it. */
export async function acceptedOrder({ trust, provider }: Parties, changes: Partial<Sample> = {}): Promise<Accepted> {
  const reference = located(await trust.post('', orderBundle(changes)), 'MedicationRequest')
  const task = await orderTask(provider, reference)
  const order = (await provider.put({ ...task, status: 'accepted' })).body
  return {
    order,
    supplies: resourcesOf(await provider.get(`Task?part-of=Task/${order.id}`)),
    item: (await provider.get(reference)).body,
  }
}

/** What the provider reports for a supply of an accepted order. */
export const dispenseOf = ({ item, supplies }: Accepted, now: number, supply = 0): r4.MedicationDispense =>
  medicationDispense(
    { id: item.id ?? '', resource: item as unknown as r4.MedicationRequest },
    `Task/${supplies[supply]?.id}`,
    new Date(now).toISOString(),
  )

export const orderState = (code: string): Partial<r4.Task> => ({
  businessStatus: { coding: [{ system: `${CANONICAL}/CodeSystem/order-business-status`, code }] },
})

export const stateOf = (task: Resource): string =>
  (task as unknown as r4.Task).businessStatus?.coding?.[0]?.code ?? 'none'

/** What the R4 definitions refuse of a resource that the service sent. */
export const errorsIn = (exchange: Exchange, resource: unknown, options: { root: string; type: string }): unknown[] =>
  exchange.context.structure.validate(resource, options).filter(isError)

/** Status, our key and FHIR's issue code. */
export type Refusal = `${number} ${string} ${string}`

/** A function that runs a request and checks that it is refused as expected and that every table is as it was. */
export const refusals =
  (t: Test, exchange: Exchange) => (name: string, work: () => Promise<Answer>, expected: Refusal) =>
    t.test(name, async (t) => {
      const before = await rowCounts(exchange.context)
      const answer = await work()
      const issues = (answer.body as unknown as r4.OperationOutcome).issue ?? []
      const issue = issues.find(({ severity }) => severity === 'error') ?? issues[0]
      t.equal(answer.body.resourceType, 'OperationOutcome', answer.text.slice(0, 300))
      t.equal(`${answer.status} ${issue?.details?.coding?.[0]?.code} ${issue?.code}`, expected)
      t.ok((issue?.diagnostics ?? '').length > 10, 'says what to do')
      t.same(await rowCounts(exchange.context), before, 'nothing was stored')
    })
