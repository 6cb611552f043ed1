/**
 * Quantity against dose, frequency and duration. The strength of a product is read from its name only where dm+d's way
 * of naming leaves one reading; everything else is left alone.
 */
import { remember } from '../fhir/remember.ts'
import type { r4 } from '../fhir/resource.ts'
import { DAY, rangeOf } from './dates.ts'
import { type Directions, isAsNeeded, type ReadDosage } from './prescription-view.ts'
import { daysOf } from './timing.ts'
import { codeOfWords, type Dimension, type Measure, measured, measureOf } from './units.ts'

/** What one unit of supply holds. */
export interface Strength {
  /** By dimension: a syringe may be dosed in mg and in mL. */
  readonly holds: Readonly<Partial<Record<Dimension, number>>>
  /**
   * How a unit is used up. `measured`: to the last part (tablets, bottles). `once`: half a dose takes a whole one
   * (syringes). `dialled`: pens and cartridges hold one dose or many (adalimumab, somatropin), which the name does not
   * say. `vial`: the same where a dose is half of it or less; what is left over from a larger dose is thrown away.
   */
  readonly use: 'measured' | 'once' | 'dialled' | 'vial'
}

const STRENGTH =
  /(?<!\d)(\d+(?:\.\d+)?)\s*(mg|g|micrograms?|mcg|nanograms?|units?|iu)\b(?:\s*\/\s*(?:(\d+(?:\.\d+)?)\s*)?(ml|g|mg|hour|hours|actuation|dose|gram|unit|micrograms?|day|week)\b)?/g
const VOLUME = /(?<!\d)(\d+(?:\.\d+)?)\s*ml\b/g
const SOLID = /\b(tablets?|capsules?|suppositor(?:y|ies)|pessar(?:y|ies)|lozenges?|sachets?)\b/
const DEVICE = /\b(syringes?|pens?|injections?|vials?|ampoules?|auto-?injectors?|cartridges?)\b/

const DIALLED = /\b(pens?|cartridges?|disposable devices?)\b/
const VIAL = /\bvials?\b/

function useOf(name: string): Strength['use'] {
  if (SOLID.test(name)) return 'measured'
  if (DIALLED.test(name)) return 'dialled'
  return VIAL.test(name) ? 'vial' : 'once'
}

const inMeasure = (value: string, unit: string): Measure | undefined =>
  measureOf(Number(value), /^(units?|iu)$/.test(unit) ? '[iU]' : (codeOfWords(unit) ?? ''))

/**
 * Reads the strength of a product name, e.g. `methotrexate 10mg/0.2ml solution for injection pre-filled syringes`.
 * @param name lower case
 */
export const strengthOf = remember(2000, (name) => agreed(name, strengthOfOne))

/** Mass or activity in one millilitre, e.g. 2 mg of `methotrexate 10mg/5ml oral solution`; the name in lower case. */
export const concentrationOf = remember(2000, (name) => agreed(name, concentrationOfOne))

/** A medicine with a code and a text has two names; one reading must serve both. */
function agreed<T>(name: string, read: (one: string) => T | undefined): T | undefined {
  const readings = name
    // 10,000units is ten thousand.
    .replace(/(\d),(?=\d{3}(?!\d))/g, '$1')
    .split(' | ')
    .filter((one) => /\d/.test(one))
    .map(read)
  const [first] = readings
  return first && readings.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : undefined
}

function concentrationOfOne(name: string): Measure | undefined {
  const [only, ...more] = name.matchAll(STRENGTH)
  if (!only || more.length > 0) return undefined
  const [, value = '', unit = '', per = '1', perUnit] = only
  const amount = inMeasure(value, unit)
  return amount && perUnit === 'ml' && Number(per) > 0 ? { ...amount, value: amount.value / Number(per) } : undefined
}

/** What SNOMED CT's units of presentation count, by the codes that dm+d uses. */
export const presentations: ReadonlyMap<string | undefined, 'tablets' | 'capsules' | 'devices'> = new Map([
  ['428673006', 'tablets'],
  ['428641000', 'capsules'],
  ['3318611000001103', 'devices'],
  ['415818006', 'devices'],
  ['413516001', 'devices'],
])
const SOLIDS: ReadonlySet<string | undefined> = new Set(['tablets', 'capsules'])

/** Whether the words of a unit are those of a tablet or a capsule. */
const saysSolid = remember(500, (unit) => /^(tablet|capsule)(s|\(s\))?$/i.test(unit.trim()))

/** Tablets and capsules, in words or as dm+d codes them in SNOMED CT. */
export const isSolid = ({ unit, code }: r4.Quantity): boolean =>
  SOLIDS.has(presentations.get(code)) || (unit !== undefined && saysSolid(unit))

/** What a millilitre of a medicine to be drunk holds; undefined where its words speak of other liquids too. */
export function oralHolds(name: string, text = ''): Strength['holds'] | undefined {
  if (!/\b(?:oral (?:solution|suspension|liquid|drops)|syrup|elixir)\b/.test(name)) return undefined
  if (/water|juice|milk|dilut|dissolv|mix|made up|bottle|flush/i.test(text)) return undefined
  const one = concentrationOf(name)
  return one && { [one.dimension]: one.value, volume: 1 }
}

/**
 * What a dose holds of the medicine, by the name of its product: tablets, pens and millilitres as mass or activity;
 * undefined where nobody can say. Half a millilitre of `50mg/1ml` holds 25 mg.
 * @param name lower case
 */
export function contentOf(dose: r4.Quantity | undefined, name: string): Measure | undefined {
  const amount = measured(dose)
  if (amount && amount.dimension !== 'volume') return amount
  if (amount) {
    const holds = concentrationOf(name)
    return holds && { ...holds, value: holds.value * amount.value }
  }
  if (dose?.value === undefined || !isCounted(dose)) return undefined
  const { mass, activity } = strengthOf(name)?.holds ?? {}
  if (mass !== undefined) return { dimension: 'mass', value: dose.value * mass }
  return activity === undefined ? undefined : { dimension: 'activity', value: dose.value * activity }
}

function strengthOfOne(name: string): Strength | undefined {
  const found = [...name.matchAll(STRENGTH)]
  const [only] = found
  // Two strengths are two ingredients; which of them the dose counts, the name does not say.
  if (!only || found.length > 1) return undefined
  const [text, value = '', unit = '', perValue, perUnit] = only
  const amount = inMeasure(value, unit)
  if (!amount) return undefined
  const volumes = [...name.replace(text, ' ').matchAll(VOLUME)].map((match) => Number(match[1]))
  if (perUnit === undefined) {
    if (volumes.length > 0 || !(SOLID.test(name) || DEVICE.test(name))) return undefined
    return { holds: { [amount.dimension]: amount.value }, use: useOf(name) }
  }
  if (perUnit !== 'ml' || !DEVICE.test(name)) return undefined
  const [volume, ...more] = volumes
  if (more.length > 0) return undefined
  if (volume === undefined) {
    // `10mg/0.2ml` of a device is what the device holds; `10mg/1ml` and `10mg/ml` of a vial need not be.
    if (perValue === undefined || /\b(vials?|cartridges?)\b/.test(name)) return undefined
    return { holds: { [amount.dimension]: amount.value, volume: Number(perValue) }, use: useOf(name) }
  }
  const total = (amount.value / Number(perValue ?? 1)) * volume
  return { holds: { [amount.dimension]: total, volume }, use: 'measured' }
}

const COUNTED =
  /^(pre-?filled (disposable )?(injection|syringe|pen)|disposable injection|injection|syringe|pen|vial|ampoule|tablet|capsule|auto-?injector|cartridge|device|suppository|sachet)s?$/

const saysCounted = remember(500, (unit) => COUNTED.test(unit.trim().toLowerCase()))

/** Whether the quantity counts what the strength is of: a pen, a tablet; a pack or a box is something else. */
export const isCounted = ({ unit, code }: r4.Quantity): boolean =>
  presentations.has(code) || (unit !== undefined && saysCounted(unit))

/** Whether two quantities are told in one unit, by code or else by its words. */
export const sameUnit = (a: r4.Quantity, b: r4.Quantity): boolean => {
  if (a.code !== undefined && b.code !== undefined) return a.code === b.code && a.system === b.system
  const plain = (unit = '') => unit.trim().toLowerCase().replace(/s$/, '')
  return a.unit !== undefined && plain(a.unit) === plain(b.unit)
}

interface Units {
  readonly low: number
  readonly high: number
}

const exactly = (units: number): Units => ({ low: units, high: units })

/** How many units of the quantity one dose takes, at least and at most. */
function unitsPerDose(dose: r4.Quantity, quantity: r4.Quantity, strength: Strength | undefined): Units | undefined {
  if (dose.value === undefined || dose.value <= 0) return undefined
  if (sameUnit(dose, quantity)) return exactly(dose.value)
  const asked = measured(dose)
  const supplied = measured(quantity, 1)
  if (asked && supplied) {
    return asked.dimension === supplied.dimension ? exactly(asked.value / supplied.value) : undefined
  }
  const held = asked && strength?.holds[asked.dimension]
  if (!asked || !strength || held === undefined || held <= 0 || !isCounted(quantity)) return undefined
  const units = asked.value / held
  const whole = Math.ceil(units - 1e-6)
  if (strength.use === 'measured') return exactly(units)
  const several = strength.use === 'dialled' || (strength.use === 'vial' && units <= 0.5)
  return { low: several ? units : whole, high: whole }
}

/** Days for which a dosage is to be taken, by its own bounds. */
export function boundsOf({ dosage }: ReadDosage): number | undefined {
  const repeat = dosage.timing?.repeat
  const days = daysOf(repeat?.boundsDuration)
  if (days !== undefined) return days
  const period = repeat?.boundsPeriod
  if (period === undefined) return undefined
  const start = rangeOf(period.start ?? '')
  const end = rangeOf(period.end ?? '')
  return start && end ? (end.high + 1 - start.low) / DAY : undefined
}

export interface Need {
  /** Units of the quantity for one supply, from fewest to most. */
  readonly low: number
  readonly high: number
  /** Doses of the supply at most. */
  readonly doses: number
  readonly days: number
}

/** What one supply needs; undefined when it cannot be worked out safely. */
export function needOf(
  prescription: r4.MedicationRequest,
  { medicine, dosages }: Pick<Directions, 'medicine' | 'dosages'>,
): Need | undefined {
  const request = prescription.dispenseRequest
  const quantity = request?.quantity
  if (quantity?.value === undefined || dosages.length === 0) return undefined
  const supply = daysOf(request?.expectedSupplyDuration)
  // Phases that follow each other need bounds of their own, or nobody knows how long each lasts.
  const [first] = dosages
  const phases = dosages.some(({ dosage }) => (dosage.sequence ?? 1) !== (first?.dosage.sequence ?? 1))
  const strength = strengthOf(medicine.name)
  const need = { low: 0, high: 0, doses: 0, days: 0 }
  for (const read of dosages) {
    const bounds = boundsOf(read)
    // Words of several phases may say anything but how long the structure lasts.
    const isComplex = read.words?.complex === true
    if (((phases || isComplex) && bounds === undefined) || !read.rate) return undefined
    // Without a length of supply the course is the supply, unless it is parted into repeats.
    const days = supply ?? ((request?.numberOfRepeatsAllowed ?? 0) === 0 ? bounds : undefined)
    if (days === undefined) return undefined
    const taken = Math.min(days, bounds ?? days)
    const perDose = dosePerTime(read.dosage, quantity, strength)
    if (!perDose) return undefined
    // "14 days, then 7 days off" may come round again while the supply lasts.
    const longest = isComplex && !phases ? days : taken
    const doses = Math.max(1, Math.ceil(read.rate.high * longest - 1e-6))
    const fewest = Math.max(1, Math.floor(read.rate.low * taken + 1e-6))
    need.low += isAsNeeded(read.dosage) ? 0 : fewest * perDose.low
    need.high += doses * perDose.high
    need.doses += doses
    need.days = Math.max(need.days, longest)
  }
  return need
}

function dosePerTime(dosage: r4.Dosage, quantity: r4.Quantity, strength: Strength | undefined): Units | undefined {
  const [given, ...more] = dosage.doseAndRate ?? []
  if (!given || more.length > 0) return undefined
  const { doseQuantity, doseRange } = given
  const low = doseQuantity ?? doseRange?.low
  const high = doseQuantity ?? doseRange?.high
  const fewest = low && unitsPerDose(low, quantity, strength)
  const most = high === low ? fewest : high && unitsPerDose(high, quantity, strength)
  return fewest && most ? { low: fewest.low, high: most.high } : undefined
}
