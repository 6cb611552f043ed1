/** Whether a change may happen now: the lifecycle table, the identity of prescriptions, the arithmetic of dispenses. */
import { instant } from '../fhir/json.ts'
import { type Issue, Problem, refuse } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import { factsOf, type Surroundings } from '../homecare/facts.ts'
import { organisationCode } from '../homecare/identifiers.ts'
import {
  decideInOrder,
  isEarlier,
  lateReport,
  recordLate,
  reportsOf,
  stateSince,
  withLateReports,
} from '../homecare/late.ts'
import { type Decision, differences, governs, type Question, sameContent, stateOf } from '../homecare/lifecycle.ts'
import { isFrozen } from '../homecare/lifecycle-checks.ts'
import { withWords } from '../homecare/lifecycle-state.ts'
import { withNextAction } from '../homecare/next-action.ts'
import { isOrder, orderParticulars } from '../homecare/order.ts'
import { type Policy, therapiesOf } from '../homecare/policy.ts'
import { saysWhen, withFreshTime } from '../homecare/step-time.ts'
import { TOLERANCE_MS } from '../homecare/named-rules.ts'
import { rangeOf } from '../homecare/dates.ts'
import type { Change, Facts, Verdict } from '../store/operation.ts'
import { readLog } from '../store/read.ts'
import { checkConcurrent, notePatient } from './concurrent.ts'
import { dispenseChecks } from './dispense-checks.ts'
import { duplicateRecord } from './duplicate-record.ts'
import { carrierGrants, carriersGone, grantsFor, WITHDRAW_CARRIERS } from './grants.ts'
import { labelEffects, labelFor } from './confidentiality.ts'
import { checkSubject, isRenumbered, PATIENT_RENUMBERED } from './patient-number.ts'
import { repeated } from './repeats.ts'
import type { RulesOptions } from './rules-options.ts'
import { happeningEffects } from './happenings.ts'
import { checkReliedUpon } from './relied-upon.ts'
import { checkPrior } from './replacement.ts'
import { checkAlive } from './stored-patient.ts'
import { checkFixed, signatureEffects } from './signatures.ts'
import { checkMedicine } from './stored-medicine.ts'
import { checkAsked } from './task-checks.ts'
import { organizationsBehind, surroundingsOf } from './surroundings.ts'

/** @throws Problem when the change may not happen */
export async function judge(options: RulesOptions, change: Change, facts: Facts): Promise<Verdict> {
  const row = options.row(change.type)
  const plain = { event: change.current ? 'updated' : 'created', from: '', to: '', effects: [] }
  if (!row || options.table.scope === 'open') return { ...plain, grants: [] }
  if (!row.lifecycle) {
    if (change.type === 'Patient') await notePatient(change, facts)
    await checkReliedUpon(change, facts)
    const warnings = await duplicateRecord(change, facts)
    const grants = change.current ? [] : await grantsFor(options, row, change, facts)
    const label = await labelFor(options, row, change, facts)
    const effects = [
      ...(await happeningEffects(change, facts)),
      ...signatureEffects(options, change),
      ...labelEffects(options, change, label),
      ...(change.type === 'Patient' && isRenumbered(options, change) ? [PATIENT_RENUMBERED] : []),
    ]
    return { ...plain, effects, grants, label, ...(warnings.length > 0 ? { warnings } : {}) }
  }
  const repeats = await repeated(change, facts)
  if (repeats) return { ...plain, repeats, grants: [] }
  const verdict = await byLifecycle(options, row.lifecycle, change, facts)
  if (verdict.repeats) return { ...verdict, grants: [] }
  const becomesOrder = isOrder(change.next) && !(change.current && isOrder(change.current.resource))
  let alive: readonly Issue[] = []
  if (becomesOrder) {
    await checkOrder(change, facts)
    alive = await checkAlive(change, facts)
    await checkSubject(change, facts)
    await checkPrior(change, facts)
  }
  const warnings = becomesOrder
    ? [...alive, ...(await checkMedicine(options, change, facts)), ...(await checkConcurrent(options, change, facts))]
    : []
  if (change.type === 'MedicationDispense') {
    await checkSubject(change, facts)
    warnings.push(...(await dispenseChecks(change, facts)))
  }
  if (options.policies.signatures.length > 0) await checkFixed(options, change, facts)
  if (change.type === 'Task' && !change.current) await checkAsked(change, facts)
  // An item that joins an order brings its own clinic along: what the service moves on is granted anew.
  const settled = change.current !== undefined && !becomesOrder && change.caller.role !== 'service'
  const grants = [...(settled ? [] : await grantsFor(options, row, change, facts)), ...carrierGrants(row, change.next)]
  // Last of the reads: who stands to what it belongs to is known by then.
  const label = await labelFor(options, row, change, facts)
  const effects = [
    ...signatureEffects(options, change),
    ...labelEffects(options, change, label),
    ...(becomesOrder ? ['place-order'] : []),
    ...verdict.effects,
    ...(change.type === 'Task' ? ['set-alarms'] : []),
    ...(carriersGone(row, change).length > 0 ? [WITHDRAW_CARRIERS] : []),
  ]
  return { ...verdict, grants, label, effects, ...(warnings.length > 0 ? { warnings } : {}) }
}

async function byLifecycle(
  options: RulesOptions,
  names: readonly string[],
  change: Change,
  facts: Facts,
): Promise<Omit<Verdict, 'grants' | 'label'>> {
  const around = await surroundingsOf(facts, change.type, change.id, change.next)
  const timeSaid = saysWhen(change.current?.resource, change.next)
  const surroundings = factsOf({ ...around, timeSaid, supply: `Task/${change.id}` })
  const said = whenSaid(change, facts)
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
  const decision = await decided(facts, change, {
    table,
    current: change.current?.resource,
    next: said,
    caller: change.caller,
    sides: change.sides,
    facts: surroundings,
    root: change.root,
  })
  if (decision.kind === 'refused') throw new Problem(decision.issues)
  const { event, from, to, effects } = decision
  // A late report that is known already: the Task as it stands is the answer.
  const known = !decision.moved && change.current && sameContent(change.current.resource, decision.next)
  if (known && !sameContent(change.current.resource, change.next)) {
    return { event, from, to, effects, repeats: change.current.stored }
  }
  const stored =
    decision.moved && change.type === 'Task'
      ? withNextAction(table, policyOf(options, decision.next, around), to, decision.next, facts.now)
      : decision.next
  const state = change.current && stateOf(table, change.current.resource)
  // Equal values may be written differently (1.0 and 1.00): what was signed stays as it was written.
  const frozen = state ? Object.keys(change.next).filter((name) => isFrozen(table, state, name)) : []
  return { event, from, to, effects, members: differences(change.next, stored), frozen }
}

/** Decides a change; what happened before what is known already takes the versions so far. */
async function decided(facts: Facts, { current }: Change, question: Question): Promise<Decision> {
  const { table } = question
  if (!current || !(lateReport(question) || isEarlier(question))) return decideInOrder(question)
  const log = await readLog(facts.query, current.stored.key)
  const versions = log.map(({ text }) => JSON.parse(text) as Resource)
  const reports = reportsOf(table, versions)
  const late = lateReport(question, stateSince(table, versions))
  return late ? recordLate(question, late, reports) : decideInOrder(question, reports)
}

/**
 * When a step happened is for its party to say (`Task.lastModified`); a party that says nothing has done it now, and
 * `Task?modified=` must not miss it. When the exchange learnt of it stands in `meta.lastUpdated`.
 * @throws Problem time-implausible for a time more than 24 hours ahead
 */
function whenSaid({ type, current, next: sent, root }: Change, facts: Facts): Resource {
  const next = current ? withWords(current.resource, sent) : sent
  if (!current || sameContent(current.resource, next)) return next
  if (type === 'MedicationDispense') {
    return withFreshTime(current.resource, withLateReports(current.resource, next), instant(facts.now))
  }
  if (type !== 'Task') return next
  if (!saysWhen(current.resource, next)) return { ...next, lastModified: instant(facts.now) }
  const said = rangeOf(String(next.lastModified))
  if (said && said.low > facts.now + TOLERANCE_MS) {
    throw refuse(
      'time-implausible',
      'lastModified is more than 24 hours ahead: say when the step took place, after it did.',
      `${root}.lastModified`,
    )
  }
  return next
}

function policyOf(options: RulesOptions, task: Resource, { order, prescriptions }: Surroundings): Policy {
  const { requester, owner } = (order ?? task) as unknown as r4.Task
  return options.policies({
    trust: organisationCode(requester?.identifier),
    provider: organisationCode(owner?.identifier),
    therapies: therapiesOf(prescriptions),
  })
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
