/**
 * What a hospital system could really send that is well formed and would hurt somebody, by the alerts and never events
 * of medication safety; and prescriptions in unusual forms that are right, of which none may be held up.
 */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { at, DAILY, found, q, rep, s, SCT, supplyOf, u, WEEKLY } from './prescribing.ts'

const mg = (v: number): r4.Quantity => q(v, 'mg'),
  iu = (v: number): r4.Quantity => q(v, '[iU]', 'unit')
const one = (text: string, timing?: r4.Timing, dose?: r4.Quantity, more: r4.Dosage = {}): r4.Dosage => ({
  text,
  ...(timing && { timing }),
  ...(dose && { doseAndRate: at(dose) }),
  ...more,
})
const route = (code: string, display: string): r4.Dosage => ({ route: { coding: [{ system: SCT, code, display }] } })
const ORAL = route('26643006', 'Oral route'),
  SC = route('34206005', 'Subcutaneous route'),
  IV = route('47625008', 'Intravenous route'),
  IM = route('78421000', 'Intramuscular route')
const IT = route('72607000', 'Intrathecal route')
const site = (code: string, display: string): r4.Dosage => ({ site: { coding: [{ system: SCT, code, display }] } })
const method = (code: string, display: string): r4.Dosage => ({ method: { coding: [{ system: SCT, code, display }] } })
const per = (n: r4.Quantity, d: r4.Quantity): r4.Ratio => ({ numerator: n, denominator: d })
const seq = (...d: r4.Dosage[]): r4.Dosage[] => d.map((x, i) => ({ sequence: i + 1, ...x }))
const days = (n: number): r4.TimingRepeat => ({ boundsDuration: q(n, 'd', 'day') })
const type = (code: string): r4.DosageDoseAndRate => ({
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/dose-rate-type', code }] },
})
const PRN: r4.Dosage = { asNeededBoolean: true }
const right: readonly (readonly [string, r4.Dosage | r4.Dosage[]])[] = [
  [
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    seq(
      one('Inject 160 mg (four pens) on day 1', { repeat: { count: 1, boundsDuration: q(1, 'd') } }, mg(160), SC),
      one('Inject 80 mg (two pens) on day 15', { repeat: { count: 1, boundsDuration: q(14, 'd') } }, mg(80), SC),
      one('Then inject 40 mg every other week from day 29', rep(1, 2, 'wk'), mg(40), SC),
    ),
  ],
  [
    'Prednisolone 5mg tablets',
    seq(
      one('40 mg in the morning for 7 days', rep(1, 1, 'd', days(7)), mg(40), ORAL),
      one('then 30 mg in the morning for 7 days', rep(1, 1, 'd', days(7)), mg(30), ORAL),
      one('then 20 mg in the morning for 7 days', rep(1, 1, 'd', days(7)), mg(20), ORAL),
      one('then 5 mg daily', DAILY, mg(5), ORAL),
    ),
  ],
  [
    'Methotrexate 2.5mg tablets',
    one('Take six tablets (15 mg) once a week on Monday', rep(1, 1, 'wk', { dayOfWeek: ['mon'] }), s(6, 'tablet'), {
      ...ORAL,
      maxDosePerPeriod: per(mg(25), q(1, 'wk', 'week')),
    }),
  ],
  [
    'Methotrexate 2.5mg tablets',
    one('Take 10 tablets (25 mg) weekly on Wednesdays', rep(1, 1, 'wk', { dayOfWeek: ['wed'] }), s(10, 'tablet'), {
      ...ORAL,
      patientInstruction: 'Take your tablets on the same day every week. Take folic acid on Thursdays.',
    }),
  ],
  [
    'Folic acid 5mg tablets',
    one(
      'Take one tablet once a week on Tuesday, the day after methotrexate (Monday)',
      rep(1, 1, 'wk', { dayOfWeek: ['tue'] }),
      s(1, 'tablet'),
      ORAL,
    ),
  ],
  [
    'Folic acid 5mg tablets',
    one('Take one tablet daily except on the day of methotrexate', rep(6, 1, 'wk'), s(1, 'tablet'), ORAL),
  ],
  [
    'Paracetamol 500mg tablets',
    one(
      'Take one or two tablets every 4 to 6 hours when required. Maximum 8 tablets in 24 hours.',
      { repeat: { frequency: 1, period: 4, periodMax: 6, periodUnit: 'h' } },
      undefined,
      {
        ...PRN,
        ...ORAL,
        doseAndRate: [{ doseRange: { low: s(1, 'tablet'), high: s(2, 'tablet') } }],
        maxDosePerPeriod: per(s(8, 'tablet'), q(24, 'h', 'hour')),
      },
    ),
  ],
  [
    'Sumatriptan 6mg/0.5ml solution for injection pre-filled pens',
    one(
      'Inject 6 mg at the onset of an attack. May repeat once after 1 hour. Max 12 mg in 24 hours.',
      undefined,
      mg(6),
      { ...PRN, ...SC, maxDosePerPeriod: per(mg(12), q(24, 'h', 'hour')) },
    ),
  ],
  [
    'Icatibant 30mg/3ml solution for injection pre-filled syringes',
    one('Inject 30 mg under the skin for an acute attack', undefined, mg(30), {
      ...SC,
      asNeededCodeableConcept: { text: 'Acute attack of angioedema' },
    }),
  ],
  [
    'Emicizumab 150mg/1ml solution for injection vials',
    one('Inject 450 mg subcutaneously every 4 weeks', rep(1, 4, 'wk'), undefined, {
      ...SC,
      doseAndRate: [
        { ...type('calculated'), doseQuantity: mg(438) },
        { ...type('ordered'), doseQuantity: mg(450) },
      ],
    }),
  ],
  [
    'Infliximab 100mg powder for concentrate for solution for infusion vials',
    one(
      '400 mg by intravenous infusion over 2 hours every 8 weeks',
      rep(1, 8, 'wk', { duration: 2, durationUnit: 'h' }),
      undefined,
      {
        ...IV,
        doseAndRate: [
          { ...type('calculated'), doseQuantity: mg(375) },
          { ...type('ordered'), doseQuantity: mg(400) },
        ],
      },
    ),
  ],
  [
    'Infliximab 100mg vials',
    {
      ...one('5 mg/kg (375 mg, rounded to 400 mg) every 8 weeks', rep(1, 8, 'wk')),
      doseAndRate: [
        { ...type('calculated'), doseQuantity: q(5, 'mg/kg') },
        { ...type('ordered'), doseQuantity: mg(400) },
      ],
      ...IV,
    },
  ],
  [
    'Normal immunoglobulin human 16.5% solution for injection 48ml vials',
    one('Infuse 8 g subcutaneously once a week', WEEKLY, q(8, 'g'), {
      ...SC,
      doseAndRate: [{ doseQuantity: q(8, 'g'), rateQuantity: q(20, 'mL/h') }],
    }),
  ],
  [
    'Normal immunoglobulin human 10g/100ml solution for infusion vials',
    {
      ...one('30 g IV every 4 weeks', rep(1, 4, 'wk')),
      ...IV,
      doseAndRate: [{ doseQuantity: q(30, 'g'), rateRange: { low: q(30, 'mL/h'), high: q(180, 'mL/h') } }],
    },
  ],
  [
    'Parenteral nutrition 2 litre bag',
    {
      ...one(
        'Infuse one bag over 12 hours each night through the central line',
        rep(1, 1, 'd', { duration: 12, durationUnit: 'h' }),
      ),
      ...IV,
      doseAndRate: [{ doseQuantity: q(2000, 'mL'), rateRatio: per(q(2000, 'mL'), q(12, 'h', 'hour')) }],
    },
  ],
  [
    'Flucloxacillin 8g in 240ml elastomeric pump',
    {
      ...one('8 g over 24 hours by continuous infusion', rep(1, 1, 'd', { duration: 24, durationUnit: 'h' })),
      ...IV,
      doseAndRate: [{ doseQuantity: q(8, 'g'), rateQuantity: q(10, 'mL/h') }],
    },
  ],
  [
    'Vancomycin 500mg powder for solution for infusion vials',
    one('125 mg by mouth four times a day', rep(4, 1, 'd'), mg(125), ORAL),
  ],
  [
    'Phytomenadione 2mg/0.2ml solution for injection ampoules',
    one('Give 2 mg by mouth once', { repeat: { count: 1 } }, mg(2), ORAL),
  ],
  [
    'Methotrexate 10mg/5ml oral solution',
    one('Take 7.5 ml (15 mg) once a week on Friday', rep(1, 1, 'wk', { dayOfWeek: ['fri'] }), mg(15), ORAL),
  ],
  ['Mercaptopurine 20mg/ml oral suspension', one('Give 1.5 ml (30 mg) once a day', DAILY, q(1.5, 'mL'), ORAL)],
  [
    'Tacrolimus 500microgram capsules',
    seq(
      one('1.5 mg in the morning', rep(1, 1, 'd', { when: ['MORN'] }), mg(1.5), ORAL),
      one('1 mg at night', rep(1, 1, 'd', { when: ['NIGHT'] }), mg(1), ORAL),
    ),
  ],
  [
    'Hydrocortisone 10mg tablets',
    [
      one('10 mg on waking', rep(1, 1, 'd'), mg(10), { sequence: 1, ...ORAL }),
      one('5 mg at noon', rep(1, 1, 'd'), mg(5), { sequence: 1, ...ORAL }),
      one('5 mg in the evening', rep(1, 1, 'd'), mg(5), { sequence: 1, ...ORAL }),
    ],
  ],
  [
    'Hydrocortisone 100mg powder for injection vials',
    one('Inject 100 mg into the thigh in an adrenal crisis', undefined, mg(100), {
      ...IM,
      ...site('61396006', 'Left thigh'),
      asNeededCodeableConcept: { text: 'Adrenal crisis' },
    }),
  ],
  [
    'Etanercept 50mg/1ml solution for injection pre-filled pens',
    one('One pen (50 mg) once weekly', WEEKLY, u(1, 'pen'), { ...SC, ...site('818983003', 'Abdomen') }),
  ],
  [
    'Tocilizumab 162mg/0.9ml solution for injection pre-filled syringes',
    one('Inject one syringe into the abdomen or thigh every week', WEEKLY, u(1, 'pre-filled disposable injection'), SC),
  ],
  [
    'Somatropin 10mg/1.5ml solution for injection cartridges',
    one('0.8 mg subcutaneously at night, 6 nights a week', rep(6, 1, 'wk'), mg(0.8), SC),
  ],
  [
    'Teriparatide 250micrograms/ml solution for injection 2.4ml pre-filled pens',
    one('20 micrograms daily', DAILY, q(20, 'ug', 'microgram'), SC),
  ],
  [
    'Insulin glargine 100units/ml solution for injection 3ml pre-filled pens',
    one('Inject 24 units at night', DAILY, iu(24), SC),
  ],
  ['Insulin human 500units/ml cartridges', one('160 units twice a day', rep(2, 1, 'd'), iu(160), SC)],
  [
    'Epoetin beta 6,000units/0.3ml solution for injection pre-filled syringes',
    one('Inject 6,000 units three times a week', rep(3, 1, 'wk'), iu(6000), SC),
  ],
  [
    'Darbepoetin alfa 500micrograms/1ml solution for injection pre-filled pens',
    one('500 micrograms every 3 weeks', rep(1, 3, 'wk'), q(500, 'ug', 'microgram'), SC),
  ],
  [
    'Octocog alfa 1,000unit powder and solvent for solution for injection vials',
    seq(
      one('2000 units every other day', rep(1, 2, 'd'), iu(2000), IV),
      one('3000 units as required for a bleed', undefined, iu(3000), { ...IV, ...PRN }),
    ),
  ],
  [
    'Capecitabine 500mg tablets',
    one('Take 1500 mg twice a day for 14 days, then 7 days off', rep(2, 1, 'd', days(14)), mg(1500), ORAL),
  ],
  [
    'Temozolomide 100mg capsules',
    one('Take 300 mg once daily for 5 days every 28 days', rep(1, 1, 'd', days(5)), mg(300), ORAL),
  ],
  [
    'Lenalidomide 25mg capsules',
    one('One capsule daily on days 1 to 21 of a 28 day cycle', rep(1, 1, 'd', days(21)), s(1, 'capsule'), ORAL),
  ],
  ['Lomustine 40mg capsules', one('Take 200 mg as a single dose every 6 weeks', rep(1, 6, 'wk'), mg(200), ORAL)],
  [
    'Denosumab 60mg/1ml solution for injection pre-filled syringes',
    one('Inject 60 mg every 6 months', rep(1, 6, 'mo'), mg(60), SC),
  ],
  ['Goserelin 10.8mg implant pre-filled syringes', one('One implant every 12 weeks', rep(1, 12, 'wk'), mg(10.8), SC)],
  [
    'Sodium chloride 0.9% nebuliser liquid 2.5ml unit dose ampoules',
    one(
      'Nebulise one ampoule twice a day',
      rep(2, 1, 'd'),
      u(1, 'ampoule'),
      route('447694001', 'Respiratory tract route'),
    ),
  ],
  [
    'Tobramycin 300mg/5ml nebuliser liquid ampoules',
    one(
      'Inhale 300 mg twice a day for 28 days, then 28 days off',
      rep(2, 1, 'd', days(28)),
      mg(300),
      route('18679011000001101', 'Inhalation'),
    ),
  ],
  [
    'Colistimethate 1,000,000unit powder for solution for injection vials',
    one(
      '1 million units nebulised twice a day',
      rep(2, 1, 'd'),
      iu(1000000),
      route('447694001', 'Respiratory tract route'),
    ),
  ],
  [
    'Ciclosporin 0.1% eye drops 0.3ml unit dose',
    one('One drop in each eye at night', DAILY, u(1, 'drop'), route('54485002', 'Ophthalmic route')),
  ],
  [
    'Mesalazine 1g suppositories',
    one('Insert one rectally at night', DAILY, u(1, 'suppository'), route('37161004', 'Rectal route')),
  ],
  [
    'Estradiol 10microgram vaginal tablets',
    one(
      'Insert one tablet vaginally twice a week',
      rep(2, 1, 'wk'),
      s(1, 'tablet'),
      route('16857009', 'Vaginal route'),
    ),
  ],
  [
    'Rotigotine 4mg/24hours transdermal patches',
    one('Apply one patch daily', DAILY, u(1, 'patch'), route('45890007', 'Transdermal route')),
  ],
  [
    'Ondansetron 4mg orodispersible tablets',
    one(
      'Dissolve one on the tongue when required for sickness, up to three times a day',
      rep(3, 1, 'd'),
      s(1, 'tablet'),
      { ...PRN, ...ORAL },
    ),
  ],
  [
    'Mycophenolate mofetil 250mg capsules',
    one('Six capsules (1.5 g) twice a day', rep(2, 1, 'd'), s(6, 'capsule'), ORAL),
  ],
  [
    'Omeprazole 20mg dispersible tablets',
    one(
      'One tablet dispersed in water via gastrostomy once a day',
      DAILY,
      s(1, 'tablet'),
      route('127490009', 'Gastrostomy route'),
    ),
  ],
  [
    'Azathioprine 50mg tablets',
    one('Take 75 mg daily', DAILY, mg(75), { ...ORAL, patientInstruction: 'Swallow whole with food. Do not crush.' }),
  ],
  [
    'Sapropterin 100mg soluble tablets',
    one('Dissolve 14 tablets (1400 mg) in water and drink once daily', DAILY, mg(1400), ORAL),
  ],
  [
    'Teduglutide 5mg powder and solvent for solution for injection vials',
    one('0.05 mg/kg (3.5 mg) once daily', DAILY, mg(3.5), { ...SC, ...method('422145002', 'Inject') }),
  ],
  [
    'Imiglucerase 400unit powder for solution for infusion vials',
    one('4000 units by intravenous infusion every 2 weeks', rep(1, 2, 'wk'), iu(4000), IV),
  ],
  [
    'Interferon beta-1a 30micrograms/0.5ml solution for injection pre-filled pens',
    one('30 micrograms IM once a week', WEEKLY, q(30, 'ug', 'microgram'), IM),
  ],
  [
    'Hydroxocobalamin 1mg/1ml solution for injection ampoules',
    one('Inject 1 mg IM or SC every 3 months', rep(1, 3, 'mo'), mg(1), IM),
  ],
  [
    'Mepolizumab 100mg/1ml pre-filled pens',
    one('Inject 300 mg (three pens) every 4 weeks', rep(1, 4, 'wk'), mg(300), SC),
  ],
  [
    'Fremanezumab 225mg/1.5ml pre-filled pens',
    one('675 mg every 3 months (three injections)', rep(1, 3, 'mo'), mg(675), SC),
  ],
  [
    'Ustekinumab 130mg/26ml concentrate for solution for infusion vials',
    one('520 mg IV once only', { repeat: { count: 1 } }, mg(520), IV),
  ],
  [
    'Semaglutide 1mg/0.74ml solution for injection 3ml pre-filled pens',
    one('Inject 1 mg once a week', WEEKLY, mg(1), SC),
  ],
  ['Anakinra 100mg/0.67ml pre-filled syringes', one('100 mg daily', DAILY, mg(100), SC)],
  ['Baclofen 5mg/5ml oral solution', one('10 ml three times a day', rep(3, 1, 'd'), q(10, 'mL'), ORAL)],
]

type Change = NonNullable<Parameters<typeof found>[2]>
const unsafe: readonly (readonly [string, readonly string[], string, r4.Dosage | r4.Dosage[], Change?])[] = [
  [
    'dose above maxDosePerPeriod',
    ['dose-above-own-maximum'],
    'Paracetamol 500mg tablets',
    one('Take 1 g four times a day', rep(4, 1, 'd'), mg(1000), { maxDosePerPeriod: per(mg(2000), q(24, 'h')) }),
  ],
  [
    'single dose above maxDosePerAdministration',
    ['dose-above-own-maximum'],
    'Sumatriptan 50mg tablets',
    one('Take 100 mg once daily', DAILY, mg(100), { maxDosePerAdministration: mg(50) }),
  ],
  [
    'dose above maxDosePerLifetime',
    ['dose-above-own-maximum'],
    'Doxorubicin 50mg',
    one('Infuse 600 mg every 3 weeks', rep(1, 3, 'wk'), mg(600), { maxDosePerLifetime: mg(450) }),
  ],
  [
    'maxDosePerPeriod in g vs dose mg, exceeded',
    ['dose-above-own-maximum', 'dose-high'],
    'Paracetamol 500mg tablets',
    one('Take 1 g six times a day', rep(6, 1, 'd'), mg(1000), { maxDosePerPeriod: per(q(4, 'g'), q(1, 'd')) }),
  ],
  [
    'count x dose above maxDosePerLifetime',
    ['dose-above-own-maximum'],
    'Bleomycin',
    one('Inject 100 mg once weekly', rep(1, 1, 'wk', { count: 10 }), mg(100), { maxDosePerLifetime: mg(500) }),
  ],
  [
    'weekly max, given by days',
    ['dose-above-own-maximum'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg on Mondays', rep(1, 1, 'wk', { dayOfWeek: ['mon'] }), mg(10), {
      maxDosePerPeriod: per(mg(7.5), q(1, 'wk')),
    }),
  ],
  [
    'max in words exceeded',
    ['dose-above-own-maximum'],
    'Paracetamol 500mg tablets',
    one('Take 2 tablets four times a day, max 4 tablets in 24 hours', rep(4, 1, 'd'), s(2, 'tablet')),
  ],
  [
    'calculated 40, ordered 400',
    ['doses-disagree', 'dose-far-too-high'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    {
      ...one('40 mg every 2 weeks', rep(1, 2, 'wk')),
      doseAndRate: [
        {
          type: { coding: [{ code: 'ordered', system: 'http://terminology.hl7.org/CodeSystem/dose-rate-type' }] },
          doseQuantity: mg(40),
        },
        {
          type: { coding: [{ code: 'calculated', system: 'http://terminology.hl7.org/CodeSystem/dose-rate-type' }] },
          doseQuantity: mg(400),
        },
      ],
    },
  ],
  [
    'two ordered doses',
    ['doses-disagree'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    { ...one('every 2 weeks', rep(1, 2, 'wk')), doseAndRate: [{ doseQuantity: mg(40) }, { doseQuantity: mg(80) }] },
  ],
  [
    'two doses same mg and mL that disagree with strength',
    ['doses-disagree', 'dose-far-too-high'],
    'Methotrexate 10mg/0.2ml solution for injection pre-filled syringes',
    { ...one('10 mg once weekly', WEEKLY), doseAndRate: [{ doseQuantity: mg(10) }, { doseQuantity: q(2, 'mL') }] },
  ],
  [
    'two doses, text agrees with neither',
    ['dosage-words-contradict-dose'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    {
      ...one('Inject 20 mg every 2 weeks', rep(1, 2, 'wk')),
      doseAndRate: [{ doseQuantity: mg(40) }, { doseQuantity: q(0.4, 'mL') }],
    },
  ],
  [
    'methotrexate 100 mg weekly oral',
    ['dose-far-too-high'],
    'Methotrexate 2.5mg tablets',
    one('Take 100 mg once weekly', WEEKLY, mg(100)),
  ],
  [
    'methotrexate 50 mg weekly sc',
    ['dose-high'],
    'Methotrexate 50mg/1ml',
    one('Inject 50 mg once weekly', WEEKLY, mg(50)),
  ],
  [
    'methotrexate tablets 40 by count',
    ['dose-far-too-high'],
    'Methotrexate 2.5mg tablets',
    one('Take 40 tablets once weekly', WEEKLY, s(40, 'tablet')),
  ],
  [
    'methotrexate 10mg tablet 25 mg => 10 tablets',
    ['dose-far-too-high'],
    'Methotrexate 10mg tablets',
    one('Take 10 tablets once weekly', WEEKLY, s(10, 'tablet')),
  ],
  [
    'adalimumab 400 mg every 2 weeks',
    ['dose-far-too-high'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('Inject 400 mg every 2 weeks', rep(1, 2, 'wk'), mg(400)),
  ],
  [
    'etanercept 500 mg weekly',
    ['dose-far-too-high'],
    'Etanercept 50mg/1ml pre-filled pens',
    one('500 mg once weekly', WEEKLY, mg(500)),
  ],
  [
    'semaglutide 10 mg weekly',
    ['dose-high'],
    'Ozempic 1mg/0.74ml pens',
    one('Inject 10 mg once weekly', WEEKLY, mg(10)),
  ],
  [
    'semaglutide mL as mg (0.25 ml)',
    ['dosage-words-contradict-dose'],
    'Semaglutide 0.25mg/0.19ml',
    one('Inject 2.5 mg once weekly', WEEKLY, mg(25)),
  ],
  [
    'digoxin 62.5 mg daily',
    ['dose-unit-contradicts-strength', 'dose-far-too-high'],
    'Digoxin 62.5microgram tablets',
    one('Take 62.5 mg once daily', DAILY, mg(62.5)),
  ],
  [
    'levothyroxine 100 mg',
    ['dose-unit-contradicts-strength', 'dose-far-too-high'],
    'Levothyroxine sodium 100microgram tablets',
    one('Take 100 mg once daily', DAILY, mg(100)),
  ],
  [
    'colecalciferol in micrograms vs IU',
    ['dose-unit-contradicts-strength'],
    'Colecalciferol 800unit capsules',
    one('Take 800 micrograms daily', DAILY, q(800, 'ug', 'microgram')),
  ],
  [
    'colchicine 5 mg four times',
    ['dose-far-too-high'],
    'Colchicine 500microgram tablets',
    one('Take 5 mg four times a day', rep(4, 1, 'd'), mg(5)),
  ],
  [
    'tacrolimus 50 mg bd',
    ['dose-far-too-high'],
    'Tacrolimus 5mg capsules',
    one('Take 50 mg twice a day', rep(2, 1, 'd'), mg(50)),
  ],
  [
    'darbepoetin 500 mg',
    ['dose-far-too-high'],
    'Darbepoetin alfa 500micrograms/1ml',
    one('Inject 500 mg once every 3 weeks', rep(1, 3, 'wk'), mg(500)),
  ],
  [
    'epoetin 40000 unit three a week given daily',
    ['dose-far-too-high'],
    'Epoetin alfa 40,000units/1ml',
    one('Inject 40000 units daily', DAILY, q(40000, '[iU]')),
  ],
  [
    'insulin 500 units in one dose',
    ['dose-high'],
    'Insulin glargine 100units/ml pens',
    one('Inject 500 units once daily', DAILY, q(500, '[iU]')),
  ],
  [
    'insulin in mL not units',
    ['dose-far-too-high'],
    'Insulin glargine 100units/ml pens',
    one('Inject 20 ml once daily', DAILY, q(20, 'mL')),
  ],
  [
    'insulin in mg',
    ['dose-unit-unfit'],
    'Insulin glargine 100units/ml pens',
    one('Inject 20 mg once daily', DAILY, mg(20)),
  ],
  ['heparin ten-fold', ['dose-far-too-high'], 'Enoxaparin 40mg/0.4ml', one('Inject 400 mg once daily', DAILY, mg(400))],
  [
    'dose counts of pens against mg: 40 pens',
    ['dose-far-too-high'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('Inject 40 mg every 2 weeks', rep(1, 2, 'wk'), u(40, 'pen')),
  ],
  [
    '4 pens at a time for 40mg in text',
    ['dosage-words-contradict-dose'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('Inject 40 mg (one pen) every 2 weeks', rep(1, 2, 'wk'), u(4, 'pen')),
  ],
  [
    'text "two pens", structure one pen',
    ['dosage-words-contradict-dose'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('Inject two pens every 2 weeks', rep(1, 2, 'wk'), u(1, 'pen')),
  ],
  [
    'text "ten syringes" structure 1',
    ['dosage-words-contradict-dose'],
    'Methotrexate 10mg/0.2ml solution for injection pre-filled syringes',
    one('Inject 10 syringes once weekly', WEEKLY, u(1, 'syringe')),
  ],
  [
    'route oral for a pen',
    ['route-contradicts'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('Inject 40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40), ORAL),
  ],
  [
    'inject subcutaneously in text, route oral',
    ['route-contradicts'],
    'Methotrexate',
    one('Inject 10 mg subcutaneously once weekly', WEEKLY, mg(10), ORAL),
  ],
  [
    'route IV for a sc pen',
    ['route-contradicts'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40), IV),
  ],
  [
    'route intrathecal vincristine',
    ['route-deadly'],
    'Vincristine 2mg/2ml solution for injection vials',
    one('Inject 2 mg once weekly', WEEKLY, mg(2), IT),
  ],
  [
    'bortezomib intrathecal',
    ['route-deadly'],
    'Bortezomib 3.5mg powder for solution for injection vials',
    one('Inject 2.5 mg once weekly', WEEKLY, mg(2.5), IT),
  ],
  ['tablet sc', ['route-contradicts'], 'Methotrexate 2.5mg tablets', one('10 mg once weekly', WEEKLY, mg(10), SC)],
  [
    'oral solution IV',
    ['route-contradicts'],
    'Methotrexate 10mg/5ml oral solution',
    one('10 mg once weekly', WEEKLY, mg(10), IV),
  ],
  [
    'cream by mouth',
    ['route-contradicts'],
    'Hydrocortisone 1% cream',
    one('Apply twice a day', rep(2, 1, 'd'), undefined, ORAL),
  ],
  [
    'text: take by mouth, route sc',
    ['route-contradicts'],
    'Methotrexate',
    one('Take 10 mg by mouth once weekly', WEEKLY, mg(10), SC),
  ],
  [
    'text: IV infusion, route oral',
    ['route-contradicts'],
    'Immunoglobulin',
    one('Infuse 30 g intravenously every 4 weeks', rep(1, 4, 'wk'), q(30, 'g'), ORAL),
  ],
  [
    'route sc, text says intramuscular',
    ['route-contradicts'],
    'Interferon beta-1a',
    one('Inject 30 micrograms intramuscularly once weekly', WEEKLY, q(30, 'ug', 'microgram'), SC),
  ],
  [
    'method Swallow, route sc',
    ['route-contradicts'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40), { ...SC, ...method('738995006', 'Swallow') }),
  ],
  [
    'method Inject, route oral',
    ['route-contradicts'],
    'Methotrexate',
    one('10 mg once weekly', WEEKLY, mg(10), { ...ORAL, ...method('422145002', 'Inject') }),
  ],
  [
    'patientInstruction swallow for pen',
    ['route-unusual'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40), { ...SC, patientInstruction: 'Swallow whole with water.' }),
  ],
  [
    'inhaler orally swallowed capsules',
    ['route-unusual'],
    'Tiotropium 18microgram inhalation powder capsules',
    one('Take one capsule by mouth once a day', DAILY, u(1, 'capsule'), ORAL),
  ],
  [
    'site: left thigh, route oral',
    ['route-unusual'],
    'Methotrexate',
    one('10 mg once weekly', WEEKLY, mg(10), { ...ORAL, ...site('61396006', 'Left thigh') }),
  ],
  [
    'site: mouth, route sc',
    ['route-unusual'],
    'Methotrexate',
    one('10 mg once weekly', WEEKLY, mg(10), { ...SC, ...site('123851003', 'Mouth region structure') }),
  ],
  [
    'eye drops by ear',
    ['route-contradicts'],
    'Dexamethasone 0.1% eye drops',
    one('One drop in each eye four times a day', rep(4, 1, 'd'), undefined, route('10547007', 'Otic route')),
  ],
  [
    'bounds ended before authoring',
    ['timing-over'],
    'Prednisolone 5mg tablets',
    one('Take 5 mg daily', rep(1, 1, 'd', { boundsPeriod: { start: '2025-01-01', end: '2025-02-01' } }), mg(5)),
  ],
  [
    'bounds begin after validity end',
    ['timing-outside-validity'],
    'Prednisolone 5mg tablets',
    one('Take 5 mg daily', rep(1, 1, 'd', { boundsPeriod: { start: '2029-01-01' } }), mg(5)),
  ],
  [
    'text says 7 days, bounds 70 days',
    ['dosage-words-contradict-days'],
    'Ciprofloxacin 500mg tablets',
    one('Take 500 mg twice a day for 7 days', rep(2, 1, 'd', { boundsDuration: q(70, 'd') }), mg(500)),
  ],
  [
    'count 1 with repeats',
    ['dose-interval-too-short'],
    'Zoledronic acid 5mg',
    one('Give 5 mg once only', rep(1, 1, 'd', { count: 1 }), mg(5)),
    supplyOf(u(1, 'bag'), 28, 5),
  ],
  [
    'event dates in the past',
    ['dose-interval-too-short', 'timing-over'],
    'Ocrelizumab 300mg',
    one('Infuse 300 mg', { event: ['2024-01-01', '2024-01-15'] }, mg(300)),
  ],
  [
    'frequency above frequencyMax',
    ['timing-range-reversed'],
    'Paracetamol',
    one('As told', rep(4, 1, 'd', { frequencyMax: 2 }), mg(500)),
  ],
  [
    'period above periodMax',
    ['timing-range-reversed'],
    'Paracetamol',
    one('As told', rep(1, 8, 'h', { periodMax: 4 }), mg(500)),
  ],
  [
    'timeOfDay twice, frequency 1 daily',
    ['timing-times-differ'],
    'Azathioprine 50mg tablets',
    one('50 mg', rep(1, 1, 'd', { timeOfDay: ['08:00:00', '20:00:00'] }), mg(50)),
  ],
  [
    'dayOfWeek mon,thu frequency 7 per week',
    ['weekly-medicine-too-often'],
    'Etanercept 25mg',
    one('25 mg', rep(7, 1, 'wk', { dayOfWeek: ['mon'] }), mg(25)),
  ],
  [
    'text Mondays, dayOfWeek friday',
    ['dosage-words-contradict-days'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly on Mondays', rep(1, 1, 'wk', { dayOfWeek: ['fri'] }), mg(10)),
  ],
  [
    'patientInstruction on Friday, structure Monday',
    ['dosage-words-contradict-days'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly on Mondays', rep(1, 1, 'wk', { dayOfWeek: ['mon'] }), mg(10), {
      patientInstruction: 'Take your methotrexate on Fridays.',
    }),
  ],
  [
    'duration: infuse over 1 hour, structure 10 min',
    ['infusion-contradicts'],
    'Vancomycin',
    one('Infuse 1 g over 2 hours twice a day', rep(2, 1, 'd', { duration: 10, durationUnit: 'min' }), q(1, 'g')),
  ],
  [
    'asNeeded true, words regular',
    ['as-needed-contradicts'],
    'Prednisolone 5mg tablets',
    one('Take 5 mg every morning', DAILY, mg(5), { asNeededBoolean: true }),
  ],
  [
    'asNeeded false, words PRN',
    ['as-needed-contradicts'],
    'Sumatriptan 50mg tablets',
    one('Take 50 mg when required', DAILY, mg(50), { asNeededBoolean: false }),
  ],
  [
    'asNeeded immunosuppressant',
    ['as-needed-contradicts'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40), { asNeededBoolean: true }),
  ],
  [
    'dose range units mixed',
    ['dose-far-too-high'],
    'Paracetamol',
    { ...one('Take as told', rep(4, 1, 'd')), doseAndRate: [{ doseRange: { low: mg(500), high: q(1000, 'g') } }] },
  ],
  [
    'dose range tenfold',
    ['dose-far-too-high'],
    'Prednisolone',
    { ...one('Take as told', DAILY), doseAndRate: [{ doseRange: { low: mg(5), high: mg(500) } }] },
  ],
  [
    'rate negative',
    ['rate-without-sense'],
    'Immunoglobulin',
    {
      ...one('Infuse 30 g every 4 weeks', rep(1, 4, 'wk')),
      doseAndRate: [{ doseQuantity: q(30, 'g'), rateQuantity: q(-5, 'mL/h') }],
    },
  ],
  [
    'rate ratio denominator 0',
    ['rate-without-sense'],
    'Immunoglobulin',
    {
      ...one('Infuse 30 g every 4 weeks', rep(1, 4, 'wk')),
      doseAndRate: [{ doseQuantity: q(30, 'g'), rateRatio: per(q(5, 'mL'), q(0, 'h')) }],
    },
  ],
  [
    'rate in a unit that is no rate',
    ['rate-without-sense'],
    'Immunoglobulin',
    {
      ...one('Infuse 30 g every 4 weeks', rep(1, 4, 'wk')),
      doseAndRate: [{ doseQuantity: q(30, 'g'), rateQuantity: mg(5) }],
    },
  ],
  [
    'rate text 5 ml/hour structure 50 ml/h',
    ['infusion-contradicts'],
    'Vancomycin',
    { ...one('Infuse at 5 ml/hour', undefined), doseAndRate: [{ rateQuantity: q(50, 'mL/h') }] },
  ],
  [
    'rate and dose and duration disagree',
    ['infusion-differs'],
    'Piperacillin',
    {
      ...one('Infuse', rep(1, 1, 'd', { duration: 1, durationUnit: 'h' })),
      doseAndRate: [{ doseQuantity: q(100, 'mL'), rateQuantity: q(1000, 'mL/h') }],
    },
  ],
  [
    'rate without dose nor duration per 0',
    ['rate-without-sense'],
    'Parenteral nutrition',
    { ...one('Infuse nightly', DAILY), doseAndRate: [{ rateRatio: per(q(2000, 'mL'), mg(12)) }] },
  ],
  [
    'same dosage twice',
    ['dosage-twice'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    [
      one('40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40), { sequence: 1 }),
      one('40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40), { sequence: 1 }),
    ],
  ],
  [
    'loading has no end, then maintenance',
    ['dose-interval-too-short'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    seq(one('Inject 160 mg', DAILY, mg(160)), one('40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40))),
  ],
  [
    'phases overlap in bounds',
    ['dosage-phases-overlap'],
    'Prednisolone 5mg tablets',
    seq(
      one('40 mg daily', rep(1, 1, 'd', { boundsPeriod: { start: '2026-11-23', end: '2026-12-20' } }), mg(40)),
      one('20 mg daily', rep(1, 1, 'd', { boundsPeriod: { start: '2026-12-01', end: '2026-12-30' } }), mg(20)),
    ),
  ],
  [
    'phases in the wrong order',
    ['dosage-phases-overlap'],
    'Prednisolone 5mg tablets',
    seq(
      one('40 mg daily', rep(1, 1, 'd', { boundsPeriod: { start: '2026-12-15', end: '2026-12-20' } }), mg(40)),
      one('20 mg daily', rep(1, 1, 'd', { boundsPeriod: { start: '2026-11-23', end: '2026-12-01' } }), mg(20)),
    ),
  ],
  [
    'same weekday methotrexate twice a week by 2 dosages',
    ['weekly-medicine-too-often'],
    'Methotrexate 2.5mg tablets',
    [
      one('10 mg on Monday', rep(1, 1, 'wk', { dayOfWeek: ['mon'] }), mg(10), { sequence: 1 }),
      one('10 mg on Thursday', rep(1, 1, 'wk', { dayOfWeek: ['thu'] }), mg(10), { sequence: 1 }),
    ],
  ],
  [
    'text microgram, structure mg',
    ['dose-far-too-high', 'dosage-words-contradict-dose'],
    'Digoxin',
    one('Take 125 micrograms daily', DAILY, mg(125)),
  ],
  [
    'text 10 mL, dose 10 mg oral solution 2 mg/mL',
    ['dosage-words-contradict-dose'],
    'Methotrexate 2mg/ml oral solution',
    one('Take 10 ml once weekly', WEEKLY, mg(10)),
  ],
  [
    'text 5 ml, dose 10 mg of 10mg/5ml is right; 50',
    ['dosage-words-contradict-dose'],
    'Methotrexate 10mg/5ml oral solution',
    one('Take 25 ml once weekly', WEEKLY, mg(10)),
  ],
  [
    'patientInstruction 2 tablets, dose 20 mg of 2.5',
    ['dosage-words-contradict-dose'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly', WEEKLY, mg(10), { patientInstruction: 'Take 10 tablets once a week.' }),
  ],
  [
    'patientInstruction daily vs weekly',
    ['dosage-words-contradict-timing', 'weekly-medicine-too-often'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly', WEEKLY, mg(10), { patientInstruction: 'Take every day.' }),
  ],
  [
    'additionalInstruction twice a day',
    ['dosage-words-contradict-timing'],
    'Azathioprine 50mg tablets',
    one('Take 50 mg once daily', DAILY, mg(50), { additionalInstruction: [{ text: 'Take twice a day' }] }),
  ],
  ['as directed alone', ['dosage-as-directed'], 'Adalimumab 40mg', one('As directed')],
  ['as directed insulin', ['dosage-as-directed'], 'Insulin glargine 100units/ml pens', one('Use as directed')],
  [
    'dose given as strength text: name 50mg/ml dose mg>mL',
    ['dose-high', 'dosage-words-contradict-dose'],
    'Methotrexate 50mg/1ml pre-filled syringes',
    one('Inject 10 mg once weekly', WEEKLY, q(1, 'mL')),
  ],
  [
    'text and name disagree: name 2.5 mg tablets text 10mg tablets',
    ['words-strength-differs'],
    'Methotrexate 2.5mg tablets',
    one('Take one 10 mg tablet once weekly', WEEKLY, mg(2.5)),
  ],
  [
    'display against text of the medicine (10 mg vs 2.5 mg)',
    ['medicine-names-disagree'],
    'x',
    one('Take 10 mg once weekly', WEEKLY, mg(10)),
    (i) => {
      i.medicationCodeableConcept = {
        text: 'Methotrexate 10mg tablets',
        coding: [{ system: SCT, code: '326874007', display: 'Methotrexate 2.5mg tablets' }],
      }
    },
  ],
  [
    'zero-width / thousand separator 1,000 vs 1.000',
    ['dose-notation-unsafe', 'dosage-words-contradict-dose'],
    'Epoetin',
    one('Inject 1.000 units once weekly', WEEKLY, q(1000, '[iU]')),
  ],
  [
    'text 10,000 units vs 1000',
    ['dosage-words-contradict-dose'],
    'Epoetin',
    one('Inject 10,000 units once weekly', WEEKLY, q(1000, '[iU]')),
  ],
  [
    'dose unit tablet for an injection',
    ['dose-unit-unfit'],
    'Methotrexate 10mg/0.2ml solution for injection pre-filled syringes',
    one('once weekly', WEEKLY, s(1, 'tablet')),
  ],
  [
    'dose unit mg/kg without weight',
    ['dose-per-weight'],
    'Infliximab',
    one('Infuse 5 mg/kg every 8 weeks', rep(1, 8, 'wk'), q(5, 'mg/kg')),
  ],
  ['dose unit % or h', ['dose-unit-unfit'], 'Infliximab', one('every 8 weeks', rep(1, 8, 'wk'), q(5, 'h'))],
  [
    'repeat interval in hours',
    ['supply-overlap'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly', WEEKLY, mg(10)),
    (i) => {
      supplyOf(s(16, 'tablet'), 28, 5)(i)
      ;(i.dispenseRequest ??= {}).dispenseInterval = q(28, 'h')
    },
  ],
  [
    'repeats 99',
    ['supplies-exceed-validity'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly', WEEKLY, mg(10)),
    (i) => {
      supplyOf(s(16, 'tablet'), 28, 99)(i)
    },
  ],
  [
    'expectedSupplyDuration in minutes',
    ['quantity-differs-from-dose'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly', WEEKLY, mg(10)),
    (i) => {
      supplyOf(s(16, 'tablet'), 28, 5)(i)
      ;(i.dispenseRequest ??= {}).expectedSupplyDuration = q(28, 'min')
    },
  ],
  [
    'initial fill larger than all',
    ['initial-fill-large'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly', WEEKLY, mg(10)),
    (i) => {
      supplyOf(s(16, 'tablet'), 28, 5)(i)
      ;(i.dispenseRequest ??= {}).initialFill = { quantity: s(1600, 'tablet'), duration: q(28, 'd') }
    },
  ],
  [
    'initial fill in other unit',
    ['initial-fill-unit'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly', WEEKLY, mg(10)),
    (i) => {
      supplyOf(s(16, 'tablet'), 28, 5)(i)
      ;(i.dispenseRequest ??= {}).initialFill = { quantity: u(4, 'box'), duration: q(28, 'd') }
    },
  ],
  [
    'validity start years ahead',
    ['validity-starts-late'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly', WEEKLY, mg(10)),
    (i) => {
      ;(i.dispenseRequest ??= {}).validityPeriod = { start: '2036-01-01', end: '2036-06-01' }
    },
  ],
  [
    'substitution allowed on a biologic by brand',
    ['biologic-substitution'],
    'Humira 40mg/0.4ml solution for injection pre-filled pens (AbbVie Ltd)',
    one('40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40)),
    (i) => {
      i.substitution = { allowedBoolean: true }
    },
  ],
  [
    'substitution allowed for a biologic by INN',
    ['biologic-substitution'],
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    one('40 mg every 2 weeks', rep(1, 2, 'wk'), mg(40)),
    (i) => {
      i.substitution = { allowedBoolean: true }
    },
  ],
  [
    'supply quantity in grams of a tablet',
    ['quantity-far-from-dose'],
    'Methotrexate 2.5mg tablets',
    one('Take 10 mg once weekly', WEEKLY, mg(10)),
    supplyOf(q(16, 'g'), 28, 0),
  ],
  [
    'methotrexate with two strengths ambiguous (2.5 & 10 in text)',
    ['words-strength-differs'],
    'Methotrexate 2.5mg tablets',
    one('Take 1 x 10 mg tablet once weekly', WEEKLY, mg(10)),
  ],
  [
    'cyclophosphamide 5 g daily',
    ['dose-far-from-strength', 'dose-far-too-high'],
    'Cyclophosphamide 50mg tablets',
    one('Take 5 g daily', DAILY, q(5, 'g')),
  ],
  [
    'mercaptopurine 500 mg daily',
    ['dose-far-too-high'],
    'Mercaptopurine 50mg tablets',
    one('Take 500 mg daily', DAILY, mg(500)),
  ],
  ['warfarin 50 mg', ['dose-far-too-high'], 'Warfarin 5mg tablets', one('Take 50 mg daily', DAILY, mg(50))],
  [
    'lomustine every 6 weeks 1 g',
    ['dose-far-too-high'],
    'Lomustine 40mg capsules',
    one('Take 1000 mg every 6 weeks', rep(1, 6, 'wk'), mg(1000)),
  ],
]

t.test('what would hurt somebody is found', async (t) => {
  for (const [danger, keys, name, dosage, change] of unsafe) t.same(found(name, dosage, change), keys, danger)
})

t.test('what is right in an unusual form is taken without a word', async (t) => {
  for (const [name, dosage] of right) t.same(found(name, dosage), [], `${name}: ${[dosage].flat()[0]?.text}`)
})
