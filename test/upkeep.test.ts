/** Backup, restore and doctor, as an operator runs them. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { type Config, readConfig } from '../src/config.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { backupFile } from '../src/store/sqlite-file.ts'
import { withoutPassword } from '../src/store/open.ts'
import { nodeFinding, settingFindings } from '../src/upkeep/doctor-command.ts'
import { command } from './command.ts'
import { startExchange } from './helper.ts'
import { orderBundle, parties } from './orders.ts'
import { temporaryFolder } from './temporary-folder.ts'

t.test('a backup taken while the service runs holds what was stored then, and comes back', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'backup.db')
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const env = { DATABASE_URL: exchange.databaseUrl }
  const tasks = async (): Promise<number> =>
    ((await provider.get('Task')).body as unknown as { total?: number }).total ?? 0
  await trust.post('', orderBundle())
  const before = await provider.get('Task')
  t.match(await command(['backup', file], env), { code: 0, out: /^done .*backup\.db, .* MB, schema \d+, checked\n$/ })
  t.same(readdirSync(folder), ['backup.db'], 'one file')
  t.match(await command(['backup', file], env), { code: 2, err: /never overwrites/ })
  await trust.post('', orderBundle())
  const more = await tasks()

  t.match(await command(['restore', file], env), { code: 2, err: /exists: --force/ })
  t.match(await command(['restore', '--force', file], env), { code: 2, err: /is in use: stop the service first/ })
  t.equal(await tasks(), more, 'the service goes on')
  await exchange.close()
  const restored = await command(['restore', '--force', file], env)
  t.match(restored, { code: 0, out: /What was there before is kept: .*\.replaced-/ }, restored.err)
  const kept = /kept: (.*)\n/.exec(restored.out)?.[1] ?? ''
  t.ok(existsSync(kept))
  t.match(await command(['check'], env), { code: 0 })

  const again = await startExchange(t, env)
  const after = await (await parties(again)).provider.get('Task')
  t.same(
    (after.body as { entry?: unknown[] }).entry?.length,
    (before.body as { entry?: unknown[] }).entry?.length,
    'the work as it was then',
  )
})

t.test(
  'a backup is of one moment though others write between its steps, and one that is given up leaves nothing',
  async (t) => {
    const folder = temporaryFolder(t)
    const source = join(folder, 'source.db')
    const [target, given] = [join(folder, 'copy.db'), join(folder, 'given-up.db')]
    const database = openSqlite(source)
    t.teardown(() => database.close())
    const write = (n: number) =>
      database.transaction((query) => query('INSERT INTO note (n, words) VALUES ($1, $2)', [n, 'x'.repeat(10_000)]))
    await database.transaction((query) => query('CREATE TABLE note (n INTEGER, words TEXT)'))
    for (let n = 0; n < 50; n++) await write(n)
    const steps: number[] = []
    const writing: Promise<unknown>[] = []
    await backupFile(source, target, {
      step: 10,
      progress(done) {
        steps.push(done)
        writing.push(write(1000 + done))
      },
    })
    await Promise.all(writing)
    t.ok(steps.length > 5)
    t.same(
      steps,
      [...new Set(steps)].sort((a, b) => a - b),
      'it never begins anew',
    )
    const copy = openSqlite(target)
    t.same(await copy.query('SELECT COUNT(*) AS n, MAX(n) AS last FROM note'), [{ n: 50, last: 49 }])
    await copy.close()
    await t.rejects(
      backupFile(source, given, {
        step: 10,
        progress() {
          throw new Error('given up')
        },
      }),
      /given up/,
    )
    t.same(
      readdirSync(folder).filter((name) => name.startsWith('given-up')),
      [],
    )
  },
)

t.test('what is no backup is not put in the place of a store', async (t) => {
  const folder = temporaryFolder(t)
  const target = join(folder, 'exchange.db')
  const env = { DATABASE_URL: `sqlite:${target}` }
  const noise = join(folder, 'noise.db')
  writeFileSync(noise, 'x'.repeat(5000))
  const newer = join(folder, 'newer.db')
  const database = openSqlite(newer)
  await database.transaction(async (query) => {
    await query('CREATE TABLE schema_version (number INTEGER PRIMARY KEY)')
    await query('INSERT INTO schema_version (number) VALUES (999)')
  })
  await database.close()
  const refused: [file: string, words: RegExp][] = [
    [join(folder, 'absent.db'), /does not exist/],
    [noise, /is no store of this service/],
    [newer, /has schema 999, this build knows \d+/],
    [target, /does not exist/],
  ]
  for (const [file, words] of refused) {
    t.match(await command(['restore', file], env), { code: 2, err: words }, basename(file))
  }
  t.notOk(existsSync(target))
})

t.test('PostgreSQL has tools of its own, named without the password', async (t) => {
  const env = { DATABASE_URL: 'postgres://exchange:s3cret@db.example.org:5432/exchange?sslmode=verify-full' }
  for (const [name, tool] of [
    ['backup', /pg_dump --format=custom --file='.*f\.dump' 'postgres:\/\/exchange@db\.example\.org:5432\/exchange\?/],
    ['restore', /pg_restore --clean --if-exists .* '.*f\.dump'\n[^]*vacuumdb --analyze-only/],
  ] as const) {
    const { code, out, err } = await command([name, 'f.dump'], env)
    t.equal(code, 2)
    t.match(err, tool)
    t.notMatch(out + err, /s3cret/)
  }
  t.notMatch(withoutPassword('postgres://a@b/c?password=s3cret'), /s3cret/)
})

t.test('doctor measures what it can and says the rest in words', async (t) => {
  const folder = temporaryFolder(t)
  const env = { DATABASE_URL: `sqlite:${join(folder, 'exchange.db')}` }
  const fresh = await command(['doctor'], env)
  t.equal(fresh.code, 1, 'a sandbox is a warning')
  t.match(fresh.out, /warning {2}AUTH: sandbox/)
  t.match(fresh.out, /\d+ syncs a second/)
  t.match(fresh.out, /GB free/)
  t.match(fresh.out, /does not exist yet/)
  t.same(readdirSync(folder), [], 'it leaves nothing behind')

  const exchange = await startExchange(t)
  const running = await command(['doctor', '--json'], { DATABASE_URL: exchange.databaseUrl })
  const findings = running.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>)
  const about = (name: string) => findings.find((finding) => finding.about === name)
  t.match(about('database')?.words, /schema \d+, answers in \d+\.\d\d ms/)
  t.match(about('search index'), { severity: 'ok' })
  t.match(about('Node'), { severity: 'ok' })
  await exchange.context.database.transaction((query) => query('UPDATE clock SET tick = tick + 1000000000000'))
  const ahead = await command(['doctor'], { DATABASE_URL: exchange.databaseUrl })
  t.match(ahead.out, /warning {2}clock: the last write is dated \d+ s in the future/)
  await exchange.context.database.transaction((query) => query('INSERT INTO schema_version (number) VALUES (999)'))
  const newer = await command(['doctor'], { DATABASE_URL: exchange.databaseUrl })
  t.match(newer, { code: 2, out: /error {4}database: .*schema 999/ })
})

t.test('doctor judges settings by who can reach them', async (t) => {
  const warned = (changes: Partial<Config>): string[] =>
    settingFindings({ ...readConfig({}), ...changes }).flatMap(({ severity, about }) =>
      severity === 'warning' ? [about] : [],
    )
  const baseUrl = 'https://exchange.example.org/fhir'
  t.same(warned({}), ['AUTH', 'BASE_URL'])
  t.same(warned({ auth: 'oauth', baseUrl }), [])
  t.same(warned({ auth: 'oauth', baseUrl: 'http://exchange.example.org/fhir' }), ['TLS'])
  const databaseUrl = 'postgres://u@db.example.org/x'
  t.same(warned({ auth: 'oauth', baseUrl, databaseUrl }), ['TLS'])
  t.same(warned({ auth: 'oauth', baseUrl, databaseUrl: `${databaseUrl}?sslmode=verify-full` }), [])
  t.match(nodeFinding('22.1.0'), { severity: 'error' })
  t.match(nodeFinding('26.0.0'), { severity: 'ok' })
})
