/** Days of the week and times of the day that the words of a dose instruction name. */
import { moments, weekdays } from './dose-vocabulary.ts'

/** How many days of the week are named; undefined where one is named or another. */
export const weekdaysIn = (tokens: readonly string[]): number | undefined => weekdaysNamedIn(tokens)?.size

/** The days of the week that are named, 0 for Monday, `Monday to Friday` counted through; undefined where one is named or another. */
export function weekdaysNamedIn(tokens: readonly string[]): ReadonlySet<number> | undefined {
  const days = new Set<number>()
  for (let i = 0; i < tokens.length; i++) {
    const day = weekdays.get(tokens[i] ?? '')
    if (day === undefined) continue
    if (tokens[i + 1] === 'or') return undefined
    const last = tokens[i + 1] === 'to' ? weekdays.get(tokens[i + 2] ?? '') : undefined
    for (let one = day; last !== undefined && one !== last; one = (one + 1) % 7) days.add(one)
    days.add(last ?? day)
  }
  return days
}

/** How many times of day are named in the way schedules name them. */
export function momentsIn(tokens: readonly string[]): number {
  const found = new Set<string>()
  // From behind, so that the first of "morning, noon and night" is known to stand in a list.
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i] ?? ''
    if (token === 'mane' || token === 'nocte') found.add(token === 'mane' ? 'morning' : 'night')
    const moment = moments[token]
    if (moment === undefined || tokens[i + 1] === 'of') continue
    const before = tokens[i - 1] ?? ''
    const inThe = before === 'the' && tokens[i - 2] === 'in'
    const next = moments[tokens[i + 1] === 'and' ? (tokens[i + 2] ?? '') : (tokens[i + 1] ?? '')]
    const inList = next !== undefined && found.has(next)
    if (inThe || inList || /^(at|every|each|with|before|after|and)$/.test(before)) found.add(moment)
  }
  return found.size
}
