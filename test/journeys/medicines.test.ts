/** Orders of many therapies, as hospitals write them, played to the end: a correct order is never refused. */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { parameter, story } from './story.ts'

const ucum = (value: number, unit: string, code: string): r4.Quantity => ({
  value,
  unit,
  system: 'http://unitsofmeasure.org',
  code,
})
const days = (value: number): r4.Duration => ucum(value, 'day', 'd')
const counted = (value: number, unit: string): r4.Quantity => ({ value, unit })

interface Therapy {
  readonly medicine: string
  readonly text: string
  readonly timing?: r4.TimingRepeat
  readonly dose?: r4.Quantity
  readonly quantity: r4.Quantity
  readonly lasts: number
  readonly repeats: number
}

/** Names as dm+d writes them, without codes: none is invented here. */
const therapies: Readonly<Record<string, Therapy>> = {
  'a biosimilar': {
    medicine: 'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    text: 'Inject 40 mg subcutaneously every two weeks',
    timing: { frequency: 1, period: 2, periodUnit: 'wk' },
    dose: ucum(40, 'mg', 'mg'),
    quantity: counted(4, 'pre-filled pen'),
    lasts: 56,
    repeats: 2,
  },
  'an antiretroviral': {
    medicine: 'Bictegravir 50mg / Emtricitabine 200mg / Tenofovir alafenamide 25mg tablets',
    text: 'One tablet once a day',
    timing: { frequency: 1, period: 1, periodUnit: 'd' },
    dose: counted(1, 'tablet'),
    quantity: counted(90, 'tablet'),
    lasts: 90,
    repeats: 1,
  },
  'an oral oncolytic with days off': {
    medicine: 'Palbociclib 125mg tablets',
    text: 'One tablet once a day for 21 days, then 7 days off',
    timing: { frequency: 1, period: 1, periodUnit: 'd', boundsDuration: days(21) },
    dose: counted(1, 'tablet'),
    quantity: counted(21, 'tablet'),
    lasts: 28,
    repeats: 2,
  },
  'enzyme replacement by weight': {
    medicine: 'Agalsidase beta 35mg powder for solution for infusion vials',
    text: '70 mg by intravenous infusion every two weeks',
    timing: { frequency: 1, period: 2, periodUnit: 'wk' },
    dose: ucum(70, 'mg', 'mg'),
    quantity: counted(4, 'vial'),
    lasts: 28,
    repeats: 5,
  },
  'parenteral nutrition': {
    medicine: 'Parenteral nutrition solution 2000ml bag',
    text: 'One bag by intravenous infusion over 12 hours each night',
    timing: { frequency: 1, period: 1, periodUnit: 'd' },
    dose: counted(1, 'bag'),
    quantity: counted(14, 'bag'),
    lasts: 14,
    repeats: 5,
  },
  'growth hormone': {
    medicine: 'Somatropin 10mg/1.5ml solution for injection 1.5ml cartridges',
    text: '1.4 mg subcutaneously once a day in the evening',
    timing: { frequency: 1, period: 1, periodUnit: 'd' },
    dose: ucum(1.4, 'mg', 'mg'),
    quantity: counted(4, 'cartridge'),
    lasts: 28,
    repeats: 2,
  },
  'growth hormone in pens of many doses': {
    medicine: 'Somatropin 10mg/1.5ml solution for injection pre-filled pens',
    text: '1 mg/m2 (0.9 mg) once daily by subcutaneous injection',
    timing: { frequency: 1, period: 1, periodUnit: 'd' },
    dose: ucum(0.9, 'mg', 'mg'),
    quantity: counted(3, 'pre-filled pen'),
    lasts: 28,
    repeats: 2,
  },
  epoprostenol: {
    medicine: 'Epoprostenol 1.5mg powder for solution for infusion vials',
    text: 'By continuous intravenous infusion at 22 nanograms per kg per minute',
    quantity: counted(60, 'vial'),
    lasts: 28,
    repeats: 5,
  },
}

for (const [name, therapy] of Object.entries(therapies)) {
  t.test(name, async (t) => {
    const { trust, provider, read, order: place } = await story(t)
    const order = await place((_, item) => {
      item.medicationCodeableConcept = { text: therapy.medicine }
      item.dosageInstruction = [
        {
          text: therapy.text,
          ...(therapy.timing ? { timing: { repeat: therapy.timing } } : {}),
          ...(therapy.dose ? { doseAndRate: [{ doseQuantity: therapy.dose }] } : {}),
        },
      ]
      item.dispenseRequest = {
        ...item.dispenseRequest,
        quantity: therapy.quantity,
        numberOfRepeatsAllowed: therapy.repeats,
        expectedSupplyDuration: days(therapy.lasts),
      }
    })
    await order.accept()
    const supplies = await order.supplies()
    t.equal(supplies.length, therapy.repeats + 1)
    for (const supply of supplies) {
      await order.work(supply)
      const given = await order.dispense(supply, { quantity: therapy.quantity, daysSupply: days(therapy.lasts) })
      t.equal(given.status, 201, given.text.slice(0, 500))
    }
    t.equal(await order.state(), 'final-supply-done')
    const left = (await trust.get(`${order.item}/$remaining`)).body
    t.match(parameter(left, 'remaining'), { valueQuantity: { value: 0 } })
    t.match(parameter(left, 'daysCovered'), { valueDuration: { value: therapy.lasts * supplies.length } })
    t.equal((await order.dispense(supplies[0] ?? '', { quantity: therapy.quantity })).status, 422)
    t.equal(((await read(provider, order.task)) as Resource).status, 'completed')
  })
}

t.test('a medicine with its ancillaries is one order and one delivery', async (t) => {
  const { trust, provider, order: place } = await story(t)
  const order = await place((bundle, item) => {
    for (const ancillary of ['Sharps bin 1 litre', 'Alcohol wipes']) {
      bundle.entry.push({
        fullUrl: `urn:uuid:${crypto.randomUUID()}`,
        request: { method: 'POST', url: 'MedicationRequest' },
        resource: {
          ...item,
          identifier: [{ system: 'urn:item', value: crypto.randomUUID() }],
          medicationCodeableConcept: { text: ancillary },
          dosageInstruction: [{ text: 'As directed' }],
          dispenseRequest: { ...item.dispenseRequest, quantity: { value: 1, unit: 'pack' } },
        } as r4.MedicationRequest,
      })
    }
  })
  await order.accept()
  const [first = ''] = await order.supplies()
  await order.work(first)
  const task = (await trust.get(order.task)).body as unknown as r4.Task
  for (const { reference = '' } of task.basedOn ?? []) {
    const item = (await provider.get(reference)).body as unknown as r4.MedicationRequest
    const given = await provider.post('MedicationDispense', {
      resourceType: 'MedicationDispense',
      status: 'completed',
      medicationCodeableConcept: item.medicationCodeableConcept,
      subject: item.subject,
      authorizingPrescription: [{ reference }],
      supportingInformation: [{ reference: first }],
      quantity: item.dispenseRequest?.quantity,
      whenHandedOver: '2026-11-22T14:00:00Z',
    })
    t.equal(given.status, 201, given.text.slice(0, 500))
  }
})
