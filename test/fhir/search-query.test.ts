import { readFileSync } from 'node:fs'
import t from 'tap'
import { Problem } from '../../src/fhir/problem.ts'
import { createSearchParams } from '../../src/fhir/search-params.ts'
import { MAX_PARAMETERS, MAX_TERMS, parseSearch, type SearchQuery } from '../../src/fhir/search-query.ts'

const definitions = readFileSync(new URL('../../profiles/base/SearchParameter.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const BASE = 'https://exchange.example/fhir'
const all = [
  'Task',
  'Patient',
  'MedicationRequest',
  'MedicationDispense',
  'Organization',
  'Communication',
  'AuditEvent',
]
const params = createSearchParams(
  definitions,
  all.map((type) => ({ type, search: '*' as const })),
  { bases: [BASE] },
)

/** Reads `Type?a=b&c=d`, decoded as HTTP would. */
function parse(search: string, lenient = false, now?: number): SearchQuery {
  const [type = '', query = ''] = search.split('?')
  const pairs = [...new URLSearchParams(query)]
  const options = { lenient, defaultCount: 20, maxCount: 100, ...(now === undefined ? {} : { now }) }
  return parseSearch(type, pairs, params, options)
}

function issuesOf(search: string, lenient = false): { key: string; diagnostics: string; expression?: string }[] {
  try {
    parse(search, lenient)
    return []
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return error.issues.map(({ key, diagnostics, expression = '' }) => ({ key, diagnostics, expression }))
  }
}

const day = (date: string) => ({ low: Date.parse(date), high: Date.parse(date) + 86_399_999 })

t.test('a query becomes conditions', async (t) => {
  const table: [query: string, conditions: unknown[]][] = [
    ['Task?', []],
    [
      'Task?status=requested',
      [{ kind: 'token', param: 'Task.status', negate: false, values: [{ code: 'requested' }] }],
    ],
    [
      'Task?status=requested,accepted&status:not=failed',
      [
        { kind: 'token', param: 'Task.status', negate: false, values: [{ code: 'requested' }, { code: 'accepted' }] },
        { kind: 'token', param: 'Task.status', negate: true, values: [{ code: 'failed' }] },
      ],
    ],
    [
      'Task?code=s|c,|c,s|',
      [
        {
          kind: 'token',
          param: 'Task.code',
          negate: false,
          values: [{ system: 's', code: 'c' }, { system: '', code: 'c' }, { system: 's' }],
        },
      ],
    ],
    [
      'Task?identifier=s|a\\,b\\|c\\$\\\\',
      [{ kind: 'token', param: 'Task.identifier', negate: false, values: [{ system: 's', code: 'a,b|c$\\' }] }],
    ],
    ['Task?owner:missing=true', [{ kind: 'missing', of: 'reference', param: 'Task.owner', missing: true }]],
    ['Task?_id=a,b', [{ kind: 'id', negate: false, values: ['a', 'b'] }]],
    ['Task?_id:missing=true', [{ kind: 'constant', holds: false }]],
    ['Task?_lastUpdated=gt2024-01-02', [{ kind: 'lastUpdated', values: [{ prefix: 'gt', ...day('2024-01-02') }] }]],
    [
      'Task?authored-on=2024-01-02,sa2024-02-03',
      [
        {
          kind: 'date',
          param: 'Task.authored-on',
          values: [
            { prefix: 'eq', ...day('2024-01-02') },
            { prefix: 'sa', ...day('2024-02-03') },
          ],
        },
      ],
    ],
    [
      'Task?authored-on=le2024-01-02T10:00%2B01:00',
      [
        {
          kind: 'date',
          param: 'Task.authored-on',
          values: [
            { prefix: 'le', low: Date.parse('2024-01-02T09:00Z'), high: Date.parse('2024-01-02T09:00:59.999Z') },
          ],
        },
      ],
    ],
    [
      'MedicationDispense?prescription=1',
      [{ kind: 'reference', param: 'MedicationDispense.prescription', values: ['MedicationRequest/1'] }],
    ],
    ['Task?owner=Organization/1', [{ kind: 'reference', param: 'Task.owner', values: ['Organization/1'] }]],
    [`Task?owner=${BASE}/Organization/1`, [{ kind: 'reference', param: 'Task.owner', values: ['Organization/1'] }]],
    [
      'Task?owner=https://other/Organization/1',
      [{ kind: 'reference', param: 'Task.owner', values: ['https://other/Organization/1'] }],
    ],
    ['Task?subject:Patient=1', [{ kind: 'reference', param: 'Task.subject', values: ['Patient/1'] }]],
    ['Task?subject:Patient=Patient/1', [{ kind: 'reference', param: 'Task.subject', values: ['Patient/1'] }]],
    [
      'MedicationRequest?subject=1',
      [{ kind: 'reference', param: 'MedicationRequest.subject', values: ['Group/1', 'Patient/1'] }],
    ],
    [
      'Task?patient:identifier=nhs|1',
      [{ kind: 'token', param: 'Task.patient:identifier', negate: false, values: [{ system: 'nhs', code: '1' }] }],
    ],
    ['Patient?family=%20ÓB%20r', [{ kind: 'string', param: 'Patient.family', match: 'start', values: ['ob r'] }]],
    ['Patient?family:exact=Ób', [{ kind: 'string', param: 'Patient.family', match: 'exact', values: ['Ób'] }]],
    ['Patient?family:contains=B', [{ kind: 'string', param: 'Patient.family', match: 'contains', values: ['b'] }]],
    ['AuditEvent?policy=http://p', [{ kind: 'uri', param: 'AuditEvent.policy', match: 'equal', values: ['http://p'] }]],
    ['Task?_format=json&_pretty=true&_summary=false', []],
  ]
  for (const [query, conditions] of table) t.same(parse(query).conditions, conditions, query)
})

t.test('result parameters', async (t) => {
  const query = parse('Task?status=requested&_sort=-authored-on,_lastUpdated,_id&_count=500&_total=accurate')
  t.same(query.sort, [
    { code: 'authored-on', descending: true, index: { kind: 'date', name: 'Task.authored-on' } },
    { code: '_lastUpdated', descending: false },
    { code: '_id', descending: false },
  ])
  t.equal(query.count, 100, '_count is lowered to the maximum')
  t.equal(query.total, 'accurate')
  t.equal(query.onlyTotal, false)
  t.same(
    query.applied.map(([name]) => name),
    ['status', '_sort', '_count', '_total'],
  )
  t.match(parse('Task?'), { count: 20, total: 'free', onlyTotal: false, sort: [] })
  t.match(parse('Task?_count=0'), { count: 0, total: 'accurate', onlyTotal: true })
  t.match(parse('Task?_summary=count&_count=5'), { count: 0, total: 'accurate', onlyTotal: true })
})

t.test('what is not understood is refused, named, and told what is valid', async (t) => {
  const table: [query: string, key: string, words: RegExp][] = [
    [
      'Task?stauts=requested',
      'unknown-parameter',
      /"stauts" is not a search parameter of Task\. Did you mean "status"\? Valid here: .*business-status/,
    ],
    ['Task?Status=requested', 'unknown-parameter', /Did you mean "status"/],
    ['Task?zzzzzzzz=1', 'unknown-parameter', /^"zzzzzzzz" is not a search parameter of Task\. Valid here/],
    ['Task?patient.nmae=x', 'unknown-parameter', /"nmae" is not a search parameter of Patient\. Did you mean "name"/],
    ['Task?subject:Patient.name:exat=x', 'unknown-modifier', /Did you mean ":exact"/],
    ['MedicationRequest?subject:Task.name=x', 'unknown-modifier', /subject:Task.name.*Valid here: :Patient/],
    ['Task?status.name=x', 'parameter-invalid', /kind token: only references/],
    ['Task?subject.given-name=x', 'parameter-invalid', /"given-name" is not a search parameter of /],
    [`Task?${'part-of.'.repeat(5)}status=x`, 'parameter-invalid', /At most 4 references/],
    ['Task?_has:Task:part-of=x', 'parameter-invalid', /_has:Type:reference:parameter/],
    ['Task?_has:Nonsense:part-of:status=x', 'parameter-invalid', /not a type that can be searched/],
    ['Task?_has:Task:partof:status=x', 'parameter-invalid', /Did you mean "part-of"/],
    ['Patient?_has:Task:part-of:status=x', 'parameter-invalid', /Task.part-of does not refer to Patient/],
    ['Patient?_has:Task:patient:stauts=x', 'unknown-parameter', /Did you mean "status"/],
    ['Task?_list=1', 'unknown-parameter', /_id=a,b,c/],
    ['Task?_filter=status eq x', 'unknown-parameter', /"_filter" is not offered.*Use search parameters/],
    ['Task?_contained=true', 'unknown-parameter', /found by what contains them/],
    ['Task?_content=x', 'unknown-parameter', /not indexed/],
    ['Task?_type=Patient', 'unknown-parameter', /whole system/],
    ['Patient?phonetic=1', 'parameter-invalid', /nothing to look for/],
    ['Patient?phonetic:exact=x', 'unknown-modifier', /Valid here: :missing/],
    ['Task?status:nto=requested', 'unknown-modifier', /Did you mean ":not"\? Valid here: :not, .*:missing/],
    ['Task?status:in=http://x', 'parameter-invalid', /value set that is known here/],
    ['Task?code:below=http://x|y', 'parameter-invalid', /hierarchy is known here/],
    ['Task?code:above=y', 'parameter-invalid', /system\|code/],
    ['Task?patient:below=1', 'unknown-modifier', /Valid here: :identifier, :text, :missing, :Patient/],
    ['Task?part-of:below=Patient/1', 'parameter-invalid', /refers to Task, not to Patient/],
    ['Task?identifier:of-type=a|b', 'parameter-invalid', /system\|code\|value/],
    ['Patient?active:in=http://x', 'unknown-modifier', /Valid here: :not, :missing/],
    ['Task?owner:Nonsense=1', 'unknown-modifier', /Valid here: :identifier/],
    ['MedicationDispense?prescription:Patient=1', 'unknown-modifier', /:MedicationRequest/],
    ['Task?_lastUpdated:exact=2024', 'unknown-modifier', /:missing/],
    ['Task?status=', 'parameter-invalid', /no value/],
    ['Task?status=a,,b', 'parameter-invalid', /empty/],
    ['Task?status=|', 'parameter-invalid', /neither/],
    ['Task?identifier=a|b|c', 'parameter-invalid', /more than one "\|"/],
    ['Task?identifier=a\\b', 'parameter-invalid', /backslash/],
    ['Task?status:missing=yes', 'parameter-invalid', /"true" or "false"/],
    ['Task?authored-on=2023-02-29', 'parameter-invalid', /calendar/],
    ['Task?authored-on=xx2023-02-28', 'parameter-invalid', /prefixes eq, ne/],
    ['Task?authored-on=2024-01-02+10:00:00', 'parameter-invalid', /date such as/],
    ['Task?authored-on=yesterday', 'parameter-invalid', /date such as/],
    ['Task?_lastUpdated=gt', 'parameter-invalid', /date such as/],
    ['Task?_id=a/b', 'parameter-invalid', /letters, digits/],
    ['MedicationDispense?prescription=Patient/1', 'parameter-invalid', /MedicationRequest, not to Patient/],
    ['Task?owner=Nonsense/1', 'parameter-invalid', /not an R4 resource type/],
    ['Task?owner=a b', 'parameter-invalid', /reference such as/],
    ['Patient?family=%CC%81', 'parameter-invalid', /nothing to look for/],
    ['Task?_sort=stauts', 'parameter-invalid', /Did you mean "status"/],
    ['Task?_sort=status,-status', 'parameter-invalid', /twice/],
    ['Task?_sort=', 'parameter-invalid', /Valid here/],
    ['Task?_count=-1', 'parameter-invalid', /whole number/],
    ['Task?_count=ten', 'parameter-invalid', /whole number/],
    ['Task?_count=1&_count=2', 'parameter-invalid', /once/],
    ['Task?_total=roughly', 'parameter-invalid', /accurate/],
    ['Task?_summary=some', 'parameter-invalid', /true, text, data, count, false/],
    ['Task?_include=Task:onwer', 'parameter-invalid', /Did you mean "owner"/],
    ['Task?_elements=id', 'parameter-invalid', /not there/],
    ['Task?_sort:x=status', 'parameter-invalid', /no modifier/],
    ['Task?__explain=true', 'unknown-parameter', /Valid here/],
  ]
  for (const [query, key, words] of table) {
    const issues = issuesOf(query)
    t.same(
      issues.map((issue) => issue.key),
      [key],
      query,
    )
    t.match(issues[0]?.diagnostics, words, query)
    t.match(issues[0]?.expression, /^http\./, `${query}: expression`)
  }
})

t.test('all problems are told at once, and no value is repeated', async (t) => {
  const issues = issuesOf(
    'Patient?nmae=Secretname&birthdate=Secretdate&identifier=Secret|Secret|Secret&family:exat=Secret&_count=x',
  )
  t.same(
    issues.map(({ key }) => key),
    ['unknown-parameter', 'parameter-invalid', 'parameter-invalid', 'unknown-modifier', 'parameter-invalid'],
  )
  t.notMatch(JSON.stringify(issues), /Secret/)
})

t.test(
  'lenient handling ignores what is unknown or ill-formed and says so; unknown modifiers are refused',
  async (t) => {
    const query = parse('Task?stauts=x&status=requested&patient.nmae=y&_list=1', true)
    t.same(
      query.ignored.map(({ key, diagnostics }) => [key, /"[^"]+"/.exec(diagnostics)?.[0]]),
      [
        ['unknown-parameter', '"stauts"'],
        ['unknown-parameter', '"nmae"'],
        ['unknown-parameter', '"_list"'],
      ],
    )
    t.same(query.applied, [['status', 'requested']])
    t.same(parse('Task?_contained=false').applied, [['_contained', 'false']], 'what is done anyway may be asked for')
    t.equal(query.conditions.length, 1)
    t.same(
      issuesOf('Task?stauts=x&status:nto=requested', true).map(({ key }) => key),
      ['unknown-modifier'],
      'R4: SHALL reject',
    )
    const faulty = parse(
      'Task?authored-on=yesterday&_sort=-nonsense&_include=Task:nobody&_count=many&status=draft',
      true,
    )
    t.same(
      faulty.ignored.map(({ key, expression }) => [key, expression]),
      ['authored-on', '_count', '_include', '_sort'].map((name) => ['parameter-invalid', `http.${name}`]),
    )
    t.same([faulty.applied, faulty.sort, faulty.includes], [[['status', 'draft']], [], []])
  },
)

t.test('an approximate date lies within a tenth of its distance from now, or its own width', async (t) => {
  const now = Date.parse('2024-01-01T00:00:00Z')
  const range = (query: string): unknown => {
    const [condition] = parse(query, false, now).conditions
    const [value] = (condition as { values?: { low: number; high: number }[] }).values ?? []
    return value && [value.low, value.high].map((end) => new Date(end).toISOString())
  }
  t.same(range('Task?authored-on=ap2023-12-31'), ['2023-12-30T00:00:00.000Z', '2024-01-01T23:59:59.999Z'])
  t.same(range('Task?authored-on=ap2013-03-14'), ['2012-02-13T14:23:59.999Z', '2014-04-13T09:36:00.000Z'])
  t.same(range('Task?authored-on=ap2024'), ['2022-12-31T00:00:00.000Z', '2026-01-01T23:59:59.999Z'])
})

t.test('a query has limits, each with words of its own', async (t) => {
  const table: [query: string, words: RegExp][] = [
    [`_sort=${'status,code,owner,patient,period,modified'}`, /At most 5 parameters are sorted by/],
    ['_include=Task:owner&'.repeat(21), /At most 20 includes/],
    [`patient.${'link.'.repeat(4)}name=a`, /At most 4 references are followed/],
    [`_has:Task:subject:${'_has:Task:subject:'.repeat(4)}code=a`, /At most 4 references are followed/],
    ['_count=2147483648', /whole number from 0/],
  ]
  for (const [query, words] of table) {
    const [first, ...more] = issuesOf(`Task?${query}`)
    t.match(first?.diagnostics, words, query)
    t.same([first?.key, more.length], ['parameter-invalid', 0], query)
  }
  t.equal(parse('Task?_count=5000').count, 100, 'a page is cut to what the service allows, as R4 lets it')
  t.match(issuesOf(`Task?${'status=a&'.repeat(MAX_PARAMETERS + 1)}`)[0]?.diagnostics, /At most/)
  t.match(issuesOf(`Task?_id=${'a,'.repeat(MAX_TERMS)}a`)[0]?.diagnostics, /At most 1000/)
  t.match(issuesOf(`Task?status=${'a'.repeat(40_001)}`)[0]?.diagnostics, /longer/)
})
