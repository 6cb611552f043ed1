/** A command of the service as an operator runs it: a process of its own, with what it printed and its exit code. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { packageRoot } from '../src/config.ts'

export async function command(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [join(packageRoot, 'src/cli.ts'), ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, out, err }
}
