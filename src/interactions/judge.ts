/** Whether a change may happen now: the lifecycle table, the identity of prescriptions, the arithmetic of dispenses. */
import { instant } from '../fhir/json.ts'
import { type Issue, Problem, refuse } from '../fhir/problem.ts'
import type { r4 } from '../fhir/resource.ts'
import { factsOf } from '../homecare/facts.ts'
import { organisationCode } from '../homecare/identifiers.ts'
import { decide, governs, stateOf } from '../homecare/lifecycle.ts'
import { isFrozen } from '../homecare/lifecycle-checks.ts'
import { isOrder, orderParticulars } from '../homecare/order.ts'
import type { Change, Facts, Verdict } from '../store/operation.ts'
import { dispenseChecks } from './dispense-checks.ts'
import { grantsFor } from './grants.ts'
import { repeated } from './repeats.ts'
import type { RulesOptions } from './rules-options.ts'
import { organizationsBehind, surroundingsOf } from './surroundings.ts'

/** @throws Problem when the change may not happen */
export async function judge(options: RulesOptions, change: Change, facts: Facts): Promise<Verdict> {
  const row = options.row(change.type)
  const plain = { event: change.current ? 'updated' : 'created', from: '', to: '', effects: [] }
  if (!row || options.table.scope === 'open') return { ...plain, grants: [] }
  if (!row.lifecycle) return { ...plain, grants: change.current ? [] : await grantsFor(options, row, change, facts) }
  const repeats = await repeated(change, facts)
  if (repeats) return { ...plain, repeats, grants: [] }
  const verdict = await byLifecycle(options, row.lifecycle, change, facts)
  const becomesOrder = isOrder(change.next) && !(change.current && isOrder(change.current.resource))
  if (becomesOrder) await checkOrder(change, facts)
  if (change.type === 'MedicationDispense') await dispenseChecks(change, facts)
  // An item that joins an order brings its own clinic along: what the service moves on is granted anew.
  const settled = change.current !== undefined && !becomesOrder && change.caller.role !== 'service'
  const grants = settled ? [] : await grantsFor(options, row, change, facts)
  const effects = [...verdict.effects, ...(becomesOrder ? ['place-order'] : [])]
  return { ...verdict, grants, effects }
}

async function byLifecycle(
  options: RulesOptions,
  names: readonly string[],
  change: Change,
  facts: Facts,
): Promise<Omit<Verdict, 'grants'>> {
  const surroundings = factsOf(await surroundingsOf(facts, change.type, change.id, change.next))
  const governed = change.current?.resource ?? change.next
  const table = names
    .map((name) => options.lifecycles.get(name))
    .find((candidate) => candidate && governs(candidate, governed, surroundings))
  if (!table) {
    throw refuse(
      'state-unknown',
      `A ${change.type} of this kind has no lifecycle here; see conformance/lifecycle.`,
      change.root,
    )
  }
  const decision = decide({
    table,
    current: change.current?.resource,
    next: change.next,
    caller: change.caller,
    sides: change.sides,
    facts: surroundings,
    root: change.root,
  })
  if (decision.kind === 'refused') throw new Problem(decision.issues)
  const { event, from, to, effects, members } = decision
  const state = change.current && stateOf(table, change.current.resource)
  // Equal values may be written differently (1.0 and 1.00): what was signed stays as it was written.
  const frozen = state ? Object.keys(change.next).filter((name) => isFrozen(table, state, name)) : []
  return { event, from, to, effects, members: { ...members, ...touched(change, facts) }, frozen }
}

/** A party that moves a Task on without saying when has done so now: `Task?modified=` must not miss it. */
function touched(change: Change, facts: Facts): Readonly<Record<string, unknown>> {
  const before = change.current?.resource.lastModified
  if (change.type !== 'Task' || !change.current || change.next.lastModified !== before) return {}
  return { lastModified: instant(facts.now) }
}

async function checkOrder(change: Change, facts: Facts): Promise<void> {
  const prescription = change.next as unknown as r4.MedicationRequest
  const performer = prescription.dispenseRequest?.performer
  const behind = await organizationsBehind(facts, performer)
  const named = organisationCode(performer?.identifier)
  if (named !== undefined && behind.every(({ ods }) => ods !== named)) {
    throw refuse(
      'order-provider-ambiguous',
      'The identifier and the reference in dispenseRequest.performer name two organisations: send the one that is to supply.',
      `${change.root}.dispenseRequest.performer`,
    )
  }
  const particulars = orderParticulars(prescription, () => behind[0]?.ods, change.root)
  if (isIssues(particulars)) throw new Problem(particulars)
}

/** `Array.isArray` does not narrow a readonly list. */
export const isIssues = (value: object): value is readonly Issue[] => Array.isArray(value)
