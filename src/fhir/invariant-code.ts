/** The R4 constraints that are not compiled from their FHIRPath, and why each of them is not. */
import { type ConditionCode, type ConditionOptions, conditionCode, type Unit } from './fhirpath-code.ts'

/**
 * A constraint of R4 or of a profile as JavaScript.
 * @throws NotCompiled when the expression has a construct that is left to fhirpath's evaluator
 */
export function constraintCode(expression: string, options: ConditionOptions, unit: Unit): ConditionCode {
  if (COVERED.has(expression)) return { javaScript: 'true', throws: false }
  const javaScript = BY_HAND[expression]
  if (javaScript !== undefined) return { javaScript: `(${javaScript})`, throws: false }
  return conditionCode(mended(expression), options, unit)
}

/** What the structure step says already, in words of its own: by expression, since R4 uses some keys twice. */
const COVERED: ReadonlySet<string> = new Set([
  // ele-1: an element has a value or children; JSON has it that no object, list or string is empty
  'hasValue() or (children().count() > id.count())',
  // dom-2, dom-3
  'contained.contained.empty()',
  "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()",
  // txt-1, txt-2: a function that no library but the publisher's own has
  'htmlChecks()',
])

export const isCovered = (expression: string): boolean => COVERED.has(expression)

/** Equivalents written by hand, by expression. */
const BY_HAND: Readonly<Record<string, string>> = {
  // bdl-3, bdl-4, bdl-7: one pass over entries instead of a call for each
  "entry.all(request.exists() = (%resource.type = 'batch' or %resource.type = 'transaction' or %resource.type = 'history'))":
    "entriesHave(o.entry, 'request', R.type === 'transaction' || R.type === 'batch' || R.type === 'history')",
  "entry.all(response.exists() = (%resource.type = 'batch-response' or %resource.type = 'transaction-response' or %resource.type = 'history'))":
    "entriesHave(o.entry, 'response', R.type === 'transaction-response' || R.type === 'batch-response' || R.type === 'history')",
  "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()":
    "o.type === 'history' || fullUrlsDiffer(o.entry)",
  // rng-2: quantities
  'low.empty() or high.empty() or (low <= high)': 'isRange(o.low, o.high)',
  // csd-1: `code` is found by name alone, which the compiler does not do where some element of that name is a choice
  'concept.code.combine($this.descendants().concept.code).isDistinct()': 'conceptCodesDiffer(o.concept)',
  // sdf-9: as csd-1, for `label` and `code`
  "children().element.where(path.contains('.').not()).label.empty() and children().element.where(path.contains('.').not()).code.empty() and children().element.where(path.contains('.').not()).requirements.empty()":
    'isRootBare(o.snapshot) && isRootBare(o.differential)',
}

/**
 * What is asked instead, where the published expression does not say what its text says. The publisher's own
 * validator mends the same ones.
 */
const MENDED: Readonly<Record<string, string>> = {
  // que-12: "more than one" is not "more than two"
  'enableWhen.count() > 2 implies enableBehavior.exists()': 'enableWhen.count() > 1 implies enableBehavior.exists()',
  // vs-1: what is no dateTime need not be precise to the day
  '($this as dateTime).toString().length() >= 8':
    '($this is dateTime).not() or ($this as dateTime).toString().length() >= 8',
  // the -0 rules: optional, and the whole name must match
  "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')": "name.empty() or name.matches('^[A-Z]([A-Za-z0-9_]){0,254}$')",
}

/** What is asked for a published expression. */
export const mended = (expression: string): string => MENDED[expression] ?? expression
