/** Amounts and numbers of tablets that the words of a dose instruction name. */
import { numberAt } from './dose-tokens.ts'
import { amountUnits, nouns } from './dose-vocabulary.ts'

/** An amount that the words name, e.g. 10 `mg`. */
export interface Amount {
  readonly value: number
  /** UCUM: `mg`, `ug`, `ng`, `g`, `mL` or `[iU]`. */
  readonly unit: string
}

/** The one number of tablets or capsules that is said; a range, a fraction, a sum or a strength is none. */
export const solidsIn = (tokens: readonly string[]): number | undefined =>
  countedIn(tokens, /^(tablet|capsule)s?$/)?.value

/** A number of pens, syringes or the like, and which of them. */
export interface Devices {
  readonly value: number
  /** In the singular. */
  readonly unit: string
}

/** A device that is counted, by its name in lower case. */
export const DEVICE = /^(pen|syringe|vial|ampoule|sachet|cartridge)s?$/

export const devicesIn = (tokens: readonly string[]): Devices | undefined => countedIn(tokens, DEVICE)

function countedIn(tokens: readonly string[], noun: RegExp): Devices | undefined {
  if (tokens.some((token, i) => token === 'and' && numberAt(tokens, i + 1) !== undefined)) return undefined
  const counted = tokens.flatMap((token, i) => {
    const unit = noun.exec(token)?.[1]
    const value = unit === undefined ? undefined : numberAt(tokens, i - 1)
    return unit === undefined || value === undefined ? [] : [{ value, unit, before: tokens[i - 2] ?? '' }]
  })
  const [only, ...more] = counted
  if (!only || more.length > 0 || /^(\/|to|or|x|per|point|\d.*|and|plus|an?|of)$/.test(only.before)) return undefined
  return only
}

/** Amounts that are a dose, as far as the words around them show. */
export function amountsIn(tokens: readonly string[]): Amount[] {
  const amounts: Amount[] = []
  tokens.forEach((token, i) => {
    const unit = amountUnits[token]
    const value = numberAt(tokens, i - 1)
    if (unit === undefined || value === undefined) return
    const [before = '', behind = ''] = [tokens[i - 2], tokens[i + 1]]
    // `10 mg / 0.2 ml`, `two 10 mg tablets`, `5 to 10 mg`, `2 x 20 mg`: a strength, a part or a range, not the dose.
    if (/^(\/|to|or|x|per|point|\d.*|and|plus|an?)$/.test(before) || /^(\/|per|to|or|x|and|plus)$/.test(behind)) return
    if (nouns.has(behind) || behind === 'strength') return
    amounts.push({ value, unit })
  })
  return amounts
}

/** Whether the words name two amounts of one unit: `200 mg and 400 mg`, `one and two tablets`. */
export function isInTurns(tokens: readonly string[]): boolean {
  const seen = new Map<string, number>()
  return tokens.some((token, i) => {
    const unit = amountUnits[token] ?? (nouns.has(token) ? token.replace(/s$/, '') : undefined)
    const value = unit === undefined ? undefined : numberAt(tokens, i - 1)
    // `2 x 5 mg`, `5 mg tablets`: the strength of what is counted.
    if (unit === undefined || value === undefined || tokens[i - 2] === 'x' || nouns.has(tokens[i + 1] ?? ''))
      return false
    const first = /^(and|or|\/)$/.test(tokens[i - 2] ?? '') ? numberAt(tokens, i - 3) : undefined
    const other = first ?? seen.get(unit)
    seen.set(unit, value)
    return other !== undefined && other !== value
  })
}
