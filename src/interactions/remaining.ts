/** GET MedicationRequest/[id]/$remaining: authorised, supplied, under way, left, and until when the patient is covered. */
import type { r4 } from '../fhir/resource.ts'
import { toNumber } from '../homecare/decimal.ts'
import { remainingOf } from '../homecare/remaining.ts'
import { parse, readByReference } from '../store/read.ts'
import type { Interaction } from './interaction.ts'
import { factsNow, readSubject } from './next.ts'
import { orderOf, suppliesOf } from './surroundings.ts'

export const remaining: Interaction = async (context, request) => {
  const stored = await readSubject(context, request)
  const facts = factsNow(context)
  const prescription = parse<r4.MedicationRequest>(stored)
  const reference = `MedicationRequest/${stored.id}`
  const order = await orderOf(facts, reference)
  const dispenses = await readByReference(facts.query, 'MedicationDispense.prescription', reference)
  const found = remainingOf(
    prescription,
    dispenses.map((dispense) => parse<r4.MedicationDispense>(dispense)),
    order ? await suppliesOf(facts, order) : [],
  )
  const quantity = (value: number): r4.Quantity => ({ ...found.authorised, value })
  const { period } = found.nextSupply?.restriction ?? {}
  const parameters: r4.Parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'prescription', valueReference: { reference } },
      { name: 'status', valueCode: prescription.status },
      ...(found.authorised ? [{ name: 'authorised', valueQuantity: found.authorised }] : []),
      { name: 'supplied', valueQuantity: quantity(toNumber(found.supplied)) },
      { name: 'underWay', valueQuantity: quantity(toNumber(found.underWay)) },
      ...(found.remaining ? [{ name: 'remaining', valueQuantity: found.remaining }] : []),
      { name: 'suppliesDelivered', valueUnsignedInt: found.suppliesDelivered },
      { name: 'suppliesOpen', valueUnsignedInt: found.suppliesOpen },
      ...(found.daysCovered === undefined
        ? []
        : [
            {
              name: 'daysCovered',
              valueDuration: { value: found.daysCovered, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' },
            },
          ]),
      ...(found.coveredUntil === undefined ? [] : [{ name: 'coveredUntil', valueDate: found.coveredUntil }]),
      ...(found.nextSupply
        ? [{ name: 'nextSupply', valueReference: { reference: `Task/${found.nextSupply.id}` } }]
        : []),
      ...(period?.start === undefined ? [] : [{ name: 'nextDue', valueDateTime: period.start }]),
      ...(period?.end === undefined ? [] : [{ name: 'nextNeedBy', valueDateTime: period.end }]),
    ],
  }
  return { status: 200, body: JSON.stringify(parameters) }
}
