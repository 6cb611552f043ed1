/**
 * How often a medicine is taken by what stands beside the dose: the instruction to the patient, additional instructions,
 * notes. They speak of many things (food, sunlight, other medicines, blood tests, deliveries), so only clauses of which
 * every word is known to speak of taking this medicine are read.
 */
import { remember } from '../fhir/remember.ts'
import { type DoseWords, readWords } from './dose.ts'
import { tokensOf } from './dose-tokens.ts'
import {
  adverbs,
  amountUnits,
  counts,
  DAYS,
  moments,
  nouns,
  ordinals,
  shorthand,
  unitNames,
  weekdays,
} from './dose-vocabulary.ts'

const TAKING =
  'take taken taking inject injected use used using infuse infused inhale inhaled apply give given administer'
const JOINTS =
  'to be by mouth orally oral subcutaneously subcutaneous subcut sc im intramuscularly under the skin into via a an at in on and or of your this these it ' +
  'is should must do not never only per every each alternate up times time x / | with without food meal meals whole swallow swallowed contents water glass full plenty mane nocte'
const known = new Set([
  ...`${TAKING} ${JOINTS}`.split(' '),
  ...[adverbs, amountUnits, counts, DAYS, moments, ordinals, shorthand, unitNames].flatMap((words) =>
    Object.keys(words),
  ),
  ...nouns,
  ...weekdays.keys(),
])
const takes = new Set(TAKING.split(' '))

/** What changes the clause before it: it cannot be read without. */
const TURNING = /\b(?:for|if|when|unless|except|until|but|while|then|apart|instead|before starting|after)\b/
const isKnown = (token: string, own: ReadonlySet<string>): boolean =>
  known.has(token) || own.has(token) || /^(\d+(\.\d+)?|q\d+h)$/.test(token)

/** By the name of a medicine, then by the text: the two together would be a new text each time. */
const readers = remember(200, (name) => remember(50, (text) => read(text, name)))

function read(text: string, name: string): DoseWords | undefined {
  // A course of several phases is no schedule, whichever clause it is told in.
  if (readWords(text).complex) return undefined
  const own = new Set(tokensOf(name))
  const kept: string[] = []
  for (const sentence of text.split(/[.!?](?=\s|$)|[;\n]/)) {
    const clauses = sentence.split(/,(?!\d{3}\b)|\s[-–—]\s|[()]/)
    const isRead = (clause: string): boolean => tokensOf(clause).every((token) => isKnown(token, own))
    if (clauses.some((clause) => !isRead(clause) && TURNING.test(clause.toLowerCase()))) continue
    kept.push(...clauses.filter(isRead))
  }
  if (kept.every((clause) => clause.trim() === '')) return undefined
  const words = readWords(kept.join(', '))
  // 200 ml of water are no dose.
  return kept.some((clause) => /\bwater\b/i.test(clause)) ? { ...words, amounts: [] } : words
}

/**
 * What an instruction says of how often and how much; undefined when none of it speaks of taking the medicine.
 * @param name of the medicine
 */
export const readInstruction = (text: string, name: string): DoseWords | undefined => readers(name)(text)

const saysToTake = remember(1000, (text) => tokensOf(text).some((token) => takes.has(token)))

/** The same of a note, which is as often to the provider as it is of the dose: it must say that something is taken. */
export const readNote = (text: string, name: string): DoseWords | undefined =>
  saysToTake(text) ? readInstruction(text, name) : undefined

/** By the name of a medicine: whether every word of a text is known to speak of taking it. */
const whollyReaders = remember(200, (name) => {
  const own = new Set(tokensOf(name))
  return remember(50, (text) => tokensOf(text).every((token) => token === '|' || isKnown(token, own)))
})
export const isWhollyRead = (text: string, name: string): boolean => whollyReaders(name)(text)
