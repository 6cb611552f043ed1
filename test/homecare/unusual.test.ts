/** Prescriptions in unusual forms, as specialists write them: right ones are taken, slips are found. */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { allFound, at, type Change, DAILY, found, q, rep, s, supplyOf, u, WEEKLY } from './prescribing.ts'

const mg = (value: number): r4.Quantity => q(value, 'mg')
const tablets = (value: number): r4.Quantity => s(value, 'tablet')
const dose = (text: string, timing: r4.Timing, given: r4.Quantity | r4.Range): r4.Dosage => ({
  text,
  timing,
  doseAndRate: 'value' in given ? at(given) : [{ doseRange: given as r4.Range }],
})
const together = (...dosages: r4.Dosage[]): r4.Dosage[] => dosages.map((dosage) => ({ sequence: 1, ...dosage }))
const then = (...dosages: r4.Dosage[]): r4.Dosage[] => dosages.map((dosage, i) => ({ sequence: i + 1, ...dosage }))
const days = (value: number): r4.TimingRepeat => ({ boundsDuration: q(value, 'd', 'day') })
const SECOND_DAY = rep(1, 2, 'd')
const ONCE = rep(1, 1, 'd', { count: 1 })
const HYDROXYCHLOROQUINE = 'Hydroxychloroquine 200mg tablets'
const BOTH = 'Take ONE tablet (200 mg) and TWO tablets (400 mg) on alternate days'

t.test('two amounts by turns are taken, told in one dosage or in two', async (t) => {
  const right: readonly (readonly [string, r4.Dosage | r4.Dosage[]])[] = [
    [HYDROXYCHLOROQUINE, together(dose(BOTH, SECOND_DAY, tablets(1)), dose(BOTH, SECOND_DAY, tablets(2)))],
    [HYDROXYCHLOROQUINE, together(dose(BOTH, DAILY, mg(200)), dose(BOTH, DAILY, mg(400)))],
    [
      HYDROXYCHLOROQUINE,
      together(
        dose('200 mg on alternate days', SECOND_DAY, mg(200)),
        dose('400 mg on the other days', SECOND_DAY, mg(400)),
      ),
    ],
    [HYDROXYCHLOROQUINE, dose('Take 200 mg and 400 mg on alternate days', DAILY, { low: mg(200), high: mg(400) })],
    [
      HYDROXYCHLOROQUINE,
      dose('Take one and two tablets on alternate days', DAILY, { low: tablets(1), high: tablets(2) }),
    ],
    ['Azathioprine 25mg tablets', dose('100 mg/125 mg alternate days', DAILY, { low: mg(100), high: mg(125) })],
    ['Prednisolone 5mg tablets', dose('Take two 5 mg tablets (10 mg) on alternate days', SECOND_DAY, mg(10))],
  ]
  for (const [name, dosage] of right) t.same(found(name, dosage), [], `${name}: ${[dosage].flat()[0]?.text}`)
})

t.test('a dose of every second day is not given every day', async (t) => {
  const contradicts = ['dosage-words-contradict-timing']
  t.same(found(HYDROXYCHLOROQUINE, dose('Take 200 mg on alternate days', DAILY, mg(200))), contradicts)
  t.same(
    found('Prednisolone 5mg tablets', dose('Take two 5 mg tablets on alternate days', DAILY, tablets(2))),
    contradicts,
    'the strength of a tablet is no second amount',
  )
  t.same(
    found(HYDROXYCHLOROQUINE, dose('Take 200 mg and 400 mg on alternate days', rep(2, 1, 'd'), mg(400))),
    contradicts,
  )
  t.same(
    found(HYDROXYCHLOROQUINE, [
      { sequence: 1, ...dose('Take 200 mg on alternate days', DAILY, mg(200)) },
      { sequence: 2, ...dose('Take 400 mg on alternate days', DAILY, mg(400)) },
    ]),
    [...contradicts, ...contradicts],
    'what follows is not given by turns',
  )
  t.same(
    found(
      HYDROXYCHLOROQUINE,
      together(
        dose('Take 200 mg on alternate days', DAILY, mg(200)),
        dose('Take 400 mg on alternate days', DAILY, mg(400)),
      ),
    ),
    ['alternate-doses-every-day', 'alternate-doses-every-day'],
    'a machine would add the two up, and a person would not: it is said, and not refused',
  )
  t.same(found('Methotrexate 2.5mg tablets', dose('Take 10 mg and 15 mg on alternate days', WEEKLY, mg(15))), [
    'dosage-words-contradict-timing',
    'weekly-medicine-too-often',
  ])
})

t.test('doses to begin with are held against their own interval', async (t) => {
  const right: readonly (readonly [string, r4.Dosage[]])[] = [
    [
      'Dupilumab 300mg/2ml solution for injection pre-filled pens',
      then(dose('600 mg on day 1', ONCE, mg(600)), dose('300 mg every other week', rep(1, 2, 'wk'), mg(300))),
    ],
    [
      'Ofatumumab 20mg/0.4ml solution for injection pre-filled pens',
      then(
        dose('20 mg at weeks 0, 1 and 2', rep(1, 1, 'wk', { count: 3 }), mg(20)),
        dose('20 mg monthly from week 4', rep(1, 1, 'mo'), mg(20)),
      ),
    ],
    [
      'Ixekizumab 80mg/1ml solution for injection pre-filled pens',
      then(
        dose('160 mg at week 0', ONCE, mg(160)),
        dose('80 mg at weeks 2, 4, 6, 8, 10 and 12', rep(1, 2, 'wk', { count: 6 }), mg(80)),
        dose('80 mg every 4 weeks', rep(1, 4, 'wk'), mg(80)),
      ),
    ],
    [
      'Ferric carboxymaltose 1g/20ml solution for injection vials',
      [{ text: '1 g single dose, repeat in one week', timing: { event: ['2026-11-25', '2026-12-02'] } }],
    ],
  ]
  for (const [name, dosage] of right) t.same(found(name, dosage), [], `${name}: ${dosage[0]?.text}`)
  const often = ['dose-interval-too-short']
  const dupilumab = 'Dupilumab 300mg/2ml solution for injection pre-filled pens'
  t.same(found(dupilumab, dose('Inject 300 mg', DAILY, mg(300))), often, 'a dose that nobody counts')
  t.same(
    found(dupilumab, dose('Inject 300 mg', ONCE, mg(300)), supplyOf(u(28, 'pen'), 28, 5)).slice(0, 1),
    often,
    'one dose, and five repeats of it',
  )
  const weekly = ['one', 'two', 'three', 'four'].map((place) =>
    dose(`Inject 300 mg at place ${place}`, rep(1, 1, 'wk', days(84)), mg(300)),
  )
  t.same(
    found(dupilumab, together(...weekly)).filter((code) => code !== 'doses-at-once'),
    often,
    'several that are each not often',
  )
})

const PRN: r4.Dosage = { asNeededBoolean: true }
const ml = (value: number): r4.Quantity => q(value, 'mL', 'millilitre')

t.test('what a pharmacist would ask back about is said', async (t) => {
  const AMGEVITA = 'Amgevita 40mg/0.4ml solution for injection pre-filled pens'
  const FORTNIGHTLY = dose('40 mg every two weeks', rep(1, 2, 'wk'), mg(40))
  const NEORAL = 'Neoral 100mg/ml oral solution'
  const AZATHIOPRINE = 'Azathioprine 50mg tablets'
  const asked: readonly (readonly [string, string, r4.Dosage | r4.Dosage[], readonly string[], Change?])[] = [
    [
      'as needed, and nothing more',
      'Ondansetron 8mg tablets',
      { text: 'Take one when required', ...PRN, doseAndRate: at(tablets(1)) },
      ['as-needed-without-limit'],
    ],
    [
      'as needed by the words alone',
      'Ondansetron 8mg tablets',
      { text: 'Take 8 mg as needed' },
      ['as-needed-without-limit'],
    ],
    ['a biologic without a brand', 'Adalimumab 40mg/0.4ml pre-filled pens', FORTNIGHTLY, ['brand-missing']],
    ['tacrolimus without a brand', 'Tacrolimus 1mg capsules', { text: 'Take 1 mg twice a day' }, ['brand-missing']],
    [
      'two doses for one time',
      AZATHIOPRINE,
      together(dose('50 mg daily', DAILY, mg(50)), dose('100 mg daily', DAILY, mg(100))),
      ['doses-at-once'],
    ],
    [
      'two phases, of which the first does not end',
      AZATHIOPRINE,
      then(dose('50 mg daily', DAILY, mg(50)), dose('100 mg daily', DAILY, mg(100))),
      ['doses-at-once'],
    ],
    ['millilitres of tablets', AZATHIOPRINE, dose('Take daily', DAILY, ml(5)), ['dose-unit-unfit']],
    ['tablets of a liquid', NEORAL, dose('Take twice a day', rep(2, 1, 'd'), tablets(2)), ['dose-unit-unfit']],
    ['pens of tablets', AZATHIOPRINE, dose('Take daily', DAILY, u(1, 'pen')), ['dose-unit-unfit']],
    ['capsules of tablets', AZATHIOPRINE, dose('Take daily', DAILY, s(2, 'capsule')), ['dose-form-differs']],
    ['a liquid in the words for capsules', 'Adoport 1mg capsules', { text: 'Take 5 ml daily' }, ['dose-form-differs']],
    ['tablets in the words for a liquid', NEORAL, { text: 'Take two tabs daily' }, ['dose-form-differs']],
    ['how much, and not how often', AZATHIOPRINE, { text: 'Take 100 mg' }, ['dosage-incomplete']],
    ['how often, and not how much', AZATHIOPRINE, { text: 'Take once daily' }, ['dosage-incomplete']],
    ['neither words nor how often', AZATHIOPRINE, { doseAndRate: at(mg(100)) }, ['dosage-incomplete']],
    ['stop', AZATHIOPRINE, dose('STOP taking this medicine.', DAILY, mg(100)), ['dosage-says-stop']],
    ['never', AZATHIOPRINE, { text: 'Do not give' }, ['dosage-says-stop']],
    ...['-', '???', 'N/A', 'TBC', 'null', '{dose} {frequency}', '[object Object]', 'see clinic letter'].map(
      (text) => [text, AZATHIOPRINE, { text }, ['dosage-says-nothing']] as const,
    ),
    [
      'a comma that is overlooked',
      'Marevan 500microgram tablets',
      { text: 'Take 1,5 mg daily' },
      ['dose-notation-unsafe'],
    ],
    [
      'long-acting insulin into a vein',
      'Lantus 100units/ml solution for injection 3ml cartridges',
      { text: '10 units daily', route: { text: 'Intravenous' } },
      ['route-deadly'],
    ],
    [
      'a quantity that nobody can supply',
      AZATHIOPRINE,
      dose('Take 100 mg daily', DAILY, mg(100)),
      ['quantity-unit-unfit'],
      supplyOf(ml(300), 28),
    ],
    [
      'four of something',
      AMGEVITA,
      FORTNIGHTLY,
      ['quantity-unit-missing'],
      (item) => Object.assign(item.dispenseRequest ?? {}, { quantity: { value: 4 } }),
    ],
    [
      'a biologic that may be exchanged, said by a code',
      AMGEVITA,
      FORTNIGHTLY,
      ['biologic-substitution'],
      (item) => (item.substitution = { allowedCodeableConcept: { coding: [{ code: 'E' }] } }),
    ],
    [
      'a medicine in words alone',
      AMGEVITA,
      FORTNIGHTLY,
      ['medicine-without-code'],
      (item) => (item.medicationCodeableConcept = { text: AMGEVITA }),
    ],
    [
      'a medicine by a foreign code',
      AMGEVITA,
      FORTNIGHTLY,
      ['medicine-without-code'],
      (item) => {
        const system = 'http://www.nlm.nih.gov/research/umls/rxnorm'
        item.medicationCodeableConcept = { coding: [{ system, code: '857974', display: AMGEVITA }] }
      },
    ],
  ]
  for (const [danger, name, dosage, codes, change] of asked) t.same(allFound(name, dosage, change), codes, danger)
})
