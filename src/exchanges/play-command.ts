/**
 * `homecare-exchange play`: plays exchanges against a server over HTTP. Exit code 0: every answer was as expected; 1:
 * some differ; 2: a file, an argument or the server cannot be used.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import { request } from 'undici'
import { packageRoot } from '../config.ts'
import { withoutSlashes } from '../fhir/references.ts'
import { type PartyOf, readExchangeFile } from './exchange-file.ts'
import { type Played, play, type Wire } from './player.ts'

export const PLAY_USAGE = `Usage: homecare-exchange play --base URL [--token [PARTY=]TOKEN]... [--table NAME] [--verbose] [FILE...]

Plays request/response pairs against a FHIR server and says where its answers differ. Without FILE all of
conformance/exchanges are played that the table promises (--table, "exchange" unless given). A party without --token
asks the sandbox of the same origin for one.
`

/** @returns the exit code */
export async function playCommand(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        base: { type: 'string' },
        token: { type: 'string', multiple: true },
        table: { type: 'string' },
        verbose: { type: 'boolean' },
      },
    })
    if (values.base === undefined || !URL.canParse(values.base)) return unusable(PLAY_USAGE)
    const wire = httpWire(withoutSlashes(values.base), values.token ?? [])
    const named = (positionals.length > 0 ? positionals : exchangeFiles()).map(
      (path) => [path, readExchangeFile(path)] as const,
    )
    const files =
      positionals.length > 0 ? named : named.filter(([, { tables }]) => tables.includes(values.table ?? 'exchange'))
    let failed = 0
    for (const [path, file] of files) {
      const played = await play(file, wire)
      failed += played.filter(({ differences }) => differences.length > 0).length
      process.stdout.write(report(path, file.title, played, values.verbose ?? false))
    }
    return failed > 0 ? 1 : 0
  } catch (error) {
    return unusable(`${(error as Error).message}\n`)
  }
}

/** Ours, in the order of their numbers. */
export const exchangeFiles = (): string[] => {
  const folder = join(packageRoot, 'conformance/exchanges')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name))
}

function unusable(words: string): number {
  process.stderr.write(words)
  return 2
}

/** @param given `TOKEN` for everybody, or `PARTY=TOKEN` */
function httpWire(base: string, given: readonly string[]): Wire {
  const kept = new Map(given.map((text) => tokenOf(text)))
  return {
    async send({ method, path, headers, body }) {
      const address = path === '' || path.startsWith('?') ? `${base}${path}` : `${base}/${path}`
      const answer = await request(address, {
        method: method as 'GET',
        headers,
        ...(body === undefined ? {} : { body }),
      })
      const flat = Object.entries(answer.headers).map(([name, value]) => [name, value?.toString()])
      return { status: answer.statusCode, headers: Object.fromEntries(flat), text: await answer.body.text() }
    },
    async token(name, party) {
      const identity = `${party.role} ${party.organization}`
      const token = kept.get(name) ?? kept.get('') ?? kept.get(identity) ?? (await sandboxToken(base, party))
      kept.set(identity, token)
      return token
    },
  }
}

function tokenOf(text: string): [party: string, token: string] {
  const [, party, token] = /^([a-z][a-z-]*)=(.{8,})$/i.exec(text) ?? []
  return party === undefined || token === undefined ? ['', text] : [party, token]
}

async function sandboxToken(base: string, { role, organization }: PartyOf): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: 'sandbox', client_secret: 'sandbox', role, organization }
  const answer = await request(`${new URL(base).origin}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  const text = await answer.body.text()
  const token = answer.statusCode === 200 ? (JSON.parse(text) as { access_token?: string }).access_token : undefined
  if (token === undefined) {
    throw new Error(`No token for ${role} ${organization} (status ${answer.statusCode}): give one with --token.`)
  }
  return token
}

function report(path: string, title: string, played: readonly Played[], verbose: boolean): string {
  const paint = (format: Parameters<typeof styleText>[0], words: string): string =>
    styleText(format, words, { stream: process.stdout })
  const lines = played.flatMap(({ exchange, status, differences }) => {
    const { method, path: address } = exchange.request
    const line = `      ${exchange.party ?? 'anybody'}: ${exchange.says}  ${method} ${address} -> ${status}`
    if (differences.length === 0) return verbose ? [line] : []
    return [paint('red', line), ...differences.map((words) => `        ${words}`)]
  })
  const failed = played.filter(({ differences }) => differences.length > 0).length
  const head = failed === 0 ? paint('green', 'ok  ') : paint('red', 'FAIL')
  return [`${head}  ${title} (${played.length} exchanges, ${failed} differ)  ${path}`, ...lines, ''].join('\n')
}
