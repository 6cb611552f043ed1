/** The part of `@lhncbc/ucum-lhc` that is used here; the package has no types of its own. */
declare module '@lhncbc/ucum-lhc' {
  interface Validation {
    readonly status: 'valid' | 'invalid' | 'error'
    /** The code in its valid form; differs from what was asked when the library repaired it. */
    readonly ucumCode: string | null
  }
  interface BaseUnits {
    readonly status: 'succeeded' | 'failed' | 'invalid' | 'error'
    readonly magnitude?: number
    readonly unitToExp?: Readonly<Record<string, number>>
    readonly fromUnitIsSpecial?: boolean
  }
  export interface Utilities {
    validateUnitString(code: string): Validation
    convertToBaseUnits(from: string, value: number): BaseUnits
  }
  export const UcumLhcUtils: { getInstance(): Utilities }
}
