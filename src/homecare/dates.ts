/** FHIR dates as instants and as calendar days (https://hl7.org/fhir/R4/datatypes.html#dateTime). */
import { remember } from '../fhir/remember.ts'
import type { r4 } from '../fhir/resource.ts'

/** A year, or a month of it. */
const LARGER = /^(\d{4})(?:-(\d{2}))?$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
/** In ms. */
export const DAY = 86_400_000

const digits = (text: string, from: number, to: number): number => {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** A calendar day, `YYYY-MM-DD`. */
function dayOf(text: string): { readonly low: number; readonly high: number } | undefined {
  const [month, day] = [digits(text, 5, 7), digits(text, 8, 10)]
  if (text[4] !== '-' || text[7] !== '-' || !(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return undefined
  const low = Date.UTC(digits(text, 0, 4), month - 1, day)
  // 30 February would be a day of March.
  if (Number.isNaN(low) || (day > 28 && new Date(low).getUTCDate() !== day)) return undefined
  return { low, high: low + DAY - 1 }
}

/**
 * The instants a date or dateTime may mean, in ms since the epoch, `high` inclusive. A date without time is taken in
 * UTC: in British summer time that is an hour late at both ends, which no rule here depends on.
 * @returns undefined when the text is not a FHIR date, dateTime or instant
 */
export const rangeOf = remember(2000, (text) => read(text))

function read(text: string): { readonly low: number; readonly high: number } | undefined {
  if (text.length === 10) return dayOf(text)
  if (INSTANT.test(text)) {
    const instant = Date.parse(text)
    return Number.isNaN(instant) ? undefined : { low: instant, high: instant }
  }
  const [, year, month] = LARGER.exec(text) ?? []
  if (year === undefined) return undefined
  const y = Number(year)
  if (month === undefined) return { low: Date.UTC(y, 0, 1), high: Date.UTC(y + 1, 0) - 1 }
  const m = Number(month)
  return m >= 1 && m <= 12 ? { low: Date.UTC(y, m - 1, 1), high: Date.UTC(y, m) - 1 } : undefined
}

/** The calendar day of a date or dateTime as its writer dates it, or the month or year where that is all that is said. */
export const writtenDay = (date: string): ReturnType<typeof read> => rangeOf(date.slice(0, 10))

/** The end of that day: what is good for months is so to the end of a day. */
export const dayEnd = remember(2000, (date): number | undefined => writtenDay(date)?.high)

const dayText = (instant: number): string => new Date(instant).toISOString().slice(0, 10)

/** The instant that is `months` calendar months later; the last day of the month where the day does not exist. */
export function addMonths(instant: number, months: number): number {
  const date = new Date(instant)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, last))
  return date.getTime()
}

/** Whether an instant lies more than so many months after another; the calendar is asked only where it matters. */
export const isMonthsPast = (instant: number, other: number, months: number): boolean =>
  instant - other > months * 28 * DAY && instant > addMonths(other, months)

/** UCUM units of whole calendar steps. */
const UCUM_DAYS: Readonly<Record<string, number>> = { d: 1, wk: 7 }
const UCUM_MONTHS: Readonly<Record<string, number>> = { mo: 1, a: 12 }

/** A Duration in whole days or whole months; undefined for anything a calendar cannot step by. */
export function calendarStep(duration: r4.Duration | undefined): { days: number; months: number } | undefined {
  const { value, code, system } = duration ?? {}
  if (value === undefined || code === undefined || !Number.isInteger(value) || value <= 0) return undefined
  if (system !== undefined && system !== 'http://unitsofmeasure.org') return undefined
  if (UCUM_DAYS[code] !== undefined) return { days: value * UCUM_DAYS[code], months: 0 }
  if (UCUM_MONTHS[code] !== undefined) return { days: 0, months: value * UCUM_MONTHS[code] }
  return undefined
}

/** The calendar day `times` steps after the day of a FHIR date(Time), as `YYYY-MM-DD`. */
export function dayAfter(date: string, step: { days: number; months: number }, times: number): string | undefined {
  const day = date.slice(0, 10)
  const start = day.length === 10 ? rangeOf(day) : undefined
  if (!start) return undefined
  return dayText(addMonths(start.low, step.months * times) + step.days * times * DAY)
}
