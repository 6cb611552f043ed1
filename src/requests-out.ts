/**
 * How we call others (key sets, the terminology server). An address on this machine or in a private network is
 * connected to only when the operator has said so: whoever owns a name in the DNS decides where it leads, and may
 * change that between two looks. So the address is judged when the connection is made, the very one that is connected
 * to, and not when the settings are read.
 */
import { lookup, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Logger } from 'pino'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { isLoopback } from './config.ts'
import { bare, isPrivateAddress } from './private-address.ts'

/** All addresses of a host name, or why there is none. */
export type Resolve = (host: string, answer: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void

export interface RequestsOutOptions {
  /** Hosts, lower case, that may be at a private address. What names this machine itself (`localhost`) always may. */
  readonly privateHosts: readonly string[]
  /** Told of a host that is refused. */
  readonly warn?: (host: string) => void
  /** The system's resolver when absent. */
  readonly resolve?: Resolve
}

const system: Resolve = (host, answer) => lookup(host, { all: true }, answer)

/** What requests are sent by: connects to public addresses, and to the private ones that the settings name. */
export function guardedDispatcher({ privateHosts, warn, resolve = system }: RequestsOutOptions): Dispatcher {
  const connect = buildConnector({ lookup: publicOnly({ privateHosts, resolve, ...(warn ? { warn } : {}) }) })
  return new Agent({
    connect(options, done) {
      const host = bare(options.hostname)
      // An address needs no look-up, so none would be judged there.
      if (isIP(host) === 0 || !isPrivateAddress(host) || mayBePrivate(host, privateHosts)) {
        connect(options, done)
        return
      }
      warn?.(host)
      done(refusal(host), null)
    },
  })
}

/** A look-up for a connection that fails when one of the addresses is private. */
export function publicOnly({
  privateHosts,
  warn,
  resolve,
}: RequestsOutOptions & { readonly resolve: Resolve }): LookupFunction {
  return (host, options, done) => {
    resolve(host, (error, addresses) => {
      const found = addresses.filter(({ family }) => !options.family || options.family === family)
      const [first] = found
      if (error || !first) {
        done(error ?? new Error(`${host} has no address.`), '')
        return
      }
      if (!mayBePrivate(bare(host), privateHosts) && addresses.some(({ address }) => isPrivateAddress(address))) {
        warn?.(host)
        done(refusal(host), '')
        return
      }
      if (options.all) done(null, [...found])
      else done(null, first.address, first.family)
    })
  }
}

/** A line of the log that names the host, which stands in the operator's files. */
export const warnOfPrivate =
  (log: Logger) =>
  (host: string): void =>
    log.warn({ host, setting: 'PRIVATE_HOSTS' }, 'a host at a private address was not connected to')

const mayBePrivate = (host: string, named: readonly string[]): boolean => isLoopback(host) || named.includes(host)

const refusal = (host: string): Error =>
  new Error(`${host} is at a private address: name it in PRIVATE_HOSTS if that is right.`)
