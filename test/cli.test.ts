/** The command line: the checks of a write without a server, with exit codes a pipeline can branch on. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { packageRoot } from '../src/config.ts'
import { command, type Ended } from './command.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** In the folder of the project, whose examples are validated. */
const run = (args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Ended> =>
  command(args, env, { input, cwd: packageRoot })

t.test('a sound order: exit code 0', async (t) => {
  // The command goes by the clock on the wall, and a prescription is good for six months.
  const today = new Date().toISOString().slice(0, 10)
  const order = readFileSync(join(packageRoot, 'profiles/valid/Bundle--order.json'), 'utf8')
  const { code, out } = await run(['validate', '-'], order.replaceAll('2026-11-22', today))
  t.equal(code, 0, out)
  t.notMatch(out, /error [a-z]/)
})

t.test('an unsafe prescription: exit code 1, with file, line, column, code and what to do', async (t) => {
  const file = 'profiles/invalid/rule-weekly-medicine-too-often.json'
  const { code, out } = await run(['validate', file])
  t.equal(code, 1)
  t.match(out, /rule-weekly-medicine-too-often\.json:\d+:\d+\n {2}error weekly-medicine-too-often {2}\S+timing/)
})

t.test('colours where they are wanted, none in a pipe or where they are not', async (t) => {
  const files = [
    'profiles/invalid/rule-supply-gap.json',
    'profiles/invalid/rule-snomed-form.json',
    'profiles/valid/Patient.json',
  ]
  const { code, out } = await run(['validate', ...files], '', { FORCE_COLOR: '1', NO_COLOR: '' })
  t.equal(code, 1)
  t.match(out, '\u001b[31merror\u001b[39m snomed-form')
  t.match(out, '\u001b[33mwarning\u001b[39m supply-gap')
  t.match(out, '\u001b[32mok\u001b[39m')
  for (const plain of ['1', '']) {
    t.notMatch((await run(['validate', ...files], '', { NO_COLOR: plain })).out, '\u001b')
  }
})

t.test('warnings alone do not fail a pipeline', async (t) => {
  const { code, out } = await run(['validate', 'profiles/invalid/code-without-system.json'])
  t.equal(code, 0)
  t.match(out, /warning code-without-system/)
  t.match(out, /0 errors, 1 other/)
})

t.test('several files: the worst of them decides', async (t) => {
  const { code, out } = await run(['validate', 'profiles/valid/Patient.json', 'profiles/invalid/rule-snomed-form.json'])
  t.equal(code, 1)
  t.match(out, /snomed-form/)
})

t.test('standard input, and JSON for machines', async (t) => {
  const { code, out } = await run(['validate', '--json', '-'], '{"resourceType":"Patient","active":"yes"}')
  t.equal(code, 1)
  const { issues } = JSON.parse(out) as { issues: { key: string; expression: string }[] }
  t.match(
    issues.find(({ key }) => key === 'structure-wrong-type'),
    { expression: 'Patient.active', severity: 'error' },
  )
})

t.test('a folder is gone through, and of NDJSON each line is a resource with its place in the file', async (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'below'))
  writeFileSync(join(folder, 'good.json'), '{"resourceType":"Basic","code":{"text":"x"}}')
  writeFileSync(join(folder, 'notes.txt'), 'not looked at')
  writeFileSync(
    join(folder, 'below', 'export.ndjson'),
    '{"resourceType":"Basic","code":{"text":"x"}}\n\n{"resourceType":"Basic","language":true}\r\n{"resourceType":"Basic"',
  )
  const { code, out } = await run(['validate', folder])
  t.equal(code, 1)
  const told = out.replaceAll(folder, '').split('\n')
  t.ok(told.includes('ok  /good.json'), out)
  t.ok(told.includes('ok  /below/export.ndjson:1'), out)
  t.ok(told.includes('/below/export.ndjson:3:36'), out)
  t.match(out, /export\.ndjson:4\n {2}error json-malformed/)
  t.notMatch(out, /notes|export\.ndjson:2/)
  const empty = join(folder, 'below', 'nothing')
  mkdirSync(empty)
  t.match(await run(['validate', empty]), { code: 2, err: /nothing in it/ })
})

t.test('bytes that are no UTF-8 are refused as by the service, and an empty file is called empty', async (t) => {
  const folder = temporaryFolder(t)
  const cases: [bytes: Buffer, words: RegExp][] = [
    [Buffer.from('\ufeff{"resourceType":"Basic"}', 'utf16le'), /looks like UTF-16/],
    [gzipSync('{"resourceType":"Basic"}'), /looks like gzip/],
    [Buffer.from('{"resourceType":"Basic","language":"\u00e9"}', 'latin1'), /not valid UTF-8/],
    [Buffer.alloc(0), /it is empty/],
  ]
  for (const [i, [bytes, words]] of cases.entries()) {
    const file = join(folder, `${i}.json`)
    writeFileSync(file, bytes)
    t.match(await run(['validate', file]), { code: 1, out: words })
  }
  const marked = join(folder, 'bom.json')
  writeFileSync(marked, '\ufeff{"resourceType":"Basic","code":{"text":"x"}}')
  t.match(await run(['validate', marked]), { code: 0 })
})

t.test('what is no JSON is an error of the file, not of the command', async (t) => {
  const file = join(temporaryFolder(t), 'broken.json')
  writeFileSync(file, '{"resourceType":')
  const { code, out } = await run(['validate', file])
  t.equal(code, 1)
  t.match(out, /json-malformed/)
})

t.test('a wrong call or a missing file: exit code 2 and words', async (t) => {
  for (const args of [
    [],
    ['chekc'],
    ['check'],
    ['validate'],
    ['validate', '--nonsense', 'x'],
    ['validate', 'no-such-file.json'],
  ]) {
    // Where a store lies already, `check` finds it and is content.
    const { code, err } = await command(args)
    t.equal(code, 2, args.join(' '))
    t.ok(err.length > 10)
    t.notMatch(err, /ENOENT/)
  }
})

t.test('who asks for help gets it, from every command', async (t) => {
  for (const args of [['--help'], ['-h'], ['chekc', '--help']]) {
    const { code, out, err } = await command(args)
    t.same([code, err], [0, ''], args.join(' '))
    for (const name of ['validate', 'audit verify', 'client add', 'sign', 'backup FILE', 'doctor', 'play']) {
      t.match(out, `homecare-exchange ${name}`)
    }
  }
  const { out } = await command(['restore', '--help'])
  t.match(out, /^Usage: homecare-exchange backup FILE\n +homecare-exchange restore .*FILE\n\nCopies /, 'its own alone')
  t.notMatch(out, /validate|doctor/)
})
