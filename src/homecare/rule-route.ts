/** By which way a medicine is given: the element against the words, the product, the place on the body and the law. */
import type { r4 } from '../fhir/resource.ts'
import { type Check, type Finding, NOTHING, type Subject } from './finding.ts'
import { type Directions, eachDosage, type ReadDosage } from './prescription-view.ts'
import type { Routes, RouteWords } from './routes.ts'

export const routes: Check<Subject> = {
  codes: ['route-contradicts', 'route-unusual', 'route-deadly'],
  run: (subject) => eachDosage(subject, (read, directions) => contradiction(subject, directions, read)),
}

/** What a concept says in words: its text, else what its codes are called. */
function shown({ text, coding }: r4.CodeableConcept): string {
  let all = text ?? ''
  for (const { display } of coding ?? NOTHING) {
    if (display !== undefined) all = all === '' ? display : `${all} | ${display}`
  }
  return all
}

/** The first and worst that is wrong with the route of a dosage. */
function contradiction(subject: Subject, directions: Directions, read: ReadDosage): readonly Finding[] {
  const { medicines } = subject
  const { route, site, method, text, patientInstruction } = read.dosage
  const table = medicines.routes
  const form = directions.medicine.name === '' ? undefined : table.form(directions.medicine.name)
  const finding = (code: Finding['code'], element: string, words: string): readonly Finding[] => [
    { code, at: `${read.at()}.${element}`, words: `${words} Correct whichever is wrong.` },
  ]
  if (route === undefined) {
    const said = text === undefined ? NOTHING : table.instructed(text)
    if (!form || form.uncertain || said.length === 0 || said.some((one) => meet(one.routes, form.routes)))
      return NOTHING
    return finding('route-contradicts', 'text', 'The words say another route than the form of the product allows.')
  }
  const [coded, named] = [codedRoutes(route, table), table.named(shown(route))]
  if (coded.length > 0 && named.length > 0 && !meet(coded, named)) {
    return finding('route-contradicts', 'route', 'The code of the route and its words are two routes.')
  }
  const meant = coded.length > 0 ? coded : named
  if (meant.length === 0) return NOTHING
  const { deadly } = directions.known
  if (deadly && meet(deadly.routes, meant)) {
    return finding('route-deadly', 'route', `${deadly.name} by this route kills, whatever the dose.`)
  }
  const other = (said: readonly RouteWords[]): boolean =>
    said.length > 0 && !said.some((one) => meet(one.routes, meant))
  if (text !== undefined && other(table.instructed(text))) {
    return finding('route-contradicts', 'route', 'The text says another route than the element route.')
  }
  if (method && other(table.instructed(shown(method)))) {
    return finding('route-contradicts', 'method', 'The method does not go with the route.')
  }
  if (form && !meet(form.routes, meant)) {
    const words = 'The product is not made for this route, by the form in its name.'
    return finding(form.uncertain ? 'route-unusual' : 'route-contradicts', 'route', words)
  }
  const place = site && table.site(shown(site))
  if (place && !meet(place.routes, meant)) {
    return finding('route-unusual', 'site', 'This place on the body does not go with the route.')
  }
  if (patientInstruction !== undefined && other(table.instructed(firstSentence(patientInstruction)))) {
    const words = 'The instruction to the patient says another route than the element route.'
    return finding('route-unusual', 'patientInstruction', words)
  }
  return NOTHING
}

/** What follows is as often about another medicine. */
const firstSentence = (text: string): string => text.split(/[.;\n]/, 1)[0] ?? ''

const meet = (a: readonly string[], b: readonly string[]): boolean => a.some((one) => b.includes(one))

function codedRoutes({ coding }: r4.CodeableConcept, table: Routes): readonly string[] {
  let routes: readonly string[] = NOTHING
  for (const { code } of coding ?? NOTHING) {
    const route = code === undefined ? undefined : table.byCode(code)
    if (route !== undefined) routes = [...routes, route]
  }
  return routes
}
