import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot } from '../config.ts'

/**
 * Writes a generated file where it is not what it should be; with `--check` on the command line it only says so, and the
 * exit code is 1.
 * @param name path from the package root
 * @param command what writes it
 */
export function keepCurrent(name: string, text: string, command = 'npm run generated'): void {
  const file = join(packageRoot, name)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) console.log(`${name}: current.`)
  else if (process.argv.includes('--check')) {
    console.error(`${name} is stale: run ${command}`)
    process.exitCode = 1
  } else {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(`${name}: written.`)
  }
}
