/**
 * What searches find, as tables (`test/search-cases/*.json`): resources with a name, then queries with the names of
 * what they find, in any order unless `_sort` is given, or the status of the refusal. `@name` stands for `Type/id`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import { resourcesOf, startExchange } from '../helper.ts'

interface Cases {
  readonly source: string
  readonly stored: readonly { readonly name: string; readonly resource: Readonly<Record<string, unknown>> }[]
  readonly cases: readonly (readonly [query: string, expected: string | number])[]
}

const folder = join(packageRoot, 'test/search-cases')

for (const file of readdirSync(folder)) {
  t.test(`searches find what the table says: ${file}`, async (t) => {
    const exchange = await startExchange(t, { SERVER_TABLE: 'conformance/tester.json' })
    const tester = await exchange.party('tester', 'XTEST')
    const { stored, cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Cases
    const names = new Map<string, string>()
    const filled = (text: string): string =>
      text
        .replaceAll('[base]', exchange.context.base)
        .replace(/@([A-Za-z0-9-]+)(\.id)?/g, (whole, name: string, id?: string) => {
          const reference = [...names].find(([, other]) => other === name)?.[0]
          return reference === undefined ? whole : id === undefined ? reference : (reference.split('/')[1] ?? '')
        })
    for (const { name, resource } of stored) {
      const answer = await tester.post(String(resource.resourceType), filled(JSON.stringify(resource)))
      if (answer.status !== 201) t.fail(`${name} is stored: ${answer.text}`)
      names.set(`${answer.body.resourceType}/${answer.body.id}`, name)
    }
    for (const [query, expected] of cases) {
      const [type = '', text = ''] = filled(query).split(/\?(.*)/s)
      const pairs = text.split('&').map((pair) => pair.split(/=(.*)/s, 2) as [string, string])
      const answer = await tester.get(`${type}?${new URLSearchParams(pairs)}`)
      if (typeof expected === 'number') {
        t.equal(answer.status, expected, query)
        continue
      }
      const found = resourcesOf(answer).map((each) => names.get(`${each.resourceType}/${each.id}`) ?? '')
      const wanted = expected.split(' ').filter(Boolean)
      const sorted = query.includes('_sort')
      t.same(sorted ? found : found.sort(), sorted ? wanted : wanted.sort(), `${query} ${answer.status}`)
    }
  })
}
