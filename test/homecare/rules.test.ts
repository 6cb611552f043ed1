import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { isError, severityOf } from '../../src/fhir/problem.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { createStructureValidator } from '../../src/fhir/structure.ts'
import { nothingSeen } from '../../src/fhir/structure-runtime.ts'
import { misformedOf } from '../../src/homecare/rule-identifiers.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'
import { createHomecareRules, type RulesTable, type Written } from '../../src/homecare/rules.ts'

const place = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const read = <T = Resource>(path: string): T => JSON.parse(readFileSync(place(path), 'utf8')) as T
const tables = {
  rules: read<RulesTable>('conformance/rules.json'),
  medicines: read<object>('conformance/medicines.json'),
}
const rules = createHomecareRules(tables)
const structure = createStructureValidator(loadBaseDefinitions(place('profiles/base')), {
  watch: { isKnownExtension: () => false, misformedOf },
})
const SCT = 'http://snomed.info/sct'
/** Within the validity of the examples, after everything they report. */
const NOW = Date.UTC(2026, 10, 22)

const written = (resource: Resource): Written[] =>
  resource.resourceType === 'Bundle'
    ? ((resource as unknown as r4.Bundle).entry ?? []).map(({ resource: inner, fullUrl, request }, i) => ({
        resource: inner as unknown as Resource,
        root: `Bundle.entry[${i}].resource`,
        fullUrl,
        creating: request?.method !== 'PUT',
      }))
    : [{ resource, root: resource.resourceType, creating: true }]

const issuesOf = (resource: Resource, now = NOW) => rules.checkTogether(written(resource), { now })
const found = (resource: Resource, now = NOW) => issuesOf(resource, now).map(({ key }) => key)

const order = (change: (item: r4.MedicationRequest) => void = () => undefined): Resource => {
  const bundle = read<Resource>('profiles/valid/Bundle--prescription.json')
  change((bundle as unknown as r4.Bundle).entry?.[4]?.resource as r4.MedicationRequest)
  return bundle
}

const dosageOf = (item: r4.MedicationRequest): r4.Dosage => item.dosageInstruction?.[0] ?? {}

/** Examples of a rule, by their names. */
const examples = (folder: 'valid' | 'invalid', code: string): string[] =>
  readdirSync(place(`profiles/${folder}`)).filter(
    (name) => name === `rule-${code}.json` || name.startsWith(`rule-${code}--`),
  )

t.test('every rule refuses its invalid examples for its own code alone, and none of its valid ones', async (t) => {
  for (const row of tables.rules.rules) {
    t.ok(examples('valid', row.code).length > 0, `${row.code} has a valid example`)
    t.ok(examples('invalid', row.code).length > 0, `${row.code} has an invalid example`)
    for (const file of examples('invalid', row.code)) {
      const resource = read(`profiles/invalid/${file}`)
      const issues = issuesOf(resource)
      t.same(
        issues.map(({ key }) => key),
        [row.code],
        file,
      )
      t.equal(issues[0] && severityOf(issues[0]), row.severity, `${file}: severity of the table`)
      t.ok((issues[0]?.diagnostics.length ?? 0) > 30, `${file} says what to do`)
      t.match(issues[0]?.expression, /^(Bundle\.entry\[\d+\]\.resource|[A-Z]\w+)\b/)
    }
    for (const file of examples('valid', row.code)) t.same(found(read(`profiles/valid/${file}`)), [], file)
  }
})

t.test('examples of rules have the structure of R4: the rule is all that is wrong', async (t) => {
  for (const folder of ['valid', 'invalid']) {
    for (const file of readdirSync(place(`profiles/${folder}`)).filter((name) => name.startsWith('rule-'))) {
      const resource = read(`profiles/${folder}/${file}`)
      const faults = structure.validate(resource, { root: resource.resourceType }).filter(isError)
      t.same(faults, [], file)
    }
  }
})

t.test('what the structure step saw on its way is what the rules would have looked for', async (t) => {
  let seenOften = 0
  for (const folder of ['valid', 'invalid']) {
    for (const file of readdirSync(place(`profiles/${folder}`)).filter((name) => name.endsWith('.json'))) {
      const resource = read(`profiles/${folder}/${file}`)
      const seen = nothingSeen()
      if (structure.validate(resource, { root: resource.resourceType, seen }).some(isError)) continue
      seenOften += seen.misformed.size
      t.same(rules.checkTogether(written(resource), { now: NOW, misformed: seen.misformed }), issuesOf(resource), file)
    }
  }
  t.ok(seenOften > 8, `${seenOften} resources have something of the wrong form`)
})

t.test('every example of a rule belongs to a row', async (t) => {
  const named = (folder: 'valid' | 'invalid') =>
    new Set(tables.rules.rules.flatMap(({ code }) => examples(folder, code)))
  for (const folder of ['valid', 'invalid'] as const) {
    const files = readdirSync(place(`profiles/${folder}`)).filter((name) => name.startsWith('rule-'))
    t.same(
      files.filter((file) => !named(folder).has(file)),
      [],
    )
  }
})

t.test('a broken table stops the service, and says which row', async (t) => {
  const [first, ...rest] = tables.rules.rules
  const withRules = (list: readonly object[]) => () => createHomecareRules({ ...tables, rules: { rules: list } })
  t.throws(withRules([{ ...first, code: 'no-such-code' }, ...rest]), /no-such-code.*catalogue/)
  t.throws(withRules([{ ...first, checks: ['no-such-check'] }, ...rest]), /no-such-check/)
  t.throws(withRules(rest), /no row for nhs-number-invalid/)
  t.throws(withRules([...tables.rules.rules, first ?? {}]), /two rows/)
  t.throws(withRules([{ ...first, severity: 'fatal' }, ...rest]), /severity/)
  t.throws(() => createHomecareRules({ ...tables, medicines: {} }), /medicines\.json/)
})

t.test('the severity of a rule is decided in the table', async (t) => {
  const mild = tables.rules.rules.map((row) => (row.code === 'controlled-drug' ? { ...row, severity: 'warning' } : row))
  const lenient = createHomecareRules({ ...tables, rules: { rules: mild } })
  const issues = lenient.checkTogether(written(read('profiles/invalid/rule-controlled-drug.json')), { now: NOW })
  t.same(issues.map(severityOf), ['warning'])
})

t.test('the official example that would give methotrexate five times a day is refused where it is wrong', async (t) => {
  const message = order((item) => {
    const dosage = dosageOf(item)
    dosage.text = 'Inject 10 milligram - 5 times a day - Subcutaneous route - for 10 days'
    const boundsDuration = { value: 10, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' }
    dosage.timing = { repeat: { frequency: 5, period: 1, periodUnit: 'd', boundsDuration } }
    item.dispenseRequest = { ...item.dispenseRequest, quantity: { ...item.dispenseRequest?.quantity, value: 1 } }
  })
  const issues = issuesOf(message)
  const at = 'Bundle.entry[4].resource'
  t.same(
    issues.map(({ key, expression }) => [key, expression]),
    [
      ['weekly-medicine-too-often', `${at}.dosageInstruction[0].timing`],
      ['quantity-far-from-dose', `${at}.dispenseRequest.quantity`],
    ],
  )
  t.match(issues[0]?.diagnostics, /once a week.*5 a day/)
  t.match(issues[1]?.diagnostics, /50 doses in 10 days/)
})

t.test('once weekly in words and five times a day in the timing is refused, also inside a dispense', async (t) => {
  const daily: r4.Timing = { repeat: { frequency: 5, period: 1, periodUnit: 'd' } }
  t.ok(
    found(
      order((item) => {
        dosageOf(item).timing = daily
      }),
    ).includes('dosage-words-contradict-timing'),
  )
  const inner = ((order() as unknown as r4.Bundle).entry?.[4]?.resource ?? {}) as r4.MedicationRequest
  const [dosage] = inner.dosageInstruction ?? []
  const contained = [{ ...inner, id: 'm1', dosageInstruction: [{ ...dosage, timing: daily }] }]
  const dispense = { ...read('profiles/valid/MedicationDispense.json'), contained } as Resource
  t.ok(
    rules
      .check(dispense, { root: 'MedicationDispense', creating: true, now: NOW })
      .some(({ expression }) => expression === 'MedicationDispense.contained[0].dosageInstruction[0].timing'),
  )
})

t.test('the order in which issues are told does not change', async (t) => {
  const broken = order((item) => {
    item.groupIdentifier = { ...item.groupIdentifier, value: 'DC2C66-A1B2C3-23407B' }
    dosageOf(item).timing = { repeat: { frequency: 1, period: 1, periodUnit: 'd' } }
    delete item.authoredOn
  })
  const keys = found(broken)
  t.same(keys, found(structuredClone(broken)))
  t.same(keys.slice(0, 3), ['order-number-invalid', 'dosage-words-contradict-timing', 'weekly-medicine-too-often'])
  t.equal(keys.at(-1), 'particulars-date-missing')
})

t.test('what is not an order, or is being withdrawn, is not held up by the rules for orders', async (t) => {
  const unsafe = (status: string) =>
    order((item) => {
      item.status = status as 'active'
      dosageOf(item).timing = { repeat: { frequency: 5, period: 1, periodUnit: 'd' } }
    })
  t.ok(found(unsafe('active')).length > 0)
  for (const status of ['entered-in-error', 'cancelled', 'stopped', 'completed', 'draft'])
    t.same(found(unsafe(status)), [], status)
})

t.test('a wrong identifier is wrong in a draft too, and may stay in what is entered in error', async (t) => {
  const numbered = (status: string) =>
    order((item) => {
      item.status = status as 'active'
      item.groupIdentifier = { ...item.groupIdentifier, value: '1' }
    })
  t.same(found(numbered('draft')), ['order-number-invalid'])
  t.same(found(numbered('entered-in-error')), [])
})

t.test('six months bind a new prescription, not an update of one that was accepted in time', async (t) => {
  const later = Date.UTC(2027, 4, 1)
  const [, , , , item] = written(order())
  const validity = (creating: boolean) =>
    rules.check(item?.resource as Resource, { root: 'MedicationRequest', creating, now: later }).map(({ key }) => key)
  t.same(validity(true), ['prescription-out-of-date'])
  t.same(validity(false), [])
  const postdated = order((one) => {
    one.dispenseRequest = { ...one.dispenseRequest, validityPeriod: { start: '2027-01-10', end: '2027-07-09' } }
  })
  t.same(found(postdated, later), [], 'the appropriate date is the later one')
})

t.test('a date one time zone ahead is no date in the future', async (t) => {
  const ahead = (authoredOn: string) =>
    found(
      order((item) => {
        item.authoredOn = authoredOn
        item.dispenseRequest = { ...item.dispenseRequest, validityPeriod: { end: '2027-05-31' } }
      }),
    )
  t.same(ahead('2026-11-22T23:59:00+01:00'), [])
  t.same(ahead('2026-11-23T12:00:00+01:00'), ['authored-in-future'])
})

t.test('an EPS message is dated by its signature', async (t) => {
  const message = order((item) => {
    delete item.authoredOn
  }) as unknown as r4.Bundle
  t.same(found(message as unknown as Resource), ['particulars-date-missing'])
  const signature = [{ type: [{ code: '1' }], when: '2026-10-01T09:30:00Z', who: { display: 'x' } }]
  const provenance = { resourceType: 'Provenance', target: [], recorded: '2026-10-01T09:30:00Z', agent: [], signature }
  message.entry?.push({ resource: provenance as unknown as r4.Provenance })
  t.same(found(message as unknown as Resource), [])
})

t.test('the age of a child must be known to the day, of an old patient not', async (t) => {
  const born = (birthDate: string) => {
    const bundle = order() as unknown as r4.Bundle
    const patient = bundle.entry?.[0]?.resource as r4.Patient
    patient.birthDate = birthDate
    return found(bundle as unknown as Resource)
  }
  t.same(born('1950'), [])
  t.same(born('2015-01'), ['particulars-birth-date-missing'])
  t.same(born('2015-01-31'), [])
  t.same(born('1880-01-01'), ['birth-date-implausible'])
})

t.test('category and course of therapy are taken in both conventions', async (t) => {
  const community = order((item) => {
    item.category = [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-category', code: 'community' }] },
    ]
  })
  t.same(found(community), [])
  for (const code of ['continuous-repeat-dispensing', 'continuous-repeating-dispensing']) {
    const repeatable = order((item) => {
      item.courseOfTherapyType = { coding: [{ code }] }
      const { numberOfRepeatsAllowed: _, ...rest } = item.dispenseRequest ?? {}
      item.dispenseRequest = rest
    })
    t.same(found(repeatable), ['repeats-not-stated'], code)
  }
})

t.test('controlled drugs are recognised by whole words, and by what the sender declares', async (t) => {
  const prescribed = (text: string, extension: r4.Extension[] = []) =>
    found(
      order((item) => {
        item.medicationCodeableConcept = { text, coding: [{ system: SCT, code: '39113611000001102' }] }
        item.dosageInstruction = [{ text: 'One dose once weekly' }]
        item.dispenseRequest = { ...item.dispenseRequest, quantity: { value: 4, unit: 'box' } }
        item.extension = [...(item.extension ?? []), ...extension]
      }),
    )
  for (const name of ['Morphine 10mg/1ml solution for injection ampoules', 'FENTANYL 25micrograms/hour patches']) {
    t.same(prescribed(name), ['controlled-drug'], name)
  }
  for (const name of ['Apomorphine 20mg/2ml solution for injection', 'Morphine 10mg/5ml oral solution']) {
    t.same(prescribed(name), [], name)
  }
  const declared = (code: string): r4.Extension[] => [
    {
      url: 'https://fhir.nhs.uk/StructureDefinition/Extension-DM-ControlledDrug',
      extension: [{ url: 'schedule', valueCoding: { code } }],
    },
  ]
  t.same(prescribed('Something new', declared('CD2')), ['controlled-drug'])
  t.same(prescribed('Something new', declared('CD4-1')), [])
})

t.test('the name of a medicine is found in a contained Medication and in another entry', async (t) => {
  const medication = { resourceType: 'Medication', id: 'm', code: { text: 'Oxycodone 5mg capsules' } }
  const inside = order((item) => {
    delete item.medicationCodeableConcept
    item.medicationReference = { reference: '#m' }
    item.contained = [medication as r4.Medication]
  })
  t.ok(found(inside).includes('controlled-drug'))
  const beside = order((item) => {
    delete item.medicationCodeableConcept
    item.medicationReference = { reference: 'urn:uuid:0c1d8d5e-0000-4000-8000-000000000001' }
  }) as unknown as r4.Bundle
  beside.entry?.push({
    fullUrl: 'urn:uuid:0c1d8d5e-0000-4000-8000-000000000001',
    resource: medication as r4.Medication,
  })
  t.ok(found(beside as unknown as Resource).includes('controlled-drug'))
})

t.test('what is made up is known by its ingredients, and what has none and no name is no medicine', async (t) => {
  const made = (medication: object) =>
    order((item) => {
      delete item.medicationCodeableConcept
      item.medicationReference = { reference: '#m' }
      item.contained = [{ resourceType: 'Medication', id: 'm', ...medication } as r4.Medication]
    })
  const of = (...names: string[]) => ({ ingredient: names.map((text) => ({ itemCodeableConcept: { text } })) })
  t.same(found(made(of('Glucose 20%', 'Amino acids'))), [])
  t.same(found(made({ code: { text: 'Pump bag' }, ...of('Sodium chloride 0.9%', 'Morphine sulfate') })), [
    'controlled-drug',
  ])
  const weak = made({ code: { text: 'Morphine 10mg/5ml oral solution' }, ...of('Morphine sulfate') })
  t.same(
    found(weak),
    ['route-contradicts'],
    'an oral solution is not injected, and no controlled drug of those schedules',
  )
  const daily = made(of('Methotrexate', 'Sodium chloride')) as unknown as r4.Bundle
  const repeat = dosageOf(daily.entry?.[4]?.resource as r4.MedicationRequest).timing?.repeat
  if (repeat) repeat.periodUnit = 'd'
  t.ok(found(daily as unknown as Resource).includes('weekly-medicine-too-often'))
  for (const nothing of [{}, { code: { coding: [{ display: 'Methotrexate' }] } }, of()]) {
    t.same(found(made(nothing)), ['medicine-not-named'])
  }
})

t.test(
  'a supply of nothing is not told as handed over: it would count as one, and the patient has no medicine',
  async (t) => {
    const told = (status: r4.MedicationDispense['status'], value?: number) => {
      const report = read<Resource>('profiles/valid/MedicationDispense.json') as unknown as r4.MedicationDispense
      const { quantity, daysSupply: _, ...rest } = report
      const amount = value === undefined ? {} : { quantity: { ...quantity, value } }
      return found({ ...rest, status, ...amount } as unknown as Resource)
    }
    for (const value of [0, -4]) t.same(told('completed', value), ['dispense-of-nothing'], `completed, ${value}`)
    for (const value of [undefined, 0.5, 4]) t.same(told('completed', value), [], `completed, ${value}`)
    for (const status of ['declined', 'stopped', 'cancelled', 'on-hold', 'preparation'] as const) {
      t.same(told(status, 0), [], `${status}: nothing was handed over`)
    }
  },
)

t.test('diagnostics repeat no words, names or numbers of the patient', async (t) => {
  const broken = order((item) => {
    dosageOf(item).text = 'Ada likes it twice a day, says 9449304131'
    item.medicationCodeableConcept = { text: 'Adas oxycodone 10mg tablets' }
  }) as unknown as r4.Bundle
  const patient = broken.entry?.[0]?.resource as r4.Patient
  patient.identifier = [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304131' }]
  delete patient.address
  patient.birthDate = '1801-02-03'
  const issues = issuesOf(broken as unknown as Resource)
  t.ok(issues.length >= 4)
  t.notMatch(JSON.stringify(issues), /Ada|9449304131|1801/)
})
