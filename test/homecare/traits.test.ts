import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import type { Subject } from '../../src/homecare/finding.ts'
import { createMedicines, type MedicinesTable } from '../../src/homecare/medicines.ts'
import { resourceChecks } from '../../src/homecare/rule-checks.ts'
import { traitsOf } from '../../src/homecare/traits.ts'

const place = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const read = (path: string): unknown => JSON.parse(readFileSync(place(path), 'utf8'))
const medicines = createMedicines(read('conformance/medicines.json') as MedicinesTable)

type Prescribed = r4.MedicationRequest | r4.MedicationDispense

function prescribedIn(one: r4.FhirResource | r4.Resource | undefined): readonly Prescribed[] {
  const type = one?.resourceType
  if (type === 'MedicationRequest' || type === 'MedicationDispense') return [one as Prescribed]
  const entries = type === 'Bundle' ? (one as r4.Bundle).entry : undefined
  return (entries ?? []).flatMap(({ resource }) => prescribedIn(resource))
}

/** Prescriptions and dispenses of the examples, right and against the rules, all of them of the shape of their type. */
const examples = ['valid', 'invalid'].flatMap((folder) =>
  readdirSync(place(`profiles/${folder}`))
    .filter((name) => folder === 'valid' || name.startsWith('rule-'))
    .flatMap((name) => prescribedIn(read(`profiles/${folder}/${name}`) as r4.FhirResource)),
)
const dosages = examples.flatMap(({ dosageInstruction }) => dosageInstruction ?? [])
/** What no example has by itself. */
const rarities: readonly r4.Dosage[] = [
  { doseAndRate: [{ doseRange: { low: { value: 1 }, high: { value: 2, unit: 'mg' } } }] },
  { text: 'Infuse 100 ml over 4 hours', timing: { repeat: { duration: 1, durationUnit: 'h' } } },
]
/** Whatever can be said of a dose can be said in either place. */
const sentences = dosages.flatMap(({ text, patientInstruction }) =>
  [text, patientInstruction].flatMap((said) =>
    said === undefined ? [] : [{ text: said, patientInstruction: said } as r4.Dosage],
  ),
)

/** Objects whose members are each taken from one or another of many, or left out. */
function mixed<T extends object>(all: readonly T[]): fc.Arbitrary<T> {
  const values = new Map<string, unknown[]>()
  for (const one of all) {
    for (const [name, value] of Object.entries(one)) values.set(name, [...(values.get(name) ?? []), value])
  }
  const model = Object.fromEntries([...values].map(([name, found]) => [name, fc.constantFrom(...found)]))
  return fc.record(model, { requiredKeys: [] }) as unknown as fc.Arbitrary<T>
}

const resources = fc.oneof(
  fc.constantFrom(...examples),
  fc.constantFrom(...rarities.map((dosage) => ({ resourceType: 'MedicationRequest', dosageInstruction: [dosage] }))),
  fc
    .tuple(
      mixed(examples),
      fc.array(fc.oneof(fc.constantFrom(...dosages), mixed([...dosages, ...sentences, ...rarities])), { maxLength: 3 }),
    )
    .map(([resource, dosageInstruction]) => ({ ...resource, resourceType: 'MedicationRequest', dosageInstruction })),
) as fc.Arbitrary<unknown> as fc.Arbitrary<Resource>

const subjectOf = (resource: Resource): Subject => ({
  resource,
  now: Date.UTC(2026, 10, 22),
  creating: true,
  misformed: undefined,
  medicines,
  medicationOf: (reference) =>
    (resource.contained as r4.Medication[] | undefined)?.find(({ id }) => reference === `#${id}`),
})

t.test('a rule that is not asked, for want of what it asks for, would have found nothing', async (t) => {
  const asking = Object.entries(resourceChecks).filter(([, { asks = 0 }]) => asks !== 0)
  const run = new Set<string>()
  const spared = new Set<string>()
  fc.assert(
    fc.property(resources, (resource) => {
      const subject = subjectOf(resource)
      const traits = traitsOf(subject)
      for (const [name, { asks = 0 }] of asking) {
        const isAsked = (asks & traits) === asks
        const findings = resourceChecks[name]?.run(subject) ?? []
        if (isAsked && findings.length > 0) run.add(name)
        if (!isAsked) spared.add(name)
        if (!isAsked && findings.length > 0) throw new Error(`${name} would find ${JSON.stringify(findings)}`)
      }
    }),
    { numRuns: 3000, seed: 20261122 },
  )
  for (const [name] of asking) {
    t.ok(run.has(name), `${name} finds something where it is asked`)
    if (name !== 'identifier-forms') t.ok(spared.has(name), `${name} is not always asked`)
  }
})
