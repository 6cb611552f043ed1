/** Pages stand still while others write: no row is lost, none comes twice, whatever is changed between them. */
import t from 'tap'
import type { r4 } from '../../src/fhir/resource.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'

const linkOf = (answer: Answer, relation: string): string | undefined =>
  (answer.body as unknown as r4.Bundle).link?.find((link) => link.relation === relation)?.url.split('/fhir/')[1]

const idsOf = (answer: Answer): string[] => resourcesOf(answer).map(({ id }) => id ?? '')

async function patients(t: Parameters<typeof startExchange>[0], count: number) {
  const exchange: Exchange = await startExchange(t, {
    SERVER_TABLE: 'conformance/tester.json',
    PAGE_LINK_LIFETIME: '600',
  })
  const party: Party = await exchange.party('tester', 'XTEST')
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    exchange.now += 1000
    ids.push((await party.post('Patient', patient(index))).body.id ?? '')
  }
  return { exchange, party, ids }
}

const patient = (index: number, more: object = {}): object => ({
  resourceType: 'Patient',
  active: true,
  name: [{ family: `Name ${String(index % 7)}` }],
  ...(index % 5 === 0 ? {} : { birthDate: `19${String(50 + (index % 9))}-01-01` }),
  ...more,
})

const SEARCHES = [
  'active=true',
  'active=true&_sort=_lastUpdated',
  'active=true&_sort=-_lastUpdated',
  'active=true&_sort=family',
  'active=true&_sort=-family,birthdate',
  'active=true&_sort=birthdate',
  'family=name&active=true&_sort=-birthdate,_id',
  'family=name&_sort=_id',
]

for (const query of SEARCHES) {
  t.test(`pages of ${query} are those of the first moment, forwards and back`, async (t) => {
    const { exchange, party, ids } = await patients(t, 23)
    const whole = idsOf(await party.get(`Patient?${query}&_count=100`))
    t.equal(whole.length, 23)
    let turn = 0
    const change = async (): Promise<void> => {
      // One that moves in the order, one that no longer matches, one that is new, one written several times.
      exchange.now += 1000
      const at = (offset: number): string => ids[(turn * 5 + offset) % ids.length] ?? ''
      const put = async (id: string, resource: object): Promise<void> => {
        const answer = await party.send('PUT', `Patient/${id}`, { ...resource, id })
        if (answer.status !== 200) t.fail(answer.text)
      }
      await put(at(0), patient(turn, { name: [{ family: `Name ${turn % 2 === 0 ? 9 : 0}` }] }))
      await put(at(1), { resourceType: 'Patient', active: false })
      await party.post('Patient', patient(turn))
      await put(at(2), patient(turn + 3))
      await put(at(2), patient(turn + 4, { birthDate: '1900-01-01' }))
      turn++
    }
    const seen: string[] = []
    const versions = new Map<string, string | undefined>()
    const sizes: number[] = []
    let page = await party.get(`Patient?${query}&_count=4&_total=accurate`)
    const first = idsOf(page)
    let previous: string | undefined
    for (;;) {
      for (const { id, meta } of resourcesOf(page)) {
        seen.push(id ?? '')
        versions.set(id ?? '', meta?.versionId)
      }
      sizes.push(resourcesOf(page).length)
      t.equal((page.body as unknown as r4.Bundle).total, 23, 'the total is that of the first page')
      previous = linkOf(page, 'previous')
      const next = linkOf(page, 'next')
      if (next === undefined) break
      await change()
      page = await party.get(next)
      if (page.status !== 200) t.fail(page.text)
    }
    t.same(seen, whole, 'every row once, in the order of the first moment')
    t.same(new Set(versions.values()), new Set(['1']), 'in the version of the first moment')
    t.ok(sizes.length >= 6)
    const back: string[] = []
    while (previous !== undefined) {
      await change()
      const before = await party.get(previous)
      back.unshift(...idsOf(before))
      previous = linkOf(before, 'previous')
    }
    t.same(back, whole.slice(0, back.length), 'and back')
    t.equal(back.length, whole.length - (sizes.at(-1) ?? 0))
    t.same(idsOf(await party.get(linkOf(page, 'first') ?? '')), first, 'and to the first')
    const fromEnd: string[] = []
    for (let link = linkOf(page, 'last'); link !== undefined;) {
      const before = await party.get(link)
      t.equal(linkOf(before, 'next') === undefined, fromEnd.length === 0, 'nothing comes after the last page')
      fromEnd.unshift(...idsOf(before))
      link = linkOf(before, 'previous')
      await change()
    }
    t.same(fromEnd, whole, 'and back from the last')
  })
}

t.test('a link is good for a while, and on every node', async (t) => {
  const { exchange, party } = await patients(t, 3)
  const next = linkOf(await party.get('Patient?_count=1'), 'next') ?? ''
  exchange.now += 600_000
  t.equal((await party.get(next)).status, 200)
  const later = linkOf(await party.get(next), 'next') ?? ''
  exchange.now += 1
  const expired = await party.get(next)
  t.same([expired.status, expired.keys], [410, ['page-link-expired']])
  t.equal((await party.get(later)).status, 410, 'the age is that of the first page')
})

t.test('a row that is not seen leaves no trace between pages', async (t) => {
  const exchange = await startExchange(t)
  const a = await exchange.party('trust', 'RBA')
  const b = await exchange.party('trust', 'RCD')
  const mine: string[] = []
  for (let index = 0; index < 4; index++) {
    const nhs = ['9449304130', '9449305552', '9449305609', '9449306052'][index]
    exchange.now += 1000
    const body = {
      resourceType: 'Patient',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhs }],
      name: [{ family: 'A', given: ['B'] }],
      birthDate: '1970-01-01',
    }
    mine.push((await a.post('Patient', body)).body.id ?? '')
    await b.post('Patient', { ...body, name: [{ family: 'Z', given: ['B'] }] })
  }
  const seen: string[] = []
  let page = await a.get('Patient?_sort=family&_count=2')
  for (;;) {
    seen.push(...idsOf(page))
    const next = linkOf(page, 'next')
    if (next === undefined) break
    const [theirs] = resourcesOf(await b.get('Patient?_count=1'))
    if (theirs) await b.put({ ...theirs, name: [{ family: 'A', given: ['C'] }] })
    t.same((await b.get(next)).keys, ['page-link-invalid'], "another organisation's link")
    for (const changed of [next.replace(/\.next$/, ''), next.replace(/next$/, 'constructor')]) {
      t.same((await a.get(changed)).keys, ['page-link-invalid'], 'a page that was never linked to')
    }
    page = await a.get(next)
  }
  t.same(seen, mine)
})
