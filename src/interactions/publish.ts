/** The project's own definitions (profiles, code systems, operations), put where every caller can read and search them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { contentHash } from '../fhir/content.ts'
import { cutResource } from '../fhir/json.ts'
import { isError } from '../fhir/problem.ts'
import type { Resource } from '../fhir/resource.ts'
import { commit } from '../store/commit.ts'
import type { Operation } from '../store/operation.ts'
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
  await context.lane.submit(async (lane) => {
    const stored = await readContents(lane.query, types)
    for (const file of files) {
      const text = readFileSync(file, 'utf8')
      const resource = JSON.parse(text) as Resource
      const type = resource.resourceType
      if (!types.includes(type)) continue
      const id = resource.id
      if (id === undefined) throw new Error(`${file}: a published definition needs an id.`)
      const draft = { resource, text: cutResource(type, text), content: contentHash(resource) }
      const current = stored.get(`${type}/${id}`)
      // What is stored already was checked when it was stored.
      if (current === draft.content) continue
      const faults = context.structure.validate(resource, { root: type, type }).filter(isError)
      if (faults.length > 0)
        throw new Error(
          `${file}: ${faults.map(({ expression, diagnostics }) => `${expression}: ${diagnostics}`).join('; ')}`,
        )
      const operation: Operation =
        current !== undefined
          ? { kind: 'update', id, root: file, draft, ifMatchRequired: false, byService: true }
          : { kind: 'create', id, root: file, draft, byService: true }
      await commit(context.door, lane, { caller, scope: { kind: 'open' }, operations: [operation] })
    }
  })
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
