/**
 * What a pharmacist keeps up to date: medicines that are given once a week or less often, controlled drugs, tolerances. Medicines are
 * recognised by a code, or by words of the name they were prescribed under.
 */
import { remember } from '../fhir/remember.ts'
import type { r4 } from '../fhir/resource.ts'
import { productForm, type ProductForm } from './product-form.ts'
import { createRoutes, type Routes, type RoutesTable } from './routes.ts'

/** How a medicine is recognised. */
interface Recognised {
  readonly name: string
  /** Whole words, lower case, all of which the product name holds. */
  readonly words: readonly string[]
  /** Codes of dm+d, under its own system or that of SNOMED CT. */
  readonly codes?: readonly string[]
  /** Words of which one excludes the product: another form, another strength, another law. */
  readonly unless?: readonly string[]
  /** Other names, of which one alone is enough: brands, spellings of other times and countries. */
  readonly names?: readonly string[]
}

export interface WeeklyMedicine extends Recognised {
  readonly dosesPerWeek: number
}

/** A medicine that is given every so many days, never every day. */
export interface IntervalMedicine extends Recognised {
  /** Days between two doses, the shortest that is licensed. */
  readonly days: number
  /** The same for doses to begin with; as `days` when absent. */
  readonly loadingDays?: number
}

export interface ControlledDrug extends Recognised {
  readonly schedule: 1 | 2 | 3
}

/** The most of a medicine that is known to be given. */
export interface DoseLimit extends Recognised {
  /** Of all limits of the row: milligrams, or international units. */
  readonly unit: 'mg' | 'unit'
  readonly perDose?: number
  readonly perDay?: number
  readonly perWeek?: number
  /** Where the table's own tolerance is not the right one: how many times the most is refused. */
  readonly refuseAbove?: number
}

/** A medicine of which no brand stands for another. */
export type Biologic = Recognised

/** A medicine and the routes by which it kills. */
export interface DeadlyRoute extends Recognised {
  readonly routes: readonly string[]
}

/** How many times the most that is given is warned of, and refused. */
export interface DoseTolerance {
  readonly warnAbove: number
  readonly refuseAbove: number
}

/** How many times as often as licensed is too often. */
export interface IntervalTolerance {
  readonly warnAbove: number
  readonly refuseAbove: number
}

/** Factors of the quantity that dose, frequency and duration come to. */
export interface QuantityTolerance {
  readonly refuseBelow: number
  readonly warnBelow: number
  readonly warnAbove: number
  readonly refuseAbove: number
  /** Units more than needed that are no fault in any case: a pack is not opened. */
  readonly spareUnits: number
}

export interface MedicinesTable {
  readonly weeklyMedicines: readonly WeeklyMedicine[]
  readonly intervalMedicines: readonly IntervalMedicine[]
  readonly doseLimits: readonly DoseLimit[]
  readonly biologics: readonly Biologic[]
  /** Other medicines that are prescribed by brand. */
  readonly byBrand: readonly Recognised[]
  readonly controlledDrugs: readonly ControlledDrug[]
  readonly routes: RoutesTable
  readonly deadlyRoutes: readonly DeadlyRoute[]
  /** Where a controlled drug must go instead, by schedule. */
  readonly controlledDrugRoutes: Readonly<Record<'1' | '2' | '3', string>>
  readonly quantityTolerance: QuantityTolerance
  readonly intervalTolerance: IntervalTolerance
  readonly doseTolerance: DoseTolerance
  /** Codes of https://fhir.nhs.uk/CodeSystem/prescription-type for homecare. */
  readonly homecarePrescriptionTypes: readonly string[]
}

/** What the tables of medicines say of one. */
export interface KnownMedicine {
  readonly weekly: WeeklyMedicine | undefined
  readonly interval: IntervalMedicine | undefined
  readonly limit: DoseLimit | undefined
  readonly controlled: ControlledDrug | undefined
  readonly biologic: Biologic | undefined
  readonly deadly: DeadlyRoute | undefined
  /** What is prescribed by brand, where every name of it is the generic one. */
  readonly unbranded: { readonly name: string } | undefined
  /** What the product is, where its name leaves no doubt. */
  readonly form: ProductForm | undefined
}

export interface Medicines {
  readonly table: MedicinesTable
  /** Looked up once for all rules that ask. */
  known(medicine: Medicine): KnownMedicine
  readonly routes: Routes
}

/** A medicine as prescribed: what it is called, lower case, and its codes. */
export interface Medicine {
  readonly name: string
  readonly codes: readonly string[]
}

/** Without accents, widths and characters that take no room: a name reads the same with and without them. */
const lowerCase = remember(2000, (name) =>
  name
    .normalize('NFKD')
    .replace(/[\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/\u03bc/g, 'µ')
    .toLowerCase(),
)
/** `70 mg` is the word `70mg`. */
const withUnits = (name: string): string =>
  name.replace(/(\d)\s+(?=(?:mg|mcg|micrograms?|g|ml|units?|%)(?![a-z]))/g, '$1')
/** How deep what is made up may stand in what is made up. */
export const MADE_UP_DEPTH = 4
/** Stands in a name between what a product is called and what is in it. */
export const INGREDIENT = ' |+| '

const wordsOf = (name: string): ReadonlySet<string> => new Set(name.split(/[^a-z0-9.%µ]+/))

/** The names and codes by which a concept says a medicine. */
export function medicineOf(concept: r4.CodeableConcept | undefined): Medicine {
  let name = concept?.text
  const codes: string[] = []
  for (const { display, code } of concept?.coding ?? []) {
    if (display !== undefined) name = name === undefined ? display : `${name} | ${display}`
    if (code !== undefined) codes.push(code)
  }
  return { name: lowerCase(name ?? ''), codes }
}

/**
 * Makes the table quick to ask: by code, and by the first of the words a medicine is recognised by.
 * @throws Error when a row cannot recognise anything
 */
export function createMedicines(table: MedicinesTable): Medicines {
  const codes = new Set<string>()
  const finderOf = <T extends Recognised>(rows: readonly T[]): ((medicine: Medicine) => T | undefined) => {
    for (const row of rows) for (const code of row.codes ?? []) codes.add(code)
    return finder(rows)
  }
  const weekly = finderOf(table.weeklyMedicines)
  const interval = finderOf(table.intervalMedicines)
  const limit = finderOf(table.doseLimits)
  const controlled = finderOf(table.controlledDrugs)
  const biologic = finderOf(table.biologics)
  const deadly = finderOf(table.deadlyRoutes)
  const byBrand = finderOf(table.byBrand)
  const unbranded = (medicine: Medicine): Recognised | undefined => {
    const row = biologic(medicine) ?? byBrand(medicine)
    const names = productOf(medicine.name).split(' | ')
    return row && names.every((name) => !isBranded(name, row)) ? row : undefined
  }
  const find = (medicine: Medicine): KnownMedicine => ({
    weekly: weekly(medicine),
    interval: interval(medicine),
    limit: limit(medicine),
    controlled: controlled(medicine),
    biologic: biologic(medicine),
    deadly: deadly(medicine),
    unbranded: unbranded(medicine),
    form: productForm(productOf(medicine.name)),
  })
  const byName = remember(2000, (name) => find({ name, codes: [] }))
  // By a code that some table has, then by the name: a medicine is sent under few names.
  const byCode = new Map([...codes].map((code) => [code, remember(50, (name) => find({ name, codes: [code] }))]))
  const known = (medicine: Medicine): KnownMedicine => {
    let reader: ((name: string) => KnownMedicine) | undefined
    for (const code of medicine.codes) {
      const one = byCode.get(code)
      if (one === undefined || one === reader) continue
      if (reader) return find(medicine)
      reader = one
    }
    return (reader ?? byName)(medicine.name)
  }
  return {
    table,
    known,
    routes: createRoutes(table.routes),
  }
}

/** In brackets, and no brand: how it is made or given, and the plural. */
const NO_BRAND = /^(?:rbe|rdna.*|recombinant.*|human.*|porcine|bovine|prb|crb|intra.*|sub.*|via .*|for .*|e?s)$/

/** Whether a name is that of a product: its brand comes first, is known, or stands in brackets. */
function isBranded(name: string, { words, names = [] }: Recognised): boolean {
  const all = wordsOf(name)
  if (!name.trimStart().startsWith(words[0] ?? '') || names.some((brand) => all.has(brand))) return true
  return [...name.matchAll(/\(([^)]*)/g)].some(([, inner = '']) => /[a-z]/.test(inner) && !NO_BRAND.test(inner))
}

/** A name without what is in it. */
const productOf = (name: string): string => name.split(INGREDIENT, 1)[0] ?? ''

function finder<T extends Recognised>(rows: readonly T[]): (medicine: Medicine) => T | undefined {
  const byCode = new Map<string, T>()
  const byWord = new Map<string, { readonly row: T; readonly words: readonly string[] }[]>()
  for (const row of rows) {
    if (row.words.length === 0) throw new Error(`The medicine "${row.name}" has no word to be recognised by.`)
    for (const code of row.codes ?? []) byCode.set(code, row)
    for (const words of [row.words, ...(row.names ?? []).map((name) => [name])]) {
      const [first = ''] = words
      byWord.set(first, [...(byWord.get(first) ?? []), { row, words }])
    }
  }
  const byName = remember(2000, (written): T | undefined => {
    const name = withUnits(written)
    const words = wordsOf(name)
    const [product = '', ...ingredients] = name.split(INGREDIENT)
    // What one of several names excludes the others may still say; an ingredient does not say in what strength it is in.
    const excluded = ({ unless = [] }: T, word: string): boolean => {
      if (unless.length === 0) return false
      const holding = (names: readonly string[]) => names.filter((one) => wordsOf(one).has(word))
      const own = holding(product.split(' | '))
      return (own.length > 0 ? own : holding(ingredients)).every((one) => unless.some((phrase) => one.includes(phrase)))
    }
    for (const word of words) {
      const found = byWord
        .get(word)
        ?.find((one) => one.words.every((other) => words.has(other)) && !excluded(one.row, word))
      if (found) return found.row
    }
    return undefined
  })
  return ({ name, codes }) => {
    for (const code of codes) {
      const row = byCode.get(code)
      if (row) return row
    }
    return byName(name)
  }
}
