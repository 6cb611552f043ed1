/**
 * The promise in the words of those who live without FHIR tooling: an OpenAPI 3.1 document
 * (https://spec.openapis.org/oas/v3.1.1) of the addresses that are routed, made from the same endpoints.
 */
import type { Context } from '../context.ts'
import { ANY_RESOURCE, type JsonSchema, jsonSchemas } from '../fhir/json-schema.ts'
import type { r4 } from '../fhir/resource.ts'
import type { Endpoint, Endpoints } from './endpoints.ts'
import { type BodyKind, bodyTypes } from './negotiation.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

const STRING: JsonSchema = { type: 'string' }
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

function operation(context: Context, path: string, endpoint: Endpoint): JsonSchema {
  const { code, type, roles, body } = endpoint
  const name = endpoint.operation === undefined ? code : `$${endpoint.operation}`
  const parameters = [...pathParameters(path), ...queryParameters(context, endpoint), ...headers(context, endpoint)]
  const responses = {
    ...doneResponse(endpoint),
    ...(code === 'read' || code === 'capabilities' ? { '304': { description: 'Unchanged since If-None-Match.' } } : {}),
    default: { $ref: '#/components/responses/refusal' },
  }
  return {
    operationId: [endpoint.method.toLowerCase(), ...path.split(/[/:]/)].filter((word) => word !== '').join('-'),
    tags: [type ?? SYSTEM],
    summary: [name, type].filter((word) => word !== undefined).join(' '),
    ...(roles === 'anyone'
      ? { description: 'For anybody.', security: [] }
      : { description: `For the roles ${roles.join(', ')}.` }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === 'none' ? {} : { requestBody: requestBody(context, endpoint, body) }),
    responses,
  }
}

function doneResponse(endpoint: Endpoint): Record<string, JsonSchema> {
  const code: string = endpoint.code
  if (code === 'delete') return { '204': { description: 'Done.' } }
  return { [code === 'create' ? '201' : '200']: { description: 'Done.', content: json(answerOf(endpoint)) } }
}

const pathParameters = (path: string): Parameter[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({ name, in: 'path', required: true, schema: STRING }))

/** What may stand in the query. A POST _search takes the same in its form. */
function queryParameters(context: Context, { code, type, method }: Endpoint): Parameter[] {
  if (code === 'capabilities')
    return [{ name: 'mode', in: 'query', schema: { enum: ['full', 'normative', 'terminology'] } }]
  return code === 'search-type' && type !== undefined && method === 'GET' ? searchParameters(context, type) : []
}

const searchParameters = (context: Context, type: string): Parameter[] => [
  ...context.search.list(type).map(({ code, kind, documentation }): Parameter => ({
    name: code,
    in: 'query',
    description: `${kind}. ${documentation}`.trim(),
    schema: STRING,
  })),
  { name: '_count', in: 'query', description: 'Rows of a page.', schema: { type: 'integer', minimum: 0 } },
  { name: '_sort', in: 'query', description: 'Parameters to sort by; "-" before one for descending.', schema: STRING },
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
  if (code === 'read' || code === 'capabilities') list.push(header('If-None-Match', 'ETag of what you have.'))
  if (writes.has(code)) list.push(header('Prefer', 'return=minimal, return=representation or return=OperationOutcome.'))
  if (code.startsWith('search')) list.push(header('Prefer', 'handling=strict or handling=lenient.'))
  return list
}

function requestBody(context: Context, endpoint: Endpoint, kind: Exclude<BodyKind, 'none'>): JsonSchema {
  const schema = bodySchema(context, endpoint, kind)
  const content = Object.fromEntries(bodyTypes[kind].map((type) => [type, { schema }]))
  return { required: kind !== 'form', content }
}

function bodySchema(context: Context, { code, type }: Endpoint, kind: BodyKind): JsonSchema {
  if (kind === 'form') {
    const parameters = searchParameters(context, type ?? '').map(({ name, schema }) => [name, schema] as const)
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
