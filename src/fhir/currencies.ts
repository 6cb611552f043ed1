/** Currencies (ISO 4217), as the platform lists them. */

/** What is counted in and is no money in anybody's hand: metals, funds, units of account, none and tests. */
const OTHERS = 'XXX XTS XAG XAU XPD XPT XBA XBB XBC XBD XDR XSU XUA CHE CHW BOV CLF COU MXV USN UYI UYW'.split(' ')

let known: ReadonlySet<string> | undefined

/** Whether a code is a currency of today; codes are in capitals. */
export function isCurrency(code: string): boolean {
  known ??= new Set([...Intl.supportedValuesOf('currency'), ...OTHERS])
  return known.has(code)
}
