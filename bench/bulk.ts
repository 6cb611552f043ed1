/**
 * A store with a past. Two orders go through the front door; what they have left in the tables is then copied by SQL,
 * each copy with keys, ids, numbers and instants of its own. That takes seconds where requests would take an hour.
 */
import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { createApp } from '../src/app.ts'
import { createContext } from '../src/boot.ts'
import { readConfig } from '../src/config.ts'
import type { r4 } from '../src/fhir/resource.ts'
import { createAudit } from '../src/http/audit.ts'
import { interactions } from '../src/interactions/index.ts'
import type { Database, Query, SqlValue } from '../src/store/database.ts'
import { openAsIs } from '../src/store/open.ts'
import { openPostgres } from '../src/store/postgres.ts'
import { columns, type Table } from '../src/store/rows.ts'
import { nhsNumber, orderNumber, PROVIDER, smallOrder, TRUST } from './orders.ts'

export interface Amount {
  /** Tasks of orders that are over. */
  readonly past: number
  /** Orders that wait for the provider: each a Patient, a MedicationRequest and its Task. */
  readonly waiting: number
}

export interface Filled {
  /** Ids of the Tasks that wait, at version 1. */
  readonly tasks: readonly string[]
  /** `MedicationRequest/id` of prescriptions, as many as wait. */
  readonly prescriptions: readonly string[]
  /** Ids of the patients they are for, one each. */
  readonly patients: readonly string[]
  /** One of them as it is stored. */
  readonly prescription: r4.MedicationRequest
}

/** Fills a database that no service uses, in lots. */
export async function fillStore(databaseUrl: string, amount: Amount): Promise<Filled> {
  const { over, waits } = await seeds(databaseUrl)
  const database = await patient(databaseUrl)
  try {
    const begin = Date.now() - 2 * 86_400_000
    // Each lot in a transaction of its own: what has not been made durable stays in memory.
    for (let start = 0; start < amount.past; start += CHUNK) {
      const lot = Math.min(CHUNK, amount.past - start)
      const past = Array.from({ length: lot }, (_, i) => newCopy(begin + start + i))
      await database.transaction((query) => multiply(query, [over.task], past, true))
    }
    const filled = Array.from({ length: amount.waiting }, (_, i) => newCopy(begin + amount.past + i))
    const waiting = [waits.patient, waits.prescription, waits.task]
    for (let start = 0; start < filled.length; start += CHUNK) {
      const lot = filled.slice(start, start + CHUNK)
      await database.transaction((query) => multiply(query, waiting, lot, false))
    }
    const [row] = await database.query<{ text: string }>('SELECT text FROM version WHERE key = $1', [
      waits.prescription.key,
    ])
    // What a server that has grown to this size would have done by itself; left to it, it would do so meanwhile.
    if (!database.exclusive) await database.query('VACUUM (ANALYZE)')
    return {
      tasks: filled.map(({ task }) => task),
      prescriptions: filled.map(({ prescription }) => prescription),
      patients: filled.map(({ patient }) => patient),
      prescription: JSON.parse(row?.text ?? '{}') as r4.MedicationRequest,
    }
  } finally {
    await database.close()
  }
}

/** The database that a service has brought up before. Nobody waits for these statements: they may take as long as they need. */
const patient = (url: string): Promise<Database> =>
  url.startsWith('sqlite:') ? openAsIs(url) : openPostgres({ url, readers: 1, statementTimeout: 0 })

/** A resource whose rows are copied, at version 1. */
interface Seed {
  /** What the copies have in the place of its id. */
  readonly own: 'patient' | 'prescription' | 'task'
  readonly key: number
  readonly id: string
  readonly instant: string
}

interface Order {
  readonly patient: Seed
  readonly task: Seed
  readonly prescription: Seed
}

/** Posts two orders and says where they lie. */
async function seeds(databaseUrl: string): Promise<{ readonly over: Order; readonly waits: Order }> {
  const config = readConfig({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent', CLOCK_INTERVAL: '0' })
  const context = await createContext({ config, log: pino({ level: 'silent' }) })
  const audit = createAudit(context)
  const app = createApp({ context, config, interactions, audit })
  const seed = async (type: string, own: Seed['own'], mark: string): Promise<Seed> => {
    const [row] = await context.database.query<{ key: number; id: string; text: string }>(
      `SELECT r.key AS key, r.id AS id, v.text AS text FROM resource r JOIN version v ON v.key = r.key
       WHERE r.type = $1 AND v.version = 1 AND v.text LIKE $2`,
      [type, `%${mark}%`],
    )
    if (!row) throw new Error(`The order left no ${type}.`)
    const instant = /"lastUpdated":"([^"]+)"/.exec(row.text)?.[1] ?? ''
    return { own, key: row.key, id: row.id, instant }
  }
  const post = async (): Promise<Order> => {
    const bundle = smallOrder()
    const number = (bundle.entry.at(-1)?.resource as r4.MedicationRequest).groupIdentifier?.value ?? ''
    const headers = { authorization, 'content-type': 'application/fhir+json' }
    const answer = await app.inject({ method: 'POST', url: '/fhir', headers, payload: JSON.stringify(bundle) })
    if (answer.statusCode !== 200) throw new Error(`The order is refused: ${answer.body}`)
    return {
      patient: await seed('Patient', 'patient', PATIENT),
      prescription: await seed('MedicationRequest', 'prescription', number),
      task: await seed('Task', 'task', number),
    }
  }
  const login = await app.inject({
    method: 'POST',
    url: '/oauth2/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: `grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&role=trust&organization=${TRUST}`,
  })
  const authorization = `Bearer ${login.json().access_token}`
  try {
    return { over: await post(), waits: await post() }
  } finally {
    await app.close()
    await context.close()
  }
}

/** What is new in a copy. */
interface Copy {
  readonly patient: string
  readonly number: string
  readonly task: string
  readonly prescription: string
  readonly item: string
  readonly order: string
  /** ms since the epoch */
  readonly tick: number
}

/** A UUID of version 7 for an instant: rising with time, as ids of the service are. */
function idAt(tick: number): string {
  const time = tick.toString(16).padStart(12, '0')
  const random = randomBytes(8).toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${time.slice(2, 8)}${random.slice(6, 12)}`
}

const newCopy = (tick: number): Copy => ({
  patient: idAt(tick),
  number: nhsNumber(),
  task: idAt(tick),
  prescription: idAt(tick),
  item: idAt(tick),
  order: orderNumber('BULK'),
  tick,
})

/** Copies made by one statement for each row of the seed, in one transaction. */
const CHUNK = 100_000

/** Columns that hold a key or an event number; all of a seed's lie between the seed's first and last. */
const NUMBERED = new Set(['key', 'seq'])
/** The audit log and what the clock has to look at are not copied: reads and polls never look at them. */
const tables = (Object.keys(columns) as Table[]).filter(
  (table) => table !== 'alarm' && columns[table].some((name) => name === 'key'),
)

async function multiply(query: Query, of: readonly Seed[], copies: readonly Copy[], ended: boolean): Promise<void> {
  const [clock] = await query<{ tick: number; seq: number }>('SELECT tick, seq FROM clock WHERE id = 1')
  const rows = await seedRows(query, of)
  const next = (clock?.seq ?? 0) + 1
  await query(
    `CREATE TABLE bench_copy (i BIGINT PRIMARY KEY, patient TEXT, number TEXT, task TEXT, prescription TEXT, item TEXT, ordered TEXT, tick BIGINT, instant TEXT)`,
  )
  await insertCopies(query, copies)
  for (const { table, row } of rows) {
    const values = columns[table].map((name) => expression(name, row, of, next, ended))
    await query(`INSERT INTO ${table} (${columns[table].join(', ')}) SELECT ${values.join(', ')} FROM bench_copy c`)
  }
  await query('DROP TABLE bench_copy')
  await query('UPDATE clock SET seq = $1, tick = CASE WHEN tick > $2 THEN tick ELSE $2 END WHERE id = 1', [
    next + copies.length * of.length - 1,
    copies.at(-1)?.tick ?? 0,
  ])
}

type SeedRow = Readonly<Record<string, SqlValue>>

async function seedRows(query: Query, of: readonly Seed[]): Promise<{ table: Table; row: SeedRow }[]> {
  const found: { table: Table; row: SeedRow }[] = []
  for (const table of tables) {
    for (const { key } of of) {
      const rows = await query<SeedRow>(`SELECT ${columns[table].join(', ')} FROM ${table} WHERE key = $1`, [key])
      found.push(...rows.map((row) => ({ table, row })))
    }
  }
  return found
}

/** The value of a column in a copy, as SQL. */
function expression(name: string, row: SeedRow, of: readonly Seed[], next: number, ended: boolean): string {
  const value = row[name]
  if (NUMBERED.has(name)) {
    // An event of the order that is not the making of either resource stands with the last of them.
    const place = of.findIndex(({ key }) => key === value)
    return `${next} + c.i * ${of.length} + ${place < 0 ? of.length - 1 : place}`
  }
  if (name === 'tick' || (isDate(row) && of.some(({ instant }) => Date.parse(instant) === value))) return 'c.tick'
  if (typeof value !== 'string') return String(value)
  const text = ended ? value.replace('"status":"requested"', '"status":"completed"') : value
  const isStatus = name === 'code' && row.param === 'Task.status' && ended
  return copied(isStatus ? 'completed' : text, of)
}

/** A row of `index_date`: its range may be the instant at which the seed was written. */
const isDate = (row: SeedRow): boolean => 'low' in row && Number.isInteger(row.low) && !('unit' in row)

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A text with what a copy has of its own in the places of what the seed has. */
function copied(text: string, of: readonly Seed[]): string {
  const parts = [
    ...of.map(({ id, own }) => [id, own]),
    ...(of.length > 1 ? [[PATIENT, 'number']] : []),
    ...of.map(({ instant }) => [instant, 'instant']),
    [ORDER.exec(text)?.[0], 'ordered'],
    ...(of.length > 1 ? [[itemOf(text), 'item']] : []),
  ] as const
  return parts.reduce(
    (sql, [own, column]) =>
      own !== undefined && own !== '' && text.includes(own) ? `replace(${sql}, ${literal(own)}, c.${column})` : sql,
    literal(text),
  )
}

/** The NHS number of the patient of every small order. */
const PATIENT = '9449304130'
const ORDER = new RegExp(`DC2C66-${TRUST.padEnd(6, '0')}-[0-9A-F]{5}[0-9A-Z+]`)
/** Items have random numbers; what else is a UUID of version 4 here is none of the order's. */
const itemOf = (text: string): string | undefined =>
  /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/.exec(text)?.[0]

/** Rows of one INSERT: nine values each, below the limits of both engines. */
const ROWS = 1000

async function insertCopies(query: Query, copies: readonly Copy[]): Promise<void> {
  for (let start = 0; start < copies.length; start += ROWS) {
    const values = copies
      .slice(start, start + ROWS)
      .map(({ patient, number, task, prescription, item, order, tick }, i) => {
        const texts = [patient, number, task, prescription, item, order].map(literal)
        return `(${start + i}, ${texts.join(', ')}, ${tick}, ${literal(new Date(tick).toISOString())})`
      })
    // Each is a text of its own that must not stay among those that are prepared.
    await query(`INSERT INTO bench_copy VALUES ${values.join(', ')}`)
  }
}

export const parties = { trust: TRUST, provider: PROVIDER }
