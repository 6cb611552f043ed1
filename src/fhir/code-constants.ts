import type { Unit } from './fhirpath-code.ts'

/** The constants of one piece of generated code, each written once. */
export class Constants implements Unit {
  readonly lines: string[] = []
  readonly #names = new Map<string, string>()

  /** Name of the constant with this JavaScript value. */
  constant(prefix: string, javaScript: string): string {
    const known = this.#names.get(javaScript)
    if (known !== undefined) return known
    const name = `${prefix}${this.#names.size}`
    this.#names.set(javaScript, name)
    this.lines.push(`const ${name} = ${javaScript}`)
    return name
  }
}
