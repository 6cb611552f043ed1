/**
 * Ways of writing a dose that people misread: what is said is right, and is read as ten or a thousand times as much, or
 * as another interval. The lists of such notations agree on them.
 */

import { remember } from '../fhir/remember.ts'

interface Notation {
  readonly pattern: RegExp
  /** What it is, and what to write instead. */
  readonly words: string
}

const UNIT = '(?:mg|g|ml|mcg|micrograms?|nanograms?|units?|iu|tablets?|capsules?)\\b'

/** Misread as ten times the dose, or as another interval. */
const unsafe: readonly Notation[] = [
  {
    pattern: new RegExp(`(?<![\\d.])\\.\\d+\\s*${UNIT}`, 'i'),
    words:
      'A decimal point without a digit before it is overlooked, and ten times the dose is given: write 0.5, not .5.',
  },
  {
    pattern: new RegExp(`\\d\\.0+\\s*${UNIT}`, 'i'),
    words: 'The point of 5.0 is overlooked, and ten times the dose is given: write 5, not 5.0.',
  },
  {
    pattern: new RegExp(`\\d,\\d{1,2}\\s*${UNIT}`, 'i'),
    words: 'The comma of 1,5 is overlooked, and ten times the dose is given: write 1.5, with a point.',
  },
  { pattern: /\d\s*U\b/, words: 'U is read as a nought, and ten times the dose is given: write units in full.' },
  {
    pattern: /\bbi-?(?:weekly|monthly)\b/i,
    words: 'This word is read as twice in the time and as once in two: write twice a week, or every two weeks.',
  },
]

/** Better written in full. */
const abbreviated: readonly Notation[] = [
  {
    pattern: /\d\s*(?:mcg|[µμ]g|ug|ng)\b/i,
    words: 'Micrograms and nanograms are written in full: their abbreviations are taken for milligrams.',
  },
  { pattern: /\d\s*I\.?U\b/i, words: 'International units are written in full, as units: IU is taken for IV.' },
]

const wordsOf = (text: string, notations: readonly Notation[]): string[] =>
  notations.filter(({ pattern }) => pattern.test(text)).map(({ words }) => words)

/** What of the two lists stands in a text. */
export const notationsIn = remember(1000, (text) => ({
  unsafe: wordsOf(text, unsafe),
  abbreviated: wordsOf(text, abbreviated),
}))
