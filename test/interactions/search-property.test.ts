/**
 * Random resources and random searches of every kind: what the engine answers over HTTP is what a naive search in memory
 * finds in the resources (`naive-search.ts`).
 */
import t from 'tap'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Party, startExchange } from '../helper.ts'
import { nameOf, NaiveSearch } from './naive-search.ts'

/** Numbers that look random and are the same in every run. */
class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  below(limit: number): number {
    this.#state = (this.#state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((this.#state / 2_147_483_648) * limit)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  /** The element, three times out of four. */
  maybe(name: string, make: () => unknown): object {
    return this.below(4) === 0 ? {} : { [name]: make() }
  }
}

const DATES = [
  '2023',
  '2024-01',
  '2024-01-31',
  '2024-02-01',
  '2024-02-29',
  '2024-01-31T10:00:00Z',
  '2024-01-31T23:30:00-01:00',
  '2024-01-31T10:00:00.250Z',
  '1970-05-11',
]
const DAYS = DATES.filter((date) => !date.includes('T'))
const TIMES = DATES.filter((date) => date.length !== 4)
const NAMES = ['Smith', 'SMYTHE', 'Éva  Marie', 'Evan', 'Ångström', 'O’Neil', 'van der Berg']
const NUMBERS = ['0.5', '0.05', '5', '5.4', '5.45', '100', '120', '99.5']
const UNITS = [
  { unit: 'milligram', system: 'http://unitsofmeasure.org', code: 'mg' },
  { unit: 'g', system: 'http://unitsofmeasure.org', code: 'g' },
  { unit: 'tablet', system: 'http://snomed.info/sct', code: '385055001' },
  { unit: 'mg' },
  {},
]
const SYSTEMS = ['urn:s', 'http://example.org/t']
const CODES = ['a', 'b', 'c']
const BASE = 'http://127.0.0.1:8080/fhir'
const PREFIXES = ['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']
const URLS = ['http://a.org/vs', 'http://a.org/vs/one', 'http://a.org/vs/one/two', 'http://a.org/vsone', 'urn:oid:1.2']

function resourcesOf(chance: Chance): Resource[] {
  const { pick, maybe, below } = {
    pick: <T>(list: readonly T[]): T => chance.pick(list),
    maybe: (name: string, make: () => unknown) => chance.maybe(name, make),
    below: (limit: number) => chance.below(limit),
  }
  const concept = (): object => ({
    ...maybe('coding', () =>
      Array.from({ length: 1 + below(2) }, () => ({
        ...maybe('system', () => pick(SYSTEMS)),
        code: pick(CODES),
        ...maybe('display', () => pick(NAMES)),
      })),
    ),
    text: pick(NAMES),
  })
  // Of another system than the code of the whole (obs-7).
  const part = (): object => ({ coding: [{ system: 'urn:part', code: pick(CODES) }] })
  const quantity = (): object => ({
    value: Number(pick(NUMBERS)),
    ...pick(UNITS),
    ...(below(5) ? {} : { comparator: pick(['<', '>=']) }),
  })
  const identifier = (): object => ({
    ...maybe('system', () => pick(SYSTEMS)),
    value: pick(CODES),
    ...maybe('type', () => ({ text: pick(NAMES), coding: [{ system: 'urn:type', code: pick(CODES) }] })),
  })
  const period = (): object => {
    const [start = '', end = ''] = [
      pick(['2023', '2024-01', '2024-01-31']),
      pick(['2024-02-01', '2024-02-29', '2024-03']),
    ]
    return pick([{ start, end }, { start }, { end }])
  }
  const to = (types: readonly string[], count: number) => (): object =>
    pick([
      { reference: `${pick(types)}/${below(count)}` },
      { reference: `${BASE}/${pick(types)}/${below(count)}`, display: pick(NAMES) },
      { type: pick(types), identifier: identifier() },
    ])
  const meta = (): object => ({
    ...maybe('tag', () => [{ system: pick(SYSTEMS), code: pick(CODES) }]),
    ...maybe('profile', () => [pick(URLS)]),
    ...maybe('source', () => pick(URLS)),
  })
  const withMeta = (): object => {
    const made = meta()
    return Object.keys(made).length > 0 ? { meta: made } : {}
  }
  const made = (resourceType: string, index: number, ...parts: object[]): Resource =>
    Object.assign({ resourceType, id: String(index) }, withMeta(), ...parts) as Resource
  const organization = (index: number): Resource =>
    made(
      'Organization',
      index,
      { name: pick(NAMES) },
      maybe('identifier', () => [identifier()]),
      maybe('active', () => below(2) === 0),
      maybe('partOf', to(['Organization'], 6)),
    )
  const patient = (index: number): Resource =>
    made(
      'Patient',
      index,
      maybe('name', () => [
        { family: pick(NAMES), given: [pick(NAMES), pick(NAMES)] },
        ...(below(2) ? [{ text: pick(NAMES) }] : []),
      ]),
      maybe('gender', () => pick(['male', 'female', 'other'])),
      maybe('birthDate', () => pick(DAYS)),
      maybe('active', () => below(2) === 0),
      pick([{}, { deceasedBoolean: true }, { deceasedBoolean: false }, { deceasedDateTime: pick(TIMES) }]),
      maybe('identifier', () => [identifier(), identifier()]),
      maybe('telecom', () => [{ system: pick(['phone', 'email']), value: pick(CODES), ...maybe('use', () => 'home') }]),
      maybe('address', () => [{ city: pick(NAMES), line: [pick(NAMES)] }]),
      maybe('managingOrganization', to(['Organization'], 6)),
      maybe('generalPractitioner', () => [to(['Organization', 'Practitioner'], 6)()]),
    )
  const observation = (index: number): Resource =>
    made(
      'Observation',
      index,
      { status: pick(['final', 'amended', 'registered']), code: concept() },
      maybe('category', () => [concept()]),
      maybe('subject', to(['Patient', 'Group'], 14)),
      maybe('performer', () => [to(['Patient', 'Organization'], 6)()]),
      pick([
        {},
        { effectiveDateTime: pick(DATES) },
        { effectivePeriod: period() },
        { effectiveInstant: '2024-01-31T10:00:00.250Z' },
        { effectiveTiming: { event: ['2024-01-31', '2024-02-29'] } },
      ]),
      pick([
        {},
        { valueQuantity: quantity() },
        { valueQuantity: quantity() },
        { valueString: pick(NAMES) },
        { valueCodeableConcept: concept() },
        { valueDateTime: pick(DATES) },
      ]),
      maybe('component', () => [
        { code: part(), valueQuantity: quantity() },
        { code: part(), valueQuantity: quantity() },
      ]),
    )
  const risk = (index: number): Resource =>
    made(
      'RiskAssessment',
      index,
      { status: 'final', subject: to(['Patient'], 14)() },
      maybe('prediction', () => [
        { probabilityDecimal: Number(pick(NUMBERS.slice(0, 2))) },
        { probabilityDecimal: below(100) / 100 },
      ]),
    )
  const questionnaire = (index: number): Resource =>
    made(
      'Questionnaire',
      index,
      { status: 'draft' },
      maybe('url', () => pick(URLS)),
      maybe('name', () => pick(['Abc', 'Abd'])),
      maybe('date', () => pick(DATES)),
    )
  const location = (index: number): Resource =>
    made(
      'Location',
      index,
      maybe('position', () => ({ latitude: below(1800) / 10 - 90, longitude: below(3600) / 10 - 180 })),
      maybe('managingOrganization', to(['Organization'], 6)),
    )
  const many = (count: number, make: (index: number) => Resource): Resource[] =>
    Array.from({ length: count }, (_, index) => make(index))
  return [
    ...many(6, organization),
    ...many(14, patient),
    ...many(50, observation),
    ...many(12, risk),
    ...many(10, questionnaire),
    ...many(10, location),
  ]
}

/** Clauses by type, of every kind of parameter and modifier. */
function clausesOf(chance: Chance): Readonly<Record<string, readonly (() => string)[]>> {
  const pick = <T>(list: readonly T[]): T => chance.pick(list)
  const below = (limit: number): number => chance.below(limit)
  const several = (make: () => string): string => Array.from({ length: 1 + chance.below(2) }, make).join(',')
  const date = (): string => several(() => `${pick(PREFIXES)}${pick([...DATES, '2024', '2024-01-31T10:00'])}`)
  const number = (): string => `${pick(PREFIXES)}${pick([...NUMBERS, '5.0', '100.00', '0.1'])}`
  const unit = (): string =>
    pick([
      '',
      '',
      '|http://unitsofmeasure.org|mg',
      '|http://unitsofmeasure.org|ug',
      '||mg',
      '||tablet',
      '|http://snomed.info/sct|',
    ])
  const quantity = (): string => several(() => number() + unit())
  const token = (): string =>
    several(() =>
      pick([
        () => pick(CODES),
        () => `${pick(SYSTEMS)}|${pick(CODES)}`,
        () => `|${pick(CODES)}`,
        () => `${pick(SYSTEMS)}|`,
      ])(),
    )
  const text = (): string => pick([...NAMES, 'smi', 'EVA', 'eva marie', 'angs', 'an', 'berg', 'o’n'])
  const string = (code: string): string =>
    pick([
      () => `${code}=${several(text)}`,
      () => `${code}:exact=${text()}`,
      () => `${code}:contains=${pick(['m', 'er', 'a m'])}`,
    ])()
  const missing = (codes: readonly string[]): string => `${pick(codes)}:missing=${pick(['true', 'false'])}`
  const ref = (code: string, type: string, count: number): string => {
    const id = chance.below(count)
    return pick([
      `${code}=${id}`,
      `${code}=${type}/${id}`,
      `${code}=${BASE}/${type}/${id}`,
      `${code}:${type}=${id}`,
      `${code}=${id},${type}/1`,
    ])
  }
  const uri = (code: string): string => `${code}${pick(['', ':below', ':above'])}=${pick(URLS.slice(0, 4))}`
  const common: readonly (() => string)[] = [
    () => `_tag=${token()}`,
    () => `_profile=${pick(URLS)}`,
    () => uri('_source'),
    () => `_id${pick(['', ':not'])}=${chance.below(14)},${chance.below(14)}`,
    () => `_lastUpdated=${pick(PREFIXES)}2026-11-22T09:00:0${chance.below(9)}Z`,
    () => missing(['_tag', '_profile', '_source']),
  ]
  const gender = (): string =>
    `gender${pick(['', ':not'])}=${pick(['male', '|female', 'http://hl7.org/fhir/administrative-gender|other', 'male,female'])}`
  return {
    Organization: [
      ...common,
      () => string('name'),
      () => `identifier=${token()}`,
      () => `active=${pick(['true', 'false'])}`,
      () => ref('partof', 'Organization', 6),
      () => `_has:Patient:organization:${gender()}`,
      () => `partof.name=${text()}`,
      () => `partof:${pick(['above', 'below'])}=${below(6)}`,
      () => missing(['partof', 'active', 'identifier']),
    ],
    Patient: [
      ...common,
      () => string('name'),
      () => string('family'),
      () => string('given'),
      () => string('address'),
      () => string('address-city'),
      gender,
      () => `birthdate=${date()}`,
      () => `death-date=${date()}`,
      () => `deceased=${pick(['true', 'false'])}`,
      () => `active:not=true`,
      () => `identifier${pick(['', ':not'])}=${token()}`,
      () => `identifier:of-type=urn:type|${pick(CODES)}|${pick(CODES)}`,
      () => `identifier:text=${text()}`,
      () => `${pick(['telecom', 'phone', 'email'])}=${pick(['a', 'b', 'home|a', 'phone|b', 'email|c', '|a'])}`,
      () => ref('organization', 'Organization', 6),
      () => ref('general-practitioner', 'Practitioner', 6),
      () => `organization:identifier=${token()}`,
      () => `organization.name=${text()}`,
      () => `organization.partof.name=${text()}`,
      () => `organization:${pick(['above', 'below'])}=${pick(['', 'Organization/'])}${below(6)}`,
      () => `organization.partof:below=${below(6)},${below(6)}`,
      () => `general-practitioner:Organization.name=${text()}`,
      () => `_has:Observation:patient:code=${token()}`,
      () => `_has:Observation:subject:date=${date()}`,
      () => `_has:RiskAssessment:patient:probability=${number()}`,
      () => missing(['name', 'gender', 'birthdate', 'telecom', 'organization', 'death-date', 'deceased']),
    ],
    Observation: [
      ...common,
      () =>
        `status${pick(['', ':not'])}=${pick(['final', 'amended', 'http://hl7.org/fhir/observation-status|final', '|final', 'final,amended'])}`,
      () => `${pick(['code', 'category', 'combo-code', 'value-concept'])}${pick(['', '', ':not'])}=${token()}`,
      () => `code:text=${text()}`,
      () => ref('subject', 'Patient', 14),
      () => ref('patient', 'Patient', 14),
      () => ref('performer', 'Organization', 6),
      () => `subject:identifier=${token()}`,
      () => `date=${date()}`,
      () => `value-date=${date()}`,
      () => `value-quantity=${quantity()}`,
      () => `combo-value-quantity=${quantity()}`,
      () => string('value-string'),
      () => `code-value-quantity=${pick(CODES)}$${number()}${unit()}`,
      () => `component-code-value-quantity=urn:part|${pick(CODES)}$${number()}`,
      () => `code-value-string=${pick(CODES)}$${text()}`,
      () => `code-value-date=${pick(CODES)}$${pick(PREFIXES)}${pick(DATES)}`,
      () => `patient.${string('name')}`,
      () => `patient.${gender()}`,
      () => `subject:Patient.birthdate=${pick(PREFIXES)}${pick(DAYS)}`,
      () => `patient.organization.name=${text()}`,
      () => `patient._has:RiskAssessment:patient:probability=${number()}`,
      () => `performer.name=${text()}`,
      () => missing(['date', 'subject', 'value-quantity', 'value-string', 'category', 'value-date']),
    ],
    RiskAssessment: [
      ...common,
      () => `probability=${several(number)}`,
      () => ref('patient', 'Patient', 14),
      () => `patient.${gender()}`,
      () => missing(['probability']),
    ],
    Questionnaire: [
      ...common,
      () => uri('url'),
      () => string('name'),
      () => `date=${date()}`,
      () => missing(['url', 'name', 'date']),
    ],
    Location: [
      ...common,
      () =>
        `near=${several(() => [below(180) - 90, below(360) - 180, pick(['500', '5000', '12000', '20100'])].join('|'))}`,
      () => `organization.${string('name')}`,
      () => missing(['near', 'organization']),
    ],
  }
}

const SORTS: Readonly<Record<string, readonly string[]>> = {
  Organization: ['name', 'identifier', 'partof', '_lastUpdated'],
  Patient: ['family', 'birthdate', 'gender', 'organization', '_id', 'death-date'],
  Observation: ['date', 'status', 'value-quantity', 'code', 'subject', 'value-string', '_lastUpdated'],
  RiskAssessment: ['probability', '_id'],
  Questionnaire: ['url', 'name', 'date'],
  Location: ['organization', '_id'],
}
const INCLUDES: Readonly<Record<string, readonly [include: string, revinclude: string]>> = {
  Organization: ['Organization:partof', 'Patient:organization'],
  Patient: ['Patient:organization', 'Observation:subject'],
  Observation: ['Observation:subject:Patient', ''],
  RiskAssessment: ['RiskAssessment:patient', ''],
  Questionnaire: ['', ''],
  Location: ['Location:organization', ''],
}

/** All pages of a search: matches in order, and what came along. */
async function pagesOf(
  t: { fail(words: string): unknown },
  party: Party,
  address: string,
): Promise<{ matches: string[]; others: Set<string>; total: unknown }> {
  const matches: string[] = []
  const others = new Set<string>()
  let total: unknown
  for (let link: string | undefined = address; link !== undefined;) {
    const answer = await party.get(link)
    if (answer.status !== 200) t.fail(`${address}: ${answer.text}`)
    const { entry = [], link: links, ...bundle } = answer.body as unknown as r4.Bundle
    total ??= bundle.total
    for (const { resource, search } of entry) {
      const name = nameOf(resource as unknown as Resource)
      if (search?.mode === 'match') matches.push(name)
      else others.add(name)
    }
    link = links?.find(({ relation }) => relation === 'next')?.url.replace(/^.*\/fhir\//, '')
  }
  return { matches, others, total }
}

for (const seed of [20_240_331, 7]) {
  t.test(`random data, random searches of every kind: seed ${seed}`, async (t) => {
    const exchange = await startExchange(t, { SERVER_TABLE: 'conformance/tester.json' })
    const tester = await exchange.party('tester', 'XTEST')
    const chance = new Chance(seed)
    const sent = resourcesOf(chance)
    // Half of them have been something else before, and some are gone.
    const put = async (resources: readonly Resource[]): Promise<void> => {
      for (const resource of resources) {
        exchange.now += 100
        const answer = await tester.send('PUT', nameOf(resource), resource)
        if (answer.status > 201) t.fail(`${nameOf(resource)}: ${answer.text}`)
      }
    }
    await put(sent)
    const changed = new Chance(seed + 1)
    await put(resourcesOf(changed).filter(() => chance.below(2) === 0))
    const gone = sent.filter(() => chance.below(10) === 0).map(nameOf)
    for (const name of gone) await tester.send('DELETE', name)
    const stored: Resource[] = []
    for (const name of sent.map(nameOf)) if (!gone.includes(name)) stored.push((await tester.get(name)).body)
    const naive = new NaiveSearch({ resources: stored, base: BASE, now: exchange.now })
    const clauses = clausesOf(chance)
    let found = 0
    for (let round = 0; round < 170; round++) {
      const type = chance.pick([
        'Patient',
        'Patient',
        'Observation',
        'Observation',
        'Organization',
        'RiskAssessment',
        'Questionnaire',
        'Location',
        'Location',
      ])
      const query = Array.from({ length: chance.below(3) === 0 ? 2 : 1 }, () => chance.pick(clauses[type] ?? [])()).map(
        (clause) => clause.split(/=(.*)/s, 2) as [string, string],
      )
      const sort = chance.below(2)
        ? ''
        : Array.from(
            new Set([0, 1].map(() => chance.pick(SORTS[type] ?? []))),
            (key) => chance.pick(['', '-']) + key,
          ).join(',')
      const [include, revinclude] = INCLUDES[type] ?? ['', '']
      const wants = {
        include: include !== '' && chance.below(4) === 0,
        revinclude: revinclude !== '' && chance.below(4) === 0,
      }
      const pairs: [string, string][] = [
        ...query,
        ...(sort ? [['_sort', sort] as [string, string]] : []),
        ...(wants.include ? [['_include', include] as [string, string]] : []),
        ...(wants.revinclude ? [['_revinclude', revinclude] as [string, string]] : []),
        ['_count', String(3 + chance.below(40))],
        ['_total', 'accurate'],
      ]
      const address = `${type}?${new URLSearchParams(pairs)}`
      const expected = naive.sorted(naive.matches(type, query), sort)
      const actual = await pagesOf(t, tester, address)
      const words = decodeURIComponent(address)
      if (JSON.stringify(actual.matches) !== JSON.stringify(expected.map(nameOf)))
        t.same(actual.matches, expected.map(nameOf), words)
      t.equal(actual.total, expected.length, `total of ${words}`)
      const others = [
        ...(wants.include ? naive.included(expected, include) : []),
        ...(wants.revinclude ? naive.revincluded(expected, revinclude) : []),
      ]
      const names = new Set(others.map(nameOf))
      // What matches on another page may be included on this one.
      const own = new Set(actual.matches)
      t.same(
        [...actual.others].filter((name) => !own.has(name)).sort(),
        [...names].filter((name) => !own.has(name)).sort(),
        `beside ${words}`,
      )
      found += actual.matches.length
    }
    t.ok(found > 350, `${found} resources found`)
  })
}
