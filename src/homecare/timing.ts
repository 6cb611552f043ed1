/** How often a medicine is given by the structure of `Dosage.timing`, and how two frequencies compare. */
import type { r4 } from '../fhir/resource.ts'
import { DAY } from './dates.ts'

/** Doses per day, from fewest to most. */
export interface Rate {
  readonly low: number
  readonly high: number
}

export const exactly = (rate: number): Rate => ({ low: rate, high: rate })

/** UCUM codes of Timing.repeat units in days. */
const TIMING_DAYS: Readonly<Record<string, number>> = {
  s: 1 / 86_400,
  min: 1 / 1440,
  h: 1 / 24,
  d: 1,
  wk: 7,
  mo: 30.4375,
  a: 365.25,
}

/** http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation and the timing codes of R4, as doses per day. */
const TIMING_CODES: Readonly<Record<string, number>> = {
  BID: 2,
  TID: 3,
  QID: 4,
  AM: 1,
  PM: 1,
  QD: 1,
  BED: 1,
  QOD: 1 / 2,
  Q1H: 24,
  Q2H: 12,
  Q3H: 8,
  Q4H: 6,
  Q6H: 4,
  Q8H: 3,
  WK: 1 / 7,
  MO: 1 / 30.4375,
}

/** Doses per day that the structure asks for; undefined when it does not say (https://hl7.org/fhir/R4/datatypes.html#Timing). */
export function timingRate(timing: r4.Timing | undefined): Rate | undefined {
  const repeat = timing?.repeat
  if (!repeat) return eventRate(timing) ?? codedRate(timing)
  const named = repeat.dayOfWeek?.length ?? 0
  const times = repeat.timeOfDay?.length ?? repeat.when?.length ?? 0
  const unit = TIMING_DAYS[repeat.periodUnit ?? '']
  if (repeat.period === undefined || unit === undefined) {
    if (repeat.count === 1) return undefined
    const bounds = daysOf(repeat.boundsDuration)
    if (repeat.count !== undefined && bounds !== undefined && repeat.frequency === undefined)
      return exactly(repeat.count / bounds)
    const perDay = repeat.frequency ?? (times > 0 ? times : undefined)
    if (named > 0) return exactly(((perDay ?? 1) * named) / 7)
    return repeat.frequency === undefined && times > 0 ? exactly(times) : codedRate(timing)
  }
  // One dose each time: R4 gives a single event of several days as count or bounds, never as a rate.
  const frequency = repeat.frequency ?? Math.max(1, times)
  const low = frequency / ((repeat.periodMax ?? repeat.period) * unit)
  const high = (repeat.frequencyMax ?? frequency) / (repeat.period * unit)
  if (!Number.isFinite(low) || !Number.isFinite(high) || high <= 0) return undefined
  if (named === 0) return { low, high }
  if (repeat.periodUnit === 'd' && repeat.period === 1) return { low: (low * named) / 7, high: (high * named) / 7 }
  // `frequency 1, period 1 wk, mon and thu`: once, or on both days; both readings are found in the wild.
  return { low, high: frequency === 1 ? high * named : high }
}

/** Several times that are named one by one, by the days from the first to the last. */
function eventRate(timing: r4.Timing | undefined): Rate | undefined {
  const times = (timing?.event ?? []).map((event) => Date.parse(event)).filter(Number.isFinite)
  const days = (Math.max(...times) - Math.min(...times)) / DAY
  return times.length < 2 || days <= 0 ? undefined : exactly((times.length - 1) / days)
}

/** Doses per day by the code of a timing alone. */
export function codedRate(timing: r4.Timing | undefined): Rate | undefined {
  for (const { code } of timing?.code?.coding ?? []) {
    const rate = TIMING_CODES[code ?? '']
    if (rate !== undefined) return exactly(rate)
  }
  return undefined
}

/** A calendar month against four weeks, 24 hours against a day and the like are no contradiction. */
const LEEWAY = 1.3

export const contradicts = (a: Rate, b: Rate): boolean => a.low > b.high * LEEWAY || b.low > a.high * LEEWAY

/** Length in days of a UCUM duration; undefined when it is none. */
export function daysOf(duration: r4.Duration | undefined): number | undefined {
  const unit = TIMING_DAYS[duration?.code ?? '']
  return duration?.value === undefined || unit === undefined || duration.value <= 0 ? undefined : duration.value * unit
}

/** A rate in words, for diagnostics: it is the sender's own structure, not patient data. */
export function rateWords({ low, high }: Rate): string {
  const one = (rate: number): string => {
    if (rate >= 1) return `${round(rate)} a day`
    if (rate * 7 >= 1) return `${round(rate * 7)} a week`
    return `one in ${round(1 / rate)} days`
  }
  if (low === 0) return `up to ${one(high)}`
  return low === high ? one(low) : `${one(low)} to ${one(high)}`
}

const round = (value: number): number => Math.round(value * 100) / 100
