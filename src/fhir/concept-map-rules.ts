/** The codes of a ConceptMap are in their code systems, and in the value sets that it maps from and to. */
import type { LacksCode } from './code-system-rules.ts'
import { objectsIn } from './resource.ts'
import { add, type Faults } from './structure-faults.ts'
import type { Terminology } from './terminology.ts'

type Loose = Record<string, unknown>

/** @param has without it no value set is known */
export function conceptMapFaults(
  faults: Faults,
  map: Loose,
  lacks: LacksCode,
  has: Terminology['has'] = () => 'unknown',
): Faults {
  const [from, to] = [map.sourceUri ?? map.sourceCanonical, map.targetUri ?? map.targetCanonical]
  let found = faults
  const check = (system: unknown, code: unknown, valueSet: unknown, at: string): void => {
    if (typeof system !== 'string' || typeof code !== 'string') return
    if (lacks(system, code)) {
      found = add(found, 'concept-map-code', at, 'The code system that is mapped has no such code.')
    } else if (typeof valueSet === 'string' && has(valueSet, system, code) === 'no') {
      found = add(found, 'concept-map-code', at, `The value set that is mapped has no such code: ${valueSet}.`)
    }
  }
  for (const [i, { source, target, element }] of objectsIn(map.group).entries()) {
    for (const [j, { code, target: targets }] of objectsIn(element).entries()) {
      const at = `.group[${i}].element[${j}]`
      check(source, code, from, `${at}.code`)
      for (const [k, each] of objectsIn(targets).entries()) check(target, each.code, to, `${at}.target[${k}].code`)
    }
  }
  return found
}
