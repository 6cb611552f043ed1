/** What changes from play to play: identifiers nobody has used, today, and what earlier answers said. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { mod37Check } from '../homecare/identifiers.ts'

const makers: Readonly<Record<string, (now: number) => string>> = {
  uuid: () => randomUUID(),
  'order-number': orderNumber,
  'nhs-number': nhsNumber,
  today: (now) => new Date(now).toISOString().slice(0, 10),
  now: (now) => new Date(now).toISOString(),
}

/** A prescription order number with its check character. */
function orderNumber(): string {
  const digits = randomBytes(9).toString('hex').toUpperCase()
  const stem = `${digits.slice(0, 6)}-${digits.slice(6, 12)}-${digits.slice(12, 17)}`
  return stem + mod37Check(stem.replaceAll('-', ''))
}

/** A number of the range 999 that is never given to a patient, with its check digit (modulus 11). */
function nhsNumber(): string {
  for (;;) {
    const digits = `999${String(randomInt(0, 1_000_000)).padStart(6, '0')}`
    const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0)
    const check = (11 - (sum % 11)) % 11
    if (check !== 10) return `${digits}${check}`
  }
}

export class Variables {
  private readonly values = new Map<string, string>()
  private readonly now: () => number

  /** @param now ms since the epoch */
  constructor(now: () => number) {
    this.now = now
  }

  keep(name: string, value: string): void {
    this.values.set(name, value)
  }

  /** For FHIRPath, as `%name`. */
  environment(): Record<string, string> {
    return Object.fromEntries(this.values)
  }

  /**
   * `${name}`: a kept value; `${uuid:name}` and its like: one that is made at first use and the same ever after.
   * @throws Error naming a variable that nothing has given
   */
  fill(text: string): string {
    return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
      const known = this.values.get(name)
      if (known !== undefined) return known
      const make = makers[name.split(':', 1)[0] ?? '']
      if (make === undefined) throw new Error(`The variable \${${name}} was given by no earlier answer.`)
      const made = make(this.now())
      this.values.set(name, made)
      return made
    })
  }

  /** The same in every string of a JSON value. */
  fillAll(value: unknown): unknown {
    if (typeof value === 'string') return this.fill(value)
    if (Array.isArray(value)) return value.map((item) => this.fillAll(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.fillAll(member)]))
  }
}
