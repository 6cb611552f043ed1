/**
 * What a write would be told now, for $validate: whether the caller may write it, and what shows only against what is
 * stored (duplicates, states, versions, references, medicines, signatures), by the code of the write itself.
 */
import { plays, playersOf } from '../caller.ts'
import type { Context } from '../context.ts'
import { contentHash } from '../fhir/content.ts'
import { cutResource } from '../fhir/json.ts'
import { type Issue, Problem, refuse } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import type { CommitRequest, Operation, Outcome } from '../store/operation.ts'
import { rehearse } from '../store/rehearsal.ts'
import { allowed } from './bundle-call.ts'
import { kindOf } from './bundle.ts'
import { checkEntries } from './bundle-entries.ts'
import { conditionalReferences, conditionText, readVersions } from './draft.ts'
import type { FhirRequest } from './interaction.ts'
import { messagePlan } from './process-message.ts'
import { requestOf } from './submit.ts'
import { bundlePlan } from './transaction.ts'
import { updateOf } from './wishes.ts'

/** What is to be written, and its JSON. */
interface Wish {
  readonly mode: 'create' | 'update'
  readonly resource: Resource
  readonly text: string
  /** Whether structure and profiles are right: the door takes it for granted. */
  readonly sound: boolean
}

/** A Bundle of a kind that is processed stands for what its entries ask for, whatever the mode. */
export function foretold(context: Context, request: FhirRequest, wish: Wish): Promise<readonly Issue[]> {
  return told(async () => {
    const { issues, requests } = await planOf(context, request, wish)
    return wish.sound ? [...issues, ...(await played(context, requests))] : issues
  })
}

/** The same for a deletion of what is stored. */
export function deletionForetold(context: Context, request: FhirRequest): Promise<readonly Issue[]> {
  const { type = '', id = '', caller } = request
  return told(async () => {
    check(allowed(context, caller, type, 'delete', type))
    const ifMatch = readVersions('If-Match', request.ifMatch)
    const operation: Operation = {
      ...{ kind: 'delete', type, id, root: type, ifMatchRequired: false },
      ...(ifMatch === undefined ? {} : { ifMatch }),
    }
    return played(context, [requestOf(context, caller, [operation])])
  })
}

async function told(work: () => Promise<readonly Issue[]>): Promise<readonly Issue[]> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem) return error.issues
    throw error
  }
}

function check(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new Problem(issues)
}

/** What is asked of the door, and what is wrong with it before. */
interface Plan {
  readonly issues: readonly Issue[]
  readonly requests: readonly CommitRequest[]
}

async function planOf(context: Context, request: FhirRequest, wish: Wish): Promise<Plan> {
  const { resource, text, mode, sound } = wish
  if (resource.resourceType === 'Bundle' && !isKept(context, request, resource)) {
    checkEntries(context, resource)
    if (isMessage(context, request, resource)) {
      return { issues: [], requests: await messagePlan(context, request, resource, { text, sound }) }
    }
    kindOf(context, request.caller, resource)
    return bundlePlan(context, request, resource, { text, sound })
  }
  const type = resource.resourceType
  check(allowed(context, request.caller, type, mode, type))
  return {
    issues: [],
    requests: sound ? [requestOf(context, request.caller, [operationOf(context, request, wish)])] : [],
  }
}

/** Where Bundles are stored as such, those of a kind that is processed are stored by POST [base]/Bundle alone. */
const isKept = (context: Context, { type }: FhirRequest, bundle: Resource): boolean =>
  context.row('Bundle') !== undefined && (type === 'Bundle' || !processed.includes(bundle.type))
const processed: readonly unknown[] = ['transaction', 'batch', 'message']

/** @throws Problem role-forbidden for a message from somebody who sends none */
function isMessage({ table }: Context, { caller }: FhirRequest, { type }: Resource): boolean {
  const offered = table.operations.find(({ name }) => name === 'process-message')
  if (type !== 'message' || !offered) return false
  if (plays(caller.role, offered.roles)) return true
  throw refuse(
    'role-forbidden',
    `A message takes the role ${playersOf(offered.roles).join(' or ')}; you act as ${caller.role}.`,
    'Bundle.type',
  )
}

/** What POST [type] or PUT [type]/[id] would ask the door. */
function operationOf(context: Context, request: FhirRequest, { mode, resource, text }: Wish): Operation {
  const { caller, ifNoneExist } = request
  const type = resource.resourceType
  const draft = {
    ...{ resource, text: cutResource(type, text), content: contentHash(resource) },
    ...conditionalReferences(context, caller, resource, type),
  }
  if (mode === 'create') {
    const condition = ifNoneExist === undefined ? {} : { ifNoneExist: conditionText(context, type, ifNoneExist) }
    return { kind: 'create', id: context.newId(), root: type, draft, ...condition }
  }
  const ifMatch = readVersions('If-Match', request.ifMatch)
  const ifNone = readVersions('If-None-Match', request.ifNoneMatch)
  const operation = updateOf(context, caller, { draft, root: type, match: undefined, ifMatch, ifNone })
  // Which version is meant is asked of the write; whoever only asks may leave it out.
  return operation.kind === 'update' && ifMatch === undefined ? { ...operation, ifMatchRequired: false } : operation
}

async function played(context: Context, requests: readonly CommitRequest[]): Promise<Issue[]> {
  const results = await rehearse(context.door, context.database.query, context.clock(), requests)
  return results.flatMap(({ problems, committed }, index) => [
    ...problems.flatMap(({ issues }) => issues),
    ...(committed?.outcomes ?? []).flatMap((outcome, place) =>
      outcomeIssues(outcome, requests[index]?.operations[place]),
    ),
  ])
}

const repeats: readonly Outcome['status'][] = ['repeated', 'matched']

function outcomeIssues({ status, warnings = [] }: Outcome, operation: Operation | undefined): readonly Issue[] {
  if (!repeats.includes(status) || !operation) return warnings
  const diagnostics = 'It is stored already: sent again it is answered as that, and nothing new is made.'
  return [{ key: 'stored-already', diagnostics, expression: operation.root }]
}
