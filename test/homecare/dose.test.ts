import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { readWords } from '../../src/homecare/dose.ts'
import { medicineOf } from '../../src/homecare/medicines.ts'
import { needOf, strengthOf } from '../../src/homecare/quantity.ts'
import { contradicts, timingRate } from '../../src/homecare/timing.ts'
import { measureOf, unitContradictsCode } from '../../src/homecare/units.ts'

const rateOf = (text: string): number | [number, number] | undefined => {
  const { rate } = readWords(text)
  const round = (value: number) => Math.round(value * 1000) / 1000
  return rate && (rate.low === rate.high ? round(rate.low) : [round(rate.low), round(rate.high)])
}

/** Words of real dose instructions, and the doses a day they mean. */
const spoken: readonly (readonly [string, number | [number, number] | undefined])[] = [
  ['10 milligram, inject, subcutaneous route, once weekly', 1 / 7],
  ['Inject 10 milligram - 5 times a day - Subcutaneous route - for 10 days', 5],
  ['Inject 10 mg once weekly on Mondays, subcutaneously', 1 / 7],
  ['Inject the contents of one pen every two weeks, subcutaneously', 1 / 14],
  ['Take one tablet twice a day', 2],
  ['one b.d.', 2],
  ['1 tds prn', 3],
  ['1 QDS', 4],
  ['500mg od', 1],
  ['Take TWO tablets daily', [1, 2]],
  ['Two 10mg tablets to be taken every morning', 1],
  ['Inject 40mg every other week', 1 / 14],
  ['every 4-6 hours when required, max 4 in 24 hours', [4, 6]],
  ['once a WEEK, never daily', 1 / 7],
  ['Once weekly. Do NOT take daily', 1 / 7],
  ['4-weekly injection', 1 / 28],
  ['2 weekly', 1 / 14],
  ['12-hourly', 2],
  ['q8h', 3],
  ['once every 3 months', 1 / 91.3125],
  ['every three months', 1 / 91.3125],
  ['Inject monthly', 1 / 30.4375],
  ['once a month', 1 / 30.4375],
  ['Inject 50mg twice weekly', 2 / 7],
  ['one in the morning and two at night', 2],
  ['Take one at night', 1],
  ['on alternate days', 1 / 2],
  ['every second day', 1 / 2],
  ['three times a week on Monday, Wednesday and Friday', 3 / 7],
  ['once daily Monday to Friday', 5 / 7],
  ['on Tuesdays', 1 / 7],
  ['fortnightly', 1 / 14],
  ['every fortnight', 1 / 14],
  ['up to 4 times a day', [0, 4]],
  ['2 to 3 times a day', [2, 3]],
  ['once or twice daily', [1, 2]],
  ['3x/day', 3],
  ['once weekly on the same day each week', 1 / 7],
  ['methotrexate 2.5mg tablets: take four tablets once a week', 1 / 7],
  ['take one tablet ONCE A DAY after food for 2 weeks', 1],
  ['Apply thinly twice daily if required', 2],
  ['1 mornings and evenings', 2],
  ['one tablet morning and night', 2],
  ['morning, noon and night', 3],
  ['every other Monday', 1 / 14],
  ['alternate Mondays', 1 / 14],
  ['every Monday and Thursday', 2 / 7],
  ['Mon/Wed/Fri', 3 / 7],
  ['one b.i.d', 2],
  ['one e.o.d.', 1 / 2],
  ['q2w', 1 / 14],
  ['Q8W', 1 / 56],
  ['over 10 hours, 5 nights a week', 5 / 7],
  ['every fourteen days', 1 / 14],
  ['10 mg per day', [1, 6]],
  ['15mg/week', [1 / 7, 3 / 7]],
  ['4 tablets weekly', [1 / 7, 4 / 7]],
  ['1 om', 1],
]

t.test('the words of dose instructions are read as a pharmacist reads them', async (t) => {
  for (const [text, expected] of spoken) {
    const found = rateOf(text)
    const round = (value: number) => Math.round(value * 1000) / 1000
    const rounded = Array.isArray(expected) ? expected.map(round) : expected && round(expected)
    t.same(found, rounded, text)
  }
})

t.test('words that are not one simple schedule mean nothing: no false alarm', async (t) => {
  for (const text of [
    '',
    'as directed',
    'Inject 80 mg then 40 mg every two weeks',
    'Loading dose 160mg day 0, 80mg day 14',
    'Days 1 to 14, twice daily',
    '20 mg daily in two divided doses',
    'Increase to twice daily if tolerated',
    'Reduce by 5 mg every week',
    'bi-weekly',
    '4 ml/hour',
    'one every day for 5 days a week',
    'every twenty-eight days',
    '2.5 mg as a single dose',
    'once on the first day of the month',
    'Inject once weekly. Take folic acid daily',
    'Take daily for 5 days then weekly',
    'on Monday or Tuesday',
    'Inject at week 0, 2, 6 and every 8 weeks',
    'x'.repeat(2000),
    'wie vom Arzt verordnet',
  ]) {
    t.equal(rateOf(text), undefined, text.slice(0, 60))
  }
})

t.test('no text makes the reader slow or throw', async (t) => {
  const pieces = [
    '1',
    'to',
    'every',
    '/',
    'a',
    'day',
    'x',
    'weekly',
    '-',
    '.',
    '10mg',
    'for',
    '2',
    'once',
    '½',
    '(',
    'max',
  ]
  let seed = 7
  for (let n = 0; n < 2000; n++) {
    const text = Array.from({ length: 12 }, () => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return pieces[seed % pieces.length]
    }).join(' ')
    const { rate } = readWords(text)
    if (rate && !(rate.low >= 0 && rate.high >= rate.low)) t.fail(`${text}: ${JSON.stringify(rate)}`)
  }
})

t.test('amounts are the dose, never a strength', async (t) => {
  const amounts = (text: string) => readWords(text).amounts.map(({ value, unit }) => `${value} ${unit}`)
  t.same(amounts('Inject 10mg once a week'), ['10 mg'])
  t.same(amounts('Inject 0.2ml (10mg) once a week'), ['0.2 mL', '10 mg'])
  t.same(amounts('inject 25 micrograms/0.5ml once a day'), [])
  t.same(amounts('Two 10mg tablets every morning'), [])
  t.same(amounts('5 to 10 mg at night'), [])
  t.same(amounts('1,000 units daily'), ['1000 [iU]'])
  t.same(amounts('100 ug daily'), ['100 ug'])
  t.same(amounts('two point five mg daily'), [])
})

const timing = (repeat: r4.TimingRepeat) => timingRate({ repeat })

t.test('structured timing: doses a day', async (t) => {
  const cases: readonly (readonly [r4.TimingRepeat, number | undefined])[] = [
    [{ frequency: 5, period: 1, periodUnit: 'd' }, 5],
    [{ frequency: 1, period: 2, periodUnit: 'wk' }, 1 / 14],
    [{ period: 8, periodUnit: 'h' }, 3],
    [{ when: ['MORN', 'HS'] }, 2],
    [{ timeOfDay: ['08:00:00'], dayOfWeek: ['mon', 'thu'] }, 2 / 7],
    [{ frequency: 1, period: 1, periodUnit: 'd', dayOfWeek: ['mon', 'thu'] }, 2 / 7],
    [{ dayOfWeek: ['mon'] }, 1 / 7],
    [{ count: 1 }, undefined],
    [{ boundsDuration: { value: 1 } }, undefined],
  ]
  for (const [repeat, expected] of cases) t.same(timing(repeat)?.high, expected, JSON.stringify(repeat))
  t.same(timing({ frequency: 1, frequencyMax: 2, period: 1, periodUnit: 'd' }), { low: 1, high: 2 })
  t.same(timingRate({ code: { coding: [{ code: 'BID' }] } }), { low: 2, high: 2 })
  t.equal(timingRate(undefined), undefined)
})

t.test('words against structure: a month is four weeks, a week is not a day', async (t) => {
  const against = (text: string, repeat: r4.TimingRepeat) => {
    const [words, structure] = [readWords(text).rate, timing(repeat)]
    return words && structure ? contradicts(words, structure) : undefined
  }
  t.equal(against('once a month', { frequency: 1, period: 4, periodUnit: 'wk' }), false)
  t.equal(against('every 12 hours', { frequency: 2, period: 1, periodUnit: 'd' }), false)
  t.equal(against('twice weekly', { frequency: 1, period: 3, periodUnit: 'd' }), false)
  t.equal(against('once weekly', { frequency: 1, period: 1, periodUnit: 'd' }), true)
  t.equal(against('once weekly', { frequency: 5, period: 1, periodUnit: 'd' }), true)
  t.equal(against('every two weeks', { frequency: 2, period: 1, periodUnit: 'wk' }), true)
  t.equal(against('twice a day', { frequency: 3, period: 1, periodUnit: 'd' }), true)
  t.equal(against('once weekly on Mondays', { frequency: 1, period: 1, periodUnit: 'wk', dayOfWeek: ['mon'] }), false)
})

t.test('one dose and no more', async (t) => {
  for (const text of ['Single dose', '160 mg stat', 'Take once only', 'one dose only', '500 mg as a one-off dose']) {
    t.equal(readWords(text).single, text.includes('as a') ? undefined : true, text)
  }
  for (const text of ['four tablets as a single dose once a week', 'stat dose then 40 mg fortnightly', 'as directed']) {
    t.notOk(readWords(text).single, text)
  }
})

t.test('strength is read only where the name leaves one reading', async (t) => {
  const strength = (name: string) => strengthOf(name)?.holds
  t.same(strength('methotrexate 10mg/0.2ml solution for injection pre-filled syringes'), { mass: 10, volume: 0.2 })
  t.same(strength('adalimumab 40mg/0.4ml solution for injection pre-filled pens'), { mass: 40, volume: 0.4 })
  t.same(strength('insulin glargine 100units/ml solution for injection 3ml pre-filled pens'), {
    activity: 300,
    volume: 3,
  })
  t.same(strength('folic acid 5mg tablets'), { mass: 5 })
  t.same(strength('levothyroxine 25microgram tablets'), { mass: 0.025 })
  for (const name of [
    'co-codamol 30mg/500mg tablets',
    'infliximab 100mg/10ml vials',
    'adalimumab',
    'calcium carbonate 1.5g / colecalciferol 400unit tablets',
    'fentanyl 25micrograms/hour transdermal patches',
    'salbutamol 100micrograms/dose inhaler',
  ]) {
    t.equal(strength(name), undefined, name)
  }
})

const days = (value: number): r4.Duration => ({ value, system: 'http://unitsofmeasure.org', code: 'd' })
const mg = (value: number): r4.Quantity => ({ value, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' })

function need(
  name: string,
  dose: r4.Quantity,
  repeat: r4.TimingRepeat,
  request: r4.MedicationRequestDispenseRequest,
  text?: string,
) {
  const dosage: r4.Dosage = {
    ...(text === undefined ? {} : { text }),
    timing: { repeat },
    doseAndRate: [{ doseQuantity: dose }],
  }
  const rate = timing(repeat)
  const words = text === undefined ? undefined : readWords(text)
  const dosages = [{ dosage, at: () => 'dosageInstruction[0]', words, rate, coded: undefined, instructions: [] }]
  const prescription = { dispenseRequest: request } as r4.MedicationRequest
  const medicine = medicineOf({ text: name })
  return needOf(prescription, { medicine, dosages })
}

t.test('what one supply needs', async (t) => {
  const weekly: r4.TimingRepeat = { frequency: 1, period: 1, periodUnit: 'wk' }
  const syringe = 'Methotrexate 10mg/0.2ml solution for injection pre-filled syringes'
  const four = { quantity: { value: 4, unit: 'syringe' }, expectedSupplyDuration: days(28) }
  t.match(need(syringe, mg(10), weekly, four), { low: 4, high: 4, doses: 4 })
  t.match(need(syringe, mg(15), weekly, four), { high: 8 }, 'a syringe is opened for one dose')
  t.match(need(syringe, { value: 0.01, system: 'http://unitsofmeasure.org', code: 'g' }, weekly, four), { high: 4 })
  const pens = { quantity: { value: 3, unit: 'pre-filled pen' }, expectedSupplyDuration: days(28) }
  const somatropin = need(
    'Somatropin 10mg/1.5ml solution for injection pre-filled pens',
    mg(0.9),
    { ...weekly, periodUnit: 'd' },
    pens,
  )
  t.match(somatropin, { high: 28, doses: 28 }, 'a pen holds one dose')
  t.ok(somatropin && Math.abs(somatropin.low - 2.52) < 1e-9, 'or many')
  const vials = { quantity: { value: 4, unit: 'vial' }, expectedSupplyDuration: days(28) }
  const powder = 'Agalsidase beta 35mg powder for solution for infusion vials'
  t.match(need(powder, mg(72), weekly, vials), { low: 12, high: 12 }, 'vials are rounded up')
  t.match(need(powder, mg(7), weekly, vials), { low: 0.8, high: 4 }, 'and may keep for several small doses')
  t.match(need('x', { value: 1, unit: 'syringe' }, weekly, four), { high: 4 }, 'a dose of one device')
  const tablets = { quantity: { value: 28, unit: 'tablet' }, expectedSupplyDuration: days(28) }
  const daily: r4.TimingRepeat = { frequency: 1, period: 1, periodUnit: 'd' }
  t.match(need('Folic acid 5mg tablets', mg(2.5), daily, tablets), { high: 14 }, 'tablets are halved')
  t.equal(need('Folic acid 5mg tablets', mg(5), daily, { ...tablets, quantity: { value: 1, unit: 'box' } }), undefined)
  const cycle = need(
    'Folic acid 5mg tablets',
    mg(5),
    { ...daily, boundsDuration: days(21) },
    tablets,
    '21 days, then 7 days off',
  )
  t.match(cycle, { low: 21, high: 28 }, 'a cycle may come round again')
  t.equal(need('Adalimumab', mg(40), weekly, four), undefined, 'no strength, no sum')
  t.equal(need(syringe, mg(10), {}, four), undefined, 'no frequency, no sum')
  t.equal(need(syringe, mg(10), weekly, { quantity: { value: 4, unit: 'syringe' } }), undefined, 'no duration, no sum')
  const course = { ...weekly, boundsDuration: days(14) }
  t.match(need(syringe, mg(10), course, four), { high: 2 }, 'a course that ends before the supply')
  const most = need('Folic acid 5mg tablets', mg(5), daily, tablets, 'Take one when required, no more than one a day')
  t.match(most, { low: 0, high: 28 }, 'the words alone say that it is taken as needed')
})

t.test('units: words against codes', async (t) => {
  const unit = (words: string, code: string) =>
    unitContradictsCode({ value: 1, unit: words, system: 'http://unitsofmeasure.org', code })
  t.equal(unit('microgram', 'mg'), true)
  t.equal(unit('micrograms', 'ug'), false)
  t.equal(unit('days', 'wk'), true)
  t.equal(unit('mL', 'mL'), false)
  t.equal(unit('pre-filled pen', 'mg'), false, 'words not known say nothing')
  t.same(measureOf(1, 'g'), { dimension: 'mass', value: 1000 })
})
