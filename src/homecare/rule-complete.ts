/** What a dosage leaves out: how much, how often, at most how often, or anything at all. */
import { remember } from '../fhir/remember.ts'
import type { r4 } from '../fhir/resource.ts'
import { isPlaceholder, saysStop } from './dose-placeholder.ts'
import { isWhollyRead } from './dose-instruction.ts'
import { tokensOf } from './dose-tokens.ts'
import { nouns } from './dose-vocabulary.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import { type Directions, eachDosage, isAsNeeded, type ReadDosage } from './prescription-view.ts'
import { HAS } from './traits.ts'

export const dosageSays: Check<Subject> = {
  codes: ['dosage-says-stop', 'dosage-says-nothing', 'dosage-incomplete'],
  asks: HAS.gap,
  run: (subject) => eachDosage(subject, (read, directions) => missingIn(subject, read, directions)),
}

function missingIn(subject: Subject, read: ReadDosage, directions: Directions): readonly Finding[] {
  const { text, timing, doseAndRate } = read.dosage
  const finding = (code: Finding['code'], words: string): readonly Finding[] => [
    { code, at: text === undefined ? read.at() : `${read.at()}.text`, words },
  ]
  if (text !== undefined) {
    if (saysStop(text)) {
      const words =
        'The text says that the medicine is not to be taken, and the prescription is live: it would be supplied. Cancel or stop the prescription, or correct the text.'
      return finding('dosage-says-stop', words)
    }
    if (read.words?.rate === undefined && isPlaceholder(text)) {
      const words =
        'The text says nothing that could be followed or printed on a label (a placeholder). Write how much is taken and how often.'
      return finding('dosage-says-nothing', words)
    }
  }
  if (timing && doseAndRate) return NOTHING
  const missing = text === undefined ? missingFromStructure(read.dosage) : missingFromWords(subject, read, directions)
  return missing === undefined ? NOTHING : finding('dosage-incomplete', missing)
}

function missingFromStructure({
  timing,
  doseAndRate,
  patientInstruction,
  additionalInstruction,
}: r4.Dosage): string | undefined {
  if (patientInstruction !== undefined || additionalInstruction) return undefined
  const missing = timing
    ? 'does not say how much is given'
    : doseAndRate
      ? 'does not say how often it is given'
      : 'says neither how much nor how often'
  return `There is no text, and the structure ${missing}. Write the whole instruction in text.`
}

/** Only words of which every one is understood can be said to leave something out. */
function missingFromWords(
  { medicines }: Subject,
  { dosage: { text = '', timing, doseAndRate, ...dosage }, words, coded, instructions }: ReadDosage,
  { medicine }: Directions,
): string | undefined {
  if (!words || words.complex || instructions.length > 0 || !isWhollyRead(text, medicine.name)) return undefined
  const isSaid = words.amounts.length > 0 || saysAmount(text)
  if (
    !timing &&
    !words.rate &&
    !coded &&
    !words.single &&
    (doseAndRate || isSaid) &&
    !isAsNeeded({ ...dosage, text })
  ) {
    return 'Neither the text nor the timing says how often the medicine is given. Say it in both.'
  }
  if (doseAndRate || isSaid || !words.rate || isOnSkin(text) || isApplied(medicines.routes.form(medicine.name))) {
    return undefined
  }
  return 'Neither the text nor doseAndRate says how much is given at a time. Say it in both.'
}

/** Something counted or measured: a number that is not one of times or days, or a thing by its name. */
const saysAmount = remember(1000, (text) => {
  const tokens = tokensOf(text)
  return tokens.some(
    (token, i) =>
      nouns.has(token) ||
      (/^\d/.test(token) &&
        !/^(?:times?|x|hours?|days?|weeks?|months?|to|or)$/.test(tokens[i + 1] ?? '') &&
        !/^(?:to|or|every)$/.test(tokens[i - 1] ?? '')),
  )
})

/** "Apply twice daily" is a whole direction. */
const isOnSkin = (text: string): boolean => /\b(?:apply|applied|use|used|inhaled?|infuse)\b/i.test(text)
const isApplied = (form: { readonly routes: readonly string[] } | undefined): boolean =>
  form !== undefined &&
  !form.routes.includes('oral') &&
  form.routes.some((route) => /^(?:topical|nasal|inhaled|ocular|otic|rectal)$/.test(route))

/** What limits how often a medicine is taken as needed, or makes it a matter of one time. */
const LIMIT =
  /\b(?:max\w*|(?:no|not) more|exceed\w*|up to|once|twice|times|every|each|hourly|daily|nightly|night|morning|bedtime|single|stat|repeat\w*|per|before|after|with|until|during|chart|protocol|plan|\d+ ?x|x ?\d+|[btq]d[sd]?|od|qds|emergency|emergencies|attacks?|cris[ei]s|bleed\w*|anaphyla\w*|unconscious|seizure\w*|hypoglyc\w*|hypo|apply|applied|instil|rinse|gargle|moisturise\w*|bath|wash)\b/i
const isLimited = remember(1000, (text) => LIMIT.test(text))

export const asNeededLimit: Check<Subject> = {
  codes: ['as-needed-without-limit'],
  asks: HAS.leftToPatient,
  run: (subject) =>
    eachDosage(subject, (read, { known, medicine }) => {
      const { dosage, rate, coded, words } = read
      const { text = '', patientInstruction = '', timing } = dosage
      if (rate || coded || words?.rate || timing?.repeat?.count !== undefined || !isAsNeeded(dosage)) return NOTHING
      if (dosage.maxDosePerPeriod || dosage.maxDosePerLifetime || isLimited(text) || isLimited(patientInstruction))
        return NOTHING
      // What is never taken as needed is found by the rules for that; what is put on the skin needs no limit.
      if (medicine.name === '' || known.weekly || known.interval) return NOTHING
      if (isApplied(subject.medicines.routes.form(medicine.name))) return NOTHING
      const diagnostics =
        'As needed, and nothing says how often at most: whoever is in need goes on. Say the shortest time between two doses or the most in a day, in the text and in maxDosePerPeriod or timing.'
      return [{ code: 'as-needed-without-limit', at: `${read.at()}.asNeeded`, words: diagnostics }]
    }),
}
