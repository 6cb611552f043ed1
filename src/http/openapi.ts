/**
 * The promise in the words of those who live without FHIR tooling: an OpenAPI 3.1 document
 * (https://spec.openapis.org/oas/v3.1.1) of the addresses that are routed, made from the same endpoints.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../config.ts'
import { playersOf } from '../caller.ts'
import type { Context } from '../context.ts'
import { ANY_RESOURCE, type JsonSchema, jsonSchemas } from '../fhir/json-schema.ts'
import type { r4 } from '../fhir/resource.ts'
import { type Endpoint, type Endpoints, isContent } from './endpoints.ts'
import { type BodyKind, bodyTypes } from './negotiation.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

const STRING: JsonSchema = { type: 'string' }
/** Of a Binary, in its own type: anything. */
const CONTENT: JsonSchema = { description: 'The content itself, in the type that Binary.contentType names.' }
const schemaReference = (name: string): string => `#/components/schemas/${name}`
const resource = (type: string): JsonSchema => ({ $ref: schemaReference(type) })
const json = (schema: JsonSchema): JsonSchema => ({ 'application/fhir+json': { schema } })

/** The document, for every address of the table. */
export function openApiDocument(context: Context, endpoints: Endpoints): JsonSchema {
  const head = context.capabilityHead as unknown as r4.CapabilityStatement
  const paths = [...endpoints].filter(([, offered]) => offered.length > 0)
  return {
    openapi: '3.1.0',
    info: {
      title: head.title,
      version: head.software?.version ?? head.version,
      summary: 'FHIR R4 over HTTP, as JSON',
      description: `${head.description ?? ''}\n\nThe FHIR way to the same is [metadata](${context.base}/metadata). A bearer token says which role and organisation you act for. Refusals are OperationOutcomes; each issue has its own code.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: context.base }],
    tags: tagsOf(context),
    security: [{ token: [] }],
    paths: Object.fromEntries(
      paths.map(([path, offered]) => [
        path === '' ? '/' : path.replaceAll(/:(\w+)/g, '{$1}'),
        Object.fromEntries(
          offered.map((endpoint) => [endpoint.method.toLowerCase(), operation(context, path, endpoint)]),
        ),
      ]),
    ),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'From POST /oauth2/token.' } },
      responses: {
        refusal: { description: 'Refused: every issue has its own code.', content: json(resource('OperationOutcome')) },
      },
      schemas: jsonSchemas(
        context.definitions,
        [...new Set([...context.exposedTypes, 'Bundle', 'OperationOutcome', 'CapabilityStatement', 'Parameters'])],
        schemaReference,
      ),
    },
  }
}

const SYSTEM = 'system'

const tagsOf = (context: Context): JsonSchema[] => [
  { name: SYSTEM, description: 'What is about no single type.' },
  ...context.exposedTypes.map((type) => ({
    name: type,
    ...(context.row(type)?.documentation === undefined ? {} : { description: context.row(type)?.documentation }),
    externalDocs: { url: `https://hl7.org/fhir/R4/${type.toLowerCase()}.html` },
  })),
]

/** Said instead of a list, which would stand there for every type of every compartment. */
const SAME_PARAMETERS = ' It takes all that the same search outside the compartment takes.'

function operation(context: Context, path: string, endpoint: Endpoint): JsonSchema {
  const { code, also = [], type, roles, body, compartment } = endpoint
  const name = endpoint.operation === undefined ? [code, ...also].join(' or ') : `$${endpoint.operation}`
  const parameters = [
    ...pathParameters(path),
    ...queryParameters(context, path, endpoint),
    ...headers(context, endpoint),
  ]
  const responses = {
    ...doneResponse(endpoint),
    ...(code === 'read' || code === 'capabilities' ? { '304': { description: 'Unchanged since If-None-Match.' } } : {}),
    default: { $ref: '#/components/responses/refusal' },
  }
  return {
    operationId: [endpoint.method.toLowerCase(), ...path.split(/[/:]/)].filter((word) => word !== '').join('-'),
    tags: [type ?? SYSTEM],
    summary: [name, type, ...(compartment ? [`in the compartment of a ${compartment}`] : [])]
      .filter((word) => word !== undefined)
      .join(' '),
    ...(roles === 'anyone'
      ? { description: 'For anybody.', security: [] }
      : { description: `For the roles ${playersOf(roles).join(', ')}.${compartment ? SAME_PARAMETERS : ''}` }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === 'none' ? {} : { requestBody: requestBody(context, endpoint, body) }),
    responses,
  }
}

function doneResponse(endpoint: Endpoint): Record<string, JsonSchema> {
  const code: string = endpoint.code
  if (code === 'delete') return { '204': { description: 'Done.' } }
  const content = { ...json(answerOf(endpoint)), ...(isContent(endpoint) ? { '*/*': { schema: CONTENT } } : {}) }
  return { [code === 'create' ? '201' : '200']: { description: 'Done.', content } }
}

const pathParameters = (path: string): Parameter[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({ name, in: 'path', required: true, schema: STRING }))

/** What may stand in the query. A POST _search takes the same in its form. */
function queryParameters(context: Context, path: string, endpoint: Endpoint): Parameter[] {
  const { code, type, method, operation } = endpoint
  if (endpoint.compartment !== undefined) return method === 'GET' ? [...resultParameters] : []
  const writes = code === 'update' || code === 'patch' || code === 'delete'
  // Without an id the query says which resource is meant.
  if (writes && !path.includes(':id')) return typeParameters(context, type ?? '')
  if (code === 'operation' && operation !== undefined && method === 'GET') return operationParameters(operation)
  if (code === 'capabilities') {
    const mode: Parameter = { name: 'mode', in: 'query', schema: { enum: ['full', 'normative', 'terminology'] } }
    return [mode, ...partParameters]
  }
  if (code === 'read' || code === 'vread') return [...partParameters]
  if (code.startsWith('history')) return [...historyParameters]
  if (code === 'search-system' && method === 'GET') return systemSearchParameters()
  return code === 'search-type' && type !== undefined && method === 'GET' ? searchParameters(context, type) : []
}

const inQuery = (name: string, description: string, schema: JsonSchema = STRING): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
})

const COUNT = inQuery('_count', 'Rows of a page.', { type: 'integer', minimum: 0 })

const historyParameters: readonly Parameter[] = [
  COUNT,
  inQuery('_since', 'Only versions written at or after this instant.'),
  inQuery('_at', 'Only versions that were current at some time of this date or dateTime.'),
]

const elements = inQuery('_elements', 'Top-level elements that are wanted, with commas between them.')

/** What a read takes. */
const partParameters: readonly Parameter[] = [
  inQuery('_summary', 'Which part of the resource is wanted.', { enum: ['true', 'text', 'data', 'false'] }),
  elements,
]

/** The parameters of a search that shape its answer (https://hl7.org/fhir/R4/search.html#return). */
const resultParameters: readonly Parameter[] = [
  COUNT,
  inQuery('_sort', 'Parameters to sort by; "-" before one for descending.'),
  inQuery('_total', 'Whether the number of all matches is wanted.', { enum: ['none', 'estimate', 'accurate'] }),
  inQuery('_summary', 'Which part of each resource is wanted, or only the count.', {
    enum: ['true', 'text', 'data', 'count', 'false'],
  }),
  elements,
  inQuery(
    '_include',
    'Type:parameter, Type:parameter:Target or "*": what matches refer to. More than once if need be.',
  ),
  inQuery('_revinclude', 'Type:parameter or "*": what refers to matches. More than once if need be.'),
]

const systemSearchParameters = (): Parameter[] => [
  inQuery(
    '_type',
    'The types that are searched, with commas between them; parameters are those that all of them have.',
  ),
  ...resultParameters,
]

/** What the definition of an operation says that it takes. */
function operationParameters(operation: string): Parameter[] {
  const path = join(packageRoot, 'conformance/OperationDefinition', `${operation}.json`)
  const { parameter = [] } = JSON.parse(readFileSync(path, 'utf8')) as r4.OperationDefinition
  return parameter
    .filter(({ use, type }) => use === 'in' && /^[a-z]/.test(type ?? ''))
    .map(({ name, documentation = '', min, type }) => ({
      ...inQuery(name, documentation, type === 'integer' ? { type } : STRING),
      ...(min > 0 ? { required: true } : {}),
    }))
}

const typeParameters = (context: Context, type: string): Parameter[] =>
  context.search.list(type).map(({ code, kind, documentation }) => inQuery(code, `${kind}. ${documentation}`.trim()))

const searchParameters = (context: Context, type: string): Parameter[] => [
  ...typeParameters(context, type),
  ...resultParameters,
]

const writes = new Set(['create', 'update', 'patch', 'delete', 'transaction', 'batch'])

function headers(context: Context, endpoint: Endpoint): Parameter[] {
  const { type } = endpoint
  const code: string = endpoint.code
  const header = (name: string, description: string, required = false): Parameter => ({
    name,
    in: 'header',
    description,
    ...(required ? { required } : {}),
    schema: STRING,
  })
  const list: Parameter[] = []
  if (code === 'update' || code === 'patch') {
    const needed = context.row(type ?? '')?.ifMatch === 'required'
    list.push(header('If-Match', 'ETag of the version that is changed, e.g. W/"1".', needed))
  }
  if (code === 'create') list.push(header('If-None-Exist', 'A search: created only when it finds nothing.'))
  if (endpoint.body === 'binary') list.push(header('X-Security-Context', 'Binary.securityContext of bare content.'))
  if (code === 'read' || code === 'capabilities') list.push(header('If-None-Match', 'ETag of what you have.'))
  if (code === 'read') list.push(header('If-Modified-Since', 'When you last read it, as an HTTP date.'))
  if (endpoint.operation === 'changes') list.push(header('Prefer', 'wait=SECONDS: an empty answer is held back.'))
  if (writes.has(code)) list.push(header('Prefer', 'return=minimal, return=representation or return=OperationOutcome.'))
  if (code.startsWith('search')) list.push(header('Prefer', 'handling=strict or handling=lenient.'))
  return list
}

function requestBody(context: Context, endpoint: Endpoint, kind: Exclude<BodyKind, 'none'>): JsonSchema {
  const schema = bodySchema(context, endpoint, kind)
  const content = Object.fromEntries(
    bodyTypes[kind].map((type) => [type, { schema: type === '*/*' ? CONTENT : schema }]),
  )
  return { required: kind !== 'form' && endpoint.bodyOptional !== true, content }
}

function bodySchema(context: Context, { code, type, compartment }: Endpoint, kind: BodyKind): JsonSchema {
  if (kind === 'form') {
    const all = type === undefined ? systemSearchParameters() : searchParameters(context, type)
    const taken = compartment === undefined ? all : resultParameters
    const parameters = taken.map(({ name, schema }) => [name, schema] as const)
    return { type: 'object', properties: Object.fromEntries(parameters) }
  }
  if (kind === 'patch') return { description: 'A JSON Patch (RFC 6902), or a FHIRPath Patch as Parameters.' }
  if (code === 'create' || code === 'update') return resource(type ?? ANY_RESOURCE)
  return resource(code === 'transaction' ? 'Bundle' : ANY_RESOURCE)
}

function answerOf({ code, type }: Endpoint): JsonSchema {
  switch (code) {
    case 'read':
    case 'vread':
    case 'create':
    case 'update':
    case 'patch':
      return resource(type ?? ANY_RESOURCE)
    case 'capabilities':
      return resource('CapabilityStatement')
    case 'delete':
      return resource('OperationOutcome')
    case 'operation':
      return resource(ANY_RESOURCE)
    default:
      return resource('Bundle')
  }
}
