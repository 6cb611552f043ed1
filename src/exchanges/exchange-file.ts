/**
 * Request/response pairs as data (`conformance/exchanges/`, its README describes the form): what an important behaviour
 * looks like on the wire, to be played against this service or any other.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { compileSchema, inWords } from '../fhir/table-schema.ts'

export interface PartyOf {
  readonly role: string
  /** ODS code. */
  readonly organization: string
}

export interface Expectation {
  readonly status: number
  /** Exact value; `/…/` a pattern; null: absent. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Each must be true of the body. */
  readonly fhirpath?: readonly string[]
  /** Codes of ours that the OperationOutcome must have among its issues. */
  readonly issues?: readonly string[]
  /** Name of a kept answer whose body this one repeats to the letter. */
  readonly sameBodyAs?: string
  /** The answer has no body. */
  readonly empty?: true
}

export interface Exchange {
  readonly says: string
  /** Who asks; without it no token is sent. */
  readonly party?: string
  readonly request: {
    readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
    /** Below the FHIR base, without a slash in front. */
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    /** JSON, or text that is sent as it is. */
    readonly body?: unknown
    /** Instead of `body`: a file beside this one, or the body of a kept answer. */
    readonly bodyFile?: string
    readonly bodyOf?: string
    /** Members of the body that are replaced, by path (`entry[4].resource.status`); null takes one out. */
    readonly set?: Readonly<Record<string, unknown>>
  }
  readonly expect: Expectation
  /** Variables from the answer: FHIRPath over the body, or `header:NAME`. */
  readonly keep?: Readonly<Record<string, string>>
  /** The whole answer, for `bodyOf` and `sameBodyAs`. */
  readonly keepAnswer?: string
}

export interface ExchangeFile {
  readonly title: string
  readonly why: string
  /** Tables of this service that promise it. */
  readonly tables: readonly string[]
  readonly parties: Readonly<Record<string, PartyOf>>
  readonly exchanges: readonly Exchange[]
}

const strings = { type: 'object', additionalProperties: { type: 'string' } } as const
const text = { type: 'string', minLength: 1 } as const
const request = {
  type: 'object',
  required: ['method', 'path'],
  additionalProperties: false,
  properties: {
    method: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] },
    path: { type: 'string', pattern: '^(?!/)' },
    headers: strings,
    body: true,
    bodyFile: text,
    bodyOf: text,
    set: { type: 'object' },
  },
} as const
const expectation = {
  type: 'object',
  required: ['status'],
  additionalProperties: false,
  properties: {
    status: { type: 'integer', minimum: 100, maximum: 599 },
    headers: { type: 'object', additionalProperties: { type: ['string', 'null'] } },
    fhirpath: { type: 'array', items: text, minItems: 1 },
    issues: { type: 'array', items: text, minItems: 1 },
    sameBodyAs: text,
    empty: { const: true },
  },
} as const

/** Whether a file of exchanges has the right form. */
export const isExchangeFile = compileSchema<ExchangeFile>({
  type: 'object',
  required: ['title', 'why', 'tables', 'parties', 'exchanges'],
  additionalProperties: false,
  properties: {
    title: text,
    why: text,
    tables: { type: 'array', items: text, minItems: 1 },
    parties: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['role', 'organization'],
        additionalProperties: false,
        properties: { role: text, organization: text },
      },
    },
    exchanges: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['says', 'request', 'expect'],
        additionalProperties: false,
        properties: { says: text, party: text, request, expect: expectation, keep: strings, keepAnswer: text },
      },
    },
  },
})

/**
 * Reads a file, with the bodies that it names.
 * @throws Error naming the file and everything that is wrong with its form
 */
export function readExchangeFile(path: string): ExchangeFile {
  const value = readJsonFile(path)
  if (!isExchangeFile(value)) {
    throw new Error(`${path}: ${inWords(isExchangeFile.errors).join('; ')}`)
  }
  for (const { party, says } of value.exchanges) {
    if (party !== undefined && !Object.hasOwn(value.parties, party)) {
      throw new Error(`${path}: "${says}" is asked by ${party}, who is not among the parties.`)
    }
  }
  return {
    ...value,
    exchanges: value.exchanges.map((exchange) => {
      const { bodyFile, ...rest } = exchange.request
      if (bodyFile === undefined) return exchange
      return { ...exchange, request: { ...rest, body: readJsonFile(join(dirname(path), bodyFile)) } }
    }),
  }
}

function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`)
  }
}
