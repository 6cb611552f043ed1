/**
 * The command line. Each command loads what it needs: `validate` (`validate-command.ts`), those that look after
 * identities (`identity/command-line.ts`) or a store (`upkeep/command-line.ts`), `sign` (`signature/sign-command.ts`)
 * and `play` (`exchanges/play-command.ts`). Exit code 0: nothing wrong; 1: something was found; 2: a file or an argument
 * cannot be used.
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readConfig } from './config.ts'

const AUDIT_USAGE = `Usage: homecare-exchange audit verify [--anchor SEQ:HASH]

Walks the audit log in DATABASE_URL: exit code 0 when it is whole, 1 when a row was changed, removed or put in between.
Note the last line elsewhere; given as --anchor later, it proves that nothing before it was written anew.
`

/** @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(usageOf(command, await everyUsage()))
    return 0
  }
  switch (command) {
    case 'validate':
      return (await import('./validate-command.ts')).validateCommand(rest)
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
  const [{ VALIDATE_USAGE }, identity, upkeep, { SIGN_USAGE }, { PLAY_USAGE }] = await Promise.all([
    import('./validate-command.ts'),
    import('./identity/command-line.ts'),
    import('./upkeep/command-line.ts'),
    import('./signature/sign-command.ts'),
    import('./exchanges/play-command.ts'),
  ])
  const others = [AUDIT_USAGE, identity.usage, SIGN_USAGE, upkeep.UPKEEP_USAGE, PLAY_USAGE]
  return [VALIDATE_USAGE, ...others.map((usage) => usage.replace(/^Usage: /, '       '))].join('\n')
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

async function verifyLog(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { anchor: { type: 'string' } },
    })
    if (positionals.join(' ') !== 'verify') return unusable(AUDIT_USAGE)
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
