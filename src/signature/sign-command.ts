/** `homecare-exchange sign`: prints an order with its prescriber's signature, or makes a key to sign with. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writePrivate } from '../identity/private-file.ts'
import { makeKey, publicJwk } from '../identity/signing-keys.ts'
import { readSigningKey, signOrder } from './sign-order.ts'

export const SIGN_USAGE = `       homecare-exchange sign --key FILE [--cert FILE] [--kid NAME] BUNDLE
       homecare-exchange sign --make-key FILE --jwks FILE

Prints the Bundle with a Provenance that signs its prescriptions (README, "Signed orders"). BUNDLE may be - for standard
input. --key is a private key (PEM or JWK), --cert its certificate with the chain (PEM); without one, the trust knows the
key by its --kid (or that of the JWK). --make-key writes a new private key to FILE and adds its public half to --jwks.
`

/**
 * Runs the command and answers its exit code.
 * @throws Error with words for whoever typed it
 */
export async function signCommand(args: readonly string[], now: number): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      key: { type: 'string' },
      cert: { type: 'string' },
      kid: { type: 'string' },
      'make-key': { type: 'string' },
      jwks: { type: 'string' },
    },
  })
  const { key, cert, kid, jwks, 'make-key': made } = values
  if (made !== undefined && jwks !== undefined) return makeSigningKey(resolve(made), resolve(jwks), now)
  const [file] = positionals
  if (file === undefined || positionals.length > 1 || key === undefined) throw new Error(SIGN_USAGE.trimEnd())
  const chain = cert === undefined ? undefined : readFileSync(cert, 'utf8')
  const signing = readSigningKey(readFileSync(key, 'utf8'), chain, kid)
  const signed = await signOrder(readFileSync(file === '-' ? 0 : file, 'utf8'), signing, now)
  process.stdout.write(`${signed}\n`)
  return 0
}

async function makeSigningKey(file: string, jwks: string, now: number): Promise<number> {
  if (existsSync(file)) throw new Error(`${file} exists already.`)
  const set = existsSync(jwks) ? (JSON.parse(readFileSync(jwks, 'utf8')) as { keys?: unknown[] }) : {}
  const key = await makeKey(new Date(now))
  writePrivate(file, key)
  writeFileSync(jwks, `${JSON.stringify({ keys: [...(set.keys ?? []), publicJwk(key)] }, null, 2)}\n`)
  process.stdout.write(`The key ${key.kid} is registered in ${jwks}, which a row of POLICY may name.\n`)
  return 0
}
