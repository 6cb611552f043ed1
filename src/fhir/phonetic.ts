/**
 * How names sound, for the search parameter `phonetic` (https://hl7.org/fhir/R4/patient.html#search). R4 leaves the
 * algorithm open; this is American Soundex (https://www.archives.gov/research/census/soundex), word by word.
 */

/** The letters that sound alike; the others are vowels, or h and w, which are not heard. */
const SOUNDS: ReadonlyMap<string, string> = new Map(
  Object.entries({ 1: 'bfpv', 2: 'cgjkqsxz', 3: 'dt', 4: 'l', 5: 'mn', 6: 'r' }).flatMap(([digit, letters]) =>
    [...letters].map((letter) => [letter, digit] as const),
  ),
)
const LENGTH = 4

/** @param text as `normalise` leaves it: lower case, without accents; each word as its sound, e.g. `s530` */
export const soundsOf = (text: string): string[] =>
  text
    .replaceAll(/['’]/g, '')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
    .map((word) => (/^[a-z]+$/.test(word) ? soundOf(word) : word))

function soundOf(word: string): string {
  let sound = word[0] ?? ''
  let last = SOUNDS.get(sound)
  for (const letter of word.slice(1)) {
    const digit = SOUNDS.get(letter)
    if (digit !== undefined && digit !== last) sound += digit
    // Between two letters that sound alike a vowel is heard, h and w are not.
    if (letter !== 'h' && letter !== 'w') last = digit
  }
  return sound.slice(0, LENGTH).padEnd(LENGTH, '0')
}
