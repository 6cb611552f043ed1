/** `homecare-exchange backup FILE` and `restore FILE`. PostgreSQL has tools for both; they are named, not imitated. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { migrations } from '../store/migrate.ts'
import { withoutPassword } from '../store/open.ts'
import { backupFile, fileFaults, restoreFile, schemaOf } from '../store/sqlite-file.ts'
import type { Asked } from './command-line.ts'
import { createProgress } from './progress.ts'

/** @returns 0 done, 1 interrupted, 2 not done */
export async function backupCommand({ config, files }: Asked): Promise<number> {
  const target = resolve(files[0]!)
  const source = sqliteFile(config.databaseUrl)
  if (source === undefined) {
    return advise(config.databaseUrl, [
      'While the service runs, one file of one moment:',
      `  pg_dump --format=custom --file='${target}' '{url}'`,
      'The whole server, and with its write-ahead log every moment since: pg_basebackup and archive_command.',
    ])
  }
  if (!(await backUp(source, target))) {
    process.stdout.write('interrupted  nothing is left of it\n')
    return 1
  }
  const size = (statSync(target).size / 1_000_000).toFixed(1)
  process.stdout.write(`done  ${target}, ${size} MB, schema ${schemaOf(target)}, checked\n`)
  return 0
}

/** @returns whether it was done: an interrupt ends it */
async function backUp(source: string, target: string): Promise<boolean> {
  const interrupted = new AbortController()
  const stop = (): void => interrupted.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const bar = createProgress('backup')
  try {
    await backupFile(source, target, {
      progress(done, total) {
        bar.show(done, total)
        interrupted.signal.throwIfAborted()
      },
    })
    return true
  } catch (error) {
    if (interrupted.signal.aborted) return false
    throw error
  } finally {
    bar.clear()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** @returns 0 done, 2 not done */
export async function restoreCommand({ config, files, force }: Asked): Promise<number> {
  const backup = resolve(files[0]!)
  const target = sqliteFile(config.databaseUrl)
  if (target === undefined) {
    return advise(config.databaseUrl, [
      'With every node stopped, all or nothing:',
      `  pg_restore --clean --if-exists --no-owner --single-transaction --dbname='{url}' '${backup}'`,
      'Then the planner is told what there is, and `check` looks at all of it:',
      `  vacuumdb --analyze-only --dbname='{url}'`,
    ])
  }
  if (!existsSync(backup)) throw new Error(`${backup} does not exist.`)
  if (backup === target) throw new Error(`${backup} is the store itself.`)
  checkBackup(backup)
  if (existsSync(target) && !force) {
    throw new Error(`${target} exists: --force puts the backup in its place and keeps what is there beside it.`)
  }
  const kept = restoreFile(backup, target, Date.now())
  process.stdout.write(`done  ${target}\n${kept === undefined ? '' : `What was there before is kept: ${kept}\n`}`)
  return 0
}

function checkBackup(file: string): void {
  const schema = schemaOf(file)
  if (schema === 0) throw new Error(`${file} is no store of this service.`)
  if (schema > migrations.length) {
    throw new Error(`${file} has schema ${schema}, this build knows ${migrations.length}: use the newer build.`)
  }
  const [fault] = fileFaults(file)
  if (fault !== undefined) throw new Error(`${file} is damaged: ${fault}`)
}

export const sqliteFile = (url: string): string | undefined =>
  url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : undefined

/** Says which tools of PostgreSQL do it. */
function advise(url: string, lines: readonly string[]): number {
  const shown = withoutPassword(url)
  const words = lines.map((line) => line.replace('{url}', shown)).join('\n')
  process.stderr.write(
    `PostgreSQL does this with its own tools (the password comes from PGPASSWORD or ~/.pgpass).\n${words}\n`,
  )
  return 2
}
