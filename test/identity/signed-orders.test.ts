/** The README's way from registration to a signed order, played as it stands: real keys, real processes, real HTTP. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { packageRoot, readConfig } from '../../src/config.ts'
import { serve } from '../../src/serve.ts'
import { surroundings } from '../command.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)

t.test('an EPR vendor with nothing but the README', async (t) => {
  const where = temporaryFolder(t)
  const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8')
  const [, coming = ''] = /## Who may come in[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? []
  const [, signing = ''] = /## Signed orders[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? []
  const [register = '', login = ''] = coming.split(/^AUTH=oauth npm start &$/m)
  const [makeKey = '', post = ''] = signing.split(
    /^kill %1; wait %1; AUTH=oauth POLICY=data\/policy\.json npm start &$/m,
  )
  const shell = async (script: string, origin = ''): Promise<string> => {
    const here = script
      .replace('npm run build\n', '')
      .replaceAll('npx homecare-exchange', `'${process.execPath}' '${join(packageRoot, 'src/cli.ts')}'`)
      .replaceAll(/\bdata\//g, `${where}/`)
      .replaceAll(/\b(epr|prescriber)-key\.json/g, (name) => join(where, name))
      .replaceAll('http://127.0.0.1:8080', origin)
      .replaceAll('node -p', `'${process.execPath}' -p`)
    const options = { cwd: packageRoot, env: { ...surroundings, CLIENTS: join(where, 'clients.json') } }
    return (await run('bash', ['-euo', 'pipefail', '-c', here], options)).stdout
  }
  const start = async (more: Record<string, string> = {}) => {
    const settings = {
      DATABASE_URL: `sqlite:${join(where, 'exchange.db')}`,
      PORT: '0',
      LOG_LEVEL: 'silent',
      AUTH: 'oauth',
      CLIENTS: join(where, 'clients.json'),
      SIGNING_KEYS: join(where, 'signing-keys.json'),
    }
    return serve(readConfig({ ...settings, ...more }))
  }
  await shell(register)
  const first = await start()
  t.match(await shell(login, first.origin), /"type": "transaction-response"/, 'nobody demands a signature yet')
  await first.close()

  t.match(await shell(makeKey), /is registered in/)
  const server = await start({ POLICY: join(where, 'policy.json') })
  t.teardown(() => server.close())
  const [tokens = ''] = login.split('# 3 ')
  const told = await shell(`${tokens}\n${post}`, server.origin)
  const at = ['"signature-missing"', '"signature-content-altered"', '"name": "conclusion"'].map((w) => told.indexOf(w))
  t.ok(
    at.every((place) => place >= 0),
    told.slice(0, 2000),
  )
  t.same(
    at,
    at.toSorted((a, b) => a - b),
    'refused unsigned, refused with a digit changed, accepted as signed',
  )
  t.match(told.slice(at[2]), /"valueCode": "holds"/)

  t.test('a stranger’s token finds nothing', async (t) => {
    const stranger = `${register}\n${tokens}`
      .replaceAll('epr-rba', 'epr-rxx')
      .replaceAll('RBA', 'RXX')
      .replaceAll('epr-key.json', 'stranger-key.json')
      .replaceAll('stranger-key.json', join(where, 'stranger-key.json'))
    const item = /"reference": "MedicationRequest\/([0-9a-f-]+)"/.exec(told)?.[1]
    t.ok(item)
    const found = await shell(
      `${stranger}
TOKEN=$(token)
for place in MedicationRequest Provenance Patient Task MedicationRequest/${item} 'MedicationRequest/${item}/$verify'; do
  curl -s "http://127.0.0.1:8080/fhir/$place" -H "Authorization: Bearer $TOKEN" | tr -d ' \\n'
  echo
done`,
      server.origin,
    )
    t.notMatch(found, /methotrexate|9449304130|Example/i)
    t.equal(found.match(/"total":0/g)?.length, 4)
    t.equal(found.match(/"not-found"/g)?.length, 4)
  })
})
