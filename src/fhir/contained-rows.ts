/**
 * What a resource can be found by through what it contains: R4 evaluates a chained condition inside contained resources
 * too (https://hl7.org/fhir/R4/search.html#contained). Their index rows are kept with the resource that contains them,
 * named by the references that lead to them: `MedicationRequest.medication>Medication.code`.
 */
import type { IndexRow } from './index-row.ts'
import { type Condition, type IndexCondition, MAX_LINKS } from './search-condition.ts'
import type { Resource } from './resource.ts'

/** A reference parameter of a resource (`Type.code`) and the ids within its container to which it leads. */
export interface InnerLink {
  readonly param: string
  readonly ids: readonly string[]
}

/** How a resource is looked into, by the parameters of its type. */
export interface Look {
  rows(resource: Resource): readonly IndexRow[]
  links(resource: Resource): readonly InnerLink[]
}

/** Most contained resources that are looked at, each once for every path that leads to it: what comes after is not found. */
const MAX_LOOKS = 500

/** Longest text that is kept: longer ones are no reason to refuse what is only contained. In characters. */
const MAX_TEXT = 800

/** Under what name a condition on a resource of a type asks those to which a reference parameter leads. */
const innerName = (param: string, name: string): string => `${param}>${name}`

/** The parameter (of references) whose rows tell that a resource contains one of a type, to which `param` leads. */
export const innerType = (param: string, type: string): string => innerName(param, type)

/** Index rows for all that references of a resource lead to within itself; none where it contains nothing. */
export function containedRows(container: Resource, look: Look): IndexRow[] {
  const { contained } = container as { readonly contained?: readonly Resource[] }
  if (!Array.isArray(contained) || contained.length === 0) return []
  // What a contained resource refers to stands beside it.
  const byId = new Map(
    contained.flatMap((inner) => (inner.id ? [[inner.id, { ...inner, contained } as Resource]] : [])),
  )
  const seen = new Map<Resource, { readonly rows: readonly IndexRow[]; readonly links: readonly InnerLink[] }>()
  // Several paths may lead to one.
  const once = (resource: Resource) => {
    const known = seen.get(resource) ?? { rows: look.rows(resource).filter(isShort), links: look.links(resource) }
    seen.set(resource, known)
    return known
  }
  const rows: IndexRow[] = []
  let looks = 0
  let level = new Map([['', new Set([container])]])
  for (let links = 0; links < MAX_LINKS && level.size > 0; links++) {
    const next = new Map<string, Set<Resource>>()
    for (const [before, resources] of level) {
      for (const resource of resources) {
        for (const { param, ids } of resource === container ? look.links(container) : once(resource).links) {
          const path = `${before}${param}`
          for (const id of ids) {
            const inner = byId.get(id)
            if (inner) next.set(path, (next.get(path) ?? new Set()).add(inner))
          }
        }
      }
    }
    level = new Map([...next].map(([path, inners]) => [innerName(path, ''), inners]))
    for (const [path, inners] of next) {
      for (const type of new Set([...inners].map(({ resourceType }) => resourceType))) {
        rows.push({ kind: 'reference', param: innerType(path, type), target: '' })
      }
      looks += inners.size
      if (looks > MAX_LOOKS) return rows
      for (const inner of inners) {
        for (const row of once(inner).rows) rows.push({ ...row, param: innerName(path, row.param) })
      }
    }
  }
  return rows
}

function isShort(row: IndexRow): boolean {
  switch (row.kind) {
    case 'token':
      return row.system.length + row.code.length <= MAX_TEXT
    case 'uri':
      return row.value.length <= MAX_TEXT
    case 'reference':
      return row.target.length <= MAX_TEXT
    default:
      return true
  }
}

/**
 * A condition on what a reference parameter leads to, asked of what is contained. A contained resource has no address
 * and no time of its own, and nothing refers to it from outside.
 */
export function inside(param: string, condition: Condition): Condition {
  switch (condition.kind) {
    case 'constant':
      return condition
    case 'id':
      return { kind: 'constant', holds: condition.negate }
    case 'lastUpdated':
    case 'has':
    case 'compartment':
      return { kind: 'constant', holds: false }
    case 'any':
      return { ...condition, of: condition.of.map((each) => inside(param, each)) }
    case 'composite': {
      const renamed = (each: IndexCondition): IndexCondition => ({ ...each, param: innerName(param, each.param) })
      return { ...condition, values: condition.values.map((components) => components.map(renamed)) }
    }
    default:
      return { ...condition, param: innerName(param, condition.param) }
  }
}
