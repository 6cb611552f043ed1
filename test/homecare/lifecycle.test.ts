import fhirpath from 'fhirpath'
import r4Model from 'fhirpath/fhir-context/r4'
import t from 'tap'
import { type Caller, plays, type Role, type Side } from '../../src/caller.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import { lifecycleNames } from '../../src/generator/lifecycles.ts'
import type { Facts } from '../../src/homecare/facts.ts'
import { factsOf } from '../../src/homecare/facts.ts'
import { type Decision, decide } from '../../src/homecare/lifecycle.ts'
import { loadLifecycle } from '../../src/homecare/lifecycle-load.ts'
import { allowedNow, governs, inState, stateOf } from '../../src/homecare/lifecycle-state.ts'
import type { Lifecycle, TransitionRow } from '../../src/homecare/lifecycle-table.ts'
import { AGREED_SLOT, FIRST_PROMISED, HELD_FROM, REASON, TASK_CODE, TASK_OUTPUT } from '../../src/homecare/states.ts'
import { loadTable, readJson, surroundings } from './tables.ts'

const NOW = Date.parse('2026-03-10T12:00:00Z')
const caller = (role: Role): Caller => ({ role, organization: 'X26', client: 'test' })
const sideOf: Partial<Record<Role, Side[]>> = {
  trust: ['requester'],
  pharmacist: ['requester'],
  provider: ['owner'],
  logistics: ['carrier'],
  observer: ['reader'],
}
const ask = (table: Lifecycle, role: Role, current: Resource | undefined, next: Resource, facts: Facts): Decision =>
  decide({ table, current, next, caller: caller(role), sides: sideOf[role] ?? [], facts })

const plain = factsOf({ now: NOW, prescriptions: [], supplies: [] })
const live: Facts = { ...plain, orderState: 'accepted', orderOpen: true, prescriptionsActive: true }
/** Worlds in which the same step may or may not be right: one of them suits every row. */
const worlds: readonly Facts[] = [
  live,
  plain,
  { ...plain, prescriptionsEnded: true },
  { ...plain, prescriptionsEnded: true, suppliesDelivered: 1 },
  { ...live, orderState: 'in-supply', supplyBegun: true, suppliesDelivered: 1 },
]
/** The same worlds for a sender who says when the step took place. */
const reportedWorlds: readonly Facts[] = worlds.map((facts) => ({ ...facts, timeSaid: true }))
const worldsOf = ({ skips }: TransitionRow): readonly Facts[] => (skips ? reportedWorlds : worlds)

const reasonOf = (code: string, system = REASON): r4.CodeableConcept => ({ coding: [{ system, code }] })

/** A reason from the list of a row. */
function anyReason(table: Lifecycle, row: TransitionRow): r4.CodeableConcept | undefined {
  if (!row.reason?.required) return undefined
  if (row.reason.valueSet === undefined) return reasonOf('withdrawn-by-trust')
  const [system, codes] = [...(table.reasonLists.get(row.reason.valueSet)?.codes ?? [])][0] ?? []
  return codes && codes !== '*' ? reasonOf([...codes][0] ?? '', system) : undefined
}

const outputs = (code: string): r4.TaskOutput[] => [
  { type: { coding: [{ system: TASK_OUTPUT, code }] }, valueString: 'x' },
]

const base: Record<string, Resource> = {
  order: {
    resourceType: 'Task',
    intent: 'order',
    code: { coding: [{ code: 'fulfill' }] },
    output: outputs('screened-by'),
  },
  supply: {
    resourceType: 'Task',
    intent: 'order',
    partOf: [{ reference: 'Task/o' }],
    executionPeriod: { start: '2026-03-09T09:00:00Z', end: '2026-03-10T11:00:00Z' },
    restriction: { period: { end: '2026-03-12' } },
    output: outputs('assessed-by'),
  },
  cancel: { resourceType: 'Task', intent: 'order' },
  renewal: {
    resourceType: 'Task',
    intent: 'order',
    basedOn: [{ reference: 'MedicationRequest/m' }],
    restriction: { period: { end: '2026-05-01' } },
    output: outputs('new-prescription'),
  },
  registration: {
    resourceType: 'Task',
    intent: 'order',
    for: { reference: 'Patient/p' },
    requester: { display: 'trust' },
    owner: { display: 'provider' },
    output: outputs('registered-on'),
  },
  prescription: { resourceType: 'MedicationRequest', intent: 'order' },
  dispense: { resourceType: 'MedicationDispense' },
}

/** A stored resource in a state, and what somebody sends who wants it in another. */
function pair(table: Lifecycle, from: string, to: string, row?: TransitionRow): [current: Resource, next: Resource] {
  let start = base[table.name] as Resource
  if (from === 'suspended') start = { ...start, extension: [{ url: HELD_FROM, valueCode: to }] }
  const current = inState(table, start, from)
  const next = inState(table, start, to, row && anyReason(table, row))
  return [current, next]
}

const actors: readonly Role[] = ['trust', 'pharmacist', 'provider', 'logistics', 'observer', 'service']

for (const name of lifecycleNames) {
  const table = loadTable(name)
  const words = (code: string): string => (table.businessStatus ? `${table.stateOf.get(code)?.status}/${code}` : code)

  t.test(`${name}: every step from every state, by every role, is allowed or refused as the table says`, async (t) => {
    let allowed = 0
    for (const from of table.states) {
      const wrong: string[] = []
      for (const to of table.states) {
        for (const role of actors) {
          if (from === to) continue
          const all = table.transitions.filter((row) => row.from.includes(from.code) && row.to === to.code)
          const rows = all.filter(({ skips }) => !skips)
          const report = all.find((row) => row.skips && plays(role, row.by))
          const mine = rows.find((row) => plays(role, row.by))
          const [current, next] = pair(table, from.code, to.code, mine ?? report)
          const answers = worlds.map((facts) => ask(table, role, current, next, facts))
          if (report && !mine) {
            allowed++
            const reports = reportedWorlds.map((facts) => ask(table, role, current, next, facts))
            const ok = reports.find((answer) => answer.kind === 'ok')
            if (ok?.kind !== 'ok') wrong.push(`${from.code} -> ${to.code} reported: ${JSON.stringify(reports[0])}`)
            else if (ok.to !== to.code || ok.event !== report.event) wrong.push(`${from.code} -> ${to.code} reported`)
            const hint = answers.every(
              (answer) =>
                answer.kind === 'refused' &&
                /say when in (lastModified|the extension statusChanged)/.test(answer.issues[0]?.diagnostics ?? ''),
            )
            if (!hint) wrong.push(`${from.code} -> ${to.code} as an act: ${JSON.stringify(answers[0])}`)
          }
          const triple = `${from.code} -> ${to.code} by ${role}`
          if (mine) {
            allowed++
            const ok = answers.find((answer) => answer.kind === 'ok')
            if (ok?.kind !== 'ok') wrong.push(`${triple}: refused ${JSON.stringify(answers[0])}`)
            else if (ok.to !== to.code || ok.event !== mine.event || ok.next.status !== to.status) wrong.push(triple)
            else if (JSON.stringify(ok.effects) !== JSON.stringify(mine.effects ?? [])) wrong.push(`${triple}: effects`)
            continue
          }
          const key =
            role === 'observer' ? 'role-forbidden' : rows.length > 0 ? 'transition-not-yours' : 'transition-not-allowed'
          const possible = table.transitions.filter(
            (row) => row.from.includes(from.code) && row.to !== from.code && !row.skips && plays(role, row.by),
          )
          for (const answer of answers) {
            if (answer.kind !== 'refused') wrong.push(`${triple}: allowed`)
            else if (answer.issues[0]?.key !== key) wrong.push(`${triple}: ${answer.issues[0]?.key}, not ${key}`)
            else if (role !== 'observer') {
              const said = answer.issues[0].diagnostics
              const list = /Allowed now for this \w+: ([^.]*)\./.exec(said)?.[1]?.split(', ') ?? []
              const wanted = [...new Set(possible.map((row) => words(row.to)))]
              if (list.toSorted().join() !== wanted.toSorted().join()) wrong.push(`${triple}: says ${said}`)
              if (wanted.length === 0 && !/Nothing is allowed now|end state/.test(said))
                wrong.push(`${triple}: ${said}`)
            }
          }
        }
      }
      t.same(wrong, [], from.code)
    }
    const promised = table.transitions.flatMap((row) =>
      row.from
        .filter((from) => from !== row.to)
        .flatMap((from) => actors.filter((role) => plays(role, row.by)).map((role) => `${from}>${row.to}>${role}`)),
    )
    t.equal(allowed, new Set(promised).size, 'every row of the table was walked')
  })

  t.test(`${name}: a row that needs a reason is refused without one, and with one from another list`, async (t) => {
    for (const row of table.transitions) {
      if (!row.reason?.required) continue
      for (const from of row.from.filter((code) => code !== row.to)) {
        for (const role of row.by) {
          const [current, next] = pair(table, from, row.to)
          const bare = worldsOf(row).map((facts) => ask(table, role, current, next, facts))
          t.ok(
            bare.every((answer) => answer.kind === 'refused'),
            `${from} -> ${row.to} without reason`,
          )
          t.ok(
            bare.some(
              (answer) => answer.kind === 'refused' && answer.issues.some(({ key }) => key === 'reason-required'),
            ),
          )
          if (row.reason.valueSet === undefined) continue
          const odd = { ...next, [table.reasonElement]: reasonOf('because', 'https://example.org/reasons') }
          const answers = worldsOf(row).map((facts) => ask(table, role, current, odd, facts))
          t.ok(
            answers.every(
              (answer) => answer.kind === 'refused' && answer.issues.some(({ key }) => key === 'reason-not-in-list'),
            ),
            `${from} -> ${row.to} with a reason from nowhere`,
          )
        }
      }
    }
  })

  t.test(`${name}: an element that is not named as changeable cannot be slipped into a permitted step`, async (t) => {
    for (const row of table.transitions) {
      for (const from of row.from) {
        if (from === row.to || (table.stateOf.get(from)?.mutable ?? table.mutable) === '*') continue
        const role = row.by[0] as Role
        const [current, next] = pair(table, from, row.to, row)
        const answers = worldsOf(row).map((facts) =>
          ask(table, role, current, { ...next, identifier: [{ value: 'other' }] }, facts),
        )
        t.ok(
          answers.every(
            (answer) =>
              answer.kind === 'refused' &&
              answer.issues.some(
                ({ key, expression }) => key === 'element-frozen' && expression?.endsWith('.identifier'),
              ),
          ),
          `${from} -> ${row.to}`,
        )
      }
    }
  })

  t.test(`${name}: an end state does not change, and the same content again is no change`, async (t) => {
    for (const state of table.states.filter(({ terminal }) => terminal)) {
      const [current] = pair(table, state.code, state.code)
      for (const role of ['trust', 'provider'] as const) {
        const noted = ask(table, role, current, { ...current, note: [{ text: 'late' }] }, live)
        t.match(noted, { kind: 'refused', issues: [{ key: 'state-final' }] }, state.code)
        t.match(ask(table, role, current, structuredClone(current), live), {
          kind: 'ok',
          event: 'updated',
          members: {},
        })
      }
    }
  })

  t.test(`${name}: a tester may walk every row, a caller without a side none`, async (t) => {
    for (const row of table.transitions) {
      const [current, next] = pair(table, row.from[0] as string, row.to, row)
      if (row.from[0] === row.to) continue
      t.ok(
        worldsOf(row).some((facts) => ask(table, 'tester', current, next, facts).kind === 'ok'),
        `${row.from[0]} -> ${row.to}`,
      )
      const stranger = decide({ table, current, next, caller: caller(row.by[0] as Role), sides: [], facts: live })
      if (row.by[0] !== 'service') t.match(stranger, { kind: 'refused', issues: [{ key: 'role-forbidden' }] })
    }
  })

  t.test(`${name}: deciding touches neither the stored resource nor the one sent`, async (t) => {
    const row = table.transitions[0] as TransitionRow
    const [current, next] = pair(table, row.from[0] as string, row.to, row)
    const before = JSON.stringify([current, next])
    ask(table, row.by[0] as Role, current, next, live)
    t.equal(JSON.stringify([current, next]), before)
  })
}

const order = loadTable('Order')
const supply = loadTable('Supply')
const prescription = loadTable('MedicationRequest')
const dispense = loadTable('MedicationDispense')
const orderIn = (code: string, more: object = {}): Resource =>
  inState(order, { ...(base.order as Resource), ...more }, code)
const supplyIn = (code: string, more: object = {}): Resource => {
  const { executionPeriod: _, ...bare } = base.supply as Resource
  return inState(supply, { ...bare, ...more } as Resource, code)
}
const without = (resource: Resource, ...names: string[]): Resource => {
  const copy = { ...resource }
  for (const name of names) delete copy[name]
  return copy
}

t.test('a caller changes status alone, business status alone, or both', async (t) => {
  const current = orderIn('submitted')
  const alone = ask(order, 'provider', current, { ...current, status: 'accepted' }, live)
  t.match(alone, { kind: 'ok', from: 'submitted', to: 'accepted', effects: ['create-supplies'] })
  t.match(alone, { members: { businessStatus: { coding: [{ code: 'accepted' }] } } }, 'the other half is written')
  const half = ask(order, 'provider', current, { ...orderIn('received'), status: 'requested' }, live)
  t.match(half, { kind: 'ok', to: 'received', members: { status: 'received' } })
  const both = ask(order, 'provider', current, orderIn('received'), live)
  t.match(both, { kind: 'ok', to: 'received' })
  t.same(both.kind === 'ok' && both.members, {}, 'nothing to add')
  const torn = ask(order, 'provider', current, { ...orderIn('received'), status: 'accepted' }, live)
  t.match(torn, { kind: 'refused', issues: [{ key: 'state-unknown' }] }, 'a pair the table does not have')
  const foreign = { ...current, businessStatus: { coding: [{ system: order.businessStatus, code: 'nonsense' }] } }
  t.match(ask(order, 'provider', current, foreign as Resource, live), {
    kind: 'refused',
    issues: [{ key: 'state-unknown' }],
  })
  const dropped = ask(
    order,
    'provider',
    current,
    without({ ...current, note: [{ text: 'x' }] }, 'businessStatus'),
    live,
  )
  t.match(dropped, { kind: 'ok', event: 'updated', members: { businessStatus: { coding: [{ code: 'submitted' }] } } })
})

t.test('a rejection by status alone takes its state from the reason, and asks when the reason is silent', async (t) => {
  const current = orderIn('received')
  for (const [code, state] of [
    ['no-valid-po', 'rejected-no-po'],
    ['not-registered', 'rejected-not-registered'],
    ['bad-signature', 'rejected-legal'],
    ['dose-not-safe', 'rejected-clinical'],
    ['wrong-provider', 'rejected-technical'],
  ] as const) {
    const next = { ...current, status: 'rejected', statusReason: reasonOf(code) }
    t.match(ask(order, 'provider', current, next, live), { kind: 'ok', to: state }, code)
  }
  const silent = ask(order, 'provider', current, { ...current, status: 'rejected' }, live)
  t.match(silent, { kind: 'refused', issues: [{ key: 'state-ambiguous', diagnostics: /rejected\/rejected-no-po/ }] })
})

t.test('the rejection lists share no code, or a reason could not decide', async (t) => {
  const seen = new Map<string, string>()
  for (const row of order.transitions.filter(({ event }) => event === 'order-rejected')) {
    const list = order.reasonLists.get(row.reason?.valueSet ?? '')
    for (const [system, codes] of list?.codes ?? []) {
      for (const code of codes === '*' ? ['*'] : codes) {
        t.notOk(seen.has(`${system}|${code}`) && seen.get(`${system}|${code}`) !== row.to, `${code} only in ${row.to}`)
        seen.set(`${system}|${code}`, row.to)
      }
    }
  }
  t.ok(seen.size >= 5)
})

t.test('an order in supply cannot be cancelled by the trust alone, and the refusal says what to do', async (t) => {
  const current = orderIn('in-supply')
  const next = orderIn('cancelled', { statusReason: reasonOf('death') })
  const answer = ask(order, 'trust', current, next, live)
  t.match(answer, {
    kind: 'refused',
    issues: [{ key: 'transition-not-yours', diagnostics: /set its MedicationRequests to stopped/ }],
  })
  const early = ask(order, 'provider', current, next, live)
  t.match(early, { kind: 'refused', issues: [{ key: 'transition-requirement' }] }, 'while a prescription is alive')
  const ended: Facts = { ...live, prescriptionsActive: false, prescriptionsEnded: true }
  t.match(
    ask(order, 'provider', current, next, { ...ended, suppliesOnTheWay: 1 }),
    { kind: 'refused' },
    'goods under way',
  )
  t.match(ask(order, 'provider', current, next, ended), { kind: 'ok', to: 'cancelled' })
  const stopped = ask(order, 'provider', current, without(next, 'businessStatus'), { ...ended, suppliesDelivered: 2 })
  t.match(stopped, { kind: 'ok', to: 'stopped' }, 'after a delivery the order was stopped, not cancelled')
})

t.test('a suspended order returns to where it was, and nowhere else', async (t) => {
  for (const state of ['submitted', 'received', 'query-to-prescriber', 'accepted', 'in-supply']) {
    const before = orderIn(state)
    const wish = { ...orderIn('suspended'), statusReason: reasonOf('hospital-stay') }
    const held = ask(order, 'trust', before, wish, live)
    if (held.kind !== 'ok') return t.fail(`${state}: ${JSON.stringify(held)}`)
    t.match(held.next.extension, [{ url: HELD_FROM, valueCode: state }])
    for (const target of ['submitted', 'received', 'query-to-prescriber', 'accepted', 'in-supply']) {
      const back = ask(order, 'trust', held.next, inState(order, held.next, target), live)
      t.equal(back.kind, target === state ? 'ok' : 'refused', `${state} held, back to ${target}`)
      if (back.kind !== 'ok') continue
      t.equal(back.next.extension, undefined)
      t.equal(back.next.statusReason, undefined, 'the reason of the hold does not explain the state after it')
      t.ok('statusReason' in back.members && back.members.statusReason === undefined)
    }
    const forged = {
      ...inState(order, held.next, 'in-supply'),
      extension: [{ url: HELD_FROM, valueCode: 'in-supply' }],
    }
    if (state !== 'in-supply')
      t.equal(ask(order, 'trust', held.next, forged, live).kind, 'refused', 'no forging of the way back')
  }
})

t.test(
  'nothing is dispensed or dispatched against an order that is not open, or without an active prescription',
  async (t) => {
    const slot = { executionPeriod: { start: '2026-03-12' } }
    for (const [from, to] of [
      ['delivery-booked', 'dispensing'],
      ['dispensing', 'ready-to-dispatch'],
      ['ready-to-dispatch', 'dispatched'],
      ['part-delivered', 'dispensing'],
    ] as const) {
      for (const orderState of order.states.map(({ code }) => code)) {
        const expected = orderState === 'accepted' || orderState === 'in-supply' ? 'ok' : 'refused'
        const answer = ask(supply, 'provider', supplyIn(from, slot), supplyIn(to, slot), { ...live, orderState })
        t.equal(answer.kind, expected, `${from} -> ${to} while the order is ${orderState}`)
      }
      const barred = ask(supply, 'provider', supplyIn(from, slot), supplyIn(to, slot), {
        ...live,
        prescriptionsActive: false,
      })
      t.match(barred, { kind: 'refused', issues: [{ key: 'transition-requirement' }] })
    }
  },
)

t.test('the first promise is kept for ever, and the last agreement stands beside it', async (t) => {
  const due = supplyIn('due')
  const bare = ask(supply, 'provider', due, supplyIn('delivery-booked'), live)
  t.match(bare, { kind: 'refused', issues: [{ expression: 'Task.executionPeriod.start' }] }, 'a booking needs a day')
  const first = { executionPeriod: { start: '2026-03-12T09:00:00Z', end: '2026-03-12T13:00:00Z' } }
  const booked = ask(supply, 'provider', due, { ...due, status: 'accepted', ...first }, live)
  if (booked.kind !== 'ok') return t.fail(JSON.stringify(booked))
  t.equal(booked.event, 'supply-booked')
  const moved = { ...booked.next, executionPeriod: { start: '2026-03-15T09:00:00Z' } }
  t.match(ask(supply, 'provider', booked.next, moved, live), { kind: 'refused', issues: [{ key: 'reason-required' }] })
  t.match(ask(supply, 'trust', booked.next, moved, live), {
    kind: 'refused',
    issues: [{ key: 'transition-not-yours' }],
  })
  const again = ask(supply, 'provider', booked.next, { ...moved, statusReason: reasonOf('patient-request') }, live)
  if (again.kind !== 'ok') return t.fail(JSON.stringify(again))
  t.match(again, { from: 'delivery-booked', to: 'delivery-booked', event: 'supply-rebooked' })
  const extension = again.next.extension as r4.Extension[]
  t.equal(extension.find(({ url }) => url === FIRST_PROMISED)?.valueDateTime, '2026-03-12T09:00:00Z')
  t.same(extension.find(({ url }) => url === AGREED_SLOT)?.valuePeriod, { start: '2026-03-15T09:00:00Z' })
  for (const forged of [[], [{ url: FIRST_PROMISED, valueDateTime: '2026-03-20' }]]) {
    const answer = ask(supply, 'provider', again.next, { ...again.next, extension: forged }, live)
    t.match(answer, { kind: 'refused', issues: [{ key: 'element-frozen', expression: 'Task.extension' }] })
  }
})

t.test('a delivery says when it took place', async (t) => {
  const slot = { start: '2026-03-10T09:00:00Z', end: '2026-03-10T13:00:00Z' }
  const sent = supplyIn('dispatched', { executionPeriod: slot, extension: [{ url: AGREED_SLOT, valuePeriod: slot }] })
  const report = (executionPeriod: object): Decision =>
    ask(supply, 'provider', sent, { ...sent, status: 'completed', executionPeriod }, live)
  t.match(report({ start: slot.start }), { kind: 'refused', issues: [{ key: 'transition-requirement' }] }, 'no time')
  t.match(
    report(slot),
    { kind: 'refused', issues: [{ key: 'transition-requirement' }] },
    'the end of the slot left over',
  )
  t.match(report({ start: slot.start, end: '2026-03-11T12:00:01Z' }), {
    kind: 'refused',
    issues: [{ key: 'time-implausible' }],
  })
  t.match(report({ start: slot.start, end: '2026-03-10T11:40:00Z' }), {
    kind: 'ok',
    to: 'delivered',
    effects: ['start-order', 'complete-order'],
  })
})

t.test('a signed prescription never changes', async (t) => {
  const active: Resource = {
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    dosageInstruction: [{ text: '1' }],
  }
  const changed = ask(prescription, 'trust', active, { ...active, dosageInstruction: [{ text: '2' }] }, live)
  t.match(changed, {
    kind: 'refused',
    issues: [{ key: 'element-frozen', expression: 'MedicationRequest.dosageInstruction' }],
  })
  const held = { ...active, status: 'on-hold', statusReason: reasonOf('surgery') }
  t.match(ask(prescription, 'trust', active, held, live), { kind: 'ok', event: 'prescription-held' })
  t.match(
    ask(prescription, 'trust', held, { ...held, status: 'draft' }, live),
    { kind: 'refused' },
    'no way back to a draft',
  )
  t.match(ask(prescription, 'trust', held, { ...held, status: 'active' }, live), {
    kind: 'refused',
    issues: [{ key: 'transition-requirement', expression: 'MedicationRequest.statusReason' }],
  })
  t.match(ask(prescription, 'trust', held, active, live), { kind: 'ok', event: 'prescription-resumed' })
  t.match(ask(prescription, 'provider', active, held, live), {
    kind: 'refused',
    issues: [{ key: 'transition-not-yours' }],
  })
  const draft = { ...active, status: 'draft' }
  t.match(ask(prescription, 'trust', draft, { ...draft, dosageInstruction: [{ text: '2' }] }, live), { kind: 'ok' })
  t.match(ask(prescription, 'trust', active, { ...active, _intent: { id: 'x' } }, live), {
    kind: 'refused',
    issues: [{ key: 'element-frozen' }],
  })
  const done = ask(prescription, 'trust', active, { ...active, status: 'completed' }, live)
  t.match(
    done,
    { kind: 'refused', issues: [{ key: 'transition-requirement' }] },
    'completing would bar supplies to come',
  )
  const cancelled = { ...active, status: 'cancelled', statusReason: reasonOf('death') }
  t.match(ask(prescription, 'trust', active, cancelled, { ...live, orderHeld: true }), {
    kind: 'ok',
    effects: ['cancel-order', 'request-cancel', 'suspend-order'],
  })
  t.match(ask(prescription, 'trust', active, cancelled, { ...live, orderHeld: true, suppliesDelivered: 1 }), {
    kind: 'refused',
    issues: [{ diagnostics: /stopped/ }],
  })
})

t.test('who may create what, and in which state', async (t) => {
  const rx: Resource = { resourceType: 'MedicationRequest', status: 'active', intent: 'order' }
  t.match(ask(prescription, 'trust', undefined, rx, plain), {
    kind: 'ok',
    from: '',
    to: 'active',
    event: 'prescription-activated',
  })
  t.match(ask(prescription, 'provider', undefined, rx, plain), {
    kind: 'refused',
    issues: [{ key: 'transition-not-yours' }],
  })
  t.match(ask(prescription, 'trust', undefined, { ...rx, status: 'stopped' }, plain), {
    kind: 'refused',
    issues: [{ key: 'transition-not-allowed', diagnostics: /draft, active/ }],
  })
  t.match(ask(prescription, 'trust', undefined, { ...rx, statusReason: reasonOf('death') }, plain), { kind: 'refused' })
  for (const role of ['trust', 'provider'] as const) {
    t.match(ask(order, role, undefined, orderIn('submitted'), plain), {
      kind: 'refused',
      issues: [{ key: 'transition-not-yours' }],
    })
    t.match(ask(supply, role, undefined, supplyIn('due'), plain), {
      kind: 'refused',
      issues: [{ key: 'transition-not-yours' }],
    })
  }
  t.match(ask(order, 'service', undefined, orderIn('submitted'), plain), { kind: 'ok', to: 'submitted' })
  const md = (status: string, more: object = {}): Resource => ({ resourceType: 'MedicationDispense', status, ...more })
  for (const status of ['preparation', 'in-progress', 'completed', 'on-hold']) {
    t.match(
      ask(dispense, 'provider', undefined, md(status), live),
      { kind: 'ok', to: status },
      'reported after the fact',
    )
  }
  t.match(ask(dispense, 'provider', undefined, md('declined'), live), {
    kind: 'refused',
    issues: [{ key: 'reason-required' }],
  })
  const because = { statusReasonCodeableConcept: reasonOf('out-of-stock') }
  t.match(ask(dispense, 'provider', undefined, md('declined', because), live), { kind: 'ok' })
  t.match(ask(dispense, 'provider', undefined, md('completed', because), live), { kind: 'refused' })
  t.match(ask(dispense, 'provider', undefined, md('cancelled', because), live), { kind: 'refused' })
})

t.test('each Task is governed by one table, and by the right one', async (t) => {
  const orderCode = { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] }
  const supplyCode = { coding: [{ system: TASK_CODE, code: 'supply' }] }
  const is = (resource: Resource): boolean[] => [order, supply].map((table) => governs(table, resource, plain))
  t.same(is({ resourceType: 'Task', code: orderCode }), [true, false])
  t.same(is({ resourceType: 'Task', code: supplyCode, partOf: [{ reference: 'Task/1' }] }), [false, true])
  t.same(is({ resourceType: 'Task', code: { coding: [{ code: 'fulfill' }] } }), [false, false])
  const current = orderIn('accepted', { code: orderCode })
  const escaped = ask(order, 'provider', current, { ...current, code: supplyCode }, live)
  t.match(
    escaped,
    { kind: 'refused', issues: [{ key: 'element-frozen', expression: 'Task.code' }] },
    'no leaving the table',
  )
})

t.test('expressions of the tables are compiled, and answer as the FHIRPath evaluator does', async (t) => {
  const barred: Facts = { ...live, prescriptionsActive: false, barredSince: '2026-03-10T11:00:00.000Z' }
  const known = [...worlds, barred, { ...barred, orderState: 'received', replacementBegun: true, suppliesOpen: 2 }]
  const moments = ['2026-03-10T10:00:00Z', '2026-03-10T11:00:00.000Z', '2026-03-10T12:30:00+01:00', undefined]
  const answers = { true: 0, false: 0 }
  for (const name of lifecycleNames) {
    const table = loadTable(name)
    const start = base[table.name] as Resource
    const bare = { resourceType: start.resourceType }
    const held = { ...bare, extension: [{ url: HELD_FROM, valueCode: 'accepted' }], statusReason: reasonOf('x') }
    const governed = { ...bare, code: { coding: [{ system: TASK_CODE, code: 'supply' }] } }
    const times = moments.map((lastModified) => ({ ...start, ...(lastModified && { lastModified }) }) as Resource)
    for (const [expression, evaluate] of table.evaluate) {
      const oracle = fhirpath.compile(expression, r4Model) as (resource: object, facts: object) => unknown[]
      for (const facts of known) {
        for (const resource of [...times, bare, held, governed]) {
          const expected = oracle(resource, { ...facts })
          const isTrue = expected.length === 1 && expected[0] === true
          answers[`${isTrue}`]++
          if (evaluate(resource, facts) !== isTrue) t.fail(`${name}: ${expression} is ${isTrue}`)
        }
      }
    }
  }
  t.ok(answers.true > 500 && answers.false > 1000, JSON.stringify(answers))
})

t.test('what is allowed now can be asked', async (t) => {
  const now = allowedNow(order, orderIn('submitted'), caller('provider'), ['owner'], live)
  t.same(now.map(({ state }) => state).slice(0, 3), ['received', 'accepted', 'query-to-prescriber'])
  t.ok(now.find(({ state }) => state === 'rejected-no-po')?.reason?.required)
  t.same(
    allowedNow(order, orderIn('submitted'), caller('provider'), ['requester'], live),
    [],
    'not on the provider’s side',
  )
  t.equal(stateOf(order, { ...orderIn('submitted'), status: 'accepted' }), undefined, 'half a state is none')
})

t.test('a resource in a Bundle is refused with its place in the Bundle', async (t) => {
  const current = orderIn('submitted')
  const question = { table: order, current, caller: caller('provider'), sides: ['owner'] as const, facts: live }
  const answer = decide({ ...question, next: { ...current, intent: 'plan' }, root: 'Bundle.entry[3].resource' })
  t.match(answer, { kind: 'refused', issues: [{ expression: 'Bundle.entry[3].resource.intent' }] })
})

t.test('a broken table stops the boot, and the words say where', async (t) => {
  type Broken = {
    states: Record<string, unknown>[]
    transitions: Record<string, unknown>[]
    initial: Record<string, unknown>[]
    [name: string]: unknown
  }
  const cases: [string, RegExp, (table: Broken) => void][] = [
    [
      'an unknown property',
      /Order\.json.*\n.*additional properties/,
      (table) => {
        table.surprise = 1
      },
    ],
    [
      'an unknown role',
      /transitions\/0\/by/,
      (table) => {
        Object.assign(table.transitions[0] ?? {}, { by: ['postman'] })
      },
    ],
    [
      'a state that is not in the CodeSystem',
      /state lost is not in CodeSystem/,
      (table) => {
        table.states.push({ code: 'lost', status: 'failed', display: 'Lost', nextActor: 'nobody', terminal: true })
      },
    ],
    [
      'a state nobody can reach',
      /state received cannot be reached/,
      (table) => {
        table.transitions = table.transitions.filter((row) => row.to !== 'received')
      },
    ],
    [
      'a state nobody can leave',
      /state expired is not terminal and cannot be left/,
      (table) => {
        for (const state of table.states) if (state.code === 'expired') delete state.terminal
        for (const row of table.transitions)
          row.from = (row.from as string[]).filter((code) => code !== 'expired' || row.to !== 'voided')
      },
    ],
    [
      'an end that is left without saying so',
      /cancelled is terminal/,
      (table) => {
        table.transitions.push({ from: ['cancelled'], to: 'received', by: ['trust'], event: 'x' })
      },
    ],
    [
      'a row to nowhere',
      /there is no state nowhere/,
      (table) => {
        table.transitions.push({ from: ['received'], to: 'nowhere', by: ['trust'], event: 'x' })
      },
    ],
    [
      'a row that stands twice',
      /received -> accepted stands twice for provider/,
      (table) => {
        table.transitions.push({ from: ['received'], to: 'accepted', by: ['provider'], event: 'x' })
      },
    ],
    [
      'FHIRPath that does not parse',
      /order-submitted.*does not compile/,
      (table) => {
        Object.assign(table.transitions[0] ?? {}, { requires: [{ expression: 'a b (', human: 'x' }] })
      },
    ],
    [
      'a FHIRPath function that is not there',
      /does not compile/,
      (table) => {
        Object.assign(table.transitions[0] ?? {}, { requires: [{ expression: 'status.nofunction()', human: 'x' }] })
      },
    ],
    [
      'a misspelt element',
      /no element "statusReeson"/,
      (table) => {
        Object.assign(table.transitions[0] ?? {}, { requires: [{ expression: 'statusReeson.exists()', human: 'x' }] })
      },
    ],
    [
      'a fact nobody supplies',
      /no fact "%weather"/,
      (table) => {
        Object.assign(table.transitions[0] ?? {}, { requires: [{ expression: '%weather = 1', human: 'x' }] })
      },
    ],
    [
      'a list of reasons that is not there',
      /there is no ValueSet urn:none/,
      (table) => {
        Object.assign(table.transitions[0] ?? {}, { reason: { required: true, valueSet: 'urn:none' } })
      },
    ],
    [
      'an effect nobody carries out',
      /there is no effect "explode"/,
      (table) => {
        Object.assign(table.transitions[0] ?? {}, { effects: ['explode'] })
      },
    ],
    [
      'a status R4 does not have',
      /Task has no status "posted"/,
      (table) => {
        Object.assign(table.states[0] ?? {}, { status: 'posted' })
      },
    ],
  ]
  for (const [fault, wordsOf, breakIt] of cases) {
    const json = structuredClone(readJson('conformance/lifecycle/Order.json')) as Broken
    breakIt(json)
    t.throws(() => loadLifecycle('Order.json', json, surroundings), { message: wordsOf }, fault)
  }
  const systems = surroundings.codeSystems.map((system) =>
    system.url === REASON
      ? { ...system, concept: system.concept?.filter(({ code }) => code !== 'no-valid-po') ?? [] }
      : system,
  )
  const json = readJson('conformance/lifecycle/Order.json')
  t.throws(
    () => loadLifecycle('Order.json', json, { ...surroundings, codeSystems: systems }),
    { message: /"no-valid-po" is not in CodeSystem/ },
    'a reason without a code',
  )
})
