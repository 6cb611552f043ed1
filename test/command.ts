/** A command of the service as an operator runs it: a process of its own, with what it printed and its exit code. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { packageRoot } from '../src/config.ts'
import { ownFolder } from './temporary-folder.ts'

const { PATH = '', NODE_COMPILE_CACHE } = process.env

/**
 * What a process gets from the environment of the tests: no setting of the service, no wish for colours, nothing that
 * whoever runs them has set for something else.
 */
export const surroundings: Readonly<Record<string, string>> = {
  PATH,
  ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: resolve(NODE_COMPILE_CACHE) }),
}

let empty: string | undefined

/** A folder in which nothing lies: neither a store nor keys of somebody who has started the service. */
const emptyFolder = (): string => (empty ??= ownFolder('command'))

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/**
 * @param env settings; nothing else is set
 * @param input what stands in the standard input
 * @param cwd the working directory; an empty folder where the command reads no file of the project
 */
export async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { input = '', cwd = emptyFolder() }: { input?: string; cwd?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [join(packageRoot, 'src/cli.ts'), ...args], {
    cwd,
    env: { ...surroundings, NO_COLOR: '1', ...env },
  })
  // A command that does not read its input may have gone before this is written.
  child.stdin.on('error', () => undefined).end(input)
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, out, err }
}
