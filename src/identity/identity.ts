/** How callers prove who they are, by the settings: the sandbox, outside issuers, the embedded server, or both. */
import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { useOnce } from '../store/once.ts'
import { type AuthorizationServer, createAuthorizationServer } from './authorization-server.ts'
import { createVerifier, loadIssuers, type TrustedIssuer, trustIssuers } from './issuers.ts'
import type { FetchKeys } from './key-set.ts'
import { createSandboxTokens, type SandboxTokens } from './sandbox.ts'
import type { Verify } from './verified.ts'

export interface Identity {
  readonly verify: Verify
  /** One of these at most: without either, tokens come from outside issuers alone. */
  readonly sandbox?: SandboxTokens
  readonly server?: AuthorizationServer
  /** Issuers of others whose tokens are accepted. */
  readonly outside: readonly TrustedIssuer[]
}

/**
 * @param secret key of the sandbox tokens, 32 bytes; a fresh one when absent
 * @throws Error when a file that the settings name cannot be used
 */
export function createIdentity(config: Config, context: Context, secret?: Uint8Array): Identity {
  const { clock, base, lane } = context
  if (config.auth === 'sandbox') {
    const sandbox = createSandboxTokens({ secret: secret ?? randomBytes(32), lifetime: config.tokenLifetime, clock })
    return { sandbox, verify: sandbox.verify, outside: [] }
  }
  const { privateHosts } = config
  let fetched: Promise<FetchKeys> | undefined
  const fetch: FetchKeys = async (url) => (await (fetched ??= guardedFetch(privateHosts, context.log)))(url)
  const server =
    config.clients === undefined
      ? undefined
      : createAuthorizationServer({
          base,
          clientsFile: config.clients,
          keysFile: config.signingKeys,
          clock,
          fetch,
          once: (what, until) => useOnce(lane, what, until),
        })
  const outside = config.issuers === undefined ? [] : trustIssuers(loadIssuers(config.issuers), { clock, fetch })
  const issuers = [...(server === undefined ? [] : [server.trusted]), ...outside]
  const verify = createVerifier({ issuers, clock, testers: context.table.scope === 'open' })
  return { verify, outside, ...(server === undefined ? {} : { server }) }
}

/** Its HTTP client takes a while to load, and many installations have no keys of others to fetch. */
async function guardedFetch(privateHosts: readonly string[], log: Logger): Promise<FetchKeys> {
  const { guardedDispatcher, warnOfPrivate } = await import('../requests-out.ts')
  const { fetchKeys } = await import('./fetch-keys.ts')
  return fetchKeys(guardedDispatcher({ privateHosts, warn: warnOfPrivate(log) }))
}
