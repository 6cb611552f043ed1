/** Infusions: a rate that is one, and words, duration, dose and rate that fit each other. */
import type { r4 } from '../fhir/resource.ts'
import { infusionTimeIn, millilitresAnHourIn } from './dose-course.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import { directionsOf, type ReadDosage } from './prescription-view.ts'
import { daysOf } from './timing.ts'
import { HAS } from './traits.ts'
import { measured, measureOf } from './units.ts'

/** Rounding of a rate to what a pump can be set to, and of a time to what is convenient. */
const LEEWAY = 1.3

export const infusionRates: Check<Subject> = {
  codes: ['rate-without-sense', 'infusion-contradicts', 'infusion-differs'],
  asks: HAS.rate,
  run: (subject) => {
    let findings: readonly Finding[] = NOTHING
    for (const { dosages } of directionsOf(subject)) {
      for (const read of dosages) {
        const { doseAndRate, timing, text } = read.dosage
        if (doseAndRate) for (const [i, one] of doseAndRate.entries()) findings = found(findings, senseOf(read, one, i))
        if (text === undefined && timing?.repeat?.duration === undefined) continue
        findings = found(findings, fastness(read))
      }
    }
    return findings
  },
}

const found = (findings: readonly Finding[], more: Finding | undefined): readonly Finding[] =>
  more ? [...findings, more] : findings

const TIMES = new Set(['s', 'min', 'h', 'd', 'wk', 'mo', 'a'])
/** Whether a unit is that of an amount or of a time alone. */
const isNoRate = (code: string): boolean => TIMES.has(code) || measureOf(1, code) !== undefined

function senseOf(
  { at }: ReadDosage,
  { rateQuantity, rateRange, rateRatio }: r4.DosageDoseAndRate,
  i: number,
): Finding | undefined {
  const place = `${at()}.doseAndRate[${i}].rate`
  const wrong = (type: string, words: string): Finding => ({
    code: 'rate-without-sense',
    at: `${place}.ofType(${type})`,
    words: `${words} Send an amount per time, e.g. 20 mL/h.`,
  })
  const positive = 'A rate is more than nothing.'
  const perTime = 'A rate is an amount in a time, and this unit is none.'
  if (rateQuantity) {
    if ((rateQuantity.value ?? 1) <= 0) return wrong('Quantity', positive)
    if (isNoRate(rateQuantity.code ?? '')) return wrong('Quantity', perTime)
  }
  if (rateRange) {
    if ((rateRange.high?.value ?? 1) <= 0 || (rateRange.low?.value ?? 0) < 0) return wrong('Range', positive)
    if (isNoRate(rateRange.low?.code ?? rateRange.high?.code ?? '')) return wrong('Range', perTime)
  }
  if (!rateRatio) return undefined
  const { numerator, denominator } = rateRatio
  if ((numerator?.value ?? 1) <= 0 || (denominator?.value ?? 1) <= 0) return wrong('Ratio', positive)
  return denominator && measured(denominator) ? wrong('Ratio', perTime) : undefined
}

interface Span {
  readonly low: number
  readonly high: number
}

/** Millilitres an hour of a UCUM quantity. */
function anHour(rate: r4.Quantity | undefined): number | undefined {
  const per = { 'mL/h': 1, 'ml/h': 1, 'mL/min': 60, 'ml/min': 60, 'L/h': 1000 }[rate?.code ?? '']
  return rate?.value === undefined || per === undefined ? undefined : rate.value * per
}

function rateOf({ rateQuantity, rateRange, rateRatio }: r4.DosageDoseAndRate): Span | undefined {
  const volume = measured(rateRatio?.numerator)
  const hours = (daysOf(rateRatio?.denominator) ?? 0) * 24
  const ratio = volume?.dimension === 'volume' && hours > 0 ? volume.value / hours : undefined
  const low = anHour(rateQuantity ?? rateRange?.low) ?? ratio
  const high = anHour(rateQuantity ?? rateRange?.high) ?? ratio
  return low === undefined || high === undefined ? undefined : { low, high }
}

const isOutside = (value: number, { low, high }: Span): boolean => value * LEEWAY < low || value > high * LEEWAY

/** How long the structure lets one infusion run, in days. */
function durationOf({ timing }: r4.Dosage): Span | undefined {
  const { duration, durationMax, durationUnit } = timing?.repeat ?? {}
  const low = duration === undefined ? undefined : daysOf({ value: duration, code: durationUnit ?? '' })
  const high = durationMax === undefined ? low : daysOf({ value: durationMax, code: durationUnit ?? '' })
  return low === undefined || high === undefined ? undefined : { low, high }
}

function fastness({ dosage, at }: ReadDosage): Finding | undefined {
  const { text = '', doseAndRate = [] } = dosage
  const [given, ...more] = doseAndRate
  const rate = given && more.length === 0 ? rateOf(given) : undefined
  const duration = durationOf(dosage)
  const contradiction = (element: string, what: string): Finding => ({
    code: 'infusion-contradicts',
    at: `${at()}.${element}`,
    words: `${what} Correct whichever is wrong: a pump is set by one of them.`,
  })
  const said = rate && millilitresAnHourIn(text)
  if (rate && said !== undefined && isOutside(said, rate)) {
    return contradiction('doseAndRate[0].rate', 'The rate in the text is not the one in doseAndRate.')
  }
  const time = duration && infusionTimeIn(text)
  if (duration && time !== undefined && isOutside(time, duration)) {
    return contradiction('timing.repeat.duration', 'The time in the text is not the one in timing.repeat.duration.')
  }
  const volume = measured(given?.doseQuantity)
  if (!rate || !duration || volume?.dimension !== 'volume') return undefined
  const needs = { low: volume.value / rate.high / 24, high: volume.value / rate.low / 24 }
  if (needs.low <= duration.high * LEEWAY && needs.high * LEEWAY >= duration.low) return undefined
  const words =
    'Volume and rate come to another time than timing.repeat.duration. Correct whichever is wrong: a pump is set by two of the three.'
  return { code: 'infusion-differs', at: `${at()}.timing.repeat.duration`, words }
}
