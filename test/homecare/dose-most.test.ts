/** What a dosage allows as needed, against the most that is known to be given of its medicine. */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { at, found, q, rep, s } from './prescribing.ts'

const PARACETAMOL = 'Paracetamol 500mg tablets'
const g = (value: number): r4.Quantity => q(value, 'g', 'gram')
const per = (numerator: r4.Quantity, denominator: r4.Quantity): r4.Ratio => ({ numerator, denominator })
const DAY = q(24, 'h', 'hour')
/** 1 g as needed. */
const asNeeded = (more: r4.Dosage): r4.Dosage => ({
  text: 'Take two tablets when required for pain',
  asNeededBoolean: true,
  doseAndRate: at(g(1)),
  ...more,
})
const hourly = (hours: number, more: r4.TimingRepeat = {}, text = 'Take two tablets when required'): r4.Dosage =>
  asNeeded({ text, timing: rep(1, hours, 'h', more) })

t.test(
  'a maximum of as needed that is ten times what is known to be given is refused: it is what is taken',
  async (t) => {
    const refused = ['dose-far-too-high']
    t.same(found(PARACETAMOL, asNeeded({ maxDosePerPeriod: per(g(40), DAY) })), refused, 'in grams')
    t.same(found(PARACETAMOL, asNeeded({ maxDosePerPeriod: per(s(80, 'tablet'), DAY) })), refused, 'in tablets')
    t.same(found(PARACETAMOL, asNeeded({ maxDosePerPeriod: per(g(280), q(1, 'wk', 'week')) })), refused, 'of a week')
    const said = 'Take two tablets when required for pain. Maximum 80 tablets in 24 hours.'
    t.same(found(PARACETAMOL, asNeeded({ text: said })), refused, 'in words alone')
    t.same(found(PARACETAMOL, asNeeded({ maxDosePerPeriod: per(g(4), DAY), maxDosePerAdministration: g(10) })), refused)
    t.same(
      found(PARACETAMOL, asNeeded({ maxDosePerPeriod: per(g(6), DAY) })),
      ['dose-high'],
      'a look, where it is near',
    )
  },
)

t.test('a maximum as it is licensed is taken without a word', async (t) => {
  for (const most of [g(4), g(3), s(8, 'tablet'), q(4000, 'mg')]) {
    t.same(found(PARACETAMOL, asNeeded({ maxDosePerPeriod: per(most, DAY) })), [], `${most.value} ${most.unit}`)
  }
  t.same(found(PARACETAMOL, asNeeded({ maxDosePerPeriod: per(g(28), q(7, 'd', 'day')) })), [], 'of a week')
  t.same(found(PARACETAMOL, asNeeded({ maxDosePerPeriod: per(g(1), q(4, 'h', 'hour')) })), [], 'of a shorter time')
  const weekly = { text: '10 mg once weekly', timing: rep(1, 1, 'wk'), doseAndRate: at(q(10, 'mg')) }
  const mtx = 'Methotrexate 2.5mg tablets'
  t.same(found(mtx, { ...weekly, maxDosePerPeriod: per(q(25, 'mg'), q(1, 'd', 'day')) }), [], 'the day of the dose')
  t.same(found(mtx, { ...weekly, maxDosePerPeriod: per(q(100, 'mg'), q(1, 'mo', 'month')) }), [], 'of a month')
  t.same(found(mtx, { ...weekly, maxDosePerPeriod: per(q(250, 'mg'), q(1, 'wk', 'week')) }), ['dose-far-too-high'])
})

t.test('as needed every hour, and no maximum: somebody should look at what a day of it comes to', async (t) => {
  const looked = ['dose-high']
  t.same(found(PARACETAMOL, hourly(1)), looked, '24 g a day is never refused: the patient decides')
  t.same(found(PARACETAMOL, hourly(4)), looked, '6 g a day')
  t.same(found(PARACETAMOL, hourly(6)), [])
  t.same(found(PARACETAMOL, hourly(4, { periodMax: 6 })), [], 'every four to six hours')
  t.same(found(PARACETAMOL, hourly(1, { count: 2 })), [], 'two doses in all')
  t.same(found(PARACETAMOL, { ...hourly(4), maxDosePerPeriod: per(g(4), DAY) }), [], 'the maximum holds')
  for (const most of ['maximum 8 tablets in 24 hours', 'no more than four doses a day', 'up to four doses a day']) {
    t.same(found(PARACETAMOL, hourly(4, {}, `Take two tablets every 4 hours when required, ${most}`)), [], most)
  }
  const beside = { ...hourly(4), patientInstruction: 'Do not take more than 8 tablets in 24 hours' }
  t.same(found(PARACETAMOL, beside), [], 'said beside the text')
})
