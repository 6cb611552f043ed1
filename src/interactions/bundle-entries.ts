/** From a Bundle to its resources: everything that is wrong with it, and drafts of what is to be stored. */
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import { type BundleEntry, sentNames } from '../fhir/bundle.ts'
import { contentHash, type Peers } from '../fhir/content.ts'
import { cutResource } from '../fhir/json.ts'
import { type Issue, isError, refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { besideFaults, isShaped, misshapenIn } from '../fhir/shape.ts'
import { nothingSeen } from '../fhir/structure-runtime.ts'
import type { Written } from '../homecare/rules.ts'
import type { Draft } from '../store/operation.ts'
import type { Validation } from '../validation.ts'
import { conditionalReferences, homecareIssues, inspect, type InspectOptions, partIssues, readJson } from './draft.ts'
import type { FhirRequest } from './interaction.ts'

/**
 * The body as a Bundle of bearable size.
 * @throws Problem
 */
export function readBundle(context: Context, request: FhirRequest): Resource {
  const value = readJson(context, request) as { resourceType?: unknown; entry?: unknown } | null
  if (value?.resourceType !== 'Bundle') {
    throw refuse('type-mismatch', `This address takes a Bundle${otherWords(value)}`, 'resourceType')
  }
  checkEntries(context, value as Resource)
  return value as Resource
}

/** What came instead of a Bundle, and what is done with it: the rest of a sentence. */
function otherWords(value: unknown): string {
  if (Array.isArray(value)) return ', and a list was sent: send the Bundle itself, without brackets around it.'
  if (typeof value === 'object' && value !== null) {
    return '; a single resource is posted to its type, e.g. [base]/Patient.'
  }
  const kind = value === null ? 'null' : `a ${typeof value}`
  return `, and ${kind} was sent: send the JSON of the Bundle itself, not a text that holds it.`
}

/** @throws Problem bundle-too-many-entries */
export function checkEntries({ limits }: Context, { entry }: Resource): void {
  if (!Array.isArray(entry) || entry.length <= limits.bundleEntries) return
  throw refuse(
    'bundle-too-many-entries',
    `A Bundle may have ${limits.bundleEntries} entries; this one has ${entry.length}. Send it in parts.`,
    'Bundle.entry',
  )
}

/** Everything that is wrong with a Bundle and its resources, whatever is stored. */
export function inspectBundle(
  context: Validation,
  bundle: Resource,
  entries: readonly BundleEntry[],
  options: Pick<InspectOptions, 'text' | 'asked'> = {},
): Issue[] {
  const seen = nothingSeen()
  const issues = inspect(context, bundle, 'Bundle', 'Bundle', { ...options, seen })
  const misshapen = misshapenIn(issues)
  const written = writtenIn(entries)
  const shaped = misshapen.length === 0 ? written : written.filter(({ root }) => isShaped(misshapen, root))
  const roots = shaped.map(({ root }) => root)
  const faults = issues.filter(isBroken)
  const found = besideFaults(homecareIssues(context, shaped, seen), faults, roots)
  if (shaped.length === written.length) return [...issues, ...found]
  const others = written.filter((one) => !shaped.includes(one))
  return [...issues, ...found, ...others.flatMap((one) => partIssues(context, one, misshapen, faults))]
}

/** Resources whose structure is right, so that their codes may be asked about; what profiles say does not matter here. */
export function soundEntries(entries: readonly BundleEntry[], issues: readonly Issue[]): Written[] {
  const broken = issues.filter(isBroken)
  return writtenIn(entries).filter(({ root }) => !broken.some(({ expression }) => expression?.startsWith(root)))
}

/** What entries without fullUrl are known by, by index: nothing, where the table does not say otherwise. */
export const namesOf = ({ table }: Context, entries: readonly BundleEntry[]): ReadonlyMap<number, string> =>
  table.assumes?.fullUrl === 'id' ? sentNames(entries) : new Map()

const isBroken = (issue: Issue): boolean => isError(issue) && !issue.key.startsWith('profile-')

const writtenIn = (entries: readonly BundleEntry[]): Written[] =>
  entries.flatMap(({ resource, expression, fullUrl, request }) =>
    resource
      ? [
          {
            resource,
            root: `${expression}.resource`,
            // Of a Bundle that is judged as it came nothing is known yet.
            ...(typeof fullUrl === 'string' && { fullUrl }),
            creating: request?.method !== 'PUT',
          },
        ]
      : [],
  )

/** A Bundle entry as a draft; its content counts other entries by what they hold. */
export function draftOf(context: Context, caller: Caller, entry: BundleEntry, peers: Peers): Draft {
  const resource = entry.resource as Resource
  return {
    ...conditionalReferences(context, caller, resource, `${entry.expression}.resource`),
    resource,
    text: cutResource(resource.resourceType, entry.text ?? ''),
    content: contentHash(resource, peers),
  }
}
