/** From a patch as sent to an operation, for a single PATCH and an entry of a Bundle alike. */
import type { Caller } from '../caller.ts'
import { type Context, scopeOf } from '../context.ts'
import type { BundleEntry } from '../fhir/bundle.ts'
import { contentHash } from '../fhir/content.ts'
import type { Definitions } from '../fhir/definitions.ts'
import { type IsList, readFhirPathPatch } from '../fhir/fhirpath-patch.ts'
import { parseJson } from '../fhir/json.ts'
import { readJsonPatch } from '../fhir/json-patch.ts'
import { patched, type Patch } from '../fhir/patch.ts'
import { type Issue, isError, Problem, refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import type { SearchQuery } from '../fhir/search-query.ts'
import type { Draft, IfMatch, Operation } from '../store/operation.ts'
import { readCurrent, type Stored } from '../store/read.ts'
import { asTabled, conditionalReferences, inspect, refuseErrors, terminologyIssues, warningsOf } from './draft.ts'

const JSON_PATCH = 'application/json-patch+json'

export interface PatchBody {
  readonly body: string
  /** Media type, lower case. */
  readonly contentType: string
}

/**
 * The patch that a Bundle entry carries: a Binary of its media type, or Parameters.
 * @throws Problem bundle-entry-invalid
 */
export function patchIn(resource: Resource | undefined, { expression, text = '' }: BundleEntry): PatchBody {
  if (resource?.resourceType === 'Parameters') return { body: text, contentType: 'application/fhir+json' }
  const { contentType, data } = (resource ?? {}) as unknown as Partial<r4.Binary>
  if (resource?.resourceType === 'Binary' && typeof contentType === 'string' && typeof data === 'string') {
    const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
    return { body: Buffer.from(data, 'base64').toString('utf8'), contentType: type }
  }
  throw refuse(
    'bundle-entry-invalid',
    'The patch of an entry is a Parameters resource (FHIRPath Patch), or a Binary with contentType and data (JSON Patch).',
    `${expression}.resource`,
  )
}

/** @throws Problem for what is no patch */
export function readPatch(context: Context, { body, contentType }: PatchBody, root: string): Patch {
  if (body.trim() === '') throw refuse('body-missing', 'Send the patch as the body.')
  const value = parseJson(body, context.limits.jsonDepth)
  if (contentType === JSON_PATCH) return readJsonPatch(body)
  if ((value as Resource | null)?.resourceType !== 'Parameters') {
    const meant = Array.isArray(value)
      ? ` A list is a JSON Patch: send it with Content-Type ${JSON_PATCH}.`
      : typeof (value as Resource | null)?.resourceType === 'string'
        ? ' A whole resource is sent with PUT.'
        : ''
    throw refuse(
      'patch-invalid',
      `A patch is a JSON Patch, sent as ${JSON_PATCH}, or a FHIRPath Patch: a Parameters resource.${meant}`,
      root,
    )
  }
  const issues = context.structure.validate(value, { root, type: 'Parameters', text: body })
  refuseErrors(issues.map((issue) => asTabled(context, issue)))
  return readFhirPathPatch(body, listsOf(context.definitions))
}

/** Where R4 has lists; a choice element never is one. */
export const listsOf =
  (definitions: Definitions): IsList =>
  (path, name) => {
    const elements = definitions.structure(path.split('.', 1)[0] ?? '')?.snapshot.element
    const max = elements?.find((element) => element.path === `${path}.${name}`)?.max
    return max !== undefined && max !== '0' && max !== '1'
  }

interface Patching {
  readonly type: string
  readonly id: string | undefined
  readonly match: SearchQuery | undefined
  readonly ifMatch: IfMatch | undefined
  readonly patch: Patch
  readonly root: string
}

/**
 * The operation. The patch is tried on what is stored now, so that what is wrong with it is told before the lane; in
 * the lane it is applied again when the resource has changed meanwhile.
 * @returns with `warnings` for after the commit
 */
export async function patchOf(
  context: Context,
  caller: Caller,
  { type, id, match, ifMatch, patch, root }: Patching,
): Promise<{ readonly operation: Operation; readonly warnings: () => readonly Issue[] }> {
  const ifMatchRequired = context.row(type)?.ifMatch === 'required'
  let last: { readonly of: Stored; readonly draft: Draft; readonly issues: readonly Issue[] } | undefined
  const apply = (current: Stored): Draft => {
    if (last?.of.key === current.key && last.of.version === current.version) return last.draft
    const made = placed(root, () => draftAfter(context, caller, current, patch, root))
    last = { of: current, ...made }
    return made.draft
  }
  const current =
    id === undefined ? undefined : await readCurrent(context.database.query, type, id, scopeOf(context, caller, type))
  const named = ifMatch !== undefined && ifMatch !== '*'
  const fits = current && (named ? ifMatch.includes(current.version) : !ifMatchRequired)
  if (fits) {
    const { resource } = apply(current)
    const outside = await terminologyIssues(context, [{ resource, root }])
    refuseErrors(outside)
    if (last) last = { ...last, issues: [...last.issues, ...outside] }
  }
  return {
    operation: {
      kind: 'patch',
      type,
      id: id ?? '',
      root,
      apply,
      ifMatchRequired,
      ...(match ? { match } : {}),
      ...(ifMatch === undefined ? {} : { ifMatch }),
    },
    warnings: () => warningsOf(last?.issues ?? []),
  }
}

function draftAfter(
  context: Context,
  caller: Caller,
  current: Stored,
  patch: Patch,
  root: string,
): { readonly draft: Draft; readonly issues: readonly Issue[] } {
  const { resource, text } = patched(current.text, patch)
  const written = JSON.stringify(resource)
  checkSize(context, written)
  const issues = inspect(context, resource, current.type, root, { creating: false, text: written })
  if (issues.some(isError)) refuseErrors(issues)
  const conditional = conditionalReferences(context, caller, resource, root)
  return { draft: { resource, text, content: contentHash(resource), ...conditional }, issues }
}

/** What no body may be, no patch makes either. @throws Problem json-too-deep, body-too-large */
function checkSize({ limits }: Context, text: string): void {
  parseJson(text, limits.jsonDepth)
  if (Buffer.byteLength(text) <= limits.bodyBytes) return
  throw refuse('body-too-large', `The patch makes the resource larger than ${limits.bodyBytes} bytes.`)
}

/** What is refused of a patch says where the patch stands. */
function placed<T>(root: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Problem) || !root.startsWith('Bundle')) throw error
    throw new Problem(error.issues.map((issue) => ({ ...issue, expression: inRoot(issue.expression, root) })))
  }
}

const inRoot = (expression: string | undefined, root: string): string =>
  expression?.startsWith(root) ? expression : root
