/** The words of a dose instruction as tokens: lower case, numbers as digits, `|` between clauses. */

const written: Readonly<Record<string, string>> = {
  tab: 'tablet',
  tabs: 'tablets',
  cap: 'capsule',
  caps: 'capsules',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
  ten: '10',
  eleven: '11',
  twelve: '12',
  fourteen: '14',
  fifteen: '15',
  twenty: '20',
  thirty: '30',
  half: '0.5',
  '½': '0.5',
}

/** Abbreviated Latin with full stops, as it is written: `b.d.` is `bd`. */
const DOTTED = /\b([a-z])\.([a-z])\.(?:([a-z])(?:\.|(?![a-z])))?/g

/** The words, numbers and signs of directions, in lower case, with abbreviations and fractions brought to one form. */
export function tokensOf(text: string): string[] {
  const parted = text
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[µμ]g\b/g, ' mcg')
    .replace(DOTTED, '$1$2$3 ')
    .replace(/(\d),(?=\d{3}\b)/g, '$1')
    .replace(/(\d)\s*[-–—]\s*(?=\d)/g, '$1 to ')
    .replace(/\b(q\d+[hw])\b|(\d)(?=[a-z])/g, (_, coded: string | undefined, digit: string | undefined) =>
      coded === undefined ? `${digit} ` : coded,
    )
    .replace(/\bx\s*(?=\d)/g, 'x ')
    .replace(/[,;()[\]:!?]|\.(?!\d)|\s[-–—]\s/g, ' | ')
    .replace(/\//g, ' / ')
    .replace(/[-–—'’"]/g, ' ')
  return parted
    .split(/\s+/)
    .filter((token) => token !== '')
    .map((token) => written[token] ?? token)
}

/** Tokens as one text in which every word stands between spaces, to look for phrases in. */
export const spaced = (tokens: readonly string[]): string => ` ${tokens.join(' ')} `

/** The one match of a pattern in the spaced words of a text; undefined where there are none or several. */
export function onlyMatch(text: string, pattern: RegExp): RegExpExecArray | undefined {
  const found = [...spaced(tokensOf(text)).matchAll(pattern)]
  return found.length === 1 ? found[0] : undefined
}

/**
 * The tokens without what does not say how often: durations (`for 10 days`), limits (`max 4 in 24 hours`), and what is
 * not to be done (`not daily`), each to the end of its clause. The marks between clauses go too.
 */
export function withoutAsides(tokens: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? ''
    if (isAside(tokens, i)) {
      while (i + 1 < tokens.length && tokens[i + 1] !== '|') i++
    } else if (
      token === 'for' &&
      /^\d/.test(tokens[i + 1] ?? '') &&
      /^(days?|weeks?|months?|years?)$/.test(tokens[i + 2] ?? '') &&
      !(/^(a|per|each|every|\/)$/.test(tokens[i + 3] ?? '') && /^w(ee)?ks?$/.test(tokens[i + 4] ?? ''))
    ) {
      i += 2
    } else if (token !== '|') {
      kept.push(token)
    }
  }
  return kept
}

const isAside = (tokens: readonly string[], i: number): boolean => {
  const token = tokens[i] ?? ''
  if (/^(max|maximum|not|never|dont)$/.test(token)) return true
  return token === 'no' && tokens[i + 1] === 'more'
}

/** The number that a token is. */
export const numberAt = (tokens: readonly string[], i: number): number | undefined => {
  const token = tokens[i]
  return token !== undefined && /^\d+(\.\d+)?$/.test(token) ? Number(token) : undefined
}
