import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { rangeOf } from '../../src/homecare/dates.ts'
import { add, compare, decimal, times, toNumber } from '../../src/homecare/decimal.ts'
import { inState } from '../../src/homecare/lifecycle-state.ts'
import { isBeforeSigned } from '../../src/homecare/signed-first.ts'
import { TASK_INPUT } from '../../src/homecare/states.ts'
import { authorised, checkDispense, type DispenseQuestion } from '../../src/homecare/supply.ts'
import { loadTable } from './tables.ts'

const NOW = Date.parse('2026-03-10T12:00:00.000Z')
const SNOMED = 'http://snomed.info/sct'
const PEN = '15517911000001104'
const quantity = (value: number, code = '3318611000001103'): r4.Quantity => ({
  value,
  unit: 'pen',
  system: SNOMED,
  code,
})
const prescription = (more: object = {}, request: object = {}): r4.MedicationRequest => ({
  resourceType: 'MedicationRequest',
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: { coding: [{ system: SNOMED, code: PEN }] },
  subject: { reference: 'Patient/p' },
  authoredOn: '2026-03-01',
  dispenseRequest: { quantity: quantity(4), numberOfRepeatsAllowed: 2, ...request },
  ...more,
})
const dispense = (more: object = {}): r4.MedicationDispense => ({
  resourceType: 'MedicationDispense',
  status: 'completed',
  medicationCodeableConcept: { coding: [{ system: SNOMED, code: PEN }] },
  subject: { reference: 'Patient/p' },
  quantity: quantity(4),
  whenPrepared: '2026-03-08T09:00:00Z',
  whenHandedOver: '2026-03-09T10:00:00Z',
  ...more,
})
const table = loadTable('Order')
const orderIn = (state: string): r4.Task => {
  const task: Resource = { resourceType: 'Task', id: 'o', intent: 'order', authoredOn: '2026-03-01T10:00:00Z' }
  return inState(table, task, state) as unknown as r4.Task
}
const keys = (question: Partial<DispenseQuestion>): string[] =>
  checkDispense({
    dispense: dispense(),
    prescription: prescription(),
    earlier: [],
    order: orderIn('accepted'),
    now: NOW,
    ...question,
  }).map(({ key }) => key)

t.test('a whole and rightful dispense passes', async (t) => {
  t.same(keys({}), [])
  t.same(keys({ order: orderIn('in-supply'), earlier: [dispense(), dispense()] }), [], 'the last of three')
  t.same(keys({ dispense: dispense({ status: 'preparation', quantity: undefined, whenHandedOver: undefined }) }), [])
})

t.test('nothing beyond what is authorised is supplied, to the last decimal', async (t) => {
  t.same(keys({ earlier: [dispense(), dispense(), dispense()] }), ['dispense-exceeds-authorised'])
  t.same(keys({ earlier: [dispense(), dispense(), dispense({ quantity: quantity(0.5) })] }), [
    'dispense-exceeds-authorised',
  ])
  for (const status of ['declined', 'stopped', 'cancelled', 'entered-in-error'] as const) {
    t.same(keys({ earlier: [dispense(), dispense(), dispense({ status })] }), [], `${status} supplied nothing`)
  }
  for (const status of ['preparation', 'in-progress', 'on-hold'] as const) {
    t.same(
      keys({ earlier: [dispense(), dispense(), dispense({ status })] }),
      ['dispense-exceeds-authorised'],
      `${status} is on its way`,
    )
  }
  const thirds = prescription({}, { quantity: quantity(0.3), numberOfRepeatsAllowed: 0 })
  const of = (value: number) => dispense({ quantity: quantity(value) })
  t.same(keys({ prescription: thirds, earlier: [of(0.1)], dispense: of(0.2) }), [], '0.1 + 0.2 is 0.3')
  t.same(keys({ prescription: thirds, earlier: [of(0.1)], dispense: of(0.2000001) }), ['dispense-exceeds-authorised'])
  t.same(keys({ dispense: of(-4) }), ['dispense-quantity-missing'], 'a negative quantity makes no room')
  t.equal(authorised(prescription())?.value, 12)
  t.equal(authorised(prescription({}, { initialFill: { quantity: quantity(2) } }))?.value, 10, 'a smaller first fill')
  t.equal(authorised(prescription({}, { quantity: undefined })), undefined)
  t.same(
    keys({ prescription: prescription({}, { quantity: undefined }), earlier: [dispense()] }),
    [],
    'no limit was stated',
  )
})

t.test('the label asks for the dose of the prescription', async (t) => {
  const dosage = (text: string, dose?: [number, string], repeat?: r4.TimingRepeat): r4.Dosage => ({
    text,
    ...(repeat && { timing: { repeat } }),
    ...(dose && {
      doseAndRate: [{ doseQuantity: { value: dose[0], system: 'http://unitsofmeasure.org', code: dose[1] } }],
    }),
  })
  const weekly: r4.TimingRepeat = { frequency: 1, period: 1, periodUnit: 'wk' }
  const ordered = [dosage('10 mg once weekly', [10, 'mg'], weekly)]
  const name = (display: string) => ({
    medicationCodeableConcept: { coding: [{ system: SNOMED, code: PEN, display }] },
  })
  const syringe = name('Methotrexate 10mg/0.2ml solution for injection pre-filled syringes')
  const found = (label: r4.Dosage[], product: object = syringe, asked: r4.Dosage[] = ordered) =>
    keys({
      dispense: dispense({ dosageInstruction: label, ...product }),
      prescription: prescription({ dosageInstruction: asked, ...syringe }),
    })
  const differs = ['dispense-label-differs']
  t.same(found([dosage('Inject 10 mg once a week')]), [], 'in words alone')
  t.same(found([dosage('Inject 0.2 ml once a week', [0.2, 'mL'], weekly)]), [], 'in volume')
  t.same(found([dosage('Inject one syringe every Monday')]), [], 'in devices')
  t.same(found([dosage('Use as directed')]), [], 'what says nothing contradicts nothing')
  const twice = [dosage('5 mg twice a day', [5, 'mg'], { frequency: 2, period: 1, periodUnit: 'd' })]
  t.same(found([dosage('Use 10 mg daily')], syringe, twice), [], 'the same in parts')
  t.same(found([dosage('Use daily')], syringe, twice), [], 'how many times is not said')
  t.same(found([dosage('Inject 10 mg once a day')]), differs, 'daily')
  t.same(found([dosage('', [10, 'mg'], { frequency: 1, period: 1, periodUnit: 'd' })]), differs, 'daily by structure')
  t.same(found([dosage('Inject 100 mg once a week')]), differs, 'ten times the dose, in words')
  t.same(found([dosage('Once a week', [10, 'ug'], weekly)]), differs, 'a thousandth of the dose')
  t.same(found([dosage('Once a week', [2, 'mL'], weekly)]), differs, 'ten times the dose, in volume')
  t.same(found([dosage('Inject 10 mg once a week'), dosage('then 15 mg')]), [], 'several parts are not compared')
  const stronger = name('Methotrexate 10mg/0.1ml solution for injection pre-filled syringes')
  const volume = [dosage('0.2 ml once weekly', [0.2, 'mL'], weekly)]
  t.same(found([dosage('0.1 ml', [0.1, 'mL'], weekly)], stronger, volume), [], 'half the volume of twice the strength')
  t.same(found([dosage('0.2 ml', [0.2, 'mL'], weekly)], stronger, volume), differs, 'the same volume of it')
})

t.test('one supply is not delivered twice', async (t) => {
  const named = { supportingInformation: [{ reference: 'Task/s1' }] }
  const earlier = [dispense(named)]
  t.same(keys({ dispense: dispense(named), earlier }), ['dispense-exceeds-supply'])
  t.same(keys({ dispense: dispense({ supportingInformation: [{ reference: 'Task/s2' }] }), earlier }), [])
  const halves = { ...named, quantity: quantity(2) }
  t.same(keys({ dispense: dispense(halves), earlier: [dispense(halves)] }), [], 'two halves are one')
  const loading = prescription({}, { initialFill: { quantity: quantity(8) } })
  const nth = (n: number) => ({
    supply: {
      resourceType: 'Task' as const,
      id: 's1',
      status: 'in-progress' as const,
      intent: 'order' as const,
      partOf: [{ reference: 'Task/o' }],
      input: [{ type: { coding: [{ system: TASK_INPUT, code: 'supply-number' }] }, valuePositiveInt: n }],
    },
    prescription: loading,
    dispense: dispense({ ...named, quantity: quantity(8) }),
  })
  t.same(keys(nth(1)), [], 'the first fill is larger')
  t.same(keys(nth(2)), ['dispense-exceeds-supply'], 'and no other')
})

t.test('quantities are only added in the unit prescribed', async (t) => {
  const words = (unit: string) => ({ value: 4, unit })
  const counted = prescription({}, { quantity: words('Tablet') })
  t.same(
    keys({ prescription: counted, dispense: dispense({ quantity: words('tablets') }) }),
    [],
    'one tablet, 4 tablets',
  )
  t.same(keys({ prescription: counted, dispense: dispense({ quantity: words('box') }) }), ['dispense-quantity-unit'])
  t.same(keys({ dispense: dispense({ quantity: quantity(4, '999') }) }), ['dispense-quantity-unit'])
  t.same(keys({ dispense: dispense({ quantity: { value: 4, unit: 'pen' } }) }), ['dispense-quantity-unit'])
  t.same(
    keys({
      dispense: dispense({ quantity: { value: 4, system: 'http://unitsofmeasure.org', code: '3318611000001103' } }),
    }),
    ['dispense-quantity-unit'],
  )
  const worded = prescription({}, { quantity: { value: 4, unit: 'pen' } })
  t.same(keys({ prescription: worded, dispense: dispense({ quantity: { value: 4, unit: 'Pen' } }) }), [])
})

t.test('no supply begins against an inactive prescription or an order that is not open', async (t) => {
  for (const status of ['draft', 'on-hold', 'stopped', 'cancelled', 'completed', 'entered-in-error']) {
    t.same(keys({ prescription: prescription({ status }) }), ['dispense-prescription-inactive'], status)
  }
  for (const { code } of table.states) {
    const expected = code === 'accepted' || code === 'in-supply' ? [] : ['dispense-order-not-accepted']
    t.same(keys({ order: orderIn(code) }), expected, code)
    t.same(keys({ order: orderIn(code), dispense: dispense({ status: 'declined' }) }), [], `declining while ${code}`)
  }
})

t.test('goods that had left are reported to the end, but nothing is added to them', async (t) => {
  const stopped = prescription({ status: 'stopped' })
  const current = dispense({ status: 'in-progress', whenHandedOver: undefined })
  t.same(keys({ prescription: stopped, order: orderIn('suspended'), current }), [])
  t.same(keys({ prescription: stopped, current: { ...current, quantity: quantity(2) } }), [
    'dispense-prescription-inactive',
  ])
  t.same(keys({ prescription: stopped, current: { ...current, status: 'preparation' } }), [
    'dispense-prescription-inactive',
  ])
})

t.test('a prescription past its time is not dispensed', async (t) => {
  const at = (whenPrepared: string) => dispense({ whenPrepared, whenHandedOver: undefined, status: 'in-progress' })
  const old = prescription({ authoredOn: '2025-09-09' })
  t.same(keys({ prescription: old, dispense: at('2026-03-09T23:00:00Z') }), [], 'the last day')
  t.same(keys({ prescription: old, dispense: at('2026-03-10T00:00:00Z') }), ['prescription-expired'])
  t.same(
    keys({ prescription: old, dispense: at('2026-03-10T00:00:00Z'), earlier: [dispense()] }),
    [],
    'a repeat of one begun in time',
  )
  t.same(keys({ prescription: old, dispense: at('2026-03-10'), earlier: [dispense({ status: 'declined' })] }), [
    'prescription-expired',
  ])
  const undated = prescription({ authoredOn: undefined })
  t.same(
    keys({ prescription: undated, order: { ...orderIn('accepted'), authoredOn: '2025-08-01T00:00:00Z' } }),
    ['prescription-expired'],
    'the order’s date stands in',
  )
  const bounded = prescription({}, { validityPeriod: { end: '2026-03-08' } })
  t.same(keys({ prescription: bounded, dispense: at('2026-03-08T20:00:00Z') }), [])
  t.same(keys({ prescription: bounded, dispense: at('2026-03-09T00:00:00Z') }), ['prescription-expired'])
  t.same(
    keys({ prescription: bounded, dispense: at('2026-03-09'), earlier: [dispense()] }),
    ['prescription-expired'],
    'also for a repeat',
  )
  t.same(
    keys({
      prescription: bounded,
      dispense: dispense({ whenPrepared: undefined, whenHandedOver: undefined, status: 'in-progress' }),
    }),
    ['prescription-expired'],
    'without a time, now counts',
  )
})

t.test('another product than the one prescribed is refused, unless the prescriber allowed it', async (t) => {
  const coded = (...coding: r4.Coding[]) => ({ medicationCodeableConcept: { coding } })
  const other = dispense(coded({ system: SNOMED, code: '1' }))
  t.same(keys({ dispense: other }), ['dispense-medication-differs'])
  t.same(keys({ dispense: other, prescription: prescription({ substitution: { allowedBoolean: false } }) }), [
    'dispense-medication-differs',
  ])
  t.same(keys({ dispense: other, prescription: prescription({ substitution: { allowedBoolean: true } }) }), [])
  const coding = (code: string) => ({ substitution: { allowedCodeableConcept: { coding: [{ code }] } } })
  t.same(keys({ dispense: other, prescription: prescription(coding('G')) }), [])
  t.same(keys({ dispense: other, prescription: prescription(coding('N')) }), ['dispense-medication-differs'])
  const substitution = { allowedCodeableConcept: { text: 'perhaps' } }
  t.same(
    keys({ dispense: other, prescription: prescription({ substitution }) }),
    ['dispense-medication-differs'],
    'words allow nothing',
  )
  t.same(
    keys({ dispense: dispense(coded({ system: 'https://dmd.nhs.uk', code: PEN })) }),
    [],
    'dm+d under its own address',
  )
  t.same(
    keys({ dispense: dispense(coded({ system: SNOMED, code: '1' }, { system: SNOMED, code: PEN })) }),
    [],
    'the product beside the prescribed code',
  )
  t.same(keys({ dispense: dispense({ medicationCodeableConcept: { text: 'methotrexate' } }) }), [
    'dispense-medication-differs',
  ])
  const referred = dispense({
    medicationCodeableConcept: undefined,
    medicationReference: { reference: 'Medication/m' },
  })
  t.same(keys({ dispense: referred }), ['dispense-medication-differs'], 'a reference nobody can follow')
  t.same(keys({ dispense: referred, product: { coding: [{ system: SNOMED, code: PEN }] } }), [])
  t.same(
    keys({
      dispense: dispense({ medicationCodeableConcept: { coding: [{ system: SNOMED }] } }),
      prescription: prescription({ medicationCodeableConcept: { coding: [{ system: SNOMED }] } }),
    }),
    ['dispense-medication-differs'],
    'a coding without a code matches nothing',
  )
})

t.test('times that cannot be', async (t) => {
  t.same(keys({ dispense: dispense({ whenHandedOver: '2026-03-07T10:00:00Z' }) }), ['dispense-times-reversed'])
  t.same(
    keys({ dispense: dispense({ whenPrepared: '2026-03-09T20:00:00Z', whenHandedOver: '2026-03-09' }) }),
    [],
    'the same day is no reversal',
  )
  t.same(keys({ dispense: dispense({ whenHandedOver: '2026-03-11T12:00:00Z' }) }), [], '24 hours ahead')
  t.same(keys({ dispense: dispense({ whenHandedOver: '2026-03-11T12:00:00.001Z' }) }), ['time-implausible'])
  t.same(keys({ dispense: dispense({ whenHandedOver: '2026-02-30' }) }), ['time-implausible'])
  t.same(keys({ dispense: dispense({ whenHandedOver: undefined }) }), ['dispense-handover-missing'])
  t.same(keys({ dispense: dispense({ quantity: undefined }) }), ['dispense-quantity-missing'])
  t.equal(rangeOf('2026-02-30'), undefined)
  t.same(rangeOf('2026-02'), { low: Date.UTC(2026, 1, 1), high: Date.UTC(2026, 2, 1) - 1 })
  t.same(rangeOf('2026-03-10T12:00:00+01:00'), { low: NOW - 3_600_000, high: NOW - 3_600_000 })
})

t.test('handed over before the day of signing is early; by the hour of that day nobody can say', async (t) => {
  const early = (whenHandedOver?: string, authoredOn?: string) =>
    isBeforeSigned({ ...(whenHandedOver && { whenHandedOver }) }, { ...(authoredOn && { authoredOn }) })
  t.ok(early('2026-03-09T23:00:00Z', '2026-03-10T09:00:00Z'))
  t.ok(early('2026-03-09', '2026-03-10'))
  t.ok(early('2026-02', '2026-03-10'))
  t.notOk(early('2026-03-10T08:00:00Z', '2026-03-10T17:00:00Z'), 'signed in the evening')
  t.notOk(early('2026-03-10T00:30:00+01:00', '2026-03-10T09:00:00+01:00'), 'the day as it is written')
  t.notOk(early('2026-03', '2026-03-10'), 'some day of that month')
  t.notOk(early('2026-03-09', '2026'), 'some day of that year')
  t.notOk(early(undefined, '2026-03-10'))
  t.notOk(early('2026-03-09'))
})

t.test('a reason only where there is something to explain, and only for what belongs together', async (t) => {
  const why = { statusReasonCodeableConcept: { coding: [{ code: 'out-of-stock' }] } }
  t.same(keys({ dispense: dispense(why) }), ['status-reason-misplaced'])
  t.same(keys({ dispense: dispense({ ...why, status: 'declined' }) }), [])
  const supply = (more: object): r4.Task => ({ resourceType: 'Task', status: 'in-progress', intent: 'order', ...more })
  t.same(keys({ supply: supply({ partOf: [{ reference: 'Task/o' }] }) }), [])
  t.same(keys({ supply: supply({ partOf: [{ reference: 'Task/other' }] }) }), ['dispense-not-of-order'])
  t.same(keys({ supply: supply({ status: 'failed', partOf: [{ reference: 'Task/o' }] }) }), ['dispense-not-of-order'])
  t.same(keys({ dispense: dispense({ subject: { reference: 'Patient/q' } }) }), ['dispense-not-of-order'])
})

t.test('no refusal repeats what was sent', async (t) => {
  const secret = dispense({
    medicationCodeableConcept: { text: 'SECRET' },
    quantity: { value: 77777, unit: 'SECRET' },
    subject: { reference: 'Patient/SECRET' },
    whenHandedOver: 'SECRET',
  })
  const issues = checkDispense({
    dispense: secret,
    prescription: prescription({ status: 'stopped' }),
    earlier: [],
    order: orderIn('voided'),
    now: NOW,
  })
  t.ok(issues.length >= 5)
  t.notMatch(JSON.stringify(issues), /SECRET|77777/)
})

t.test('decimals are added as they were written', async (t) => {
  t.equal(compare(add(decimal(0.1), decimal(0.2)), decimal(0.3)), 0)
  t.equal(toNumber(times(decimal(1.1), 3)), 3.3)
  t.equal(compare(decimal(1e-7), decimal(0.0000001)), 0)
  t.equal(compare(decimal(1e21), decimal(10 ** 21)), 0)
  t.ok(compare(decimal(-2.5), decimal(-2.4)) < 0)
  t.equal(toNumber(decimal(2.5e-7)), 2.5e-7)
  t.throws(() => decimal(Number.NaN))
})
