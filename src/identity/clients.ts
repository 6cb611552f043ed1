/** The clients of the embedded authorization server: one file, written by `homecare-exchange client`. */
import { compileSchema, inWords } from '../fhir/table-schema.ts'
import { existsSync } from 'node:fs'
import { callerRoles, type Role } from '../caller.ts'
import { readScope } from '../fhir/smart-scope.ts'
import { publicKeys } from './key-set.ts'
import { readPrivate, writePrivate } from './private-file.ts'

export interface Client {
  readonly id: string
  /** For people. */
  readonly name?: string
  /** ODS code, upper case. */
  readonly organization: string
  readonly role: Role
  /** The most it may ask for, separated by spaces. */
  readonly scope: string
  /** Its public keys, or where they are. */
  readonly jwks?: unknown
  readonly jwksUrl?: string
  /** SHA-256 thumbprint, base64url, of the certificate its tokens are bound to (RFC 8705). */
  readonly certificate?: string
}

const text = { type: 'string', minLength: 1 }
/** Whether a file of clients has the right form. */
export const isClientsFile = compileSchema<{ clients: Client[] }>({
  type: 'object',
  additionalProperties: false,
  required: ['clients'],
  properties: {
    clients: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'organization', 'role', 'scope'],
        oneOf: [{ required: ['jwks'] }, { required: ['jwksUrl'] }],
        properties: {
          id: { type: 'string', pattern: '^[A-Za-z0-9._~-]{1,64}$' },
          name: text,
          organization: { type: 'string', pattern: '^[A-Z0-9]{2,12}$' },
          role: { enum: callerRoles },
          scope: text,
          jwks: { type: 'object', required: ['keys'] },
          jwksUrl: { type: 'string', pattern: '^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])' },
          certificate: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
        },
      },
    },
  },
})

/** @throws Error naming the file and what is wrong in it */
export function loadClients(file: string): readonly Client[] {
  const value = readPrivate(file)
  const fault = faultIn(value)
  if (fault !== undefined) throw new Error(`${file}: ${fault}`)
  return (value as { clients: Client[] }).clients
}

function faultIn(value: unknown): string | undefined {
  if (!isClientsFile(value)) return inWords(isClientsFile.errors).join('; ')
  const ids = value.clients.map(({ id }) => id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) return `${twice} stands twice.`
  for (const { id, scope, jwks } of value.clients) {
    const wrong = scope.split(' ').find((each) => readScope(each) === undefined)
    if (wrong !== undefined) return `${id}: "${wrong}" is no scope like system/Task.rs or system/*.cruds.`
    try {
      if (jwks !== undefined) publicKeys(jwks)
    } catch (error) {
      return `${id}: ${(error as Error).message}`
    }
  }
  return undefined
}

/** @throws Error when the id is taken, or the client is not a sound one */
export function addClient(file: string, client: Client): void {
  const clients = existsSync(file) ? loadClients(file) : []
  const next = { clients: [...clients, client] }
  const fault = faultIn(next)
  if (fault !== undefined) throw new Error(fault)
  writePrivate(file, next)
}

/** Its tokens end by themselves within minutes. @throws Error when there is no such client */
export function removeClient(file: string, id: string): void {
  const clients = loadClients(file)
  if (!clients.some((client) => client.id === id)) throw new Error(`There is no client ${id}.`)
  writePrivate(file, { clients: clients.filter((client) => client.id !== id) })
}
