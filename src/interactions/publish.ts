/** The project's own definitions (profiles, code systems, operations), put where every caller can read and search them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { contentHash } from '../fhir/content.ts'
import { cutResource } from '../fhir/json.ts'
import { isError } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { commit } from '../store/commit.ts'
import type { Query } from '../store/database.ts'
import type { Draft, Operation } from '../store/operation.ts'
import { readContents } from '../store/read.ts'

/** Folders below the package root that hold one resource per file, named after its id. */
const folders = [
  'profiles/StructureDefinition',
  'profiles/ValueSet',
  'profiles/CodeSystem',
  'profiles/ConceptMap',
  'conformance/SearchParameter',
  'conformance/OperationDefinition',
]

const caller = { role: 'service', organization: 'SERVICE', client: 'boot' } as const

/**
 * Stores what has changed since the last start; a version of a definition is a version like any other.
 * @param root the package root
 * @throws Error naming the file that is not a valid resource
 */
export async function publishDefinitions(context: Context, root: string): Promise<void> {
  const files = folders.flatMap((folder) => list(join(root, folder)))
  const types = context.exposedTypes.filter((type) => context.row(type)?.source === 'definitions')
  const published = files.map(readDefinition).filter(({ resource }) => types.includes(resource.resourceType))
  const changed = async (query: Query): Promise<Published[]> => {
    const stored = await readContents(query, types)
    return published.flatMap((one) => {
      const current = stored.get(`${one.resource.resourceType}/${one.id}`)
      return current === one.draft.content ? [] : [{ ...one, isThere: current !== undefined }]
    })
  }
  // Nearly every start: nothing to write.
  if ((await changed(context.database.query)).length === 0) return
  await context.lane.submit(async (lane) => {
    for (const { file, id, resource, draft, isThere } of await changed(lane.query)) {
      // What is stored already was checked when it was stored.
      const type = resource.resourceType
      const faults = context.structure.validate(resource, { root: type, type }).filter(isError)
      if (faults.length > 0)
        throw new Error(
          `${file}: ${faults.map(({ expression, diagnostics }) => `${expression}: ${diagnostics}`).join('; ')}`,
        )
      const operation: Operation = isThere
        ? { kind: 'update', id, root: file, draft, ifMatchRequired: false, byService: true }
        : { kind: 'create', id, root: file, draft, byService: true }
      await commit(context.door, lane, { caller, scope: { kind: 'open' }, operations: [operation] })
    }
  })
}

/** A definition as its file has it. */
interface Definition {
  readonly file: string
  readonly id: string
  readonly resource: Resource
  readonly draft: Draft
}

interface Published extends Definition {
  /** Whether an earlier version of it is stored. */
  readonly isThere: boolean
}

/** @throws Error naming the file */
function readDefinition(file: string): Definition {
  const text = readFileSync(file, 'utf8')
  const resource = JSON.parse(text) as Resource
  const { id, resourceType } = resource
  if (id === undefined) throw new Error(`${file}: a published definition needs an id.`)
  return {
    file,
    id,
    resource,
    draft: { resource, text: cutResource(resourceType, text), content: contentHash(resource) },
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}
