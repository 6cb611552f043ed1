/**
 * `npm run fuzz`: everything that reads what others send is fed with what an attacker might send, inside this process
 * and against a store of its own. It stops by itself after `FUZZ_SECONDS` (60), and prints its seed; with the same
 * `FUZZ_SEED` the same requests come in the same order. What fails is made as small as it can be.
 */
import { Writable } from 'node:stream'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import pino from 'pino'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { type Exchange, type Party, resourcesOf, startExchange } from '../helper.ts'
import { orderBundle, parties } from '../orders.ts'
import {
  addresses,
  bodies,
  bundles,
  forms,
  headers,
  type HostileRequest,
  links,
  patches,
  searches,
  type Target,
} from './hostile-requests.ts'
import { parsers } from './parsers.ts'
import { type Attack, judge } from './verdict.ts'

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60)
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
/** Bytes by which the heap may grow while a service is under attack: what it remembers has bounds. */
const GROWTH = 96 * 1024 * 1024

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const stray: unknown[] = []
process.on('unhandledRejection', (reason) => stray.push(reason))

t.comment(`FUZZ_SEED=${SEED} FUZZ_SECONDS=${SECONDS}`)

/** Good resources, by the type they are of. */
function samples(): Resource[] {
  const folder = join(packageRoot, 'profiles/valid')
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Resource)
}

interface Place {
  readonly name: string
  readonly attacks: readonly Attack[]
  readonly target: Target
}

async function start(t: Test, env: Record<string, string>): Promise<{ exchange: Exchange; log: string[] }> {
  const log: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log.push(String(chunk))
      done()
    },
  })
  return { exchange: await startExchange(t, { ...env, BODY_LIMIT: '400000' }, pino({ level: 'trace' }, sink)), log }
}

/** Authorization of a party: what it sends with every request. */
async function tokenOf({ app }: Exchange, role: string, organization: string): Promise<string> {
  const answer = await app.inject({
    method: 'POST',
    url: '/oauth2/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: `grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&role=${role}&organization=${organization}`,
  })
  return `Bearer ${answer.json().access_token}`
}

/** Links and cursors that a party was given, without the base. */
async function sealedOf(party: Party, types: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const path of [...types.map((type) => `${type}?_count=1`), 'Task/$changes?_count=1', '_history?_count=1']) {
    const { link = [] } = (await party.get(path)).body as unknown as r4.Bundle
    for (const { relation, url } of link) if (relation !== 'self') found.push(url.replace(/^.*?\/fhir\//, ''))
  }
  return found
}

const parametersOf = ({ context }: Exchange, types: readonly string[]): string[] => [
  ...new Set(types.flatMap((type) => context.search.list(type).map(({ code }) => code))),
]

async function exchangeUnderAttack(t: Test): Promise<Place> {
  const { exchange, log } = await start(t, {})
  const { trust, provider } = await parties(exchange)
  for (let i = 0; i < 3; i++) await trust.post('', orderBundle())
  const types = exchange.context.exposedTypes
  const tasks = resourcesOf(await provider.get('Task'))
  const others = (await Promise.all(['Patient', 'MedicationRequest'].map((type) => trust.get(type)))).flatMap(
    resourcesOf,
  )
  const good = [...tasks, ...others, ...samples()]
  const roles = [
    ['trust', 'RBA'],
    ['provider', 'VN6XW'],
    ['pharmacist', 'RBA'],
  ] as const
  return {
    name: 'the exchange',
    attacks: await Promise.all(
      roles.map(async ([role, organization]) => ({
        exchange,
        log,
        authorization: await tokenOf(exchange, role, organization),
      })),
    ),
    target: {
      types,
      parameters: parametersOf(exchange, types),
      operations: exchange.context.table.operations.map(({ name }) => name),
      stored: [...tasks, ...others].map(({ resourceType, id }) => `${resourceType}/${id}`),
      resources: good.filter(({ resourceType }) => resourceType !== 'Bundle'),
      bundles: [orderBundle(), ...good.filter(({ resourceType }) => resourceType === 'Bundle')],
      sealed: await sealedOf(provider, ['Task', 'MedicationRequest']),
    },
  }
}

async function testerUnderAttack(t: Test): Promise<Place> {
  const { exchange, log } = await start(t, { SERVER_TABLE: 'conformance/tester.json' })
  const tester = await exchange.party('tester', 'TEST1')
  const good = samples()
  const made = await Promise.all(
    good
      .filter(({ resourceType }) => resourceType !== 'Bundle')
      .map((resource) => tester.post(resource.resourceType, resource)),
  )
  const stored = made.filter(({ status }) => status === 201).map(({ body }) => `${body.resourceType}/${body.id}`)
  const types = exchange.context.exposedTypes
  return {
    name: 'the open table',
    attacks: [{ exchange, log, authorization: await tokenOf(exchange, 'tester', 'TEST1') }],
    target: {
      types,
      parameters: parametersOf(exchange, types),
      operations: ['validate', 'changes'],
      stored,
      resources: good.filter(({ resourceType }) => resourceType !== 'Bundle'),
      bundles: good.filter(({ resourceType }) => resourceType === 'Bundle'),
      sealed: await sealedOf(tester, ['Patient', 'MedicationRequest']),
    },
  }
}

const families = { searches, addresses, headers, bodies, bundles, patches, links, forms } as const

/** Requests between two looks at the clock. A run that is cut short in the middle would hide the one that takes for ever. */
const ROUND = 20

/** Runs a property for its share of the time, in rounds that each have a seed that follows from the first. */
async function assail<T>(t: Test, arbitrary: fc.Arbitrary<T>, hold: (value: T) => Promise<void> | void): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (value) => hold(value))
  const until = performance.now() + (SECONDS * 1000) / SHARES
  let rounds = 0
  do {
    const seed = SEED + rounds++
    const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: ROUND })
    if (failed) {
      t.fail('it holds', { seed, counterexample: shown(counterexample), error: String(errorInstance) })
      return
    }
  } while (performance.now() < until)
  t.pass(`held ${rounds * ROUND} times`)
}

const SHARES = Object.keys(families).length * 2 + Object.keys(parsers).length

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (Buffer.isBuffer(inner) ? inner.toString('latin1') : inner)).slice(
    0,
    4000,
  )

async function attack(t: Test, { attacks, target }: Place): Promise<void> {
  for (const [name, make] of Object.entries(families)) {
    await t.test(name, async (t) => {
      const who = fc.nat({ max: attacks.length - 1 })
      const statuses = new Map<number, number>()
      collect()
      const before = process.memoryUsage().heapUsed
      await assail(t, fc.tuple(who, make(target)), async ([attacker, request]: [number, HostileRequest]) => {
        const status = await judge(attacks[attacker]!, request)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      })
      await attacks[0]?.exchange.audit.flush()
      collect()
      const growth = process.memoryUsage().heapUsed - before
      t.ok(growth < GROWTH, `the heap grew by ${Math.round(growth / 1e6)} MB`)
      t.comment(
        [...statuses]
          .toSorted(([a], [b]) => a - b)
          .map((pair) => pair.join(': '))
          .join(', '),
      )
    })
  }
}

t.test('parsers', async (t) => {
  for (const [name, { input, hold }] of Object.entries(parsers)) {
    await t.test(name, (t) => assail(t, input as fc.Arbitrary<unknown>, hold as (value: unknown) => void))
  }
})
t.test('the exchange', async (t) => attack(t, await exchangeUnderAttack(t)))
t.test('the open table', async (t) => attack(t, await testerUnderAttack(t)))
t.test('nothing was rejected without being heard', async (t) => t.same(stray.map(String), []))
