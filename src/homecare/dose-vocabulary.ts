/** The words of English dose instructions, and what each of them stands for. */

/** Length of calendar units in days; a month is the average one. */
export const DAYS: Readonly<Record<string, number>> = {
  hour: 1 / 24,
  day: 1,
  week: 7,
  fortnight: 14,
  month: 30.4375,
  quarter: 91.3125,
  year: 365.25,
}

export const unitNames: Readonly<Record<string, string>> = {
  hours: 'hour',
  hr: 'hour',
  hrs: 'hour',
  hrly: 'hour',
  h: 'hour',
  days: 'day',
  weeks: 'week',
  wk: 'week',
  wks: 'week',
  fortnights: 'fortnight',
  months: 'month',
  years: 'year',
}

export const adverbs: Readonly<Record<string, string>> = {
  hourly: 'hour',
  daily: 'day',
  nightly: 'day',
  weekly: 'week',
  fortnightly: 'fortnight',
  monthly: 'month',
  quarterly: 'quarter',
  yearly: 'year',
  annually: 'year',
}

/** Latin and clinical shorthand: doses per day. */
export const shorthand: Readonly<Record<string, number>> = {
  od: 1,
  qd: 1,
  bd: 2,
  bid: 2,
  tds: 3,
  tid: 3,
  qds: 4,
  qid: 4,
  qod: 1 / 2,
  eow: 1 / 14,
  eod: 1 / 2,
  om: 1,
}

export const ordinals: Readonly<Record<string, number>> = {
  other: 2,
  second: 2,
  '2nd': 2,
  third: 3,
  '3rd': 3,
  fourth: 4,
}
export const counts: Readonly<Record<string, number>> = { once: 1, twice: 2, thrice: 3 }

/** More than one phase, a condition, or a dose that is parted: no single schedule. */
export const confounders = new Set(
  'then initially initial loading followed increase increasing increased reduce reducing reduced decrease decreasing taper tapering titrate titrated titrating titration escalate unless except omit skip divided alternating cycle cycles off first second later after followed bolus infusion stat sat sun biweekly bimonthly bi semi variable total course if'.split(
    ' ',
  ),
)

export const weekdays = new Map(
  // "sat" and "sun" are words of their own.
  [
    'monday mon',
    'tuesday tue tues',
    'wednesday wed weds',
    'thursday thu thur thurs',
    'friday fri',
    'saturday',
    'sunday',
  ]
    .map((names) => names.split(' '))
    .flatMap((names, index) => [...names, `${names[0]}s`].map((name) => [name, index] as const)),
)

export const moments: Readonly<Record<string, string>> = {
  morning: 'morning',
  mornings: 'morning',
  breakfast: 'morning',
  midday: 'midday',
  noon: 'midday',
  lunch: 'midday',
  lunchtime: 'midday',
  afternoon: 'afternoon',
  evening: 'evening',
  evenings: 'evening',
  teatime: 'evening',
  dinner: 'evening',
  supper: 'evening',
  night: 'night',
  bedtime: 'night',
}

export const nouns = new Set(
  'tablet tablets capsule capsules dose doses injection injections puff puffs drop drops sachet sachets pen pens syringe syringes spray sprays patch patches vial vials ampoule ampoules'.split(
    ' ',
  ),
)

export const amountUnits: Readonly<Record<string, string>> = {
  mg: 'mg',
  milligram: 'mg',
  milligrams: 'mg',
  microgram: 'ug',
  micrograms: 'ug',
  mcg: 'ug',
  ug: 'ug',
  nanogram: 'ng',
  nanograms: 'ng',
  g: 'g',
  gram: 'g',
  grams: 'g',
  ml: 'mL',
  millilitre: 'mL',
  millilitres: 'mL',
  unit: '[iU]',
  units: '[iU]',
  iu: '[iU]',
}
