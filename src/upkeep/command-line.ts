/**
 * Commands that look after a store, beside a running service. Exit code 0: all is well; 1: something is wrong, or it
 * was interrupted; 2: an argument, a file or the database cannot be used. Settings are read from the environment as by
 * the service.
 */
import { existsSync } from 'node:fs'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { type Config, readConfig } from '../config.ts'
import { backupCommand, restoreCommand } from './backup-command.ts'
import { checkCommand } from './check-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { reindexCommand } from './reindex-command.ts'

export interface Asked {
  readonly config: Config
  readonly files: readonly string[]
  readonly json: boolean
  readonly force: boolean
}

interface Command {
  /** Number of FILE arguments. */
  readonly files: number
  readonly options: readonly ('json' | 'force')[]
  /** Whether it needs a store that is there already. */
  readonly reads: boolean
  run(asked: Asked): Promise<number>
}

const commands: Readonly<Record<string, Command>> = {
  check: { files: 0, options: ['json'], reads: true, run: checkCommand },
  reindex: { files: 0, options: [], reads: true, run: reindexCommand },
  backup: { files: 1, options: [], reads: true, run: backupCommand },
  restore: { files: 1, options: ['force'], reads: false, run: restoreCommand },
  doctor: { files: 0, options: ['json'], reads: false, run: doctorCommand },
}

export const UPKEEP_USAGE = `Usage: homecare-exchange check [--json]

Verifies everything that is stored in DATABASE_URL: versions, texts, events, search index, access and feeds, and on SQLite
the file itself. The service may run. Memory does not grow with the store.

       homecare-exchange reindex

Makes the search index what the definitions of this build and SERVER_TABLE say, while the service runs. Interrupted, it
goes on from there when it is started again.

       homecare-exchange backup FILE
       homecare-exchange restore [--force] FILE

Copies the SQLite store of DATABASE_URL into FILE while the service runs, and checks the copy; puts FILE in the place of a
store that nobody uses. With PostgreSQL both name the tools that do it.

       homecare-exchange doctor [--json]

Says in plain words whether settings, disk, database and clock can carry the service. Exit code 1: warnings; 2: errors.
`

export const isUpkeepCommand = (command: string | undefined): command is string =>
  command !== undefined && Object.hasOwn(commands, command)

/** @returns the exit code */
export async function upkeepCommand(name: string, args: readonly string[]): Promise<number> {
  const command = commands[name]!
  try {
    const options: ParseArgsConfig['options'] = Object.fromEntries(
      command.options.map((option) => [option, { type: 'boolean' }]),
    )
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    if (positionals.length !== command.files) return unusable(UPKEEP_USAGE)
    const config = readConfig(process.env)
    const file = config.databaseUrl.startsWith('sqlite:') ? config.databaseUrl.slice('sqlite:'.length) : undefined
    if (command.reads && file !== undefined && !existsSync(file)) {
      return unusable(`${file} does not exist: set DATABASE_URL to that of the service.\n`)
    }
    return await command.run({ config, files: positionals, json: values.json === true, force: values.force === true })
  } catch (error) {
    return unusable(`${(error as Error).message}\n`)
  }
}

function unusable(words: string): number {
  process.stderr.write(words)
  return 2
}
