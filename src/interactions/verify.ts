/**
 * MedicationRequest/[id]/$verify: who signed the prescription, and whether the signature still holds; at the type, of the
 * items that are named, of an order, or of a copy.
 */
import type { X509Certificate } from 'node:crypto'
import { type Context, scopeOf } from '../context.ts'
import { instant } from '../fhir/json.ts'
import { type Issue, PROBLEM_SYSTEM } from '../fhir/problem.ts'
import type { Resource, r4 } from '../fhir/resource.ts'
import type { SignatureTrust } from '../homecare/policy.ts'
import { COVER_WORDS, itemFault } from '../homecare/signed-content.ts'
import { formOf, isAuthors } from '../signature/form.ts'
import type { Signer } from '../signature/verifier.ts'
import type { Facts } from '../store/operation.ts'
import { parse, readByReference, readCurrent, type Stored } from '../store/read.ts'
import type { FhirReply, FhirRequest, Interaction } from './interaction.ts'
import { factsNow, readSubject } from './next.ts'
import type { RulesOptions } from './rules-options.ts'
import { type Item, referenceIssues, storedItem, trustFor, whenIssues } from './signatures.ts'
import { type Asked, prescriptionsAsked } from './verify-asked.ts'

/** Nobody is relied on where no row of the policy says whom. */
const NOBODY: SignatureTrust = { demand: 'optional' }

export const verify: Interaction = async (context, request) => {
  if (request.id === undefined) return verifyAsked(context, request)
  const { parameter } = await verdictOn(context, request, { stored: await readSubject(context, request) })
  return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter } satisfies r4.Parameters) }
}

/** POST MedicationRequest/$verify: the same of several items, or of a copy that somebody holds. */
async function verifyAsked(context: Context, request: FhirRequest): Promise<FhirReply> {
  const verdicts: Verdict[] = []
  const asked = await prescriptionsAsked(context, request)
  for (const one of asked) verdicts.push(await verdictOn(context, request, one))
  const parameters: r4.Parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'valid', valueBoolean: verdicts.every(({ valid }) => valid) },
      ...verdicts.map(({ parameter }) => ({ name: 'item', part: parameter })),
    ],
  }
  const told = asked.map(({ stored }) => `${stored.type}/${stored.id}`)
  return { status: 200, body: JSON.stringify(parameters), told }
}

interface Verdict {
  readonly valid: boolean
  readonly parameter: r4.ParametersParameter[]
}

/** What is said of one prescription, as it is stored or as somebody holds it. */
async function verdictOn(context: Context, request: FhirRequest, { stored, copy }: Asked): Promise<Verdict> {
  const facts = factsNow(context)
  const item = await storedItem(stored, facts)
  const trust = (await trustFor(context.rules, item, facts)) ?? NOBODY
  const reference = `MedicationRequest/${stored.id}`
  const found: Told[] = []
  for (const { id } of await readByReference(facts.query, 'Provenance.target', reference)) {
    const scope = scopeOf(context, request.caller, 'Provenance')
    const provenance = await readCurrent(facts.query, 'Provenance', id, scope)
    if (!provenance || provenance.deleted) continue
    for (const signature of parse<r4.Provenance>(provenance).signature ?? []) {
      if (isAuthors(signature))
        found.push(await tell(context.rules, item, copy ?? item.resource, trust, provenance, signature, facts))
    }
  }
  const valid = found.some(({ holds }) => holds === true)
  return {
    valid,
    parameter: [
      { name: 'prescription', valueReference: { reference, type: 'MedicationRequest' } },
      { name: 'version', valueString: `W/"${stored.version}"` },
      { name: 'valid', valueBoolean: valid },
      { name: 'conclusion', valueCode: conclusion(found) },
      ...found.map(({ parameter }) => parameter),
    ],
  }
}

interface Told {
  /** Undefined: it was not verified. */
  readonly holds: boolean | undefined
  readonly parameter: r4.ParametersParameter
}

function conclusion(found: readonly Told[]): string {
  if (found.some(({ holds }) => holds === true)) return 'holds'
  if (found.some(({ holds }) => holds === false)) return 'does-not-hold'
  return found.length > 0 ? 'not-verified' : 'unsigned'
}

/** One signature, and what it says of the prescription as it is now, or of the copy in somebody's hand. */
async function tell(
  { signatures }: RulesOptions,
  item: Item,
  held: Resource,
  trust: SignatureTrust,
  provenance: Stored,
  signature: r4.Signature,
  facts: Facts,
): Promise<Told> {
  const form = formOf(signature)
  const about: r4.ParametersParameter[] = [
    { name: 'provenance', valueReference: { reference: `Provenance/${provenance.id}`, type: 'Provenance' } },
    { name: 'form', valueCode: form },
    { name: 'who', valueReference: signature.who },
    { name: 'when', valueInstant: signature.when },
    { name: 'received', valueInstant: instant(provenance.tick) },
  ]
  if (form !== 'jws') {
    const words = 'A signature of this form is kept as it came and is not verified here.'
    const unverified = [{ name: 'verified', valueBoolean: false }, reason('signature-not-verifiable', words)]
    return { holds: undefined, parameter: { name: 'signature', part: [...about, ...unverified] } }
  }
  const moments = { received: provenance.tick, now: facts.now }
  const { faults, opened, signer } = await signatures.verify(signature.data, trust, moments)
  const fault = opened && itemFault(opened.items, held)
  const altered = fault === 'not-signed' ? 'signature-item-added' : fault
  const reasons = [
    ...faults.map(({ key, words }) => reason(key, words)),
    ...(altered ? [reason(altered, COVER_WORDS[altered])] : []),
    ...[
      ...(opened ? whenIssues(signature, opened.signedAt, 'Provenance') : []),
      ...(await referenceIssues(item, facts)),
    ].map(({ key, diagnostics }) => reason(key, diagnostics)),
  ]
  const holds = reasons.length === 0
  return {
    holds,
    parameter: {
      name: 'signature',
      part: [
        ...about,
        { name: 'verified', valueBoolean: true },
        { name: 'valid', valueBoolean: holds },
        ...(opened
          ? [
              { name: 'contentUnchanged', valueBoolean: fault === undefined },
              { name: 'algorithm', valueCode: opened.algorithm },
              { name: 'items', valueUnsignedInt: opened.items.size },
            ]
          : []),
        ...(signer ? signerParts(signer) : []),
        ...reasons,
      ],
    },
  }
}

const reason = (code: Issue['key'], words: string): r4.ParametersParameter => ({
  name: 'reason',
  valueCoding: { system: PROBLEM_SYSTEM, code, display: words },
})

function signerParts(signer: Signer): r4.ParametersParameter[] {
  if (signer.kind === 'key') return [{ name: 'key', valueString: signer.kid }]
  const { subject, issuer, serialNumber, fingerprint256, validFromDate, validToDate } = signer.certificate
  return [
    { name: 'subject', valueString: oneLine(subject) },
    { name: 'issuer', valueString: oneLine(issuer) },
    { name: 'serialNumber', valueString: serialNumber },
    { name: 'fingerprint', valueString: fingerprint256 },
    {
      name: 'validity',
      valuePeriod: { start: validFromDate.toISOString(), end: validToDate.toISOString() },
    },
  ]
}

/** Node writes one part of a distinguished name a line. */
const oneLine = (name: X509Certificate['subject']): string => name.split('\n').join(', ')
