/**
 * From bytes to text and back: compression of answers and of bodies (RFC 9110 section 8.4), and UTF-8.
 *
 * An answer that holds a secret beside words of a stranger could be guessed by its length once it is compressed
 * (BREACH). Here only FHIR answers are: they are given for a bearer token, which no browser sends on a stranger's
 * behalf, and what the server seals into them (page links) is new in every answer. The token endpoint is never
 * compressed.
 */
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { refuse } from '../fhir/problem.ts'
import { remember } from '../fhir/remember.ts'
import { parametersOf, splitOutsideQuotes, weightOf } from './media-type.ts'

/** Below this many bytes an answer fits a packet anyway. */
const THRESHOLD = 1400

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants
const gzip = promisify<Uint8Array, Buffer>(zlib.gzip)
const brotli = promisify<Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)

/** The codings of answers, the one that is sent among equals first. Quality 4 costs less time than gzip and is smaller. */
const compressors = {
  br: (bytes: Uint8Array) =>
    brotli(bytes, { params: { [BROTLI_PARAM_QUALITY]: 4, [BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  gzip: (bytes: Uint8Array) => gzip(bytes),
} as const
type Coding = keyof typeof compressors
const codings = Object.keys(compressors) as Coding[]

const inflaters = {
  gzip: promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  deflate: promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate),
  br: promisify<Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
} as const
type BodyCoding = keyof typeof inflaters

/** Values of Content-Encoding that are read, as the Accept-Encoding of a refusal lists them. */
const bodyCodings = Object.keys(inflaters).join(', ')

interface Choice {
  readonly coding: Coding | 'identity'
  /** The client has excluded the plain form, so that even a short answer is compressed. */
  readonly required: boolean
}

/**
 * How the answer may be compressed (RFC 9110 section 12.5.3).
 * @throws Problem accept-unsupported when nothing that can be sent is acceptable
 */
export function chooseCoding(acceptEncoding: string | undefined): Choice {
  if (acceptEncoding === undefined) return { coding: 'identity', required: false }
  const weights = new Map<string, number>()
  for (const item of splitOutsideQuotes(acceptEncoding, ',')) {
    const [name = '', ...rest] = item.split(';')
    const weight = weightOf(parametersOf(rest))
    if (weight !== undefined) weights.set(codingName(name), weight)
  }
  const others = weights.get('*')
  const weigh = (coding: Coding): number => weights.get(coding) ?? others ?? 0
  const best = codings.reduce((found, coding) => (weigh(coding) > weigh(found) ? coding : found))
  // What is not named is acceptable, but less so than anything that is.
  const identity = weights.get('identity') ?? (others === 0 ? 0 : undefined)
  if (weigh(best) > 0 && weigh(best) >= (identity ?? 0)) return { coding: best, required: identity === 0 }
  if (identity !== 0) return { coding: 'identity', required: false }
  throw refuse(
    'accept-unsupported',
    `Accept-Encoding excludes every form in which an answer can be sent: allow identity, ${codings.join(' or ')}.`,
  )
}

const remembered = remember(100, chooseCoding)

/** Whether an answer is compressed for a client that has sent this header. */
export function isCompressed(
  acceptEncoding: string | string[] | undefined,
  status: number,
  payload: string | Buffer | undefined,
): boolean {
  if (acceptEncoding === undefined || payload === undefined || payload.length === 0) return false
  if (status === 204 || status === 304) return false
  const { coding, required } = remembered(acceptEncoding.toString())
  return coding !== 'identity' && (required || isWorthwhile(payload))
}

/** Whether any answer is compressed for a client that has sent this header. */
export const mayBeCompressed = (acceptEncoding: string | string[] | undefined): boolean =>
  acceptEncoding !== undefined && remembered(acceptEncoding.toString()).coding !== 'identity'

/** The content of a Binary is mostly of a type that is compressed already. */
const isWorthwhile = (payload: string | Buffer): boolean => typeof payload === 'string' && payload.length >= THRESHOLD

/** Names of codings are case-insensitive; "x-gzip" is gzip (RFC 9110 section 8.4.1.3). */
const codingName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/^x-gzip$/, 'gzip')

/** Compresses the answers of an instance. HEAD passes too, so that it tells the length that GET would have. */
export function registerCompression(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const acceptEncoding = request.headers['accept-encoding']?.toString()
    if (acceptEncoding === undefined || !isCompressible(reply, payload)) {
      done(null, payload)
      return
    }
    compress(acceptEncoding, reply, payload).then((compressed) => done(null, compressed), done)
  })
}

const isCompressible = (reply: FastifyReply, payload: unknown): payload is string | Buffer =>
  (typeof payload === 'string' || Buffer.isBuffer(payload)) &&
  payload.length > 0 &&
  reply.statusCode !== 204 &&
  reply.statusCode !== 304 &&
  !reply.hasHeader('content-encoding')

async function compress<T extends string | Buffer>(
  acceptEncoding: string,
  reply: FastifyReply,
  payload: T,
): Promise<T | Buffer> {
  const { coding, required } = choiceOrPlain(acceptEncoding)
  if (coding === 'identity' || !(isWorthwhile(payload) || required)) return payload
  const compressed = await compressors[coding](typeof payload === 'string' ? Buffer.from(payload) : payload)
  reply.header('content-encoding', coding)
  return compressed
}

/** A refusal must leave even where nothing is acceptable. */
function choiceOrPlain(acceptEncoding: string): Choice {
  try {
    return chooseCoding(acceptEncoding)
  } catch {
    return { coding: 'identity', required: false }
  }
}

/**
 * How a body is compressed; undefined when it is not.
 * @throws Problem content-encoding-unsupported
 */
export function bodyCoding(contentEncoding: string | undefined): BodyCoding | undefined {
  if (contentEncoding === undefined) return undefined
  const name = codingName(contentEncoding)
  if (name === '' || name === 'identity') return undefined
  if (Object.hasOwn(inflaters, name)) return name as BodyCoding
  throw refuse(
    'content-encoding-unsupported',
    `The body is compressed in a way that is not read here: send it as it is, or compressed once with one of ${bodyCodings}.`,
    undefined,
    { 'accept-encoding': bodyCodings },
  )
}

/**
 * A compressed body as it was before; a bomb stops at the limit and not in memory.
 * @param limit most bytes it may have unpacked
 * @throws Problem body-too-large, content-encoding-broken
 */
export async function inflate(bytes: Uint8Array, coding: BodyCoding, limit: number): Promise<Uint8Array> {
  try {
    return await inflaters[coding](bytes, { maxOutputLength: limit })
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? refuse(
          'body-too-large',
          `The body unpacks to more than ${limit} bytes: send fewer entries, in several Bundles.`,
        )
      : refuse(
          'content-encoding-broken',
          `The body cannot be unpacked as ${coding}: it was cut on its way, or Content-Encoding names another coding.`,
        )
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The text of a body. Bytes that are not UTF-8 are refused: replaced by question marks they would change what was
 * prescribed without anybody noticing.
 * @throws Problem json-malformed
 */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    throw refuse('json-malformed', `The body is not valid UTF-8${bytesWords(bytes)}`)
  }
}

/** What bytes that are no UTF-8 are instead, by those they begin with, and what to do: the rest of a sentence. */
function bytesWords([first, second]: Uint8Array): string {
  if (first === 0x1f && second === 0x8b) {
    return ', but looks like gzip: say so in Content-Encoding, or send it as it is.'
  }
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return `${isUtf16 ? ', but looks like UTF-16' : ''}: encode it as UTF-8 and send it again.`
}
