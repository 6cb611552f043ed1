/**
 * A MeasureReport against the Measure that it reports (https://hl7.org/fhir/R4/measurereport.html): every group,
 * population and stratifier of the measure once and no others, a score where the measure has one, and the subjects
 * where the report is a list of them.
 */
import type { PlacedAnswer } from './answers.ts'
import type { Issue, ProblemKey } from './problem.ts'
import type { r4 } from './resource.ts'

type Concept = r4.CodeableConcept
type Group = r4.MeasureGroup
type ReportGroup = r4.MeasureReportGroup

const POPULATION = 'http://terminology.hl7.org/CodeSystem/measure-population'
const SCORED = ['proportion', 'ratio', 'continuous-variable']
/** Quality reports of the United States put some scores here. */
const OTHER_SCORE = 'http://hl7.org/fhir/us/davinci-deqm/StructureDefinition/extension-alternateScoreType'

/**
 * @param answer a MeasureReport whose structure is right
 * @param measure what it reports; undefined if that is not known here
 */
export function measureReportIssues({ answer, root }: PlacedAnswer, measure: r4.Measure | undefined): Issue[] {
  if (measure === undefined) {
    const diagnostics = 'The measure is not known here: the report was not checked against it.'
    return [{ key: 'measure-unknown', expression: `${root}.measure`, diagnostics }]
  }
  const reader = new Reader(measure, answer as unknown as r4.MeasureReport)
  reader.groups(root)
  return reader.issues
}

interface Part {
  readonly code?: Concept | undefined
}

/** What is reported of a part of the measure; R4 gives a stratifier a list of codes. */
interface ReportedPart {
  readonly code?: Concept | readonly Concept[] | undefined
}

class Reader {
  readonly issues: Issue[] = []
  private readonly measure: r4.Measure
  private readonly report: r4.MeasureReport

  constructor(measure: r4.Measure, report: r4.MeasureReport) {
    this.measure = measure
    this.report = report
  }

  groups(root: string): void {
    const [only, ...others] = this.measure.group ?? []
    const reported = this.report.group ?? []
    if (only === undefined) return
    const [single] = reported
    // The only group needs no name, but if both give it one they mean the same.
    if (others.length === 0 && single && reported.length === 1) {
      const at = `${root}.group[0]`
      if (only.code && single.code && !shareCoding(only.code, single.code)) this.unknown(at, 'group')
      this.group(only, single, at)
      return
    }
    const pairs = this.pair('group', [only, ...others], reported, root, this.report.type === 'data-collection')
    for (const { part, sent, at } of pairs) this.group(part, sent, at)
  }

  private group(group: Group, sent: ReportGroup, at: string): void {
    const counted = (group.population ?? []).filter(({ code }) => !has(code, POPULATION, 'measure-observation'))
    const observed = (group.population ?? []).filter((each) => !counted.includes(each))
    const populations = this.pair('population', counted, sent.population ?? [], at, false, observed)
    for (const { sent: population, at: place } of populations) this.subjects(population, place)
    this.score(sent, at)
    this.pair('stratifier', group.stratifier ?? [], sent.stratifier ?? [], at, false)
  }

  /**
   * What is reported, with the part of the measure that has its code; every part is there, and once.
   * @param at FHIRPath of what holds the parts
   * @param optional parts that may be left out
   */
  private pair<P extends Part, S extends ReportedPart>(
    name: string,
    parts: readonly P[],
    reported: readonly S[],
    at: string,
    isPartial: boolean,
    optional: readonly P[] = [],
  ): { readonly part: P; readonly sent: S; readonly at: string }[] {
    const found = new Map<P, { readonly part: P; readonly sent: S; readonly at: string }>()
    for (const [index, sent] of reported.entries()) {
      const place = `${at}.${name}[${index}]`
      const codes = Array.isArray(sent.code)
        ? (sent.code as readonly Concept[])
        : sent.code
          ? [sent.code as Concept]
          : []
      const part = [...parts, ...optional].find(({ code }) => code && codes.some((each) => isSame(each, code)))
      if (part === undefined) this.unknown(place, name)
      else if (found.has(part)) this.say('measure-part-unknown', `${place}.code`, `Another ${name} has this code.`)
      else found.set(part, { part, sent, at: place })
    }
    for (const part of isPartial ? [] : parts) {
      if (found.has(part)) continue
      this.say('measure-part-missing', `${at}.${name}`, `The measure has a ${name} that is not reported.`)
    }
    return [...found.values()]
  }

  private unknown(at: string, name: string): void {
    this.say('measure-part-unknown', `${at}.code`, `The code must be that of a ${name} of the measure.`)
  }

  /** Subjects are listed by a subject list alone, and by that all of them. */
  private subjects({ count, subjectResults }: r4.MeasureReportGroupPopulation, at: string): void {
    const listed = Array.isArray(subjectResults) ? subjectResults.length : subjectResults === undefined ? 0 : 1
    if (this.report.type === 'subject-list') {
      if (count === undefined || count === listed) return
      this.say('measure-subjects', `${at}.count`, 'A subject list refers to as many subjects as it counts.')
      return
    }
    if (listed > 0) {
      this.say('measure-subjects', `${at}.subjectResults`, 'Subjects are listed by reports of the type subject-list.')
    }
    if (count === undefined) {
      this.say('measure-subjects', `${at}.count`, 'A report that lists no subjects should count them.', 'warning')
    }
  }

  private score({ measureScore: score }: ReportGroup, at: string): void {
    const kind = SCORED.find((code) => has(this.measure.scoring, undefined, code))
    const place = `${at}.measureScore`
    const isBare = this.report.type === 'data-collection' || has(this.measure.scoring, undefined, 'cohort')
    if (isBare && score !== undefined) {
      this.say('measure-score', place, 'A cohort is not scored, and neither are data that are only collected.')
    }
    if (isBare || kind === undefined) return
    if (score === undefined) {
      this.say('measure-score', at, `A measure of the scoring ${kind} has a score in every group.`)
      return
    }
    const value = score.value ?? (score.extension?.some(({ url }) => url === OTHER_SCORE) ? 0 : undefined)
    if (kind === 'proportion') {
      for (const name of ['unit', 'system', 'code'] as const) {
        if (score[name] !== undefined) this.say('measure-score', `${place}.${name}`, 'A proportion has no unit.')
      }
    }
    if (value === undefined) this.say('measure-score', place, 'A score has a value.')
    else if (kind === 'proportion' && (value < 0 || value > 1)) {
      this.say('measure-score', `${place}.value`, 'A proportion is a number from 0 to 1.')
    }
  }

  private say(key: ProblemKey, expression: string, diagnostics: string, severity?: 'warning'): void {
    this.issues.push({ key, expression, diagnostics, ...(severity && { severity }) })
  }
}

const has = (concept: Concept | undefined, system: string | undefined, code: string): boolean =>
  concept?.coding?.some((coding) => coding.code === code && (system === undefined || coding.system === system)) ?? false

/** Whether two concepts mean the same: by a coding or, where neither has any, by their words. */
const isSame = (one: Concept, other: Concept): boolean =>
  one.coding === undefined && other.coding === undefined
    ? one.text !== undefined && one.text === other.text
    : shareCoding(one, other)

const shareCoding = (one: Concept, other: Concept): boolean =>
  one.coding?.some(({ system = '', code }) => code !== undefined && has(other, system, code)) ?? false
