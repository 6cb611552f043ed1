/**
 * FHIR dates as ranges of time (https://hl7.org/fhir/R4/search.html#date): a partial date stands for all of its
 * year, month, day, minute or second. Both ends are inclusive, in milliseconds since the epoch. A value without a
 * zone is read as UTC, so that the same resource is found the same way on every machine.
 */
export interface DateRange {
  readonly low: number
  readonly high: number
}

/** Ends of a period that has none: the limits of ECMAScript dates, within 2^53. */
const EARLIEST = -8_640_000_000_000_000
const LATEST = 8_640_000_000_000_000

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/

const DAY = 86_400_000
const MINUTE = 60_000
const SECOND = 1000

/**
 * The range a date, dateTime or instant stands for; undefined when it is not one, or is not in the calendar.
 * Minutes without seconds are read, since R4 allows them in searches.
 */
export function dateRange(text: string): DateRange | undefined {
  const match = DATE.exec(text)
  if (!match) return undefined
  const [, years, months, days, hours, minutes, seconds, fraction, zone] = match
  const year = Number(years)
  const month = months === undefined ? 1 : Number(months)
  const day = days === undefined ? 1 : Number(days)
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  const start = utc(year, month, day)
  if (months === undefined) return { low: start, high: utc(year + 1, 1, 1) - 1 }
  if (days === undefined) return { low: start, high: utc(year, month + 1, 1) - 1 }
  if (hours === undefined) return { low: start, high: start + DAY - 1 }
  const offset = zoneOffset(zone)
  const time = Number(hours) * 60 * MINUTE + Number(minutes) * MINUTE
  // 60 is a leap second: R4's instant allows it.
  if (offset === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 60) return undefined
  const minute = start + time - offset
  if (seconds === undefined) return { low: minute, high: minute + MINUTE - 1 }
  const second = minute + Number(seconds) * SECOND
  if (fraction === undefined) return { low: second, high: second + SECOND - 1 }
  const low = second + Number(fraction.slice(0, 3).padEnd(3, '0'))
  return { low, high: second + Number(fraction.slice(0, 3).padEnd(3, '9')) }
}

/**
 * The range of a date in a query. Clients forget to escape the "+" before a time zone, which is then read as a blank;
 * a date has none, so nothing else can be meant.
 */
export const queriedRange = (text: string): DateRange | undefined => dateRange(text.replace(' ', '+'))

/**
 * The range a search value stands for. Stored moments are kept to the millisecond; a search that is finer lies between
 * two of them, and the range is that of the milliseconds inside it: none, as a rule.
 */
export function searchedRange(text: string): DateRange | undefined {
  const range = queriedRange(text)
  const finer = range && /\.\d{3}(\d+)/.exec(text)?.[1]
  return finer && Number(finer) > 0 ? { low: range.low + 1, high: range.low } : range
}

/**
 * The range that `ge` and `eb` compare an end with: what ends with a second (a day, a minute) reaches to any fraction of
 * it, however fine.
 */
export function reachedRange(text: string): DateRange | undefined {
  const range = searchedRange(text)
  const isFraction = range !== undefined && range.low > range.high && (range.high + 1) % SECOND === 0
  return isFraction ? { low: range.high, high: range.high } : range
}

/** The outer limits of a Period; undefined when an end that is given cannot be read. */
export function periodRange(start: unknown, end: unknown): DateRange | undefined {
  const from = start === undefined ? { low: EARLIEST } : typeof start === 'string' ? dateRange(start) : undefined
  const to = end === undefined ? { high: LATEST } : typeof end === 'string' ? dateRange(end) : undefined
  return from && to ? { low: from.low, high: to.high } : undefined
}

/** The first moment of a day; `Date.UTC` alone would read the years 0-99 as 1900-1999. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day)
}

const daysIn = (year: number, month: number): number => new Date(utc(year, month + 1, 0)).getUTCDate()

/** Milliseconds by which local time is ahead of UTC. */
function zoneOffset(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE
}
