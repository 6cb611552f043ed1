/**
 * Prescriptions that would hurt somebody are refused by name of the danger; prescriptions as homecare writes them, of one
 * therapy after the other, are taken without a word: a false alarm teaches people to ignore the true ones.
 */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import {
  at,
  byCode,
  type Change,
  DAILY,
  found,
  GTS,
  ON_DAYS,
  q,
  rep,
  s,
  SCT,
  supplyOf,
  u,
  WEEKLY,
} from './prescribing.ts'

const often = 'weekly-medicine-too-often'
const words = 'dosage-words-contradict-timing'
const amount = 'dosage-words-contradict-dose'
const methotrexate = 'Methotrexate 2.5mg tablets'
const weekly = (more: object): r4.Dosage => ({ text: 'Once weekly', doseAndRate: at(q(10, 'mg')), ...more })
const everyDay = (name: string) =>
  [`${name} every day`, found(name, { text: 'Once a day', timing: DAILY }), ['dose-interval-too-short']] as const
const told = (more: object): r4.Dosage => ({
  ...{ text: 'Take 10 mg once weekly', timing: WEEKLY, doseAndRate: at(q(10, 'mg')) },
  ...more,
})
const digoxin = (dose: r4.DosageDoseAndRate): r4.Dosage => ({
  ...{ text: 'Take 125 micrograms once daily', timing: DAILY, doseAndRate: [dose] },
})

const dangers: readonly (readonly [danger: string, found: string[], expected: readonly string[]])[] = [
  [
    'a weekly medicine on seven days, by seven weekly directions',
    found(
      methotrexate,
      ON_DAYS.map((day) => ({
        sequence: 1,
        timing: rep(1, 1, 'wk', { dayOfWeek: [day] }),
        doseAndRate: at(q(10, 'mg')),
      })),
    ),
    ['dose-far-too-high', often],
  ],
  [
    'a weekly medicine daily, by its dates',
    found(methotrexate, weekly({ timing: { event: [1, 2, 3, 4, 5].map((n) => `2026-12-0${n}`) } })),
    [words, often],
  ],
  [
    'a weekly medicine daily, by a count',
    found(methotrexate, weekly({ timing: { repeat: { count: 28, boundsDuration: q(28, 'd') } } })),
    [words, often],
  ],
  [
    'a weekly medicine daily, by the code of the timing',
    found(methotrexate, weekly({ timing: { ...WEEKLY, code: { coding: [{ system: GTS, code: 'QD' }] } } })),
    [words, often],
  ],
  [
    'a weekly medicine daily, by the words of the timing',
    found(methotrexate, weekly({ timing: { ...WEEKLY, code: { text: 'once daily' } } })),
    [words, often],
  ],
  ...['MTX 10mg tablets', 'Metoject PEN 10mg/0.2ml', 'Maxtrex 2.5mg tablets', 'Ozempic 1mg pens', 'Mounjaro 5mg'].map(
    (brand) => [`${brand} daily`, found(brand, { text: 'Once daily', timing: DAILY }), [often]] as const,
  ),
  ...(
    'Oramorph 20mg/ml,MST Continus 10mg,OxyContin 10mg,Longtec 5mg,Durogesic DTrans 25micrograms/hour patches,Heroin,' +
    'Concerta XL 18mg,Elvanse 30mg,Lyrica 75mg,Neurontin 300mg,Zydol 50mg,BuTrans 5micrograms/hour,Suboxone 8mg/2mg,' +
    'Buvidal 64mg,Buccolam 5mg,Palexia SR 50mg,Xyrem 500mg/ml,Spravato 28mg,Physeptone 5mg,Amphetamine,Meperidine 50mg,' +
    'Hydrocodone 5mg,Oxymorphone 10mg,Pentobarbital 100mg,Methamphetamine 5mg,Cannabis flos THC 22%,Ｋｅｔａｍｉｎｅ 50mg,' +
    'Quinalbarbitone 100mg,Phenobarbitone 60mg,Sodium amytal,Papaveretum,Opium tincture,Méthadone 1mg/ml,mor\u200bphine 10mg'
  )
    .split(',')
    .map((name) => [`a controlled drug called ${name}`, found(name, { timing: DAILY }), ['controlled-drug']] as const),
  [
    'a controlled drug behind the name of a weak solution',
    found('x', { timing: DAILY }, (item) => {
      item.medicationCodeableConcept = {
        text: 'Morphine 10mg/5ml oral solution',
        coding: [{ system: SCT, code: '322236009', display: 'Morphine 10mg tablets' }],
      }
    }),
    ['controlled-drug'],
  ],
  [
    'a thousandfold dose in a unit without a code',
    found('Digoxin', digoxin({ doseQuantity: u(125, 'mg') })),
    ['dose-far-too-high', amount],
  ],
  [
    'a thousandfold dose in a unit of SNOMED CT',
    found('Digoxin', digoxin({ doseQuantity: s(125, 'mg') })),
    ['dose-far-too-high', amount],
  ],
  [
    'a dose in words below its range',
    found('Digoxin', digoxin({ doseRange: { low: q(1, 'mg'), high: q(2, 'mg') } })),
    ['dose-high', amount],
  ],
  [
    'a tenfold volume of what the product holds',
    found('Methotrexate 10mg/0.2ml solution for injection pre-filled syringes', {
      ...{ text: 'Inject 2 ml once weekly', timing: WEEKLY, doseAndRate: at(q(10, 'mg')) },
    }),
    [amount],
  ],
  [
    'ten times the units of insulin',
    found('Insulin glargine 100units/ml', {
      text: 'Inject 10 units once daily',
      timing: DAILY,
      doseAndRate: at(q(100, 'U')),
    }),
    [amount],
  ],
  ...[0, -4].map(
    (value) =>
      [
        `a supply of ${value}`,
        found('Folic acid', { timing: DAILY }, ({ dispenseRequest }) => {
          if (dispenseRequest) dispenseRequest.quantity = u(value, 'tablet')
        }),
        ['amount-not-positive'],
      ] as const,
  ),
  [
    'supplies with no time between them',
    found('Folic acid', { timing: DAILY }, ({ dispenseRequest }) => {
      if (dispenseRequest) dispenseRequest.dispenseInterval = q(0, 'd')
    }),
    ['amount-not-positive'],
  ],
  [
    'a medicine that is not to be given',
    found('Folic acid', { timing: DAILY }, (item) => {
      item.doNotPerform = true
    }),
    ['not-to-be-given'],
  ],
  [
    'a medicine that nobody can look up',
    found('x', { timing: DAILY }, (item) => {
      delete item.medicationCodeableConcept
      item.medicationReference = { identifier: { system: 'urn:local', value: '1' } }
    }),
    ['medicine-not-named'],
  ],
  [
    'repeats for years without an end',
    found('Folic acid', { timing: DAILY }, ({ dispenseRequest }) => {
      if (!dispenseRequest) return
      dispenseRequest.numberOfRepeatsAllowed = 99
      delete dispenseRequest.validityPeriod
    }),
    ['supplies-exceed-validity'],
  ],
  ...(
    'Adalimumab 40mg/0.8ml pens,Humira,Tocilizumab 162mg/0.9ml pens,Ustekinumab 90mg/1ml,Secukinumab 300mg/2ml pens,' +
    'Natalizumab 300mg/15ml,Dupixent 300mg,Omalizumab 150mg,Mepolizumab 100mg,Ocrelizumab 300mg,Kesimpta 20mg,' +
    'Denosumab 60mg/1ml pre-filled syringes,Zoledronic acid 4mg/100ml,Aranesp 40micrograms,Pegfilgrastim 6mg,' +
    'Lanreotide 120mg,Octreotide 20 mg powder for suspension,Goserelin 3.6mg implant,Evolocumab 140mg,Lomustine 40mg capsules,' +
    'Imiglucerase 400unit,Agalsidase beta 35mg,Eculizumab 300mg/30ml,Emicizumab 150mg/1ml,Risankizumab 150mg/1ml'
  )
    .split(',')
    .map(everyDay),
  ...[
    'Somatrogon 24mg',
    'Alendronic acid 70 mg tablets',
    'Risedronate 35 mg',
    'Alendronate 70 mg',
    'Insulin icodec',
  ].map((name) => [`${name} daily`, found(name, { text: 'Once daily', timing: DAILY }), [often]] as const),
  [
    'denosumab 60 mg every month',
    found('Denosumab 60mg/1ml pre-filled syringes', { text: 'Inject 60 mg every month', timing: rep(1, 1, 'mo') }),
    ['dose-interval-too-short'],
  ],
  [
    'denosumab 60 mg every three months',
    found('Prolia 60 mg', { text: 'Inject 60 mg every three months', timing: rep(1, 3, 'mo') }),
    ['dose-interval-short'],
  ],
  [
    'zoledronic acid 5 mg every month',
    found('Zoledronic acid 5mg/100ml', { text: 'Infuse 5 mg every month', timing: rep(1, 1, 'mo') }),
    ['dose-interval-too-short'],
  ],
  [
    'a biologic on seven days of the week, by seven directions',
    found(
      'Adalimumab 40mg',
      ON_DAYS.map((day) => ({ sequence: 1, timing: rep(1, 1, 'wk', { dayOfWeek: [day] }) })),
    ),
    ['dose-interval-too-short'],
  ],
  [
    'loading doses that never end',
    found('Secukinumab 300mg/2ml pens', { text: 'Inject 300 mg weekly', timing: WEEKLY }),
    ['dose-interval-short'],
  ],
  [
    'an instruction to the patient that says every day',
    found(methotrexate, told({ patientInstruction: 'Take 10 mg every day. Do not drink alcohol.' })),
    [words, often],
  ],
  [
    'an additional instruction that says every day',
    found('Azathioprine', told({ additionalInstruction: [{ text: 'Take once daily with food' }] })),
    [words],
  ],
  [
    'a note that says every day',
    found('Azathioprine', told({}), (item) => {
      item.note = [{ text: 'To be taken twice daily' }]
    }),
    [words],
  ],
  [
    'an instruction with ten times the dose',
    found('Azathioprine', told({ patientInstruction: 'Take 100 mg once a week' })),
    [amount],
  ],
  [
    'an instruction against a text without structure',
    found('Azathioprine', { text: 'Once a week', patientInstruction: 'Take one tablet each day' }),
    [words],
  ],
  ...['Take 10.0 mg once weekly', 'Take .5 mg once weekly', '10U once weekly', '10 mg bi-weekly'].map(
    (text) =>
      [
        `a dose written to be misread: ${text}`,
        found('Azathioprine', { text, timing: WEEKLY }),
        ['dose-notation-unsafe'],
      ] as const,
  ),
  ...['40mcg weekly', '40µg weekly', '500 IU weekly'].map(
    (text) =>
      [`abbreviated: ${text}`, found('Azathioprine', { text, timing: WEEKLY }), ['dose-notation-abbreviated']] as const,
  ),
  ['one dose that is repeated', found('Azathioprine', { text: 'Single dose', timing: DAILY }), [words]],
  [
    'a text by the week, a timing by the day',
    found('Azathioprine', { text: '15 mg per week', timing: DAILY }),
    [words],
  ],
  ...(
    [
      ['Take 4 tablets once weekly', 40],
      ['Take 10 mg once weekly', 10],
      ['Take ONE tablet once weekly', 4],
    ] as const
  ).map(
    ([text, tablets]) =>
      [
        `${text}, and ${tablets} tablets by structure`,
        found('Azathioprine 2.5mg tablets', { text, timing: WEEKLY, doseAndRate: at(s(tablets, 'tablet')) }),
        [amount],
      ] as const,
  ),
  [
    'a weekly medicine as needed',
    found(methotrexate, { text: 'Once weekly', asNeededBoolean: true, timing: WEEKLY }),
    ['weekly-medicine-unclear'],
  ],
  ['a medicine by its code alone', found('x', { timing: DAILY }, byCode), ['medicine-by-code-alone']],
]

t.test('what is said beside the dose is read only where it is about the dose', async (t) => {
  for (const said of [
    'Take folic acid once a day',
    'Check your blood pressure daily',
    'Rotate injection sites weekly',
    'Take at the same time each day',
    'Deliver every 4 weeks',
    'Take once daily if told to by the clinic',
    'Apply moisturiser twice daily, 5 mg of prednisolone daily',
    'Take with 200 ml of water',
    'Take weekly. Wash your hands daily.',
    'Take on a Monday',
  ]) {
    t.same(found('Azathioprine', told({ patientInstruction: said })), [], said)
    const note: Change = (item) => {
      item.note = [{ text: said }]
    }
    t.same(found('Azathioprine', told({}), note), [], `as a note: ${said}`)
  }
})

t.test('tablets in words and in structure are counted only where the words leave one number', async (t) => {
  const cases: readonly (readonly [string, number, r4.Timing])[] = [
    ['Take TWO tablets daily', 1, rep(2, 1, 'd')],
    ['Take 10 mg daily', 1, rep(2, 1, 'd')],
    ['Take two 5mg tablets once a day', 2, DAILY],
    ['Take 10 mg once a day', 2, DAILY],
    ['One tablet in the morning and two at night', 2, rep(2, 1, 'd')],
    ['Take 1-2 tablets twice a day', 1, rep(2, 1, 'd')],
    ['Take one and a half tablets once a day', 1.5, DAILY],
    ['Take half a tablet once a day', 0.5, DAILY],
    ['Take 1/2 tablet once a day', 0.5, DAILY],
    ['Take two tablets (10 mg) once a day', 2, DAILY],
  ]
  for (const [text, tablets, timing] of cases) {
    t.same(found('Azathioprine 5mg tablets', { text, timing, doseAndRate: at(s(tablets, 'tablet')) }), [], text)
  }
})

t.test('what is good for six months is so to the end of the day on which it was signed', async (t) => {
  const signed =
    (authoredOn: string): Change =>
    (item) => {
      item.authoredOn = authoredOn
      item.dispenseRequest = { ...item.dispenseRequest, numberOfRepeatsAllowed: 0, validityPeriod: {} }
    }
  const dosage = { text: 'Once weekly', timing: WEEKLY }
  const on = (authoredOn: string, now: string) => found('Azathioprine', dosage, signed(authoredOn), Date.parse(now))
  t.same(on('2026-08-31T10:00:00+01:00', '2027-02-28T23:00:00Z'), [], '31 August, to the end of February')
  t.same(on('2026-08-31T00:30:00+01:00', '2027-02-28T23:00:00Z'), [], 'in British summer time')
  t.same(on('2026-08-31', '2027-03-01T00:30:00Z'), ['prescription-out-of-date'])
  t.same(on('2024-02-29', '2024-08-29T12:00:00Z'), [], 'from a leap day')
  t.same(on('2024-02-29', '2024-08-30T12:00:00Z'), ['prescription-out-of-date'])
  t.same(on('2026-12-31T23:30:00Z', '2027-01-01T08:00:00Z'), [], 'over the end of a year')
})

t.test('each danger is found', async (t) => {
  for (const [danger, keys, expected] of dangers) t.same(keys, expected, danger)
})

t.test('what is no controlled drug of the first three schedules is carried', async (t) => {
  const allowed =
    'Sativex oromucosal spray,Epidyolex 100mg/ml,Cannabidiol 100mg/ml oral solution,Testosterone 50mg gel,Diazepam 5mg tablets,' +
    'Somatropin 5mg,Co-codamol 30mg/500mg,Morphine 10mg/5ml oral solution,Oramorph 10mg/5ml oral solution,Apomorphine 50mg/5ml,' +
    'Morphine 10 mg/5 ml oral solution,Remimazolam 20mg,Zopiclone 7.5mg,Lorazepam 1mg,Chorionic gonadotrophin,Oxandrolone 2.5mg,' +
    'Sativex (cannabis extract),Cannabis sativa extract oromucosal spray,Primidone 50mg,Naltrexone 50mg,Nalbuphine,Thiopental,' +
    'Zolpidem 5mg,Dihydrocodeine 30mg tablets,Camphorated opium tincture'
  for (const name of allowed.split(',')) t.same(found(name, { timing: DAILY }), [], name)
})

type Right = readonly [
  name: string,
  dosage: r4.Dosage | r4.Dosage[],
  quantity: r4.Quantity,
  days: number,
  repeats?: number,
]
const right: readonly Right[] = [
  [
    'Methotrexate 20mg/0.4ml solution for injection pre-filled pens',
    {
      text: 'Inject 0.4 ml (20 mg) once a week on Monday',
      timing: rep(1, 1, 'wk', { dayOfWeek: ['mon'] }),
      doseAndRate: at(q(20, 'mg')),
    },
    u(4, 'pre-filled disposable injection'),
    28,
    5,
  ],
  [
    'Methotrexate 20mg/0.4ml solution for injection pre-filled pens',
    { text: 'Inject 0.4 ml once a week', timing: rep(1, 1, 'wk'), doseAndRate: at(s(20, 'mg')) },
    u(12, 'pen'),
    84,
    1,
  ],
  [
    'Methotrexate 2.5mg tablets',
    { text: 'Take six tablets (15 mg) once a week', timing: rep(1, 1, 'wk'), doseAndRate: at(q(15, 'mg')) },
    s(24, 'tablet'),
    28,
    5,
  ],
  [
    'Methotrexate 2.5mg tablets',
    [
      {
        sequence: 1,
        text: 'Take 7.5 mg once a week in the morning',
        timing: rep(1, 1, 'wk', { dayOfWeek: ['mon'] }),
        doseAndRate: at(q(7.5, 'mg')),
      },
      {
        sequence: 1,
        text: 'Take 7.5 mg once a week in the evening',
        timing: rep(1, 1, 'wk', { dayOfWeek: ['mon'] }),
        doseAndRate: at(q(7.5, 'mg')),
      },
    ],
    s(24, 'tablet'),
    28,
    5,
  ],
  [
    'Adalimumab 40mg/0.4ml solution for injection pre-filled pens',
    { text: 'Inject 40 mg every 2 weeks', timing: rep(1, 2, 'wk'), doseAndRate: at(q(40, 'mg')) },
    u(2, 'pen'),
    28,
    5,
  ],
  [
    'Adalimumab 80mg/0.8ml pens',
    [
      {
        sequence: 1,
        text: 'Inject 160 mg on day 1',
        timing: { repeat: { count: 1, boundsDuration: q(1, 'd') } },
        doseAndRate: at(q(160, 'mg')),
      },
      {
        sequence: 2,
        text: 'Inject 80 mg on day 15',
        timing: { repeat: { count: 1, boundsDuration: q(1, 'd') } },
        doseAndRate: at(q(80, 'mg')),
      },
      { sequence: 3, text: 'then 40 mg every other week', timing: rep(1, 2, 'wk'), doseAndRate: at(q(40, 'mg')) },
    ],
    u(4, 'pen'),
    28,
  ],
  [
    'Etanercept 50mg/1ml solution for injection pre-filled pens',
    { text: 'Inject 50 mg once weekly', timing: rep(1, 1, 'wk'), doseAndRate: at(q(50, 'mg')) },
    u(4, 'pen'),
    28,
    5,
  ],
  [
    'Benepali 25mg/0.5ml pre-filled syringes',
    {
      text: 'Inject 25 mg twice weekly',
      timing: rep(2, 1, 'wk', { dayOfWeek: ['mon', 'thu'] }),
      doseAndRate: at(q(25, 'mg')),
    },
    u(8, 'pre-filled syringe'),
    28,
    5,
  ],
  [
    'Ozempic 1mg/0.74ml solution for injection 3ml pre-filled pens',
    { text: 'Inject 1 mg once weekly', timing: rep(1, 1, 'wk'), doseAndRate: at(q(1, 'mg')) },
    u(1, 'pen'),
    28,
    5,
  ],
  [
    'Semaglutide 7mg tablets',
    { text: 'Take one tablet daily', timing: rep(1, 1, 'd'), doseAndRate: at(s(1, 'tablet')) },
    s(28, 'tablet'),
    28,
    5,
  ],
  [
    'Tocilizumab 162mg/0.9ml pens',
    { text: 'Inject 162 mg once weekly', timing: rep(1, 1, 'wk'), doseAndRate: at(q(162, 'mg')) },
    u(4, 'pen'),
    28,
    5,
  ],
  [
    'Ustekinumab 90mg/1ml pre-filled syringes',
    { text: 'Inject 90 mg every 12 weeks', timing: rep(1, 12, 'wk'), doseAndRate: at(q(90, 'mg')) },
    u(1, 'syringe'),
    84,
    1,
  ],
  [
    'Secukinumab 300mg/2ml pens',
    { text: 'Inject 300 mg every month', timing: rep(1, 1, 'mo'), doseAndRate: at(q(300, 'mg')) },
    u(1, 'pen'),
    28,
    5,
  ],
  [
    'Dupilumab 300mg/2ml pens',
    { text: 'Inject 300mg every two weeks', timing: rep(1, 14, 'd'), doseAndRate: at(q(300, 'mg')) },
    u(2, 'pen'),
    28,
    5,
  ],
  [
    'Omalizumab 150mg/1ml pre-filled syringes',
    { text: 'Inject 300 mg (two syringes) every 4 weeks', timing: rep(1, 4, 'wk'), doseAndRate: at(q(300, 'mg')) },
    u(2, 'pre-filled syringe'),
    28,
    5,
  ],
  [
    'Interferon beta-1a 44micrograms/0.5ml pre-filled pens',
    {
      text: 'Inject 44 micrograms three times a week',
      timing: rep(3, 1, 'wk', { dayOfWeek: ['mon', 'wed', 'fri'] }),
      doseAndRate: at(q(44, 'ug', 'microgram')),
    },
    u(12, 'pen'),
    28,
    5,
  ],
  [
    'Interferon beta-1a 44micrograms/0.5ml pre-filled pens',
    { text: 'Inject 0.5 ml three times a week', timing: rep(3, 1, 'wk'), doseAndRate: at(s(44, 'ug')) },
    u(12, 'pen'),
    28,
    5,
  ],
  [
    'Glatiramer 40mg/1ml pre-filled syringes',
    {
      text: 'Inject 40mg three times weekly at least 48 hours apart',
      timing: rep(3, 1, 'wk'),
      doseAndRate: at(q(40, 'mg')),
    },
    u(12, 'syringe'),
    28,
    5,
  ],
  [
    'Dimethyl fumarate 240mg gastro-resistant capsules',
    { text: 'One capsule twice daily', timing: rep(2, 1, 'd'), doseAndRate: at(s(1, 'capsule')) },
    s(56, 'capsule'),
    28,
    5,
  ],
  [
    'Fingolimod 500microgram capsules',
    { text: 'Take 500 micrograms once daily', timing: rep(1, 1, 'd'), doseAndRate: at(q(0.5, 'mg')) },
    s(28, 'capsule'),
    28,
    5,
  ],
  [
    'Somatropin 10mg/1.5ml solution for injection cartridges',
    { text: 'Inject 0.6 mg at night', timing: rep(1, 1, 'd', { when: ['HS'] }), doseAndRate: at(q(0.6, 'mg')) },
    u(2, 'cartridge'),
    28,
    5,
  ],
  [
    'Somatropin 12mg powder and solvent pre-filled pens',
    { text: 'Inject 1.2 mg daily 6 days a week', timing: rep(6, 1, 'wk'), doseAndRate: at(q(1.2, 'mg')) },
    u(3, 'pen'),
    28,
    5,
  ],
  [
    'Insulin glargine 100units/ml solution for injection 3ml pre-filled disposable devices',
    { text: 'Inject 20 units once daily', timing: rep(1, 1, 'd'), doseAndRate: at(q(20, 'U', 'unit')) },
    u(5, 'pre-filled disposable injection'),
    56,
    2,
  ],
  [
    'Factor VIII 1000unit powder and solvent vials',
    {
      text: 'Inject 1,500 units three times a week',
      timing: rep(3, 1, 'wk'),
      doseAndRate: at(q(1500, '[iU]', 'unit')),
    },
    u(24, 'vial'),
    28,
    5,
  ],
  [
    'Emicizumab 150mg/1ml solution for injection vials',
    { text: 'Inject 105 mg (0.7 ml) once every week', timing: rep(1, 1, 'wk'), doseAndRate: at(q(105, 'mg')) },
    u(4, 'vial'),
    28,
    5,
  ],
  [
    'Epoetin alfa 4,000units/0.4ml pre-filled syringes',
    {
      text: 'Inject 4000 units three times a week',
      timing: rep(3, 1, 'wk'),
      doseAndRate: at(q(4000, '[iU]', 'units')),
    },
    u(12, 'pre-filled syringe'),
    28,
    5,
  ],
  [
    'Darbepoetin alfa 40micrograms/0.4ml pre-filled pens',
    { text: '40 micrograms once every 2 weeks', timing: rep(1, 2, 'wk'), doseAndRate: at(q(40, 'ug', 'mcg')) },
    u(2, 'pen'),
    28,
    5,
  ],
  [
    'Bictegravir 50mg / Emtricitabine 200mg / Tenofovir alafenamide 25mg tablets',
    { text: 'Take one tablet once a day', timing: rep(1, 1, 'd'), doseAndRate: at(s(1, 'tablet')) },
    s(90, 'tablet'),
    90,
    1,
  ],
  [
    'Capecitabine 500mg tablets',
    {
      text: 'Take 1500 mg twice daily for 14 days followed by 7 days off',
      timing: rep(2, 1, 'd', { boundsDuration: q(14, 'd') }),
      doseAndRate: at(q(1500, 'mg')),
    },
    s(84, 'tablet'),
    21,
  ],
  [
    'Lenalidomide 10mg capsules',
    {
      text: 'One capsule daily on days 1 to 21 of a 28 day cycle',
      timing: rep(1, 1, 'd', { boundsDuration: q(21, 'd') }),
      doseAndRate: at(s(1, 'capsule')),
    },
    s(21, 'capsule'),
    28,
  ],
  [
    'Imatinib 400mg tablets',
    { text: 'Take ONE tablet daily with food', timing: rep(1, 1, 'd'), doseAndRate: at(q(400, 'mg')) },
    s(30, 'tablet'),
    30,
    5,
  ],
  [
    'Abiraterone 500mg tablets',
    { text: 'Take 1 g (two tablets) once daily', timing: rep(1, 1, 'd'), doseAndRate: at(q(1000, 'mg')) },
    s(56, 'tablet'),
    28,
    2,
  ],
  [
    'Prednisolone 5mg tablets',
    { text: 'Take 5 mg twice daily', timing: rep(2, 1, 'd'), doseAndRate: at(s(1, 'tablet')) },
    s(56, 'tablet'),
    28,
    2,
  ],
  [
    'Tacrolimus 1mg modified-release capsules',
    { text: 'Take 3 mg in the morning', timing: rep(1, 1, 'd', { when: ['MORN'] }), doseAndRate: at(q(3, 'mg')) },
    s(84, 'capsule'),
    28,
    5,
  ],
  [
    'Mycophenolate mofetil 500mg tablets',
    { text: '1g twice a day', timing: rep(2, 1, 'd'), doseAndRate: at(q(1, 'g')) },
    s(112, 'tablet'),
    28,
    5,
  ],
  [
    'Ciclosporin 25mg capsules',
    {
      text: 'Take 75 mg to 100 mg twice daily',
      timing: rep(2, 1, 'd'),
      doseAndRate: [{ doseRange: { low: q(75, 'mg'), high: q(100, 'mg') } }],
    },
    s(224, 'capsule'),
    28,
    5,
  ],
  [
    'Treprostinil 5mg/ml solution for infusion 20ml vials',
    {
      text: 'By continuous subcutaneous infusion as directed',
      doseAndRate: [{ rateRatio: { numerator: q(20, 'ng'), denominator: q(1, 'min') } }],
    },
    u(2, 'vial'),
    28,
    5,
  ],
  [
    'Epoprostenol 1.5mg powder and solvent for solution for infusion vials',
    {
      text: 'Continuous infusion at 12 nanograms/kg/minute via central line',
      doseAndRate: [{ rateQuantity: q(12, 'ng/kg/min') }],
    },
    u(28, 'vial'),
    28,
    5,
  ],
  [
    'Parenteral nutrition 2000ml bag',
    { text: 'Infuse one bag over 12 hours five nights a week', timing: rep(5, 1, 'wk'), doseAndRate: at(u(1, 'bag')) },
    u(20, 'bag'),
    28,
    2,
  ],
  [
    'Imiglucerase 400unit powder for solution for infusion vials',
    { text: 'Infuse 2,400 units every 2 weeks', timing: rep(1, 2, 'wk'), doseAndRate: at(q(2400, '[iU]', 'unit')) },
    u(12, 'vial'),
    28,
    5,
  ],
  [
    'Agalsidase beta 35mg powder for infusion vials',
    { text: 'Infuse 70 mg every other week', timing: rep(1, 2, 'wk'), doseAndRate: at(q(70, 'mg')) },
    u(4, 'vial'),
    28,
    5,
  ],
  [
    'Immunoglobulin human normal 10g/50ml solution for injection vials',
    { text: 'Infuse 10 g weekly subcutaneously', timing: rep(1, 1, 'wk'), doseAndRate: at(q(10, 'g')) },
    u(4, 'vial'),
    28,
    5,
  ],
  [
    'Enoxaparin sodium 40mg/0.4ml pre-filled syringes',
    { text: 'Inject 40 mg once daily', timing: rep(1, 1, 'd'), doseAndRate: at(q(0.4, 'mL', 'ml')) },
    u(28, 'pre-filled syringe'),
    28,
    2,
  ],
  [
    'Teriparatide 600micrograms/2.4ml solution for injection pre-filled pens',
    {
      text: 'Inject 20 micrograms (80 microlitres) once daily',
      timing: rep(1, 1, 'd'),
      doseAndRate: at(q(20, 'ug', 'microgram')),
    },
    u(1, 'pen'),
    28,
    5,
  ],
  [
    'Alendronic acid 70mg tablets',
    {
      text: 'One tablet once a week 30 minutes before breakfast',
      timing: rep(1, 1, 'wk'),
      doseAndRate: at(s(1, 'tablet')),
    },
    s(4, 'tablet'),
    28,
    5,
  ],
  [
    'Denosumab 60mg/1ml pre-filled syringes',
    { text: 'Inject 60 mg every 6 months', timing: rep(1, 6, 'mo'), doseAndRate: at(q(60, 'mg')) },
    u(1, 'pre-filled syringe'),
    182,
  ],
  [
    'Sumatriptan 6mg/0.5ml pens',
    {
      text: 'Inject 6 mg when required for migraine, maximum 12 mg in 24 hours',
      asNeededBoolean: true,
      timing: rep(1, 1, 'd'),
      doseAndRate: at(q(6, 'mg')),
    },
    u(12, 'pen'),
    28,
    2,
  ],
  [
    'Colistimethate 1million unit powder for nebuliser vials',
    {
      text: 'Nebulise 1 million units twice daily',
      timing: rep(2, 1, 'd'),
      doseAndRate: at(q(1000000, '[iU]', 'unit')),
    },
    u(56, 'vial'),
    28,
    5,
  ],
  [
    'Dornase alfa 2.5mg nebuliser liquid 2.5ml ampoules',
    { text: 'Inhale 2.5 mg once daily', timing: rep(1, 1, 'd'), doseAndRate: at(q(2.5, 'mg')) },
    u(30, 'ampoule'),
    30,
    5,
  ],
  [
    'Azithromycin 250mg capsules',
    {
      text: 'Take one on Mondays, Wednesdays and Fridays',
      timing: rep(1, 1, 'd', { dayOfWeek: ['mon', 'wed', 'fri'] }),
      doseAndRate: at(s(1, 'capsule')),
    },
    s(12, 'capsule'),
    28,
    5,
  ],
  [
    'Hydroxycarbamide 500mg capsules',
    { text: 'Take 500 mg on alternate days', timing: rep(1, 2, 'd'), doseAndRate: at(q(500, 'mg')) },
    s(14, 'capsule'),
    28,
    5,
  ],
  [
    'Apomorphine 50mg/10ml solution for infusion pre-filled syringes',
    { text: 'Infuse at 4 mg/hour for 16 hours daily', timing: rep(1, 1, 'd') },
    u(28, 'pre-filled syringe'),
    28,
    5,
  ],
  [
    'Testosterone undecanoate 1g/4ml solution for injection vials',
    { text: 'Inject 1 g every 12 weeks', timing: rep(1, 12, 'wk'), doseAndRate: at(q(1, 'g')) },
    u(1, 'vial'),
    84,
    1,
  ],
  [
    'Leuprorelin 11.25mg powder and solvent pre-filled syringes',
    { text: 'Inject 11.25mg every 3 months', timing: rep(1, 3, 'mo', {}), doseAndRate: at(q(11.25, 'mg')) },
    u(1, 'pre-filled syringe'),
    91,
    1,
  ],
  [
    'Folic acid 5mg tablets',
    {
      text: 'Take one tablet once a week, not on the day of methotrexate',
      timing: { ...rep(1, 1, 'wk'), code: { text: 'Once a week' } },
      doseAndRate: at(s(1, 'tablet')),
    },
    s(4, 'tablet'),
    28,
    5,
  ],
  [
    'Sapropterin 100mg soluble tablets',
    {
      text: 'Take 700 mg daily',
      timing: { ...rep(1, 1, 'd'), code: { coding: [{ system: GTS, code: 'QD' }] } },
      doseAndRate: at(q(700, 'mg')),
    },
    s(196, 'tablet'),
    28,
    5,
  ],
]

t.test('prescriptions as homecare writes them are taken without a word', async (t) => {
  for (const [name, dosage, quantity, days, repeats = 0] of right) {
    const keys = found(name, dosage, supplyOf(quantity, days, repeats))
    t.same(keys, [], `${name}: ${[dosage].flat()[0]?.text}`)
  }
  t.equal(right.length, 56)
})
