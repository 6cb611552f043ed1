/** A report against its measure; the verdicts and places are those of HL7's validator. */
import t from 'tap'
import { measureReportIssues } from '../../src/fhir/measure-report.ts'
import { operationOutcome, severityOf } from '../../src/fhir/problem.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'

type Loose = Record<string, unknown>

const POPULATION = 'http://terminology.hl7.org/CodeSystem/measure-population'
const SCORING = 'http://terminology.hl7.org/CodeSystem/measure-scoring'
const coded = (code: string, system = POPULATION): Loose => ({ coding: [{ system, code }] })
const criteria = { language: 'text/fhirpath', expression: 'true' }

const asked = (codes: readonly string[], more: Loose = {}): Loose => ({
  ...{ population: codes.map((code) => ({ code: coded(code), criteria })), ...more },
})
const reported = (codes: readonly string[], more: Loose = {}): Loose => ({
  ...{ population: codes.map((code) => ({ code: coded(code), count: 2 })), ...more },
})

/** Code and places of each issue, a warning with its severity before. */
function told(groups: Loose[] | undefined, sent: Loose[] | undefined, scoring = 'cohort', type = 'summary'): string[] {
  const measure: Loose = { resourceType: 'Measure', status: 'active', group: groups, scoring: coded(scoring, SCORING) }
  const answer: Loose = { resourceType: 'MeasureReport', status: 'complete', type, group: sent }
  const issues = measureReportIssues(
    { answer: answer as unknown as Resource, root: 'R' },
    measure as unknown as r4.Measure,
  )
  return issues.map((issue) => {
    const places = operationOutcome([issue]).issue[0]?.expression?.join(' ')
    const severity = severityOf(issue) === 'error' ? '' : `${severityOf(issue)} `
    return `${severity}${issue.key.replace('measure-', '')} ${places}`
  })
}

const BOTH = ['numerator', 'denominator']

t.test('every group of the measure is reported once, and no other', (t) => {
  const g = (code: string, make = asked) => make(BOTH, { code: coded(code, 'http://example.com/g') })
  t.same(told([asked(BOTH)], [reported(BOTH)]), [], 'the only one needs no name')
  t.same(told([g('a')], [g('a', reported)]), [])
  t.same(told([g('a')], [g('b', reported)]), ['part-unknown R.group[0].code R.group[0]'])
  t.same(told([g('a'), g('b')], [g('a', reported), g('b', reported)]), [])
  t.same(told([g('a'), g('b')], [g('a', reported)]), ['part-missing R.group R'])
  t.same(told([g('a'), g('b')], [g('a', reported)], 'cohort', 'data-collection'), [], 'data may come in parts')
  t.same(told([g('a')], [g('a', reported), g('a', reported)]), ['part-unknown R.group[1].code R.group[1]'])
  t.same(told([asked(BOTH)], [reported(BOTH), reported(BOTH)]), [
    ...['part-unknown R.group[0].code R.group[0]', 'part-unknown R.group[1].code R.group[1]'],
    'part-missing R.group R',
  ])
  t.same(told([asked(BOTH)], undefined), ['part-missing R.group R'])
  t.same(told(undefined, [reported(['x'])]), [], 'a measure without groups asks for none')
  t.end()
})

t.test('populations and stratifiers are those of the group', (t) => {
  const one = 'R.group[0].population'
  t.same(told([asked(BOTH)], [reported(['numerator'])]), [`part-missing ${one} R.group[0]`])
  t.same(told([asked(BOTH)], [reported([...BOTH, 'x'])]), [`part-unknown ${one}[2].code ${one}[2]`])
  t.same(told([asked(BOTH)], [reported([...BOTH, 'numerator'])]), [`part-unknown ${one}[2].code ${one}[2]`])
  const observed = [...BOTH, 'measure-observation']
  t.same(told([asked(observed)], [reported(BOTH)]), [], 'an observation need not be reported')
  t.same(told([asked(observed)], [reported(observed)]), [])
  const nameless = { population: [{ count: 1 }, { code: coded('numerator'), count: 1 }] }
  t.same(told([asked(['numerator'])], [nameless]), [`part-unknown ${one}[0].code ${one}[0]`])
  const stratifier = { stratifier: [{ code: { text: 'age' }, criteria }] }
  const strata = (...code: Loose[]) => reported(BOTH, { stratifier: [{ code }] })
  t.same(told([asked(BOTH, stratifier)], [strata({ text: 'age' })]), [], 'by words, where there is no coding')
  t.same(told([asked(BOTH, stratifier)], [strata({ text: 'sex' }, { text: 'age' })]), [], 'by one of its codes')
  t.same(told([asked(BOTH, stratifier)], [strata({ text: 'sex' })]), [
    'part-unknown R.group[0].stratifier[0].code R.group[0].stratifier[0]',
    'part-missing R.group[0].stratifier R.group[0]',
  ])
  t.end()
})

t.test('a score is there where the measure has one, and is one', (t) => {
  const scored = (measureScore: Loose | undefined, scoring: string, type?: string) =>
    told([asked(BOTH)], [reported(BOTH, { measureScore })], scoring, type)
  const at = 'R.group[0].measureScore'
  for (const scoring of ['proportion', 'ratio', 'continuous-variable']) {
    t.same(scored({ value: 0.5 }, scoring), [], scoring)
    t.same(scored(undefined, scoring), ['score R.group[0]'])
    t.same(scored({ unit: 'x' }, scoring).slice(-1), [`score ${at}`], 'without a value')
  }
  t.same(scored({ value: 2 }, 'ratio'), [])
  t.same(scored({ value: 1 }, 'proportion'), [])
  t.same(scored({ value: 1.01 }, 'proportion'), [`score ${at}.value`])
  t.same(scored({ value: 0.5, unit: 'x', code: 'x', system: 'x' }, 'proportion'), [
    ...[`score ${at}.unit`, `score ${at}.system`, `score ${at}.code`],
  ])
  t.same(scored({ value: 1 }, 'cohort'), [`score ${at}`])
  t.same(scored({ value: 1 }, 'proportion', 'data-collection'), [`score ${at}`])
  t.same(scored(undefined, 'proportion', 'data-collection'), [])
  t.same(scored({ value: 9 }, 'of-our-own'), [], 'what is not known cannot be judged')
  t.end()
})

t.test('subjects are listed by subject lists', (t) => {
  const listing = (population: Loose, type: string) =>
    told([asked(['numerator'])], [{ population: [{ code: coded('numerator'), ...population }] }], 'cohort', type)
  const at = 'R.group[0].population[0]'
  const subjectResults = { reference: 'List/1' }
  t.same(listing({ count: 1, subjectResults }, 'subject-list'), [])
  t.same(listing({ count: 2, subjectResults }, 'subject-list'), [`subjects ${at}.count ${at}`])
  t.same(listing({ count: 1, subjectResults }, 'summary'), [`subjects ${at}.subjectResults ${at}`])
  t.same(listing({}, 'summary'), [`warning subjects ${at}.count ${at}`])
  t.same(listing({}, 'subject-list'), [])
  t.end()
})

t.test('without its measure a report is not checked, and it is said so', (t) => {
  const answer: Resource = { resourceType: 'MeasureReport', measure: 'http://example.com/m' }
  t.match(measureReportIssues({ answer, root: 'R' }, undefined), [{ key: 'measure-unknown', expression: 'R.measure' }])
  t.end()
})
