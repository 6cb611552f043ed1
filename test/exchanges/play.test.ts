/** The request/response pairs of `conformance/exchanges/`, and the README's calls, played on the real service. */
import { execFile, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t from 'tap'
import { packageRoot, readConfig } from '../../src/config.ts'
import { readExchangeFile } from '../../src/exchanges/exchange-file.ts'
import { exchangeFiles } from '../../src/exchanges/play-command.ts'
import { play, type Wire } from '../../src/exchanges/player.ts'
import type { r4 } from '../../src/fhir/resource.ts'
import { serve } from '../../src/serve.ts'
import { command, surroundings } from '../command.ts'
import { type Exchange, startExchange } from '../helper.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)

/** The wire inside this process. */
const injected = (exchange: Exchange): Wire => ({
  async send({ method, path, headers, body }) {
    const url = path === '' || path.startsWith('?') ? `/fhir${path}` : `/fhir/${path}`
    const answer = await exchange.app.inject({
      method: method as 'GET',
      url,
      headers: { ...headers },
      ...(body === undefined ? {} : { payload: body }),
    })
    const flat = Object.entries(answer.headers).map(([name, value]) => [name, value?.toString()])
    return { status: answer.statusCode, headers: Object.fromEntries(flat), text: answer.body }
  },
  async token(_name, { role, organization }) {
    const answer = await exchange.app.inject({
      method: 'POST',
      url: '/oauth2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `grant_type=client_credentials&client_id=sandbox&client_secret=sandbox&role=${role}&organization=${organization}`,
    })
    return String(answer.json().access_token)
  },
})

for (const table of ['exchange', 'tester']) {
  t.test(`every exchange that the table "${table}" promises goes as it is written`, async (t) => {
    const file = table === 'tester' ? 'conformance/tester.json' : 'conformance/server.json'
    const exchange = await startExchange(t, { SERVER_TABLE: join(packageRoot, file) })
    const files = exchangeFiles()
      .map((path) => readExchangeFile(path))
      .filter(({ tables }) => tables.includes(table))
    t.ok(files.length >= 3)
    for (const file of files) {
      const played = await play(file, injected(exchange), () => exchange.now)
      t.equal(played.length, file.exchanges.length)
      for (const { exchange: one, differences } of played) {
        t.strictSame(differences, [], `${file.title}: ${one.party ?? 'anybody'} ${one.says}`)
      }
    }
  })
}

t.test('a difference is found, whatever it is in', async (t) => {
  const exchange = await startExchange(t)
  const request = { method: 'GET', path: 'metadata' } as const
  const ask = async (expect: object, rest: object = {}) => {
    const file = { title: 'x', why: 'x', tables: ['exchange'], parties: {} }
    const one = { says: 'asks', request, expect: { status: 200, ...expect }, ...rest }
    const [played] = await play({ ...file, exchanges: [one] }, injected(exchange))
    return played?.differences.map((words) => words.slice(0, 60))
  }
  t.strictSame(await ask({}), [])
  t.match(await ask({ status: 201 }), [/^status 200, not 201: \{/])
  t.match(await ask({ headers: { etag: 'W/"1"' } }), [/^header etag: /])
  t.match(await ask({ headers: { etag: null } }), [/^header etag: /])
  t.match(await ask({ headers: { location: '/x/' } }), ['header location: absent, not /x/'])
  t.match(await ask({ fhirpath: ["fhirVersion = '5.0.0'", 'rest.resource.type', 'nothing'] }), [
    'not true: fhirVersion',
    'not true: rest',
    'not true: nothing',
  ])
  t.match(await ask({ issues: ['not-found'] }), ['no issue not-found among none'])
  t.match(await ask({ empty: true }), ['a body, and none was expected'])
  t.match(await ask({ sameBodyAs: 'other' }), ['the body is not that of "other"'])
  t.match(await ask({}, { keep: { x: 'nothing' } }), ['nothing to keep as x'])
  t.match(await ask({}, { request: { ...request, path: '${x}' } }), [/no earlier answer/])
  t.match(await ask({}, { request: { ...request, bodyOf: 'x' } }), [/no answer "x"/])
  t.match(await ask({}, { request: { ...request, body: {}, set: { 'a.b': 1 } } }), [/no place for a\.b/])
})

t.test('a file of the wrong form is refused with what is wrong', async (t) => {
  const path = join(temporaryFolder(t), 'x.json')
  const good = { title: 'x', why: 'x', tables: ['exchange'], parties: {} }
  const one = { says: 'x', request: { method: 'GET', path: 'metadata' }, expect: { status: 200 } }
  const read = (value: unknown) => () => {
    writeFileSync(path, JSON.stringify(value))
    return readExchangeFile(path)
  }
  t.equal(read({ ...good, exchanges: [one] })().title, 'x')
  t.throws(read({ ...good, exchanges: [] }), /x\.json: \/exchanges must NOT have fewer/)
  t.throws(read({ ...good, exchanges: [{ ...one, expect: { statuss: 200 } }] }), /required property 'status'/)
  t.throws(read({ ...good, exchanges: [{ ...one, party: 'nobody' }] }), /nobody, who is not among the parties/)
  const lost = { ...one, request: { ...one.request, bodyFile: 'none.json' } }
  t.throws(read({ ...good, exchanges: [lost] }), /none\.json cannot be read/)
})

t.test('over HTTP: the command, its exit codes, and the README’s calls', async (t) => {
  const folder = temporaryFolder(t)
  const settings = { DATABASE_URL: `sqlite:${join(folder, 'exchange.db')}`, PORT: '0', LOG_LEVEL: 'silent' }
  const server = await serve(readConfig(settings))
  t.teardown(() => server.close())
  const playCommand = (...args: string[]) => command(['play', ...args], {}, { cwd: packageRoot })
  const base = `${server.origin}/fhir`
  const order = 'conformance/exchanges/01-order-accepted.json'
  const good = await playCommand('--base', base, '--verbose', order, 'conformance/exchanges/12-metadata.json')
  t.equal(good.code, 0, good.out + good.err)
  t.match(good.out, /^ok {4}A first order.*\(6 exchanges, 0 differ\)/)
  t.match(good.out, /provider: accepts the order|provider: accepts it .*PUT Task\/\$\{task\} -> 200/)
  const refused = await playCommand('--base', base, '--token', 'trust=not-a-token', order)
  t.equal(refused.code, 1)
  t.match(refused.out, /^FAIL {2}A first order[\s\S]*status 401, not 200/)
  for (const args of [
    [],
    ['--base', 'here'],
    ['--base', base, 'no-such-file.json'],
    ['--base', 'http://127.0.0.1:1/fhir'],
  ]) {
    const wrong = await playCommand(...args)
    t.equal(wrong.code, 2, args.join(' '))
    t.match(wrong.err, /\S/)
  }

  const [, script = ''] =
    /```sh\n(# 1 {2}A token[\s\S]*?)```/.exec(readFileSync(join(packageRoot, 'README.md'), 'utf8')) ?? []
  t.match(script, /# 5 /, 'the README has its five calls')
  const { stdout } = await run(
    'bash',
    ['-euo', 'pipefail', '-c', script.replaceAll('http://127.0.0.1:8080', server.origin)],
    { cwd: packageRoot, env: surroundings },
  )
  const told = [
    '"type": "transaction-response"',
    '"status": "requested"',
    '"status": "accepted"',
    '"status": "in-progress"',
  ]
  let from = 0
  for (const words of told) {
    const at = stdout.indexOf(words, from)
    t.ok(at >= from, `${words} comes next: ${stdout.slice(from, from + 300)}`)
    from = Math.max(from, at)
  }
  t.match(stdout.slice(from - 400), /"resourceType": "MedicationDispense"/)
  t.notMatch(stdout, '"severity": "error"')

  await t.test('README’s numbers are good, and its poller accepts an order, but none that has gone on', async (t) => {
    const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8')
    const [numbers = '', poller = ''] = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, text = '']) => text)
    const made = await run(process.execPath, ['--input-type=module', '--eval', numbers], { env: surroundings })
    const [orderNumber = '', nhsNumber = ''] = made.stdout.trim().split(' ')
    writeFileSync(join(folder, 'poller.mjs'), poller)
    const child = spawn(process.execPath, [join(folder, 'poller.mjs')], {
      env: { ...surroundings, FHIR: base, PLACE: join(folder, 'place.txt') },
    })
    t.teardown(() => child.kill('SIGKILL'))
    const complaints = text(child.stderr)

    const login = await fetch(`${server.origin}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'client_credentials', client_id: 'sandbox', client_secret: 'sandbox' },
        ...{ role: 'trust', organization: 'RBA' },
      }),
    })
    const { access_token: token } = (await login.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }
    let next = `${base}/Task/$changes?from=now`
    const changes = async (prefer = 'wait=20') => {
      const page = (await (await fetch(next, { headers: { ...headers, prefer } })).json()) as r4.Bundle
      next = page.link?.find(({ relation }) => relation === 'next')?.url ?? ''
      return page.entry?.map(({ resource }) => resource as r4.Task) ?? []
    }
    t.same(await changes('wait=0'), [])
    const order = readFileSync(join(packageRoot, 'profiles/valid/Bundle--order.json'), 'utf8')
      .replaceAll('2026-11-22', new Date().toISOString().slice(0, 10))
      .replace('DC2C66-A1B2C3-23407Z', orderNumber)
      .replaceAll('9449304130', nhsNumber)
      .replace('d3f5b7a8', 'd3f5b7a9')
    const posted = await fetch(base, { method: 'POST', headers, body: order })
    t.equal(posted.status, 200, await posted.text())
    const seen: string[] = []
    while (!seen.some((words) => words.startsWith('accepted'))) {
      const tasks = (await changes()).filter(({ code }) => code?.coding?.[0]?.code === 'fulfill')
      if (tasks.length === 0) break
      seen.push(...tasks.map(({ status, groupIdentifier }) => `${status} ${groupIdentifier?.value}`))
    }
    t.same(seen, [`requested ${orderNumber}`, `accepted ${orderNumber}`])
    child.kill()
    t.equal(await complaints, '')
  })
})
