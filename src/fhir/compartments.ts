/**
 * Compartments (https://hl7.org/fhir/R4/compartmentdefinition.html): what belongs to a patient, an encounter, a
 * practitioner, a related person or a device, by the reference parameters that R4's definitions name.
 */
import type { CompartmentDefinition } from './definitions.ts'
import type { Condition } from './search-condition.ts'
import type { SearchParams } from './search-params.ts'

/** In a definition, instead of a parameter: the resource that the compartment is of. */
const ITSELF = '{def}'

export interface Compartment {
  /** Resource type that each such compartment is of. */
  readonly type: string
  /** Canonical of the definition. */
  readonly url: string
  /** Types that are searched in it. */
  readonly members: readonly string[]
}

/** The resources of the compartment of one resource. */
export interface Membership {
  /** `Type.code` of the parameters, as in the index. */
  readonly params: readonly string[]
  /** `Type/id` of what they refer to: the resource that the compartment is of. */
  readonly target: string
}

export interface Compartments {
  /** Those that can be searched here. */
  readonly all: readonly Compartment[]
  /** @throws Error when the type is not among the members */
  condition(compartment: string, id: string, type: string): Condition
  /** By which parameters some of the members belong to it. */
  membership(compartment: string, id: string, types: readonly string[]): Membership
}

/**
 * @param types that are served and searched along with others. A compartment is offered when its own type is among
 *   them, and a member when every parameter by which it belongs is answered: half a compartment would look like all.
 */
export function createCompartments(
  definitions: readonly CompartmentDefinition[],
  types: readonly string[],
  params: SearchParams,
): Compartments {
  const members = new Map<string, ReadonlyMap<string, readonly string[]>>()
  const all: Compartment[] = []
  for (const { code, url, resource } of definitions) {
    if (!types.includes(code)) continue
    const answered = resource.filter(
      ({ code: type, param }) =>
        types.includes(type) &&
        param.every((name) => name === ITSELF || params.param(type, name)?.kind === 'reference'),
    )
    if (answered.length === 0) continue
    members.set(code, new Map(answered.map(({ code: type, param }) => [type, param])))
    all.push({ type: code, url, members: answered.map(({ code: type }) => type) })
  }
  const by = (compartment: string, type: string): readonly string[] => {
    const param = members.get(compartment)?.get(type)
    if (!param) throw new Error(`${type} is not in the compartment of ${compartment}.`)
    return param
  }
  const named = (compartment: string, type: string): string[] =>
    by(compartment, type).flatMap((code) => (code === ITSELF ? [] : [`${type}.${code}`]))
  return {
    all,
    condition(compartment, id, type) {
      const own: Condition = { kind: 'id', negate: false, values: [id] }
      const names = named(compartment, type)
      const refers: Condition = { kind: 'compartment', params: names, target: `${compartment}/${id}` }
      if (names.length === 0) return own
      return by(compartment, type).includes(ITSELF) ? { kind: 'any', of: [refers, own] } : refers
    },
    membership: (compartment, id, of) => ({
      params: of.flatMap((type) => named(compartment, type)),
      target: `${compartment}/${id}`,
    }),
  }
}

/** Why a type is not searched there: in words that say what is. */
export function notSearched({ all }: Compartments, type: string, member: string): string {
  const compartment = all.find((each) => each.type === type)
  if (!compartment) {
    const types = all.map((each) => each.type).join(', ') || 'none'
    return `${type.slice(0, 64)} has no compartment that can be searched. Those that have: ${types}.`
  }
  return `R4 does not have ${member.slice(0, 64)} in the compartment of ${type}, or it is not searched here. Searched as ${type}/[id]/[type]: ${compartment.members.join(', ')}; as ${type}/[id]/*: all of them. Any other type is searched by its own parameters.`
}
