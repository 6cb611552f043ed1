/**
 * No answer of any kind to one organisation depends on what another one keeps: the viewer's requests, at random and
 * aimed at what others have (their ids, identifiers, versions, keys, page links), are answered byte for byte as if the
 * others had never been. Failures name the seed and the request; `SEEDS=3,4,5` plays other ones.
 */
import t, { type Test } from 'tap'
import type { Resource } from '../../src/fhir/resource.ts'
import type { SearchParam } from '../../src/fhir/search-params.ts'
import { type Party, resourcesOf, startExchange } from '../helper.ts'
import { inBundle, located, type OrderBundle, orderBundle, orderNumber, orderTask } from '../orders.ts'
import { Dice, type Request, World } from './worlds.ts'

/** In everything that others keep, and in nothing that the viewer sends without naming it. */
const MARK = 'Zqforeign'
const NHS = 'https://fhir.nhs.uk/Id/nhs-number'
const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code'
const GMC = 'https://fhir.hl7.org.uk/Id/gmc-number'
const ITEM = 'https://fhir.nhs.uk/Id/prescription-order-item-number'
const STEPS = 100

interface Member {
  readonly role: 'trust' | 'provider'
  readonly organization: string
}

interface Case {
  readonly name: string
  readonly viewer: Member
  /** Works with the viewer, and with the others. */
  readonly partner: Member
  /** Trust and provider of orders that are none of the viewer's business. */
  readonly others: readonly (readonly [trust: string, provider: string])[]
}

const cases: readonly Case[] = [
  {
    name: 'a trust whose provider works for other trusts too',
    viewer: { role: 'trust', organization: 'RBA' },
    partner: { role: 'provider', organization: 'VN6XW' },
    others: [
      ['RXX', 'VN6XW'],
      ['RXX', 'VNE51'],
    ],
  },
  {
    name: 'a provider whose trust works with other providers too',
    viewer: { role: 'provider', organization: 'VNE51' },
    partner: { role: 'trust', organization: 'RBA' },
    others: [
      ['RBA', 'VN6XW'],
      ['RXX', 'VN6XW'],
    ],
  },
]

/** An order of others: what can be read in it carries the mark, what identifies it may be like the viewer's. */
function foreignOrder(dice: Dice, trust: string, provider: string): OrderBundle {
  const bundle = structuredClone(orderBundle({ trust, provider, orderNumber: orderNumber(dice.below(8)) }))
  const item = inBundle(bundle, 'MedicationRequest')
  item.identifier = [{ system: ITEM, value: `item-${dice.below(8)}` }]
  item.note = [{ text: MARK }]
  if (trust === 'RBA') return bundle
  inBundle(bundle, 'Patient').name = [{ family: MARK, given: [MARK] }]
  inBundle(bundle, 'Practitioner').name = [{ family: MARK }]
  inBundle(bundle, 'Organization').name = MARK
  return bundle
}

/** What others do between two requests of the viewer. */
async function othersAct(world: World, { others }: Case, dice: Dice): Promise<void> {
  const [trust, provider] = dice.one(others)
  const party = (role: 'trust' | 'provider', organization: string) => world.exchange.party(role, organization)
  const asTrust = await party('trust', trust)
  const asProvider = await party('provider', provider)
  const key = { 'idempotency-key': `key-${dice.below(4)}` }
  switch (dice.below(6)) {
    case 0:
    case 1:
      await asTrust.post('', foreignOrder(dice, trust, provider), dice.below(2) === 0 ? {} : key)
      return
    case 2: {
      const [task] = await openTasks(asProvider, trust)
      if (task) await asProvider.put({ ...task, status: dice.one(['accepted', 'received', 'on-hold']) })
      return
    }
    case 3: {
      const found = await world.exchange.context.database.query<{ id: string; version: number }>(
        `SELECT r.id, r.version FROM resource r JOIN access a ON a.key = r.key AND a.type = r.type
         WHERE r.type = 'Practitioner' AND a.org = 'RXX' ORDER BY r.key DESC LIMIT 1`,
      )
      const [row] = found
      const other = await party('trust', 'RXX')
      const made = {
        resourceType: 'Practitioner',
        identifier: [{ system: GMC, value: '6150129' }],
        name: [{ family: MARK }],
      }
      if (!row) await other.post('Practitioner', made)
      else await other.put({ ...made, id: row.id, meta: { versionId: String(row.version) } })
      return
    }
    case 4:
      await (
        await party('trust', 'RXX')
      ).post('Organization', {
        resourceType: 'Organization',
        identifier: [{ system: ODS, value: dice.one(['RBA', 'RXX', 'VN6XW']) }],
        name: MARK,
        partOf: { identifier: { system: ODS, value: dice.one(['RXX', 'RBA']) } },
      })
      return
    default:
      await asProvider.get(`Task?requester:identifier=${ODS}|RXX&_count=1`)
      await asTrust.get(`MedicationRequest?intended-performer:identifier=${ODS}|${provider}&_include=*`)
  }
}

/** Order Tasks that wait for a provider and that a trust has asked for; no others are looked at. */
const openTasks = async (provider: Party, trust: string): Promise<Resource[]> =>
  resourcesOf(await provider.get(`Task?status=requested&requester:identifier=${ODS}|${trust}&_count=200`))

/** Things that the viewer may name, as it has been told of them or as somebody has let slip. */
interface Names {
  readonly own: { readonly type: string; readonly id: string }[]
  readonly foreign: { readonly type: string; readonly id: string }[]
  readonly sealed: string[]
}

/** Requests of every kind. */
class Chooser {
  readonly #dice: Dice
  readonly #names: Names
  readonly #types: readonly string[]
  readonly #params: (type: string) => readonly SearchParam[]

  constructor(dice: Dice, names: Names, types: readonly string[], params: (type: string) => readonly SearchParam[]) {
    this.#dice = dice
    this.#names = names
    this.#types = types
    this.#params = params
  }

  #any(type?: string): { type: string; id: string } {
    const { own, foreign } = this.#names
    const all = (this.#dice.below(2) === 0 && foreign.length > 0 ? foreign : own).filter(
      (each) => type === undefined || each.type === type,
    )
    return all.length > 0 ? this.#dice.one(all) : { type: type ?? 'Patient', id: 'never-was' }
  }

  #reference(type?: string): string {
    const { type: found, id } = this.#any(type)
    return `${found}/${id}`
  }

  #identifier(): string {
    const dice = this.#dice
    return dice.one([
      `identifier=${NHS}|9449304130`,
      `identifier=${GMC}|6150129`,
      `identifier=${ODS}|${dice.one(['RBA', 'RXX', 'VN6XW'])}`,
      `identifier=${ITEM}|item-${dice.below(8)}`,
      `_id=${this.#any().id}`,
      `name=${MARK}`,
    ])
  }

  #value({ kind, targets }: SearchParam): string {
    const dice = this.#dice
    switch (kind) {
      case 'reference':
        return this.#reference(targets.length > 0 ? dice.one(targets) : undefined)
      case 'date':
        return dice.one(['gt2020', 'lt2026-11-23', '2026', 'ne2020'])
      case 'token':
        return dice.one(['active', 'requested', `${NHS}|9449304130`, `${ODS}|RXX`, `${GMC}|6150129`, 'RBA', 'accepted'])
      case 'number':
      case 'quantity':
        return dice.one(['gt1', '4'])
      default:
        return dice.one([MARK, 'Ex', 'Pr'])
    }
  }

  #condition(type: string): string {
    const dice = this.#dice
    const param = dice.one(this.#params(type))
    const { code, kind, targets } = param
    switch (dice.below(7)) {
      case 0:
        return `${code}:missing=${dice.one(['true', 'false'])}`
      case 1: {
        const from = dice.one(['MedicationRequest', 'Task', 'MedicationDispense', 'PractitionerRole', 'Provenance'])
        const link = dice.one(this.#params(from).filter((each) => each.kind === 'reference'))
        return `_has:${from}:${link.code}:${this.#simple(from)}`
      }
      case 2: {
        const target = targets.find((each) => this.#types.includes(each))
        return kind === 'reference' && target ? `${code}:${target}.${this.#simple(target)}` : this.#simple(type)
      }
      case 3:
        return `_id=${this.#any().id},${this.#any().id}`
      default:
        return `${code}${kind === 'token' && dice.below(3) === 0 ? ':not' : ''}=${this.#value(param)}`
    }
  }

  #simple(type: string): string {
    const param = this.#dice.one(this.#params(type))
    return `${param.code}=${this.#value(param)}`
  }

  #search(type: string): string {
    const dice = this.#dice
    const reference = () =>
      dice.one(
        this.#params(type)
          .filter(({ kind }) => kind === 'reference')
          .map((each) => each.code),
      )
    const parts = [
      ...dice.maybe(this.#condition(type)),
      ...dice.maybe(`_sort=${dice.one(['', '-'])}${dice.one(this.#params(type)).code}`),
      ...dice.maybe(dice.one(['_total=accurate', '_summary=count', '_total=estimate', '_summary=true'])),
      ...dice.maybe(`_count=${1 + dice.below(4)}`),
      ...(this.#params(type).some(({ kind }) => kind === 'reference')
        ? dice.maybe(
            dice.one([
              `_include=${type}:${reference()}`,
              '_include=*',
              '_include:iterate=PractitionerRole:organization',
            ]),
          )
        : []),
      ...dice.maybe(
        dice.one([
          `_revinclude=${dice.one(['Task:patient', 'MedicationRequest:patient', 'Provenance:target', 'Task:*'])}`,
          '_revinclude=*',
        ]),
      ),
    ]
    return `${type}?${parts.join('&')}`
  }

  #order(): OrderBundle {
    const dice = this.#dice
    const bundle = orderBundle({ trust: 'RBA', provider: 'VN6XW', orderNumber: orderNumber(dice.below(8)) })
    const item = inBundle(bundle, 'MedicationRequest')
    item.identifier = [{ system: ITEM, value: `item-${dice.below(8)}` }]
    if (dice.below(4) === 0) item.subject = { reference: this.#reference('Patient') }
    if (dice.below(6) === 0) item.subject = { reference: `Patient?${this.#identifier()}` }
    if (dice.below(6) === 0) item.basedOn = [{ reference: this.#reference('MedicationRequest') }]
    if (dice.below(6) === 0) item.priorPrescription = { reference: this.#reference('MedicationRequest') }
    return bundle
  }

  #small(type: string): Record<string, unknown> {
    const value = this.#dice.one(['RBA', 'RXX', '9449304130', '6150129'])
    const identifier = [{ system: this.#dice.one([ODS, NHS, GMC]), value }]
    switch (type) {
      case 'Patient':
        return {
          resourceType: type,
          identifier: [{ system: NHS, value: '9449304130' }],
          name: [{ family: 'Own' }],
          gender: 'female',
          birthDate: '1979-03-14',
          address: [{ line: ['1 Own Street'], city: 'Taunton', postalCode: 'TA1 1AA' }],
        }
      case 'PractitionerRole':
        return {
          resourceType: type,
          practitioner: { reference: this.#reference('Practitioner') },
          telecom: [{ system: 'phone', value: '1' }],
        }
      case 'Provenance':
        return {
          resourceType: type,
          target: [{ reference: this.#reference() }],
          recorded: '2026-11-22T09:00:00Z',
          agent: [{ who: { reference: this.#reference('Practitioner') } }],
        }
      case 'Communication':
        return {
          resourceType: type,
          status: 'completed',
          basedOn: [{ reference: this.#reference('Task') }],
          about: [{ reference: this.#reference() }],
          payload: [{ contentString: 'own' }],
        }
      case 'Organization':
        return { resourceType: type, identifier, name: 'Own', partOf: { reference: this.#reference('Organization') } }
      default:
        return { resourceType: type, identifier, name: [{ family: 'Own' }] }
    }
  }

  #writable = ['Patient', 'Practitioner', 'PractitionerRole', 'Organization', 'Provenance', 'Communication'] as const

  next(): Request {
    const dice = this.#dice
    const type = dice.one(this.#types)
    const key = dice.below(5) === 0 ? { 'idempotency-key': `key-${dice.below(4)}` } : {}
    const etag = `W/"${1 + dice.below(3)}"`
    const small = dice.one(this.#writable)
    switch (dice.below(20)) {
      case 0:
        return {
          method: 'GET',
          path: this.#reference(),
          headers:
            dice.below(2) === 0 ? { 'if-none-match': etag } : { 'if-modified-since': 'Sun, 22 Nov 2026 10:00:00 GMT' },
        }
      case 1:
        return { method: 'GET', path: `${this.#reference()}/_history${dice.one(['', '/1', '/2', '/3', '?_count=1'])}` }
      case 2:
      case 3:
      case 4:
      case 5:
        return { method: 'GET', path: this.#search(type) }
      case 6:
        return {
          method: 'GET',
          path: dice.one([
            `${type}/_history?_count=2`,
            '_history?_count=3',
            '_history',
            `?_type=Patient,Task,Organization&_count=3&_total=accurate&${this.#identifier()}`,
          ]),
        }
      case 7:
        return {
          method: 'GET',
          path: `${dice.one(['Task', 'MedicationRequest', 'Communication'])}/$changes?${dice.one(['_count=2', 'from=now', ''])}`,
        }
      case 8: {
        if (this.#names.sealed.length === 0) return { method: 'GET', path: 'metadata' }
        const sealed = dice.one(this.#names.sealed)
        return {
          method: 'GET',
          path: dice.one([
            `${type}?_page=${sealed}`,
            `${type}/_history?_page=${sealed}`,
            `Task/$changes?cursor=${sealed}`,
            `?_page=${sealed}`,
          ]),
        }
      }
      case 9: {
        const { type: found, id } = this.#any(small)
        return {
          method: 'PUT',
          path: `${found}/${id}`,
          body: { ...this.#small(small), id },
          headers: { ...key, ...(dice.below(2) === 0 ? { 'if-match': etag } : { 'if-none-match': '*' }) },
        }
      }
      case 10:
        return {
          method: 'PATCH',
          path: dice.one([this.#reference(), `${small}?${this.#identifier()}`]),
          body: [{ op: 'add', path: '/language', value: 'en' }],
          headers: { 'content-type': 'application/json-patch+json', 'if-match': etag, ...key },
        }
      case 11:
        return {
          method: 'DELETE',
          path: dice.one([this.#reference(), `${small}?${this.#identifier()}`]),
          headers: dice.below(2) === 0 ? { 'if-match': etag } : {},
        }
      case 12:
        return {
          method: 'POST',
          path: small,
          body: this.#small(small),
          headers: { ...key, ...(dice.below(2) === 0 ? { 'if-none-exist': this.#identifier() } : {}) },
        }
      case 13:
        return { method: 'PUT', path: `${small}?${this.#identifier()}`, body: this.#small(small), headers: key }
      case 14:
      case 15:
        return { method: 'POST', path: '', body: this.#order(), headers: key }
      case 16:
        return {
          method: 'POST',
          path: '',
          body: {
            resourceType: 'Bundle',
            type: dice.one(['batch', 'transaction']),
            entry: [
              { request: { method: 'GET', url: this.#reference() } },
              { request: { method: 'GET', url: this.#search(type) } },
              {
                fullUrl: 'urn:uuid:6f7b1f0e-0000-4000-8000-000000000001',
                resource: this.#small(small),
                request: { method: 'POST', url: small, ifNoneExist: this.#identifier() },
              },
              ...dice.maybe({ request: { method: 'DELETE', url: this.#reference() } }),
            ],
          },
        }
      case 17:
        return dice.one<Request>([
          { method: 'POST', path: `${small}/$validate`, body: this.#small(small) },
          { method: 'POST', path: `${this.#reference(small)}/$validate`, body: this.#small(small) },
          { method: 'GET', path: `${this.#reference(small)}/$validate?mode=profile` },
        ])
      case 18:
        return {
          method: 'GET',
          path: dice.one([
            `${this.#reference('Task')}/$timeline`,
            `${this.#reference('Task')}/$next`,
            `${this.#reference('Task')}/$national-status`,
            `${this.#reference('Task')}/$prescription-order-response`,
            `${this.#reference('MedicationRequest')}/$remaining`,
          ]),
        }
      default:
        return {
          method: 'GET',
          path: `AuditEvent?${dice.one([`entity=${this.#reference()}`, `patient=${this.#reference('Patient')}`, 'patient:missing=false', 'agent:identifier=VN6XW', 'agent:identifier=RXX', '_total=accurate', '_count=2', 'outcome=4', 'subtype=transaction', 'subtype=search-type'])}`,
        }
    }
  }
}

/** What the two worlds have in common besides the viewer's requests: the partner's work for the viewer. */
async function partnerActs(worlds: readonly World[], { viewer, partner }: Case, dice: Dice): Promise<void> {
  const trust = viewer.role === 'trust' ? viewer.organization : partner.organization
  const choice = dice.below(3)
  const bundle = orderBundle({ trust, provider: 'VNE51' })
  for (const world of worlds) {
    const party = await world.exchange.party(partner.role, partner.organization)
    // What is read is recorded a moment later, what is written at once: on a busy machine the order would be chance.
    await world.exchange.audit.flush()
    if (partner.role === 'trust') {
      if (choice === 0) await party.post('', bundle)
      else await party.get(`Task?owner:identifier=${ODS}|${viewer.organization}&_count=200`)
      await world.exchange.audit.flush()
      continue
    }
    const [task] = await openTasks(party, viewer.organization)
    await world.exchange.audit.flush()
    if (choice === 0 && task) await party.put({ ...task, status: 'accepted' })
    else await party.get(`Task?requester:identifier=${ODS}|${viewer.organization}&_count=200&_include=Task:patient`)
    await world.exchange.audit.flush()
  }
}

async function play(t: Test, of: Case, seed: number): Promise<void> {
  const dice = new Dice(seed)
  const exchanges = [await startExchange(t), await startExchange(t)]
  const worlds: World[] = []
  for (const exchange of exchanges) {
    worlds.push(new World(exchange, await exchange.party(of.viewer.role, of.viewer.organization)))
  }
  const [alone, shared] = worlds as [World, World]
  // What organisations share (a patient, a prescriber) is there before the others use it too.
  const trust = of.viewer.role === 'trust' ? of.viewer.organization : of.partner.organization
  const first = orderBundle({
    trust,
    provider: of.viewer.role === 'provider' ? of.viewer.organization : of.partner.organization,
  })
  for (const world of worlds) {
    const party = await world.exchange.party('trust', trust)
    await world.exchange.audit.flush()
    const made = await party.post('', first)
    await orderTask(world.viewer, located(made, 'MedicationRequest'))
    await world.exchange.audit.flush()
  }
  const names: Names = { own: [], foreign: [], sealed: [] }
  const { context } = shared.exchange
  const types = context.exposedTypes.filter((type) => context.row(type)?.source === 'store')
  const chooser = new Chooser(dice, names, types, (type) => context.search.list(type))
  const known = new Set<string>()
  const learn = (told: string): void => {
    for (const [, type = '', id = ''] of told.matchAll(/\b([A-Z][A-Za-z]+)\/(<\d+>)/g)) {
      if (known.has(id) || !types.includes(type)) continue
      known.add(id)
      names.own.push({ type, id })
    }
    for (const [, sealed = ''] of told.matchAll(/(?:_page|cursor)=(<\d+>(?:\.[a-z]+)?)/g)) {
      if (!known.has(sealed)) names.sealed.push(sealed)
      known.add(sealed)
    }
  }
  const slipped = new Set<string>()
  const slip = async (): Promise<void> => {
    const rows = await context.database.query<{ type: string; id: string }>(
      `SELECT r.type AS type, r.id AS id FROM resource r WHERE NOT EXISTS
         (SELECT 1 FROM access a WHERE a.key = r.key AND a.type = r.type AND a.org = $1)
       AND r.type NOT IN ('CodeSystem', 'ConceptMap', 'StructureDefinition', 'ValueSet', 'SearchParameter', 'OperationDefinition', 'CapabilityStatement')
       ORDER BY r.key`,
      [of.viewer.organization],
    )
    for (const { type, id } of rows.filter((row) => !slipped.has(row.id))) {
      slipped.add(id)
      alone.foreign(undefined)
      names.foreign.push({ type, id: shared.foreign(id) })
    }
  }
  for (const type of types) {
    const request = { method: 'GET', path: type } as const
    const [a, b] = [alone.told(await alone.send(request)), shared.told(await shared.send(request))]
    t.same(b, a, `${type} at first`)
    learn(a.body)
  }
  let answered = 0
  for (let step = 0; step < STEPS; step++) {
    for (const exchange of exchanges) exchange.now += 1000
    if (dice.below(3) > 0) await othersAct(shared, of, dice)
    await slip()
    for (const exchange of exchanges) exchange.now += 1000
    if (dice.below(4) === 0) await partnerActs(worlds, of, dice)
    for (const exchange of exchanges) exchange.now += 1000
    const request = chooser.next()
    const [one, other] = [await alone.send(request), await shared.send(request)]
    const [a, b] = [alone.told(one), shared.told(other)]
    if (one.status < 300) answered++
    const asked = `seed ${seed}, step ${step}: ${JSON.stringify(request)}`
    if (!t.strictSame(b, a, asked)) return
    if (!t.ok(one.status < 500, asked)) return
    if (!JSON.stringify(request).includes(MARK) && !t.notMatch(other.text, MARK, asked)) return
    learn(a.body)
    learn(a.headers)
  }
  t.ok(slipped.size > 20, `${slipped.size} resources of others were aimed at`)
  t.ok(answered > STEPS / 4, `${answered} of ${STEPS} were answered with something`)
}

const seeds = (process.env.SEEDS ?? '1,2').split(',').map(Number)
for (const each of cases) {
  t.test(`nothing of others reaches ${each.name}`, async (t) => {
    for (const seed of seeds) await t.test(`seed ${seed}`, (t) => play(t, each, seed))
  })
}
