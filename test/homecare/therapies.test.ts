/**
 * The therapies of homecare, one prescription of each as its prescribers write it, which is taken without a word; and
 * the same with one mistake that would hurt, which is found.
 */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { at, type Change, DAILY, found, q, rep, s, supplyOf, u, WEEKLY } from './prescribing.ts'

const contradicts = 'dosage-words-contradict-timing'
const otherDose = 'dosage-words-contradict-dose'
const far = 'quantity-far-from-dose'
const off = 'quantity-differs-from-dose'
const tooOften = 'dose-interval-too-short'
const often = 'dose-interval-short'
const weeklyTooOften = 'weekly-medicine-too-often'
const tooHigh = 'dose-far-too-high'
const farFromStrength = 'dose-far-from-strength'
const otherUnit = 'dose-unit-contradicts-strength'
const iu = (value: number): r4.Quantity => q(value, '[iU]', 'unit')
const mg = (value: number): r4.Quantity => q(value, 'mg')
const days = (value: number): r4.TimingRepeat => ({ boundsDuration: q(value, 'd', 'day') })

/** One mistake: in the dosage, in the quantity or in the medicine; and what is found. */
interface Mistake {
  readonly dosage?: r4.Dosage | r4.Dosage[]
  readonly quantity?: r4.Quantity
  readonly days?: number
  readonly name?: string
  readonly item?: Change
  readonly found: readonly string[]
}
type Row = readonly [
  name: string,
  dosage: r4.Dosage | r4.Dosage[],
  quantity: r4.Quantity,
  days: number,
  repeats: number,
  ...mistakes: Mistake[],
]
const one = (text: string, timing?: r4.Timing, dose?: r4.Quantity, more: r4.Dosage = {}): r4.Dosage => ({
  text,
  ...(timing && { timing }),
  ...(dose && { doseAndRate: at(dose) }),
  ...more,
})
const then = (...dosages: r4.Dosage[]): r4.Dosage[] => dosages.map((dosage, i) => ({ sequence: i + 1, ...dosage }))

const rheumatology: readonly Row[] = [
  [
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('40 mg fortnightly', rep(1, 2, 'wk'), mg(40)),
    u(6, 'pen'),
    84,
    1,
    { dosage: one('40 mg fortnightly', rep(1, 14, 'h'), mg(40)), found: [contradicts, tooOften, far] },
    { quantity: u(28, 'pen'), found: [far] },
  ],
  [
    'Methotrexate 15mg/0.3ml solution for injection pre-filled pens',
    one('15 mg s.c. once weekly, on Fridays', rep(1, 1, 'wk', { dayOfWeek: ['fri'] }), mg(15)),
    u(12, 'pen'),
    84,
    1,
    {
      dosage: one('15 mg s.c. once weekly', rep(1, 1, 'wk', { dayOfWeek: ['mon', 'wed', 'fri'] }), mg(15)),
      found: [weeklyTooOften],
    },
    { dosage: one('0.03 ml once weekly', WEEKLY, mg(15)), found: [otherDose] },
  ],
  [
    'Methotrexate 2.5mg tablets',
    one('Take SIX tablets weekly', WEEKLY, s(6, 'tablet')),
    s(24, 'tablet'),
    28,
    5,
    { dosage: one('Take SIX tablets', DAILY, s(6, 'tablet')), found: [weeklyTooOften, far] },
    {
      name: 'Methotrexate 10mg tablets',
      dosage: one('Take 15 mg weekly', WEEKLY, mg(150)),
      found: [tooHigh, otherDose, far],
    },
  ],
  [
    'Etanercept 25mg/0.5ml pre-filled syringes',
    one('25mg twice-weekly, Mon and Thu', rep(2, 1, 'wk'), mg(25)),
    u(8, 'syringe'),
    28,
    5,
    { dosage: one('25mg twice daily', rep(2, 1, 'd'), mg(25)), found: [weeklyTooOften, far] },
  ],
  [
    'Sarilumab 200mg/1.14ml pre-filled pens',
    one('200 mg every two weeks', rep(1, 14, 'd'), mg(200)),
    u(2, 'pen'),
    28,
    5,
    { dosage: one('200 mg every two weeks', rep(1, 2, 'd'), mg(200)), found: [contradicts, tooOften, far] },
  ],
  [
    'Abatacept 125mg/1ml pre-filled syringes',
    one('125 mg q1w', WEEKLY, mg(125)),
    u(4, 'syringe'),
    28,
    5,
    { dosage: one('125 mg q1w', DAILY, mg(125)), found: [contradicts, tooOften, far] },
  ],
  [
    'Golimumab 50mg/0.5ml pre-filled pens',
    one('50 mg once a month, on the same date', rep(1, 1, 'mo'), mg(50)),
    u(1, 'pen'),
    28,
    5,
    { dosage: one('50 mg once a month', WEEKLY, mg(50)), found: [contradicts, tooOften, far] },
  ],
  [
    'Belimumab 200mg/1ml pre-filled pens',
    one('200 mg once weekly', WEEKLY, mg(200)),
    u(4, 'pen'),
    28,
    5,
    { dosage: one('2000 mg once weekly', WEEKLY, mg(200)), found: [otherDose] },
  ],
]

const gastroenterologyAndSkin: readonly Row[] = [
  [
    'Vedolizumab 108mg/0.68ml pre-filled pens',
    one('108 mg every 2 weeks', rep(1, 2, 'wk'), mg(108)),
    u(4, 'pen'),
    56,
    2,
    { quantity: u(1, 'pen'), found: [far] },
  ],
  [
    'Infliximab 120mg/1ml pre-filled pens',
    one('120 mg every other week', rep(1, 2, 'wk'), mg(120)),
    u(2, 'pen'),
    28,
    5,
    { dosage: one('120 mg every week', WEEKLY, mg(120)), quantity: u(4, 'pen'), found: [often] },
  ],
  [
    'Ustekinumab 45mg/0.5ml pre-filled syringes',
    then(
      one('45 mg at week 0 and week 4', rep(1, 4, 'wk', days(28)), mg(45)),
      one('45 mg every 12 weeks', rep(1, 12, 'wk'), mg(45)),
    ),
    u(2, 'syringe'),
    112,
    0,
    { dosage: one('45 mg every 12 days', rep(1, 12, 'd'), mg(45)), found: [tooOften, far] },
  ],
  [
    'Risankizumab 150mg/1ml pre-filled pens',
    one('150 mg 12-weekly', rep(1, 12, 'wk'), mg(150)),
    u(1, 'pen'),
    84,
    3,
    { dosage: one('150 mg 12-weekly', rep(12, 1, 'wk'), mg(150)), found: [contradicts, tooOften, far] },
  ],
  [
    'Secukinumab 300mg/2ml pre-filled pens',
    then(
      one('300 mg weekly at weeks 0 to 4', rep(1, 1, 'wk', days(35)), mg(300)),
      one('300 mg monthly', rep(1, 1, 'mo'), mg(300)),
    ),
    u(5, 'pen'),
    28,
    0,
    { dosage: one('300 mg monthly', DAILY, mg(300)), found: [contradicts, tooOften, far] },
  ],
  [
    'Dupilumab 300mg/2ml pre-filled pens',
    one('300 mg alternate weeks', rep(1, 2, 'wk'), mg(300)),
    u(2, 'pen'),
    28,
    5,
    { dosage: one('300 mg alternate days', rep(1, 2, 'd'), mg(300)), found: [tooOften, far] },
  ],
  [
    'Azathioprine 50mg tablets',
    one('Take 2 tablets (100 mg) once daily', DAILY, mg(100)),
    s(56, 'tablet'),
    28,
    5,
    {
      dosage: one('Take 2 tablets (100 mg) once daily', DAILY, q(100, 'g')),
      found: [farFromStrength, tooHigh, otherDose, far],
    },
    { quantity: s(28, 'tablet'), found: [off] },
  ],
  [
    'Mesalazine 1g modified-release granules sachets',
    one('2 g BD', rep(2, 1, 'd'), q(2, 'g')),
    u(112, 'sachet'),
    28,
    5,
    { dosage: one('2 g QDS', rep(2, 1, 'd'), q(2, 'g')), found: [contradicts] },
  ],
]

const neurology: readonly Row[] = [
  [
    'Natalizumab 150mg/1ml pre-filled syringes',
    one('Two syringes (300 mg) every 4 weeks', rep(1, 4, 'wk'), mg(300)),
    u(2, 'syringe'),
    28,
    5,
    { dosage: one('Two syringes (300 mg) every 4 days', rep(1, 4, 'd'), mg(300)), found: [tooOften, far] },
  ],
  [
    'Ofatumumab 20mg/0.4ml pre-filled pens',
    one('20 mg once monthly', rep(1, 1, 'mo'), mg(20)),
    u(3, 'pen'),
    84,
    1,
    { dosage: one('20 mg once monthly', rep(1, 1, 'd'), mg(20)), found: [contradicts, tooOften, far] },
  ],
  [
    'Interferon beta-1b 300microgram powder vials',
    one('250 micrograms on alternate days', rep(1, 2, 'd'), q(250, 'ug', 'microgram')),
    u(15, 'vial'),
    30,
    5,
    {
      dosage: one('250 micrograms on alternate days', rep(1, 2, 'd'), mg(250)),
      found: [farFromStrength, tooHigh, otherDose, far],
    },
  ],
  [
    'Glatiramer 20mg/1ml pre-filled syringes',
    one('20 mg once daily', DAILY, mg(20)),
    u(28, 'syringe'),
    28,
    5,
    {
      dosage: one('20 mg once daily', DAILY, mg(20), { patientInstruction: 'Inject once a week.' }),
      found: [contradicts],
    },
  ],
  [
    'Teriflunomide 14mg tablets',
    one('14 mg OD', DAILY, mg(14)),
    s(28, 'tablet'),
    28,
    5,
    { dosage: one('14 mg OD', rep(1, 1, 'h'), mg(14)), found: [tooHigh, contradicts, far] },
  ],
  [
    'Cladribine 10mg tablets',
    one('10 mg once daily for 5 days', rep(1, 1, 'd', days(5)), mg(10)),
    s(5, 'tablet'),
    5,
    0,
    { quantity: s(28, 'tablet'), found: [far] },
  ],
  [
    'Erenumab 140mg/1ml pre-filled pens',
    one('140 mg every 4 weeks', rep(1, 28, 'd'), mg(140)),
    u(1, 'pen'),
    28,
    5,
    { dosage: one('140 mg every 4 weeks', rep(4, 1, 'wk'), mg(140)), found: [contradicts, tooOften, far] },
  ],
]

const infection: readonly Row[] = [
  [
    'Dolutegravir 50mg / Lamivudine 300mg tablets',
    one('1 od', DAILY, s(1, 'tablet')),
    s(90, 'tablet'),
    90,
    1,
    { quantity: s(30, 'tablet'), found: [far] },
  ],
  [
    'Darunavir 800mg tablets',
    one('800 mg once a day with food', DAILY, mg(800)),
    s(30, 'tablet'),
    30,
    5,
    { dosage: one('800 mg once a day with food', rep(2, 1, 'd'), mg(800)), found: [contradicts, off] },
  ],
  [
    'Cabotegravir 600mg/3ml suspension for injection vials',
    one('600 mg every 2 months', rep(1, 2, 'mo'), mg(600)),
    u(1, 'vial'),
    60,
    2,
    {
      name: 'Cabotegravir 600mg/3ml prolonged-release suspension for injection vials',
      dosage: one('600 mg every 2 weeks', rep(1, 2, 'wk'), mg(600)),
      quantity: u(4, 'vial'),
      found: [often],
    },
  ],
  [
    'Sofosbuvir 400mg / Velpatasvir 100mg tablets',
    one('One daily for 12 weeks', rep(1, 1, 'd', { boundsDuration: q(12, 'wk') }), s(1, 'tablet')),
    s(84, 'tablet'),
    84,
    0,
    { quantity: s(12, 'tablet'), found: [far] },
  ],
  [
    'Peginterferon alfa-2a 180micrograms/0.5ml pre-filled syringes',
    one('180 micrograms once weekly', WEEKLY, q(180, 'ug', 'microgram')),
    u(4, 'syringe'),
    28,
    5,
    {
      dosage: one('180 micrograms once daily', DAILY, q(180, 'ug', 'microgram')),
      quantity: u(28, 'syringe'),
      found: [tooOften],
    },
  ],
  [
    'Teicoplanin 400mg powder vials',
    one('400 mg IV three times a week, on Mon, Wed and Fri', rep(3, 1, 'wk'), mg(400)),
    u(6, 'vial'),
    14,
    0,
    { dosage: one('400 mg IV three times a week', rep(3, 1, 'd'), mg(400)), found: [contradicts, far] },
  ],
  [
    'Ceftriaxone 2g powder for solution for infusion vials',
    one('2 g IV once daily for 14 days', rep(1, 1, 'd', days(14)), q(2, 'g')),
    u(14, 'vial'),
    14,
    0,
    {
      dosage: one('2 g IV once daily for 14 days', rep(1, 1, 'd', days(14)), q(2, 'mg')),
      found: [otherUnit, otherDose],
    },
  ],
  [
    'Ertapenem 1g powder vials',
    one('1 g IV every 24 hours', rep(1, 24, 'h'), q(1, 'g')),
    u(7, 'vial'),
    7,
    0,
    { dosage: one('1 g IV every 24 hours', rep(24, 1, 'd'), q(1, 'g')), found: [contradicts, far] },
  ],
  [
    'Colistimethate 2million unit powder for nebuliser vials',
    one('2 million units BD via nebuliser', rep(2, 1, 'd'), iu(2_000_000)),
    u(56, 'vial'),
    28,
    5,
    { dosage: one('2 million units BD via nebuliser', rep(1, 2, 'd'), iu(2_000_000)), found: [contradicts] },
  ],
]

const bloodAndHormones: readonly Row[] = [
  [
    'Octocog alfa 1000unit powder and solvent vials',
    one('2,000 units every 48 hours', rep(1, 48, 'h'), iu(2000)),
    u(28, 'vial'),
    28,
    5,
    { dosage: one('2,000 units every 48 hours', rep(1, 48, 'h'), iu(20_000)), found: [otherDose, far] },
  ],
  [
    'Factor IX 500unit vials',
    one('1500 units prophylaxis twice a week', rep(2, 1, 'wk'), iu(1500)),
    u(24, 'vial'),
    28,
    5,
    { dosage: one('1500 units prophylaxis twice a week', rep(2, 1, 'd'), iu(1500)), found: [contradicts, far] },
  ],
  [
    'Emicizumab 60mg/0.4ml solution for injection vials',
    one('60 mg weekly', WEEKLY, mg(60)),
    u(4, 'vial'),
    28,
    5,
    { dosage: one('60 mg daily', DAILY, mg(60)), quantity: u(28, 'vial'), found: [tooOften] },
  ],
  [
    'Epoetin beta 6,000units/0.3ml pre-filled syringes',
    one('6,000 units once a week', WEEKLY, iu(6000)),
    u(4, 'syringe'),
    28,
    5,
    { dosage: one('6,000 units once a week', WEEKLY, iu(60_000)), found: [otherDose, far] },
  ],
  [
    'Darbepoetin alfa 60micrograms/0.3ml pre-filled pens',
    one('60 micrograms once every two weeks', rep(1, 2, 'wk'), q(60, 'ug', 'microgram')),
    u(2, 'pen'),
    28,
    5,
    {
      dosage: one('60 micrograms once every two weeks', rep(1, 2, 'wk'), q(60, 'mg', 'microgram')),
      found: [otherUnit, tooHigh, 'unit-contradicts-code', otherDose, far],
    },
  ],
  [
    'Somatropin 5mg/1.5ml solution for injection cartridges',
    one('0.4 mg nocte', rep(1, 1, 'd', { when: ['HS'] }), mg(0.4)),
    u(3, 'cartridge'),
    28,
    5,
    { dosage: one('.4 mg nocte', DAILY, mg(0.4)), found: ['dose-notation-unsafe'] },
    { dosage: one('0.4 mg nocte', DAILY, mg(4)), found: [otherDose] },
  ],
  [
    'Somatropin 10mg/1.5ml solution for injection pre-filled pens',
    one('1 mg at night, 6 nights a week', rep(6, 1, 'wk'), mg(1)),
    u(3, 'pen'),
    28,
    5,
    { dosage: one('1.0 mg at night, 6 nights a week', rep(6, 1, 'wk'), mg(1)), found: ['dose-notation-unsafe'] },
  ],
  [
    'Somatrogon 60mg/1.2ml pre-filled pens',
    one('20 mg once weekly', WEEKLY, mg(20)),
    u(2, 'pen'),
    28,
    5,
    { dosage: one('20 mg once daily', DAILY, mg(20)), found: [weeklyTooOften, far] },
  ],
  [
    'Lanreotide 120mg/0.5ml pre-filled syringes',
    one('120 mg every 28 days', rep(1, 28, 'd'), mg(120)),
    u(1, 'syringe'),
    28,
    5,
    { dosage: one('120 mg every 28 hours', rep(1, 28, 'h'), mg(120)), found: [tooOften, far] },
  ],
  [
    'Teriparatide 250micrograms/ml solution for injection 2.4ml pre-filled pens',
    one('20 micrograms daily', DAILY, q(20, 'ug', 'microgram')),
    u(1, 'pen'),
    28,
    5,
    { dosage: one('20 micrograms daily', DAILY, mg(20)), found: [tooHigh, otherDose, far] },
  ],
  [
    'Denosumab 60mg/1ml pre-filled syringes',
    one('60 mg every six months', rep(1, 6, 'mo'), mg(60)),
    u(1, 'syringe'),
    182,
    1,
    { dosage: one('60 mg every six weeks', rep(1, 6, 'wk'), mg(60)), found: [tooOften, far] },
  ],
  [
    'Alendronic acid 70 mg tablets',
    one('ONE tablet WEEKLY, on the same day', WEEKLY, s(1, 'tablet')),
    s(12, 'tablet'),
    84,
    1,
    { dosage: one('ONE tablet DAILY', DAILY, s(1, 'tablet')), quantity: s(84, 'tablet'), found: [weeklyTooOften] },
  ],
]

const rareDiseases: readonly Row[] = [
  [
    'Agalsidase alfa 3.5mg/3.5ml solution for infusion vials',
    one('14 mg every other week over 40 minutes', rep(1, 2, 'wk'), mg(14)),
    u(8, 'vial'),
    28,
    5,
    { dosage: one('14 mg every other day', rep(1, 2, 'd'), mg(14)), found: [tooOften] },
  ],
  [
    'Laronidase 500unit/5ml solution for infusion vials',
    one('2,900 units weekly', WEEKLY, iu(2900)),
    u(24, 'vial'),
    28,
    5,
    { dosage: one('2,900 units weekly', DAILY, iu(2900)), found: [contradicts, tooOften] },
  ],
  [
    'Eculizumab 300mg/30ml solution for infusion vials',
    one('900 mg every 2 weeks', rep(1, 14, 'd'), mg(900)),
    u(6, 'vial'),
    28,
    5,
    { dosage: one('900 mg every 2 days', rep(1, 2, 'd'), mg(900)), found: [tooOften] },
  ],
  [
    'Lanadelumab 300mg/2ml pre-filled syringes',
    one('300 mg every 2 weeks', rep(1, 2, 'wk'), mg(300)),
    u(2, 'syringe'),
    28,
    5,
    { dosage: one('300 mg every 2 weeks', rep(2, 1, 'wk'), mg(300)), found: [contradicts, tooOften, far] },
  ],
  [
    'Icatibant 30mg/3ml pre-filled syringes',
    one('30 mg for an attack, when required, max 3 in 24 hours', undefined, mg(30), { asNeededBoolean: true }),
    u(4, 'syringe'),
    90,
    0,
    {
      dosage: one('300 mg for an attack, when required', undefined, mg(30), { asNeededBoolean: true }),
      found: [otherDose],
    },
  ],
  [
    'Immunoglobulin human normal 4g/20ml solution for injection vials',
    one('8 g weekly', WEEKLY, q(8, 'g')),
    u(8, 'vial'),
    28,
    5,
    { dosage: one('8 g weekly', WEEKLY, q(8, 'mg')), found: [otherDose] },
  ],
]

const oncologyAndTransplant: readonly Row[] = [
  [
    'Palbociclib 125mg capsules',
    one('125 mg once daily for 21 days, 7 days off', rep(1, 1, 'd', days(21)), mg(125)),
    s(21, 'capsule'),
    28,
    2,
    { quantity: s(63, 'capsule'), found: [off] },
  ],
  [
    'Capecitabine 500mg tablets',
    one('1,500 mg b.d. for 14 days, then 7 days off', rep(2, 1, 'd', days(14)), mg(1500)),
    s(84, 'tablet'),
    21,
    0,
    { quantity: s(840, 'tablet'), found: [far] },
  ],
  [
    'Temozolomide 100mg capsules',
    one('200 mg once daily for 5 days', rep(1, 1, 'd', days(5)), mg(200)),
    s(10, 'capsule'),
    28,
    0,
    { quantity: s(56, 'capsule'), found: [far] },
  ],
  [
    'Abiraterone 500mg tablets',
    one('1 g od', DAILY, q(1, 'g')),
    s(56, 'tablet'),
    28,
    2,
    { dosage: one('1 g od', DAILY, mg(1)), found: [farFromStrength, otherDose, far] },
  ],
  [
    'Lomustine 40mg capsules',
    one('160 mg as a single dose every 6 weeks', rep(1, 6, 'wk'), mg(160)),
    s(4, 'capsule'),
    42,
    0,
    { dosage: one('160 mg daily', DAILY, mg(160)), found: [tooOften, far] },
  ],
  [
    'Fulvestrant 250mg/5ml pre-filled syringes',
    then(
      one('500 mg on days 1 and 15', rep(1, 2, 'wk', days(28)), mg(500)),
      one('500 mg monthly', rep(1, 1, 'mo'), mg(500)),
    ),
    u(4, 'syringe'),
    28,
    0,
    { dosage: one('500 mg monthly', rep(1, 1, 'd'), mg(500)), found: [contradicts, tooOften, far] },
  ],
  [
    'Goserelin 10.8mg implant pre-filled syringes',
    one('10.8 mg every 12 weeks', rep(1, 12, 'wk'), mg(10.8)),
    u(1, 'syringe'),
    84,
    1,
    { dosage: one('10.8 mg every 12 weeks', rep(1, 12, 'd'), mg(10.8)), found: [contradicts, often, far] },
  ],
  [
    'Tacrolimus 500microgram capsules',
    one('1.5 mg morning and night', rep(2, 1, 'd'), mg(1.5)),
    s(168, 'capsule'),
    28,
    5,
    { dosage: one('1.5 mg morning and night', rep(2, 1, 'd'), mg(15)), found: [otherDose, far] },
  ],
  [
    'Mycophenolic acid 360mg gastro-resistant tablets',
    one('720 mg at 08:00 and 20:00', { repeat: { timeOfDay: ['08:00:00', '20:00:00'] } }, mg(720)),
    s(112, 'tablet'),
    28,
    5,
    { quantity: s(11, 'tablet'), found: [far] },
  ],
  [
    'Prednisolone 5mg tablets',
    then(
      one('20 mg daily for a week', rep(1, 1, 'd', days(7)), mg(20)),
      one('15 mg daily for a week', rep(1, 1, 'd', days(7)), mg(15)),
      one('10 mg daily for two weeks', rep(1, 1, 'd', days(14)), mg(10)),
    ),
    s(77, 'tablet'),
    28,
    0,
    {
      dosage: then(
        one('20 mg daily', rep(1, 1, 'd', days(7)), mg(20)),
        one('15 mg daily', rep(1, 1, 'd', days(7)), mg(150)),
      ),
      quantity: s(77, 'tablet'),
      found: ['dose-high', otherDose, far],
    },
    {
      dosage: [one('20 mg daily', DAILY, mg(20)), one('15 mg daily', DAILY, mg(15))],
      found: ['dosage-sequence-missing', far],
    },
  ],
]

const infusionsAndNutrition: readonly Row[] = [
  [
    'Parenteral nutrition 2500ml bag',
    one('One bag over 12 hours, 5 nights a week', rep(5, 1, 'wk'), u(1, 'bag')),
    u(20, 'bag'),
    28,
    2,
    { dosage: one('One bag over 12 hours, 5 nights a week', rep(5, 1, 'd'), u(1, 'bag')), found: [contradicts, far] },
    { quantity: u(5, 'bag'), found: [far] },
  ],
  [
    'Epoprostenol 500microgram powder vials',
    one('Continuous infusion at 20 nanograms/kg/minute', undefined, undefined, {
      doseAndRate: [{ rateQuantity: q(20, 'ng/kg/min') }],
    }),
    u(56, 'vial'),
    28,
    5,
    { name: 'Epoprostenol with morphine 10mg/ml', found: ['controlled-drug'] },
  ],
  [
    'Furosemide 80mg/10ml solution for infusion cartridges',
    one('80 mg over 5 hours once daily', DAILY, mg(80)),
    u(28, 'cartridge'),
    28,
    2,
    {
      dosage: one('80 mg over 5 hours once daily', DAILY, q(80, 'g', 'mg')),
      found: ['unit-contradicts-code', otherDose],
    },
  ],
  [
    'Hydroxocobalamin 1mg/1ml solution for injection ampoules',
    one('1 mg every 3 months', rep(1, 3, 'mo'), mg(1)),
    u(1, 'ampoule'),
    91,
    3,
    { dosage: one('1 mg daily', DAILY, mg(1)), quantity: u(91, 'ampoule'), found: [often] },
  ],
  [
    'Zoledronic acid 5mg/100ml solution for infusion bottles',
    one('5 mg once a year', rep(1, 12, 'mo'), mg(5)),
    u(1, 'bottle'),
    365,
    0,
    { dosage: one('5 mg once a day', DAILY, mg(5)), found: [tooOften] },
  ],
  [
    'Sumatriptan 50mg tablets',
    one('50 mg at onset if needed, up to twice a day', rep(2, 1, 'd'), mg(50), { asNeededBoolean: true }),
    s(12, 'tablet'),
    28,
    5,
    {
      dosage: one('50 mg up to twice a day', rep(12, 1, 'd'), mg(50), { asNeededBoolean: true }),
      found: [contradicts],
    },
  ],
  [
    'Sharps bin 1 litre',
    [],
    u(1, 'bin'),
    84,
    1,
    {
      item: ({ dispenseRequest }) => {
        if (dispenseRequest?.quantity) dispenseRequest.quantity = u(0, 'bin')
      },
      found: ['dosage-missing', 'amount-not-positive'],
    },
  ],
]

const therapies = {
  rheumatology,
  gastroenterologyAndSkin,
  neurology,
  infection,
  bloodAndHormones,
  rareDiseases,
  oncologyAndTransplant,
  infusionsAndNutrition,
}

for (const [therapy, rows] of Object.entries(therapies)) {
  t.test(therapy, async (t) => {
    for (const [name, dosage, quantity, supplyDays, repeats, ...mistakes] of rows) {
      const said = [dosage].flat()[0]?.text
      const right = found(name, dosage, supplyOf(quantity, supplyDays, repeats))
      // Only what nobody takes has no directions.
      t.same(right, said === undefined ? ['dosage-missing'] : [], `${name}: ${said}`)
      for (const mistake of mistakes) {
        const wrong = found(mistake.name ?? name, mistake.dosage ?? dosage, (item) => {
          supplyOf(mistake.quantity ?? quantity, mistake.days ?? supplyDays, repeats)(item)
          mistake.item?.(item)
        })
        t.same(wrong, mistake.found, `${name}, a mistake: ${JSON.stringify(mistake)}`)
      }
    }
  })
}
