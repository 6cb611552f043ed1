/** The therapies of homecare in the forms that specialists really write them in: all are right, and taken without a word. */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { allFound, at, DAILY, GTS, q, rep, s, SCT, u, WEEKLY } from './prescribing.ts'

const mg = (value: number): r4.Quantity => q(value, 'mg')
const ug = (value: number): r4.Quantity => q(value, 'ug', 'microgram')
const ml = (value: number): r4.Quantity => q(value, 'mL', 'millilitre')
const iu = (value: number): r4.Quantity => q(value, '[iU]', 'unit')
const g = (value: number): r4.Quantity => q(value, 'g', 'gram')
const tab = (value: number): r4.Quantity => s(value, 'tablet')
const cap = (value: number): r4.Quantity => s(value, 'capsule')
const range = (low: r4.Quantity, high: r4.Quantity): r4.Range => ({ low, high })
const one = (text: string, timing?: r4.Timing, dose?: r4.Quantity | r4.Range, more: r4.Dosage = {}): r4.Dosage => ({
  text,
  ...(timing && { timing }),
  ...(dose && { doseAndRate: 'low' in dose ? [{ doseRange: dose as r4.Range }] : at(dose as r4.Quantity) }),
  ...more,
})
const route = (code: string, display: string): r4.Dosage => ({ route: { coding: [{ system: SCT, code, display }] } })
const ORAL = route('26643006', 'Oral route')
const SC = route('34206005', 'Subcutaneous route')
const IV = route('47625008', 'Intravenous route')
const IM = route('78421000', 'Intramuscular route')
const PRN: r4.Dosage = { asNeededBoolean: true }
const per = (numerator: r4.Quantity, denominator: r4.Quantity): r4.Ratio => ({ numerator, denominator })
const seq = (...dosages: r4.Dosage[]): r4.Dosage[] => dosages.map((dosage, i) => ({ sequence: i + 1, ...dosage }))
const same = (...dosages: r4.Dosage[]): r4.Dosage[] => dosages.map((dosage) => ({ sequence: 1, ...dosage }))
const days = (value: number): r4.TimingRepeat => ({ boundsDuration: q(value, 'd', 'day') })
const period = (start: string, end: string): r4.TimingRepeat => ({ boundsPeriod: { start, end } })
const HYDROXYCHLOROQUINE = 'Hydroxychloroquine 200mg tablets'
type Day = NonNullable<r4.TimingRepeat['dayOfWeek']>[number]
const on = (day: Day): r4.Timing => rep(1, 1, 'wk', { dayOfWeek: [day] })
const onEach = (...days: Day[]): r4.Timing => rep(days.length, 1, 'wk', { dayOfWeek: days })
const code = (value: string): r4.Timing => ({ code: { coding: [{ system: GTS, code: value }] } })
const right: readonly (readonly [string, r4.Dosage | r4.Dosage[]])[] = [
  [
    HYDROXYCHLOROQUINE,
    same(
      one('Take ONE tablet (200 mg) and TWO tablets (400 mg) on alternate days', rep(1, 2, 'd'), tab(1), ORAL),
      one('Take ONE tablet (200 mg) and TWO tablets (400 mg) on alternate days', rep(1, 2, 'd'), tab(2), ORAL),
    ),
  ],
  [
    HYDROXYCHLOROQUINE,
    same(
      one('200 mg on alternate days', rep(1, 2, 'd'), mg(200), ORAL),
      one('400 mg on the other days', rep(1, 2, 'd'), mg(400), ORAL),
    ),
  ],
  [
    HYDROXYCHLOROQUINE,
    same(
      one('Take 200 mg one day and 400 mg the next, alternating', DAILY, mg(200), ORAL),
      one('Take 200 mg one day and 400 mg the next, alternating', DAILY, mg(400), ORAL),
    ),
  ],
  [
    HYDROXYCHLOROQUINE,
    seq(
      one('200 mg on alternate days', rep(1, 2, 'd'), mg(200), ORAL),
      one('400 mg on alternate days', rep(1, 2, 'd'), mg(400), ORAL),
    ),
  ],
  [
    HYDROXYCHLOROQUINE,
    same(one('200 mg daily alternating with 400 mg daily', DAILY, range(mg(200), mg(400)), ORAL))[0] ?? {},
  ],
  [HYDROXYCHLOROQUINE, one('Take 200 mg and 400 mg on alternate days', DAILY, range(mg(200), mg(400)), ORAL)],
  [HYDROXYCHLOROQUINE, one('Take one tablet and two tablets on alternate days', DAILY, range(tab(1), tab(2)), ORAL)],
  [HYDROXYCHLOROQUINE, one('Alternate 200mg and 400mg daily', DAILY, range(mg(200), mg(400)), ORAL)],
  [HYDROXYCHLOROQUINE, one('Take 1 tablet one day, 2 tablets the next', DAILY, range(tab(1), tab(2)), ORAL)],
  ['Prednisolone 5mg tablets', one('Take 10 mg on alternate days', rep(1, 2, 'd'), mg(10), ORAL)],
  [
    'Prednisolone 5mg tablets',
    one('Take two tablets every other day in the morning', rep(1, 2, 'd', { when: ['MORN'] }), tab(2), ORAL),
  ],
  ['Prednisolone 5mg tablets', one('Take 10 mg on alternate days', code('QOD'), mg(10), ORAL)],
  [
    'Levothyroxine 25microgram tablets',
    same(
      one(
        'Take 100 micrograms on weekdays',
        rep(5, 1, 'wk', { dayOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'] }),
        ug(100),
        ORAL,
      ),
      one('Take 125 micrograms on Saturday and Sunday', rep(2, 1, 'wk', { dayOfWeek: ['sat', 'sun'] }), ug(125), ORAL),
    ),
  ],
  [
    'Levothyroxine 25microgram tablets',
    same(
      one('100 micrograms daily alternating with 125 micrograms daily', rep(1, 2, 'd'), ug(100), ORAL),
      one('100 micrograms daily alternating with 125 micrograms daily', rep(1, 2, 'd'), ug(125), ORAL),
    ),
  ],
  [
    'Warfarin 1mg tablets',
    same(
      one(
        'Take 3 mg on Monday, Wednesday and Friday',
        rep(3, 1, 'wk', { dayOfWeek: ['mon', 'wed', 'fri'] }),
        mg(3),
        ORAL,
      ),
      one('Take 4 mg on other days', rep(4, 1, 'wk', { dayOfWeek: ['tue', 'thu', 'sat', 'sun'] }), mg(4), ORAL),
    ),
  ],
  [
    'Azathioprine 50mg tablets',
    same(
      one('Take 100 mg on alternate days', rep(1, 2, 'd'), mg(100), ORAL),
      one('Take 150 mg on alternate days', rep(1, 2, 'd'), mg(150), ORAL),
    ),
  ],
  ['Azathioprine 25mg tablets', one('100 mg and 125 mg alternate days', DAILY, range(mg(100), mg(125)), ORAL)],
  [
    'Mercaptopurine 50mg tablets',
    same(
      one('50 mg Mon to Fri', rep(5, 1, 'wk', { dayOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'] }), mg(50), ORAL),
      one('75 mg Sat and Sun', rep(2, 1, 'wk', { dayOfWeek: ['sat', 'sun'] }), mg(75), ORAL),
    ),
  ],
  [
    'Prednisolone 5mg tablets',
    seq(
      one('Take 40 mg once daily for 5 days', rep(1, 1, 'd', days(5)), mg(40)),
      one('then 35 mg once daily for 5 days', rep(1, 1, 'd', days(5)), mg(35)),
      one('then reduce by 5 mg every 5 days until stopped', rep(1, 1, 'd', days(30)), range(mg(5), mg(30))),
    ),
  ],
  [
    'Prednisolone 5mg tablets',
    one('40mg daily for 7 days, then reduce by 5mg weekly until 10mg daily', DAILY, range(mg(10), mg(40))),
  ],
  [
    'Prednisolone 5mg tablets',
    one('Reducing course: 8 tablets daily for 1 week, then 7 tablets daily for 1 week, and so on as per the card'),
  ],
  [
    'Prednisolone 5mg gastro-resistant tablets',
    seq(
      one('30 mg each morning', rep(1, 1, 'd', { ...period('2026-11-23', '2026-12-06'), when: ['MORN'] }), mg(30)),
      one('20 mg each morning', rep(1, 1, 'd', { ...period('2026-12-07', '2026-12-20'), when: ['MORN'] }), mg(20)),
    ),
  ],
  [
    'Adalimumab (Imraldi) 40mg/0.8ml solution for injection pre-filled pens',
    seq(
      one('80 mg as a single dose on day 1', rep(1, 1, 'd', { count: 1 }), mg(80), SC),
      one('40 mg on day 8, then every other week', rep(1, 2, 'wk'), mg(40), SC),
    ),
  ],
  [
    'Adalimumab (Imraldi) 40mg/0.8ml solution for injection pre-filled pens',
    seq(
      one('80 mg initially', { event: ['2026-11-25T09:00:00Z'] }, mg(80), SC),
      one('40 mg every 14 days starting one week after initial dose', rep(1, 14, 'd'), mg(40), SC),
    ),
  ],
  [
    'Humira 40mg/0.4ml solution for injection pre-filled pens',
    one('40mg every other week', rep(1, 2, 'wk'), mg(40), SC),
  ],
  ['Humira 40mg/0.4ml solution for injection pre-filled pens', one('40mg weekly', WEEKLY, mg(40), SC)],
  [
    'Humira 40mg/0.4ml solution for injection pre-filled pens',
    one('Inject ONE pen EVERY OTHER WEEK', rep(1, 2, 'wk'), u(1, 'pen'), SC),
  ],
  [
    'Humira 40mg/0.4ml solution for injection pre-filled pens',
    one('0.4 mL every 2 weeks', rep(1, 2, 'wk'), ml(0.4), SC),
  ],
  [
    'Stelara 90mg/1ml solution for injection pre-filled pens',
    one('90 mg every 12 weeks', rep(1, 12, 'wk'), mg(90), SC),
  ],
  ['Stelara 90mg/1ml solution for injection pre-filled pens', one('90 mg every 8 weeks', rep(1, 8, 'wk'), mg(90), SC)],
  [
    'Stelara 45mg/0.5ml solution for injection pre-filled syringes',
    one('45 mg every 3 months', rep(1, 3, 'mo'), mg(45), SC),
  ],
  [
    'Cosentyx 150mg/1ml solution for injection pre-filled pens',
    seq(
      one('300 mg (two pens) weekly at weeks 0, 1, 2, 3 and 4', rep(1, 1, 'wk', { count: 5 }), mg(300), SC),
      one('300 mg monthly', rep(1, 1, 'mo'), mg(300), SC),
    ),
  ],
  [
    'Taltz 80mg/1ml solution for injection pre-filled pens',
    seq(
      one('160 mg at week 0', rep(1, 1, 'd', { count: 1 }), mg(160), SC),
      one('80 mg at weeks 2, 4, 6, 8, 10 and 12', rep(1, 2, 'wk', { count: 6 }), mg(80), SC),
      one('80 mg every 4 weeks', rep(1, 4, 'wk'), mg(80), SC),
    ),
  ],
  [
    'Dupixent 300mg/2ml solution for injection pre-filled pens',
    seq(
      one('600 mg (two 300 mg injections) on day 1', rep(1, 1, 'd', { count: 1 }), mg(600), SC),
      one('300 mg every other week', rep(1, 2, 'wk'), mg(300), SC),
    ),
  ],
  [
    'Kesimpta 20mg/0.4ml solution for injection pre-filled pens',
    seq(
      one('20 mg at weeks 0, 1 and 2', rep(1, 1, 'wk', { count: 3 }), mg(20), SC),
      one('20 mg monthly from week 4', rep(1, 1, 'mo'), mg(20), SC),
    ),
  ],
  [
    'Cimzia 200mg/1ml solution for injection pre-filled syringes',
    seq(
      one('400 mg at weeks 0, 2 and 4', rep(1, 2, 'wk', { count: 3 }), mg(400), SC),
      one('200 mg every 2 weeks', rep(1, 2, 'wk'), mg(200), SC),
    ),
  ],
  ['Ocrevus 920mg/23ml solution for injection vials', one('920 mg every 6 months', rep(1, 6, 'mo'), mg(920), SC)],
  [
    'Skyrizi 150mg/1ml solution for injection pre-filled pens',
    seq(
      one('150 mg at week 0 and week 4', rep(1, 4, 'wk', { count: 2 }), mg(150), SC),
      one('150 mg every 12 weeks', rep(1, 12, 'wk'), mg(150), SC),
    ),
  ],
  [
    'Xolair 150mg/1ml solution for injection pre-filled syringes',
    one('450 mg every 2 weeks (three injections)', rep(1, 2, 'wk'), mg(450), SC),
  ],
  [
    'Nucala 100mg/1ml solution for injection pre-filled pens',
    one('100 mg every four weeks', rep(1, 4, 'wk'), mg(100), SC),
  ],
  ['Benepali 50mg/1ml solution for injection pre-filled pens', one('50 mg weekly', WEEKLY, mg(50), SC)],
  [
    'Enbrel 25mg powder and solvent for solution for injection vials',
    one('25 mg twice a week, 72-96 hours apart', rep(2, 1, 'wk'), mg(25), SC),
  ],
  [
    'Enbrel Paediatric 10mg powder and solvent for solution for injection vials',
    one('0.8 mg/kg (16 mg) once weekly', WEEKLY, mg(16), SC),
  ],
  [
    'Methotrexate 2.5mg tablets',
    one('Take 15 mg (six 2.5 mg tablets) once a week on a Monday', on('mon'), mg(15), ORAL),
  ],
  ['Methotrexate 2.5mg tablets', one('SIX tablets ONCE a WEEK on SUNDAY', on('sun'), tab(6), ORAL)],
  [
    'Metoject PEN 17.5mg/0.35ml solution for injection pre-filled pens',
    one(
      'Inject 17.5 mg once a week on Friday',
      { repeat: { dayOfWeek: ['fri'], frequency: 1, period: 1, periodUnit: 'wk' } },
      mg(17.5),
      SC,
    ),
  ],
  [
    'Metoject PEN 17.5mg/0.35ml solution for injection pre-filled pens',
    one('One pen weekly', { repeat: { dayOfWeek: ['fri'] } }, u(1, 'pre-filled disposable injection'), SC),
  ],
  ['Folic acid 5mg tablets', one('5 mg once a week, on a different day from methotrexate', WEEKLY, mg(5), ORAL)],
  [
    'Folic acid 5mg tablets',
    one('One tablet six days a week, not on the day of methotrexate', rep(6, 1, 'wk'), tab(1), ORAL),
  ],
  [
    'Folic acid 5mg tablets',
    one(
      'One daily except methotrexate day',
      rep(1, 1, 'd', { dayOfWeek: ['mon', 'tue', 'wed', 'thu', 'sat', 'sun'] }),
      tab(1),
      ORAL,
    ),
  ],
  [
    'Eprex 4,000units/0.4ml solution for injection pre-filled syringes',
    one('4000 units three times a week', rep(3, 1, 'wk'), iu(4000), SC),
  ],
  [
    'NeoRecormon 5,000units/0.3ml solution for injection pre-filled syringes',
    one('5,000 units on Mon, Wed, Fri', onEach('mon', 'wed', 'fri'), iu(5000), SC),
  ],
  [
    'Aranesp 30micrograms/0.3ml solution for injection pre-filled syringes',
    one('30 micrograms every 2 weeks', rep(1, 2, 'wk'), ug(30), SC),
  ],
  [
    'Omnitrope 10mg/1.5ml solution for injection cartridges',
    one('0.8 mg at bedtime', rep(1, 1, 'd', { when: ['HS'] }), mg(0.8), SC),
  ],
  [
    'Genotropin 12mg powder and solvent for solution for injection pre-filled disposable devices',
    one('1.2 mg six days a week', rep(6, 1, 'wk'), mg(1.2), SC),
  ],
  [
    'Norditropin FlexPro 10mg/1.5ml solution for injection pre-filled pens',
    one('0.7 mg nightly 7 days per week', rep(7, 1, 'wk'), mg(0.7), SC),
  ],
  [
    'Increlex 40mg/4ml solution for injection vials',
    one('0.08 mg/kg twice daily (1.6 mg)', rep(2, 1, 'd'), mg(1.6), SC),
  ],
  [
    'Fabrazyme 35mg powder for solution for infusion vials',
    one('70 mg every 2 weeks by IV infusion over 3 hours', rep(1, 2, 'wk'), mg(70), IV),
  ],
  [
    'Cerezyme 400unit powder for solution for infusion vials',
    one('4200 units (60 units/kg) every two weeks', rep(1, 2, 'wk'), iu(4200), IV),
  ],
  [
    'Elaprase 6mg/3ml solution for infusion vials',
    one('0.5 mg/kg once weekly: 12 mg in 100 ml sodium chloride 0.9% over 3 hours', WEEKLY, mg(12), IV),
  ],
  [
    'Strensiq 40mg/1ml solution for injection vials',
    one('2 mg/kg three times a week (40 mg)', rep(3, 1, 'wk'), mg(40), SC),
  ],
  [
    'Aldurazyme 500units/5ml solution for infusion vials',
    one('100 units/kg weekly = 2000 units', WEEKLY, iu(2000), IV),
  ],
  [
    'Parenteral nutrition 2000ml bag',
    one(
      'Infuse one bag over 12 hours overnight, five nights a week',
      rep(5, 1, 'wk', { duration: 12, durationUnit: 'h' }),
      u(1, 'bag'),
      IV,
    ),
  ],
  [
    'Parenteral nutrition compounded bag 1500ml',
    one('1500 ml over 14 hours overnight', rep(1, 1, 'd', { duration: 14, durationUnit: 'h' }), ml(1500), IV),
  ],
  [
    'Sodium chloride 0.9% infusion 1litre bags',
    one(
      '1 litre over 4 hours, three times a week',
      rep(3, 1, 'wk', { duration: 4, durationUnit: 'h' }),
      q(1, 'L', 'litre'),
      IV,
    ),
  ],
  ['Taurolock Hep100 solution 5ml ampoules', one('Lock line after each feed', undefined, undefined)],
  ['Biktarvy 50mg/200mg/25mg tablets', one('One tablet once daily', DAILY, tab(1), ORAL)],
  ['Symtuza 800mg/150mg/200mg/10mg tablets', one('ONE daily with food', DAILY, tab(1), ORAL)],
  ['Dovato 50mg/300mg tablets', one('Take 1 tablet OD', code('QD'), tab(1), ORAL)],
  ['Raltegravir 400mg tablets', one('One tablet twice a day', code('BID'), tab(1), ORAL)],
  ['Dolutegravir 50mg tablets', one('50mg BD', rep(1, 12, 'h'), mg(50), ORAL)],
  [
    'Emtricitabine 200mg / Tenofovir disoproxil 245mg tablets',
    one('PrEP: two tablets 2-24 hours before sex, then one daily for two days', undefined, undefined, ORAL),
  ],
  ['Hizentra 20% 10g/50ml solution for injection vials', one('10 g subcutaneously once a week', WEEKLY, g(10), SC)],
  [
    'Hizentra 4g/20ml solution for injection vials',
    one('4 g on alternate days by rapid push', rep(1, 2, 'd'), g(4), SC),
  ],
  ['Hyqvia 30g/300ml solution for infusion vials', one('30 g every 4 weeks over 3 hours', rep(1, 4, 'wk'), g(30), SC)],
  ['Privigen 20g/200ml solution for infusion vials', one('40 g every 3 weeks', rep(1, 3, 'wk'), g(40), IV)],
  ['Physioneal 40 Glucose 1.36% 5litre bags', one('Automated PD: 2 bags each night', rep(1, 1, 'd'), u(2, 'bag'))],
  ['Extraneal 7.5% 2litre bags', one('One bag for the long dwell each day', DAILY, u(1, 'bag'))],
  [
    'Heparin sodium 5,000units/5ml solution for injection vials',
    one('1000 units bolus then 500 units/hour during haemodialysis, three times a week', rep(3, 1, 'wk'), iu(1000), IV),
  ],
  [
    'Sevelamer 800mg tablets',
    one('Two tablets three times a day with meals', rep(3, 1, 'd', { when: ['CM', 'CD', 'CV'] }), tab(2), ORAL),
  ],
  [
    'Alfacalcidol 250nanogram capsules',
    one('250 nanograms three times a week after dialysis', rep(3, 1, 'wk'), q(250, 'ng', 'nanogram'), ORAL),
  ],
  [
    'Lenalidomide 25mg capsules',
    one('25 mg once daily for 21 days, then 7 days off', rep(1, 1, 'd', days(21)), mg(25), ORAL),
  ],
  [
    'Capecitabine 500mg tablets',
    one('1500 mg twice a day for 14 days, then 7 days rest, 21 day cycle', rep(2, 1, 'd', days(14)), mg(1500), ORAL),
  ],
  [
    'Palbociclib 125mg tablets',
    one('One daily days 1-21 of a 28 day cycle', rep(1, 1, 'd', { ...days(21) }), tab(1), ORAL),
  ],
  ['Temozolomide 100mg capsules', one('300 mg daily for 5 days every 28 days', rep(1, 1, 'd', days(5)), mg(300), ORAL)],
  ['Ibrutinib 140mg tablets', one('420 mg once daily', DAILY, mg(420), ORAL)],
  ['Abiraterone 500mg tablets', one('1 g once daily on an empty stomach', DAILY, g(1), ORAL)],
  ['Imatinib 400mg tablets', one('400 mg OD with a meal and a large glass of water', DAILY, mg(400), ORAL)],
  [
    'Ixazomib 4mg capsules',
    one(
      '4 mg on days 1, 8 and 15 of a 28-day cycle',
      { repeat: { frequency: 1, period: 1, periodUnit: 'wk', count: 3 } },
      mg(4),
      ORAL,
    ),
  ],
  [
    'Pomalidomide 4mg capsules',
    one('Take one capsule daily for 21 days followed by a 7 day break', rep(1, 1, 'd', { ...days(21) }), cap(1), ORAL),
  ],
  [
    'Lonsurf 20mg/8.19mg tablets',
    one('3 tablets twice daily on days 1-5 and 8-12 of each 28 day cycle', rep(2, 1, 'd'), tab(3), ORAL),
  ],
  ['Etoposide 50mg capsules', one('50 mg daily for 21 days out of 28', rep(1, 1, 'd', days(21)), mg(50), ORAL)],
  [
    'Hydroxycarbamide 500mg capsules',
    one('500 mg daily Monday to Friday and 1 g Saturday and Sunday', DAILY, range(mg(500), g(1)), ORAL),
  ],
  ['Hydroxycarbamide 500mg capsules', one('1 g and 1.5 g on alternate days', DAILY, range(g(1), g(1.5)), ORAL)],
  [
    'Zoladex LA 10.8mg implant SafeSystem pre-filled syringes',
    one('One every 12 weeks', rep(1, 12, 'wk'), u(1, 'syringe'), SC),
  ],
  [
    'Icatibant 30mg/3ml solution for injection pre-filled syringes',
    one(
      '30 mg for an acute attack of HAE; repeat after 6 hours if needed, max 3 doses in 24 hours',
      undefined,
      mg(30),
      { ...SC, ...PRN, maxDosePerPeriod: per(mg(90), q(24, 'h', 'hour')) },
    ),
  ],
  [
    'Prednisolone 5mg tablets',
    one('Rescue pack: 40 mg daily for 5 days when needed for a flare', rep(1, 1, 'd', days(5)), mg(40), {
      ...ORAL,
      asNeededCodeableConcept: { text: 'COPD flare' },
    }),
  ],
  [
    'Berinert 1500unit powder and solvent for solution for injection vials',
    one('1500 units when required for HAE attack', undefined, iu(1500), { ...IV, ...PRN }),
  ],
  [
    'Advate 1000unit powder and solvent for solution for injection vials',
    one('2000 units every other day and when needed for bleeds', rep(1, 2, 'd'), iu(2000), IV),
  ],
  [
    'NovoSeven 5mg powder and solvent for solution for injection vials',
    one(
      '5 mg every 2-3 hours for bleeding as directed by the haemophilia centre',
      rep(1, 2, 'h', { periodMax: 3 }),
      mg(5),
      { ...IV, ...PRN },
    ),
  ],
  [
    'Ondansetron 4mg tablets',
    one(
      'One or two up to three times a day when required for sickness, maximum 16 mg in 24 hours',
      rep(3, 1, 'd'),
      range(tab(1), tab(2)),
      { ...ORAL, ...PRN },
    ),
  ],
  [
    'Loperamide 2mg capsules',
    one('Two capsules at once then one after each loose stool, maximum 8 in 24 hours', undefined, undefined, {
      ...ORAL,
      ...PRN,
    }),
  ],
  [
    'Salbutamol 100micrograms/dose inhaler CFC free',
    one('1-2 puffs up to four times a day when required', rep(4, 1, 'd'), range(u(1, 'puff'), u(2, 'puff')), {
      ...PRN,
    }),
  ],
  [
    'Adrenaline 300micrograms/0.3ml auto-injector',
    one('Use as directed in anaphylaxis', undefined, undefined, { ...PRN }),
  ],
  [
    'GlucaGen HypoKit 1mg powder and solvent for solution for injection',
    one('1 mg if hypoglycaemia and unconscious', undefined, mg(1), { ...IM, ...PRN }),
  ],
  ['Neoral 100mg/ml oral solution', one('0.4 ml (40 mg) twice a day', rep(2, 1, 'd'), ml(0.4), ORAL)],
  ['Sildenafil 10mg/ml oral suspension', one('1 ml (10 mg) three times a day', rep(3, 1, 'd'), mg(10), ORAL)],
  ['Methotrexate 2mg/ml oral solution', one('6 ml (12 mg) once weekly on Saturdays', on('sat'), mg(12), ORAL)],
  ['Nitisinone 4mg/ml oral suspension', one('0.5 mg/kg twice daily = 1.5 ml', rep(2, 1, 'd'), ml(1.5), ORAL)],
  [
    'Hydrocortisone 1mg granules in capsules for opening',
    same(
      one('2 mg at 7am', rep(1, 1, 'd', { timeOfDay: ['07:00:00'] }), mg(2), ORAL),
      one('1 mg at 12 noon', rep(1, 1, 'd', { timeOfDay: ['12:00:00'] }), mg(1), ORAL),
      one('1 mg at 5pm', rep(1, 1, 'd', { timeOfDay: ['17:00:00'] }), mg(1), ORAL),
    ),
  ],
  [
    'Hydrocortisone 10mg tablets',
    one('10 mg in the morning, 5 mg at midday and 5 mg in the evening', rep(3, 1, 'd'), range(mg(5), mg(10)), ORAL),
  ],
  ['Hydrocortisone 10mg tablets', one('10 mg at 8am, 5 mg at noon, 2.5 mg at 4pm', undefined, undefined, ORAL)],
  [
    'NovoRapid 100units/ml solution for injection 10ml vials',
    one('Use via insulin pump as directed, up to 60 units daily', undefined, undefined, SC),
  ],
  ['Omnipod 5 pods', one('Change pod every 3 days', rep(1, 3, 'd'), u(1, 'pod'))],
  ['FreeStyle Libre 2 Plus sensors', one('Apply one sensor every 15 days', rep(1, 15, 'd'), u(1, 'sensor'))],
  ['Sharps bin 1 litre', one('For safe disposal of needles')],
  [
    'Apomorphine 50mg/10ml solution for infusion pre-filled syringes',
    one(
      '5 mg/hour by continuous subcutaneous infusion for 16 hours a day',
      rep(1, 1, 'd', { duration: 16, durationUnit: 'h' }),
      mg(80),
      SC,
    ),
  ],
  [
    'Treprostinil 50mg/20ml solution for infusion vials',
    one('20 nanograms/kg/minute by continuous infusion', undefined, undefined, {
      ...SC,
      doseAndRate: [
        { rateQuantity: { value: 20, unit: 'ng/kg/min', system: 'http://unitsofmeasure.org', code: 'ng/kg/min' } },
      ],
    }),
  ],
  [
    'Epoprostenol 1.5mg powder and solvent for solution for infusion vials',
    one('By continuous IV infusion as per the PH centre chart'),
  ],
  ['Advagraf 1mg prolonged-release capsules', one('Take FOUR capsules each morning')],
  [
    'Adoport 500microgram capsules',
    same(one('2 mg in the morning', code('AM'), mg(2), ORAL), one('1.5 mg in the evening', code('PM'), mg(1.5), ORAL)),
  ],
  ['Adoport 500microgram capsules', one('2 mg morning and 1.5 mg night', rep(2, 1, 'd'), range(mg(1.5), mg(2)), ORAL)],
  [
    'Mycophenolate 500mg tablets',
    one('1 g twice a day', rep(2, 1, 'd', { timeOfDay: ['08:00:00', '20:00:00'] }), g(1), ORAL),
  ],
  ['Mycophenolate 500mg tablets', one('2 tabs b.d.', { code: { text: 'BD' } }, tab(2), ORAL)],
  [
    'Sulfasalazine 500mg gastro-resistant tablets',
    seq(
      one('500 mg daily for 1 week', rep(1, 1, 'd', days(7)), mg(500)),
      one('500 mg twice daily for 1 week', rep(2, 1, 'd', days(7)), mg(500)),
      one('1 g in the morning and 500 mg at night for 1 week', rep(2, 1, 'd', days(7)), range(mg(500), g(1))),
      one('1 g twice daily thereafter', rep(2, 1, 'd'), g(1)),
    ),
  ],
  ['Apremilast 10mg/20mg/30mg tablets starter pack', one('As directed on the titration pack')],
  [
    'Dimethyl fumarate 120mg gastro-resistant capsules',
    seq(
      one('120 mg twice a day for 7 days', rep(2, 1, 'd', days(7)), mg(120)),
      one('240 mg twice a day', rep(2, 1, 'd'), mg(240)),
    ),
  ],
  [
    'Copaxone 40mg/1ml solution for injection pre-filled pens',
    one('40 mg three times a week at least 48 hours apart', rep(3, 1, 'wk'), mg(40), SC),
  ],
  [
    'Rebif 44micrograms/0.5ml solution for injection pre-filled pens',
    one('44 micrograms three times a week (Mon/Wed/Fri)', onEach('mon', 'wed', 'fri'), ug(44), SC),
  ],
  [
    'Plegridy 125micrograms/0.5ml solution for injection pre-filled pens',
    seq(
      one('63 micrograms on day 0', rep(1, 1, 'd', { count: 1 }), ug(63)),
      one('94 micrograms on day 14', rep(1, 1, 'd', { count: 1 }), ug(94)),
      one('125 micrograms every 2 weeks', rep(1, 2, 'wk'), ug(125)),
    ),
  ],
  [
    'Mavenclad 10mg tablets',
    one('Take as per treatment card: 2 tablets on days 1-2, 1 tablet on days 3-5', undefined, undefined, ORAL),
  ],
  ['Fampridine 10mg modified-release tablets', one('One tablet every 12 hours', rep(1, 12, 'h'), tab(1), ORAL)],
  [
    'Forsteo 600micrograms/2.4ml solution for injection pre-filled pens',
    one('20 micrograms once daily', DAILY, ug(20), SC),
  ],
  [
    'Prolia 60mg/1ml solution for injection pre-filled syringes',
    one('60 mg every six months', rep(1, 6, 'mo'), mg(60), SC),
  ],
  [
    'Alirocumab 150mg/1ml solution for injection pre-filled pens',
    one('150 mg every 2 weeks', rep(2, 28, 'd'), mg(150), SC),
  ],
  [
    'Repatha SureClick 140mg/1ml solution for injection pre-filled pens',
    one('140 mg every 2 weeks', rep(1, 2, 'wk'), mg(140), SC),
  ],
  [
    'Hemlibra 150mg/1ml solution for injection vials',
    seq(
      one('3 mg/kg weekly for 4 weeks (210 mg)', rep(1, 1, 'wk', days(28)), mg(210), SC),
      one('1.5 mg/kg weekly (105 mg)', WEEKLY, mg(105), SC),
    ),
  ],
  [
    'Takhzyro 300mg/2ml solution for injection pre-filled syringes',
    one('300 mg every 2 weeks; may be extended to every 4 weeks', rep(1, 2, 'wk', { periodMax: 4 }), mg(300), SC),
  ],
  [
    'Octreotide 100micrograms/1ml solution for injection ampoules',
    one('100 micrograms three times a day subcutaneously', rep(3, 1, 'd'), ug(100), SC),
  ],
  [
    'Somatuline Autogel 120mg/0.5ml solution for injection pre-filled syringes',
    one('120 mg every 28 days deep subcutaneous', rep(1, 28, 'd'), mg(120), SC),
  ],
  ['Fragmin 5,000units/0.2ml solution for injection pre-filled syringes', one('5000 units OD', DAILY, iu(5000), SC)],
  [
    'Clexane 40mg/0.4ml solution for injection pre-filled syringes',
    one('40 mg daily until 6 weeks post partum', DAILY, mg(40), SC),
  ],
  [
    'Menopur 75unit powder and solvent for solution for injection vials',
    one('150 units daily from day 2 of cycle', DAILY, iu(150), SC),
  ],
  [
    'Colistimethate 1million unit powder for solution for injection vials',
    one('2 million units nebulised twice a day', rep(2, 1, 'd'), iu(2000000)),
  ],
  [
    'Tobi 300mg/5ml nebuliser solution',
    one('300 mg nebulised twice a day, 28 days on and 28 days off', rep(2, 1, 'd', days(28)), mg(300)),
  ],
  [
    'Kaftrio 75mg/50mg/100mg tablets',
    one('Two tablets in the morning with fat-containing food', rep(1, 1, 'd', { when: ['MORN'] }), tab(2), ORAL),
  ],
  [
    'Creon 25000 gastro-resistant capsules',
    one('5 capsules with meals and 2-3 with snacks', undefined, undefined, ORAL),
  ],
  ['Pulmozyme 2.5mg nebuliser liquid 2.5ml ampoules', one('2.5 mg nebulised once daily', DAILY, mg(2.5))],
  [
    'Bosentan 125mg tablets',
    seq(
      one('62.5 mg twice a day for 4 weeks', rep(2, 1, 'd', days(28)), mg(62.5)),
      one('125 mg twice a day', rep(2, 1, 'd'), mg(125)),
    ),
  ],
  ['Deferasirox 360mg tablets', one('1080 mg once daily', DAILY, mg(1080), ORAL)],
  [
    'Desferal 500mg powder for solution for infusion vials',
    one(
      '2 g subcutaneously over 10 hours, five nights a week',
      rep(5, 1, 'wk', { duration: 10, durationUnit: 'h' }),
      g(2),
      SC,
    ),
  ],
  ['Ceftriaxone 2g powder for solution for infusion vials', one('2 g IV once daily', DAILY, g(2), IV)],
  [
    'Teicoplanin 400mg powder and solvent for solution for injection vials',
    seq(
      one('400 mg every 12 hours for 3 doses', rep(1, 12, 'h', { count: 3 }), mg(400), IV),
      one('400 mg once daily', DAILY, mg(400), IV),
    ),
  ],
  [
    'Piperacillin 4g / Tazobactam 500mg powder for solution for infusion vials',
    one('4.5 g every 8 hours', rep(1, 8, 'h'), g(4.5), IV),
  ],
  [
    'Ferinject 1g/20ml solution for infusion vials',
    one('1 g single dose, repeat in one week', { event: ['2026-11-25', '2026-12-02'] }, g(1), IV),
  ],
  [
    'Vitamin B12 (hydroxocobalamin) 1mg/1ml solution for injection ampoules',
    one('1 mg every 3 months', rep(1, 3, 'mo'), mg(1), IM),
  ],
  [
    'Testosterone undecanoate 1g/4ml solution for injection vials',
    one('1 g every 12 weeks (deep IM)', rep(1, 12, 'wk'), g(1), IM),
  ],
  [
    'Clozapine 100mg tablets',
    same(
      one('100 mg in the morning', rep(1, 1, 'd', { when: ['MORN'] }), mg(100), ORAL),
      one('250 mg at night', rep(1, 1, 'd', { when: ['NIGHT'] }), mg(250), ORAL),
    ),
  ],
  [
    'Aripiprazole 400mg powder and solvent for prolonged-release suspension for injection',
    one('400 mg every month', rep(1, 1, 'mo'), mg(400), IM),
  ],
  [
    'Zepatier 50mg/100mg tablets',
    one('One daily for 12 weeks', rep(1, 1, 'd', { boundsDuration: q(12, 'wk', 'week') }), tab(1), ORAL),
  ],
  [
    'Epclusa 400mg/100mg tablets',
    one('One tablet once daily for 12 weeks', rep(1, 1, 'd', period('2026-11-30', '2027-02-21')), tab(1), ORAL),
  ],
  [
    'Pegasys 180micrograms/0.5ml solution for injection pre-filled syringes',
    one('180 micrograms weekly', WEEKLY, ug(180), SC),
  ],
  [
    'Ribavirin 200mg tablets',
    same(
      one('600 mg in the morning', rep(1, 1, 'd', { when: ['MORN'] }), mg(600)),
      one('400 mg in the evening', rep(1, 1, 'd', { when: ['EVE'] }), mg(400)),
    ),
  ],
  [
    'Octagam 10% 10g/100ml solution for infusion bottles',
    one('1 g/kg (70 g) over 2 days every 4 weeks', rep(1, 4, 'wk'), g(70), IV),
  ],
  [
    'Saizen 6mg/1.03ml solution for injection cartridges',
    one('Inject 0.5mg SC daily, missing one day a week', rep(6, 1, 'wk'), mg(0.5), SC),
  ],
  [
    'Ganirelix 250micrograms/0.5ml solution for injection pre-filled syringes',
    one('250 micrograms daily from day 6', DAILY, ug(250), SC),
  ],
  ['Sirolimus 1mg tablets', one('2mg every 24 hours', rep(1, 24, 'h'), mg(2), ORAL)],
  ['Valganciclovir 450mg tablets', one('900 mg on dialysis days', undefined, mg(900), ORAL)],
  [
    'Co-trimoxazole 80mg/400mg tablets',
    one('960 mg on Monday, Wednesday and Friday', onEach('mon', 'wed', 'fri'), mg(960), ORAL),
  ],
  [
    'Azithromycin 250mg tablets',
    one('250 mg three times a week, Mon/Wed/Fri', rep(3, 1, 'wk', { dayOfWeek: ['mon', 'wed', 'fri'] }), mg(250), ORAL),
  ],
  ['Alendronic acid 70mg tablets', one('One tablet weekly 30 minutes before breakfast', WEEKLY, tab(1), ORAL)],
  ['Nintedanib 150mg capsules', one('150 mg twice daily about 12 hours apart', rep(2, 1, 'd'), mg(150), ORAL)],
  [
    'Pirfenidone 267mg tablets',
    seq(
      one('One tablet three times a day with food for 7 days', rep(3, 1, 'd', days(7)), tab(1)),
      one('Two tablets three times a day for 7 days', rep(3, 1, 'd', days(7)), tab(2)),
      one('Three tablets three times a day', rep(3, 1, 'd'), tab(3)),
    ),
  ],
  [
    'Tolvaptan 45mg/15mg tablets',
    same(
      one('45 mg on waking', rep(1, 1, 'd', { when: ['WAKE'] }), mg(45)),
      one('15 mg 8 hours later', rep(1, 1, 'd', { when: ['WAKE'], offset: 480 }), mg(15)),
    ),
  ],
]

t.test('what is right is taken without a word', async (t) => {
  for (const [name, dosage] of right) t.same(allFound(name, dosage), [], `${name}: ${[dosage].flat()[0]?.text}`)
})
