/** SQL injection: what others send never becomes part of a statement's text, only of its parameters. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Query } from '../../src/store/database.ts'
import { rowCounts, startExchange } from '../helper.ts'
import { located, orderBundle, parties } from '../orders.ts'

const MARK = 'Zzsql'
const attacks = [
  `${MARK}'; DROP TABLE resource; --`,
  `${MARK}' OR '1'='1`,
  `${MARK}") UNION SELECT text FROM version --`,
  `${MARK}\\' OR 1=1 --`,
  `${MARK}$1`,
  `${MARK}?1`,
  `${MARK}%_`,
  `${MARK}\u0000'`,
]

t.test('no value of a request stands in the text of a statement', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const patient = located(await trust.post('', orderBundle()), 'Patient')
  const stored = (await trust.get(patient)).body
  const { database } = exchange.context
  const { query, transaction, snapshot } = database
  const texts = new Set<string>()
  const given: string[] = []
  const heard =
    (inner: Query): Query =>
    (sql, params) => {
      texts.add(sql)
      for (const value of params ?? []) if (String(value).includes(MARK)) given.push(String(value))
      return inner(sql, params)
    }
  Object.assign(database, {
    query: heard(query),
    transaction: (work: (query: Query) => Promise<unknown>) => transaction((inner) => work(heard(inner))),
    snapshot: (work: (query: Query) => Promise<unknown>) => snapshot((inner) => work(heard(inner))),
  })
  const before = await rowCounts(exchange.context)
  for (const attack of attacks) {
    const value = encodeURIComponent(attack)
    for (const party of [trust, provider]) {
      for (const type of ['Patient', 'Task', 'MedicationRequest', 'AuditEvent']) {
        for (const { code } of exchange.context.search.list(type)) {
          for (const modifier of ['', ':exact', ':contains', ':not', ':missing', ':of-type', ':identifier']) {
            await party.get(`${type}?${code}${modifier}=${value}`)
          }
          await party.get(`${type}?${code}=http://x|${value}`)
          await party.get(`${type}?_sort=${code}${value}`)
        }
        await party.get(`${type}?${value}=x`)
        await party.get(`${type}?_include=${type}:${value}`)
      }
      await party.get(`Patient/${value}`)
      await party.get(`${patient}/_history/${value}`)
      await party.get(`Task/$changes?cursor=${value}`)
    }
    await trust.post('Patient', { ...stored, id: undefined, name: [{ family: attack.replace('\u0000', '') }] })
    await trust.post('Patient', stored, { 'if-none-exist': `family=${value}` })
    await trust.send('PUT', patient, stored, {
      'idempotency-key': attack.replace('\u0000', ''),
      'if-match': attack.replace('\u0000', ''),
    })
  }
  t.ok(given.length > 100, `${given.length} values arrived as parameters`)
  t.same(
    [...texts].filter((sql) => sql.includes(MARK)),
    [],
  )
  const after = await rowCounts(exchange.context)
  t.ok((after.resource ?? 0) >= (before.resource ?? 1), 'every table is there')
})

t.test('no statement in the code puts a value between quotes', async (t) => {
  const found: string[] = []
  let statements = 0
  for (const { name, parentPath } of readdirSync(join(packageRoot, 'src'), { recursive: true, withFileTypes: true })) {
    if (!name.endsWith('.ts')) continue
    for (const [text] of readFileSync(join(parentPath, name), 'utf8').matchAll(
      /`[^`]*\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^`]*`/g,
    )) {
      statements++
      if (/['"]\$\{|\$\{[^}]*\}['"]/.test(text)) found.push(`${name}: ${text}`)
    }
  }
  t.ok(statements > 10, `${statements} statements with parts`)
  t.same(found, [])
})
