/** Issuers, keys and clients for tests of identity: real keys, real signatures, real HTTP. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWK, type CryptoKey, SignJWT } from 'jose'
import type { Test } from 'tap'
import type { Exchange } from '../helper.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export interface KeyPair {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** The public half. */
  readonly jwk: JWK
}

export async function keyPair(kid: string, alg = 'ES384'): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export interface KeyServer {
  readonly url: string
  /** What is served; undefined answers 500. */
  keys: unknown
  /** Requests so far. */
  asked: number
  close(): Promise<void>
}

/** Serves a JWKS on loopback. */
export async function keyServer(t: Test, keys: unknown): Promise<KeyServer> {
  const state = { keys, asked: 0 }
  const server: Server = createServer((_request, response) => {
    state.asked++
    if (served.keys === undefined) response.writeHead(500).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(served.keys))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const served: KeyServer = Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    close,
  })
  t.teardown(close)
  return served
}

export function jsonFile(t: Test, value: unknown): string {
  const file = join(temporaryFolder(t), 'file.json')
  writeFileSync(file, JSON.stringify(value), { mode: 0o600 })
  return file
}

export const ISSUER = 'https://login.example.org'
export const AUDIENCE = 'https://exchange.example.org/fhir'

export interface Claims {
  readonly [name: string]: unknown
}

/** Claims of a good token. @param now ms since the epoch */
export const goodClaims = (now: number): Claims => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'epr-rba',
  client_id: 'epr-rba',
  iat: Math.floor(now / 1000),
  exp: Math.floor(now / 1000) + 300,
  organization: 'RBA',
  role: 'trust',
  scope: 'system/*.cruds',
})

/** Signs claims as they are; what is undefined is left out. */
export const sign = (key: KeyPair, claims: Claims, header: Record<string, unknown> = {}): Promise<string> =>
  new SignJWT(JSON.parse(JSON.stringify(claims)))
    .setProtectedHeader(JSON.parse(JSON.stringify({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })))
    .sign(key.privateKey)

/** Listens on loopback and answers the origin. */
export async function listen(exchange: Exchange): Promise<string> {
  await exchange.app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(exchange.app.server.address() as AddressInfo).port}`
}
