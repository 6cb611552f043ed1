/**
 * `homecare-exchange client | key | assertion`: who may come in, with which keys; written to the files that a running
 * service reads again by itself.
 */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { randomUUID } from 'node:crypto'
import { importJWK, type JWK, SignJWT } from 'jose'
import { callerRoles, type Role } from '../caller.ts'
import { addClient, type Client, loadClients, removeClient } from './clients.ts'
import { readPrivate, writePrivate } from './private-file.ts'
import { listKeys, makeKey, publicJwk, rotateKeys } from './signing-keys.ts'

export const usage = `       homecare-exchange client add --id ID --organization ODS --role ROLE --scope SCOPES
                         (--jwks FILE | --jwks-url URL | --make-key FILE) [--name NAME] [--certificate THUMBPRINT]
       homecare-exchange client list
       homecare-exchange client remove --id ID
       homecare-exchange key rotate | list
       homecare-exchange assertion --id ID --key FILE --audience TOKEN-URL

Who may get tokens from the authorization server inside (AUTH=oauth). CLIENTS (default data/clients.json) and
SIGNING_KEYS (default data/signing-keys.json) name the files; a running service notices when they change.
--make-key writes a new private key to FILE and registers its public half. "assertion" signs one with such a key.
`

const commands = ['client', 'key', 'assertion'] as const
type Command = (typeof commands)[number]

export const isIdentityCommand = (word: string | undefined): word is Command =>
  commands.some((command) => command === word)

type Environment = Readonly<Record<string, string | undefined>>
type Flags = Readonly<Record<string, string | undefined>>

const say = (words: string): void => void process.stdout.write(`${words}\n`)

/**
 * Runs a command and answers its exit code.
 * @throws Error with words for whoever typed it
 */
export async function runIdentityCommand(command: Command, args: readonly string[], env: Environment): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: Object.fromEntries(
      [
        'id',
        'organization',
        'role',
        'scope',
        'jwks',
        'jwks-url',
        'make-key',
        'name',
        'certificate',
        'key',
        'audience',
      ].map((name) => [name, { type: 'string' as const }]),
    ),
  })
  const flags = values as Flags
  const clients = resolve(env.CLIENTS?.trim() || 'data/clients.json')
  const keys = resolve(env.SIGNING_KEYS?.trim() || 'data/signing-keys.json')
  switch ([command, ...positionals].join(' ')) {
    case 'client add':
      return clientAdd(clients, keys, flags)
    case 'client list':
      for (const { id, organization, role, scope } of loadClients(clients))
        say([id, organization, role, scope].join('\t'))
      return 0
    case 'client remove':
      removeClient(clients, needed(flags, 'id'))
      say('Removed. Tokens it already has end within five minutes.')
      return 0
    case 'key rotate':
      say(`Tokens are signed with the new key ${await rotateKeys(keys, new Date())} from now on.`)
      return 0
    case 'key list':
      for (const { kid, created } of listKeys(keys)) say(`${kid}\t${created}`)
      return 0
    case 'assertion':
      say(await signAssertion(flags))
      return 0
    default:
      throw new Error(usage.trimEnd())
  }
}

function needed(flags: Flags, name: string): string {
  const value = flags[name]
  if (value === undefined) throw new Error(`--${name} is missing.\n\n${usage.trimEnd()}`)
  return value
}

async function clientAdd(clients: string, keys: string, flags: Flags): Promise<number> {
  const role = needed(flags, 'role')
  if (!callerRoles.some((known) => known === role)) throw new Error(`--role is one of ${callerRoles.join(', ')}.`)
  const { name, certificate } = flags
  const client: Client = {
    id: needed(flags, 'id'),
    organization: needed(flags, 'organization').toUpperCase(),
    role: role as Role,
    scope: needed(flags, 'scope'),
    ...(await keysOf(flags)),
    ...(name === undefined ? {} : { name }),
    ...(certificate === undefined ? {} : { certificate }),
  }
  addClient(clients, client)
  if (!existsSync(keys)) await rotateKeys(keys, new Date())
  say(`${client.id} may act for ${client.organization} as ${client.role}: ${client.scope}`)
  say(`Written to ${clients}. Start the service with AUTH=oauth CLIENTS=${clients} SIGNING_KEYS=${keys}`)
  return 0
}

async function keysOf(flags: Flags): Promise<Pick<Client, 'jwks' | 'jwksUrl'>> {
  const { jwks, 'jwks-url': jwksUrl, 'make-key': made } = flags
  if ([jwks, jwksUrl, made].filter((each) => each !== undefined).length !== 1) {
    throw new Error('Say once where the keys are: --jwks FILE, --jwks-url URL, or --make-key FILE.')
  }
  if (jwksUrl !== undefined) return { jwksUrl }
  if (jwks !== undefined) {
    const value = JSON.parse(readFileSync(jwks, 'utf8')) as { keys?: unknown }
    const set = value.keys === undefined ? { keys: [value] } : value
    // A private key that is handed over by mistake must not be kept by us as well.
    if ((set.keys as Record<string, unknown>[]).some(({ d, k }) => d !== undefined || k !== undefined)) {
      throw new Error('The file holds a private or symmetric key: hand over the public half only.')
    }
    return { jwks: set }
  }
  const file = resolve(made ?? '')
  if (existsSync(file)) throw new Error(`${file} exists already.`)
  const key = await makeKey(new Date())
  writePrivate(file, key)
  return { jwks: { keys: [publicJwk(key)] } }
}

/** A client assertion (RFC 7523) for one use within five minutes, as an EPR would make it with a library of its own. */
async function signAssertion(flags: Flags): Promise<string> {
  const [id, audience] = [needed(flags, 'id'), needed(flags, 'audience')]
  const jwk = readPrivate(resolve(needed(flags, 'key'))) as JWK
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT()
    .setProtectedHeader({ alg: jwk.alg ?? 'ES384', kid: jwk.kid ?? '', typ: 'JWT' })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + 240)
    .sign(await importJWK(jwk))
}
