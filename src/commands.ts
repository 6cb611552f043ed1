/**
 * The command line. `homecare-exchange validate FILE...` makes the checks of a write in a vendor's own pipeline, with no
 * server and no database; the other commands look after identities (`identity/command-line.ts`).
 * Each command loads what it needs. Exit code 0: nothing wrong; 1: errors were found; 2: a file or an argument cannot be used.
 * `homecare-exchange check`, `reindex` and others look after a store: `upkeep/command-line.ts`.
 * `homecare-exchange sign` signs an order: `signature/sign-command.ts`.
 * `homecare-exchange play` plays request/response pairs against a server: `exchanges/play-command.ts`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs, styleText } from 'node:util'
import { readConfig } from './config.ts'
import { parseJson } from './fhir/json.ts'
import { positionOf } from './fhir/position.ts'
import { type Issue, isError, Problem, severityOf } from './fhir/problem.ts'
import { inspectText } from './interactions/validate.ts'
import { createValidation, type Validation } from './validation.ts'

const USAGE = `Usage: homecare-exchange validate [--profile URL]... [--all] [--json] FILE...

Says everything that is wrong with FHIR resources or Bundles in JSON, by the rules by which the service accepts them.
FILE may be - for standard input; --all tells what is merely good to know as well. PACKAGES and SERVER_TABLE are read from the environment as by the service.

       homecare-exchange audit verify [--anchor SEQ:HASH]

Walks the audit log in DATABASE_URL: exit code 0 when it is whole, 1 when a row was changed, removed or put in between.
Note the last line elsewhere; given as --anchor later, it proves that nothing before it was written anew.
`

const colours = { fatal: 'red', error: 'red', warning: 'yellow', information: 'blue' } as const

/** @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(usageOf(command, await everyUsage()))
    return 0
  }
  switch (command) {
    case 'validate':
      return validate(rest)
    case 'audit':
      return verifyLog(rest)
    case 'play':
      return (await import('./exchanges/play-command.ts')).playCommand(rest)
    case 'sign': {
      const { signCommand } = await import('./signature/sign-command.ts')
      return orUnusable(() => signCommand(rest, Date.now()))
    }
  }
  const identity = await import('./identity/command-line.ts')
  if (identity.isIdentityCommand(command)) {
    return orUnusable(() => identity.runIdentityCommand(command, rest, process.env))
  }
  const upkeep = await import('./upkeep/command-line.ts')
  if (upkeep.isUpkeepCommand(command)) return upkeep.upkeepCommand(command, rest)
  return unusable(command === undefined ? await everyUsage() : `There is no command "${command}": --help lists them.\n`)
}

async function everyUsage(): Promise<string> {
  const [identity, upkeep, { SIGN_USAGE }, { PLAY_USAGE }] = await Promise.all([
    import('./identity/command-line.ts'),
    import('./upkeep/command-line.ts'),
    import('./signature/sign-command.ts'),
    import('./exchanges/play-command.ts'),
  ])
  const others = [identity.usage, SIGN_USAGE, upkeep.UPKEEP_USAGE, PLAY_USAGE]
  return [USAGE, ...others.map((usage) => usage.replace(/^Usage: /, '       '))].join('\n')
}

/** What is said of one command, with what is said together with it; of all where it is none. */
function usageOf(command: string | undefined, all: string): string {
  const parts = all.replace(/^Usage: /, '       ').split(/\n(?= {7}homecare-exchange )/)
  const blocks: string[] = []
  // Lines of use that follow each other are explained together.
  for (const part of parts) {
    const last = blocks.at(-1)
    if (last !== undefined && !last.includes('\n\n')) blocks[blocks.length - 1] = `${last}\n${part}`
    else blocks.push(part)
  }
  const own = blocks.filter(
    (block) =>
      block.includes(`       homecare-exchange ${command} `) ||
      block.startsWith(`       homecare-exchange ${command}\n`),
  )
  return own.length === 0 ? all : `Usage: ${own.join('\n').trim()}\n`
}

async function orUnusable(run: () => Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    return unusable(`${(error as Error).message}\n`)
  }
}

function validate(rest: readonly string[]): number {
  try {
    const { values, positionals } = parseArgs({
      args: rest,
      allowPositionals: true,
      options: { profile: { type: 'string', multiple: true }, json: { type: 'boolean' }, all: { type: 'boolean' } },
    })
    if (positionals.length === 0) return unusable(USAGE)
    const validation = createValidation(readConfig(process.env))
    const { profile = [], json = false, all = false } = values
    const codes = positionals.map((file) => validateFile(validation, file, { profile, json, all }))
    return Math.max(...codes)
  } catch (error) {
    return unusable(`${(error as Error).message}\n`)
  }
}

async function verifyLog(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { anchor: { type: 'string' } },
    })
    if (positionals.join(' ') !== 'verify') return unusable(USAGE)
    const url = readConfig(process.env).databaseUrl
    const file = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : undefined
    if (file !== undefined && !existsSync(file)) return unusable(`${file} does not exist.\n`)
    const { openDatabase } = await import('./store/open.ts')
    const { verifyAudit } = await import('./store/audit-verify.ts')
    const database = await openDatabase(url)
    const found = await verifyAudit(database.query, values.anchor).finally(() => database.close())
    if (found.whole) process.stdout.write(`The audit log is whole: ${found.rows} rows.\n${found.head}\n`)
    else process.stdout.write(`The audit log is broken: row ${found.seq} ${found.why}.\n`)
    return found.whole ? 0 : 1
  } catch (error) {
    return unusable(`${(error as Error).message}\n`)
  }
}

function unusable(words: string): number {
  process.stderr.write(words)
  return 2
}

interface Wanted {
  readonly profile: readonly string[]
  readonly json: boolean
  readonly all: boolean
}

function validateFile(validation: Validation, file: string, { profile, json, all }: Wanted): number {
  let text: string
  try {
    // A byte order mark is no part of the text (RFC 8259 section 8.1), and the service reads over it too.
    text = readFileSync(file === '-' ? 0 : file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    return unusable(`${file}: ${(error as Error).message}\n`)
  }
  const issues = issuesOf(validation, text, profile).filter((issue) => all || severityOf(issue) !== 'information')
  process.stdout.write(json ? `${JSON.stringify({ file, issues })}\n` : report(file, text, issues))
  return issues.some(isError) ? 1 : 0
}

function issuesOf(validation: Validation, text: string, profiles: readonly string[]): readonly Issue[] {
  try {
    return inspectText(validation, parseJson(text, validation.limits.jsonDepth), text, profiles)
  } catch (error) {
    if (error instanceof Problem) return error.issues
    throw error
  }
}

function report(file: string, text: string, issues: readonly Issue[]): string {
  const paint = (format: Parameters<typeof styleText>[0], words: string): string =>
    styleText(format, words, { stream: process.stdout })
  if (issues.length === 0) return `${paint('green', 'ok')}  ${file}\n`
  const lines = issues.map((issue) => {
    const severity = severityOf(issue)
    const place = issue.expression === undefined ? undefined : positionOf(text, issue.expression)
    const where = place ? `${file}:${place.line}:${place.column}` : file
    return `${where}\n  ${paint(colours[severity], severity)} ${issue.key}  ${paint('bold', issue.expression ?? '')}\n  ${issue.diagnostics}\n`
  })
  const errors = issues.filter(isError).length
  const summary = `${errors} ${errors === 1 ? 'error' : 'errors'}, ${issues.length - errors} other`
  return `${lines.join('')}${paint(errors > 0 ? 'red' : 'yellow', summary)}  ${file}\n`
}
