/** Signed orders: real keys, real certificates, and every way we know to pass off what was not signed. */
import { createHmac, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FlattenedSign } from 'jose'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/config.ts'
import type { Resource, r4 } from '../../src/fhir/resource.ts'
import type { SignatureTrust } from '../../src/homecare/policy.ts'
import { detachedJws, signOrder, type SigningKey } from '../../src/signature/sign-order.ts'
import { type Answer, type Exchange, type Party, resourcesOf, startExchange, START } from '../helper.ts'
import { type Certified, certificate, revocationList, strangeExtension } from '../identity/certificates.ts'
import { inBundle, located, type OrderBundle, orderBundle, parties, type Refusal, refusals } from '../orders.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const DAY = 86_400_000
const root = certificate('Trust root', { authority: true })
const authority = certificate('Trust prescribers', { authority: true, by: root, serial: 2 })
const prescriber = certificate('Dr Sam Prescriber', { by: authority, serial: 3 })

const x509 = ({ pem }: Certified): X509Certificate => new X509Certificate(pem)
const keyOf = (signer: Certified, ...above: Certified[]): SigningKey => ({
  key: signer.key,
  algorithm: 'ES256',
  chain: [signer, ...above].map(x509),
})
const good = keyOf(prescriber, authority)
/** A prescriber whose certificate is other than the good one in some way. */
const another = (wanted: Parameters<typeof certificate>[1]): SigningKey =>
  keyOf(certificate('Dr Other Prescriber', { by: authority, serial: 9, ...wanted }), authority)

/** A policy table whose trust RBA relies on the root, and the folder it stands in. */
function policy(t: Test, signature: Partial<SignatureTrust> = {}) {
  const folder = temporaryFolder(t)
  const table = JSON.parse(readFileSync(join(packageRoot, 'conformance/policy.json'), 'utf8')) as { rows: unknown[] }
  table.rows.push({ trust: 'RBA', signature: { demand: 'required', roots: ['root.pem'], ...signature } })
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('root.pem', root.pem)
  write('policy.json', JSON.stringify(table))
  return { folder, write, env: { POLICY: join(folder, 'policy.json') } }
}

const signed = async (bundle: OrderBundle, key = good, now = START): Promise<OrderBundle> =>
  JSON.parse(await signOrder(JSON.stringify(bundle), key, now)) as OrderBundle

const provenanceOf = (bundle: OrderBundle): r4.Provenance => inBundle(bundle, 'Provenance')
const signatureOf = (bundle: OrderBundle): r4.Signature => provenanceOf(bundle).signature?.[0] as r4.Signature
const itemOf = (bundle: OrderBundle): r4.MedicationRequest => inBundle(bundle, 'MedicationRequest')

/** A second item of the same order. */
function withSecondItem(bundle: OrderBundle): r4.BundleEntry {
  const entry = structuredClone(bundle.entry.find(({ resource }) => resource?.resourceType === 'MedicationRequest'))
  const item = entry?.resource as r4.MedicationRequest
  item.identifier = [
    { system: 'https://fhir.nhs.uk/Id/prescription-order-item-number', value: '11111111-2222-4333-8444-555555555555' },
  ]
  const added = { ...entry, fullUrl: 'urn:uuid:11111111-2222-4333-8444-666666666666', resource: item } as r4.BundleEntry
  bundle.entry.push(added)
  return added
}

/** The signature over the items as they are, with another header. */
async function withHeader(bundle: OrderBundle, change: (header: Record<string, unknown>) => void): Promise<void> {
  const header = headerOf(bundle)
  change(header)
  const made = await new FlattenedSign(new Uint8Array())
    .setProtectedHeader(header as { alg: string })
    .sign(prescriber.key, { crit: { sigD: true, other: true } })
  put(bundle, `${made.protected}..${made.signature}`)
}
const compactOf = (bundle: OrderBundle): string => Buffer.from(signatureOf(bundle).data ?? '', 'base64').toString()
const headerOf = (bundle: OrderBundle): Record<string, unknown> =>
  JSON.parse(Buffer.from(compactOf(bundle).split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
const put = (bundle: OrderBundle, compact: string): void => {
  signatureOf(bundle).data = Buffer.from(compact).toString('base64')
}

interface Verified {
  readonly valid: boolean | undefined
  readonly conclusion: string | undefined
  readonly reasons: readonly (string | undefined)[]
  readonly signature: readonly r4.ParametersParameter[]
}

async function verify(party: Party, prescription: string): Promise<Verified> {
  const answer = await party.get(`${prescription}/$verify`)
  const { parameter = [] } = answer.body as unknown as r4.Parameters
  const find = (name: string) => parameter.find((each) => each.name === name)
  const signature = find('signature')?.part ?? []
  return {
    valid: find('valid')?.valueBoolean,
    conclusion: find('conclusion')?.valueCode,
    reasons: signature.filter(({ name }) => name === 'reason').map(({ valueCoding }) => valueCoding?.code),
    signature,
  }
}

t.test('a signed order is accepted, and whoever may see it can verify it', async (t) => {
  const exchange = await startExchange(t, policy(t).env)
  const { trust, provider } = await parties(exchange)
  const bundle = await signed(orderBundle())
  const answer = await trust.post('', bundle)
  t.equal(answer.status, 200, answer.text.slice(0, 600))
  const item = located(answer, 'MedicationRequest')
  for (const party of [trust, provider]) {
    const { valid, conclusion, signature } = await verify(party, item)
    t.match({ valid, conclusion }, { valid: true, conclusion: 'holds' })
    t.match(Object.fromEntries(signature.map(({ name, ...value }) => [name, Object.values(value)[0]])), {
      form: 'jws',
      verified: true,
      valid: true,
      contentUnchanged: true,
      algorithm: 'ES256',
      items: 1,
    })
    t.match(JSON.stringify(signature), /CN=Dr Sam Prescriber.*CN=Trust prescribers/)
  }
  const stranger = await exchange.party('provider', 'VNE51')
  t.equal((await stranger.get(`${item}/$verify`)).status, 404, 'a stranger learns nothing')

  t.test('asked of an order, of several items, or of a copy in somebody’s hand', async (t) => {
    const ask = (party: Party, ...parameter: object[]) =>
      party.post('MedicationRequest/$verify', { resourceType: 'Parameters', parameter })
    const saying = ({ body }: Answer) => {
      const { parameter = [] } = body as unknown as r4.Parameters
      const items = parameter.filter(({ name }) => name === 'item').map(({ part = [] }) => part)
      return [
        parameter[0]?.valueBoolean,
        ...items.map((part) => part.find(({ name }) => name === 'conclusion')?.valueCode),
      ]
    }
    const held = (await provider.get(item)).body as unknown as r4.MedicationRequest
    const { id: _, meta: _meta, ...copy } = structuredClone(held)
    const prescription = { name: 'prescription', valueReference: { reference: item } }
    const numbers = [held.identifier?.[0], held.groupIdentifier]
    for (const party of [trust, provider]) {
      t.same(saying(await ask(party, prescription)), [true, 'holds'])
      for (const valueIdentifier of numbers)
        t.same(saying(await ask(party, { name: 'identifier', valueIdentifier })), [true, 'holds'])
      t.same(saying(await ask(party, { name: 'resource', resource: held })), [true, 'holds'])
      t.same(saying(await ask(party, { name: 'resource', resource: copy })), [true, 'holds'], 'a copy without an id')
    }
    const altered = structuredClone(held)
    Object.assign(altered.dispenseRequest?.quantity ?? {}, { value: 5 })
    t.same(saying(await ask(provider, { name: 'resource', resource: altered })), [false, 'does-not-hold'])
    t.same(saying(await ask(provider, prescription, prescription)), [true, 'holds'], 'each once')
    const unknown = { name: 'identifier', valueIdentifier: { system: 'urn:x', value: 'y' } }
    for (const [party, parameter, status, key] of [
      [stranger, prescription, 404, 'not-found'],
      ...numbers.map(
        (valueIdentifier) => [stranger, { name: 'identifier', valueIdentifier }, 404, 'not-found'] as const,
      ),
      [stranger, { name: 'resource', resource: held }, 404, 'not-found'],
      [stranger, { name: 'resource', resource: copy }, 404, 'not-found'],
      [provider, unknown, 404, 'not-found'],
      [provider, { name: 'prescription', valueReference: { reference: 'Task/x' } }, 404, 'not-found'],
      [provider, { name: 'identifier', valueString: 'x' }, 400, 'parameter-invalid'],
      [provider, { name: 'resource', resource: { resourceType: 'Patient' } }, 400, 'parameter-invalid'],
      [provider, { name: 'else', valueString: 'x' }, 400, 'unknown-parameter'],
    ] as const) {
      const answer = await ask(party, parameter)
      t.same([answer.status, answer.keys], [status, [key]], JSON.stringify(parameter).slice(0, 60))
    }
    t.same((await ask(provider)).keys, ['parameter-invalid'])
    t.same((await provider.post('MedicationRequest/$verify', held)).keys, ['type-mismatch'])
    t.equal((await provider.get('MedicationRequest/$verify')).status, 405)
    await exchange.audit.flush()
    const looks = resourcesOf(
      await trust.get(`AuditEvent?entity=${item}&agent:identifier=${provider.organization}&_sort=-date`),
    )
    t.match(JSON.stringify(looks[0]), 'verify', 'each look is on record')
  })

  t.test('it is returned as it was signed, for ever', async (t) => {
    const kept = (await provider.get(located(answer, 'Provenance'))).body as unknown as r4.Provenance
    t.equal(kept.signature?.[0]?.data, signatureOf(bundle).data)
    t.equal((await trust.put({ ...(kept as unknown as Resource), recorded: '2026-11-22T10:00:00Z' })).status, 405)
  })

  t.test('sent again, it gets the same answer', async (t) => {
    t.equal((await trust.post('', bundle)).text, answer.text)
  })

  t.test('status changes leave it whole', async (t) => {
    const active = (await trust.get(item)).body
    const statusReason = {
      coding: [{ system: 'https://homecare-exchange.org/fhir/CodeSystem/reason', code: 'hospital-stay' }],
    }
    const held = await trust.put({ ...active, status: 'on-hold', statusReason })
    t.equal(held.status, 200, held.text.slice(0, 400))
    t.equal((await verify(provider, item)).conclusion, 'holds')
  })

  t.test('years later it still holds, though the certificate has expired meanwhile', async (t) => {
    exchange.now = Date.UTC(2045, 0, 1)
    t.equal((await verify(await exchange.party('trust', 'RBA'), item)).conclusion, 'holds')
    exchange.now = START
  })

  t.test('a digit altered in the store itself is told', async (t) => {
    const { query } = exchange.context.database
    await query('UPDATE version SET text = REPLACE(text, $1, $2) WHERE text LIKE $3', [
      '"value":4,',
      '"value":40,',
      '%"MedicationRequest"%',
    ])
    t.match(await verify(provider, item), {
      valid: false,
      conclusion: 'does-not-hold',
      reasons: ['signature-content-altered'],
    })
  })
})

t.test('what was not signed, or not like this, is refused and nothing is stored', async (t) => {
  const files = policy(t, { revocationLists: ['revoked.pem'] })
  files.write('revoked.pem', revocationList(authority, [{ serial: 66, since: START - DAY }]))
  const exchange = await startExchange(t, files.env)
  const { trust } = await parties(exchange)
  const refused = refusals(t, exchange)
  const tampered = (name: string, change: (bundle: OrderBundle) => void | Promise<void>, expected: Refusal) =>
    refused(
      name,
      async () => {
        const bundle = await signed(orderBundle())
        await change(bundle)
        return trust.post('', bundle)
      },
      expected,
    )
  const unfit = (name: string, key: SigningKey, expected: Refusal) =>
    refused(name, async () => trust.post('', await signed(orderBundle(), key)), expected)

  refused('no signature', () => trust.post('', orderBundle()), '422 signature-missing required')
  tampered(
    'a quantity tampered with',
    (bundle) => Object.assign(itemOf(bundle).dispenseRequest?.quantity ?? {}, { value: 5 }) as unknown as undefined,
    '422 signature-content-altered security',
  )
  tampered(
    'a word of the directions changed',
    (bundle) => {
      const [dosage] = itemOf(bundle).dosageInstruction ?? []
      if (dosage) dosage.patientInstruction = 'Take it with water.'
    },
    '422 signature-content-altered security',
  )
  tampered('an item added after signing', (bundle) => void withSecondItem(bundle), '422 signature-item-added security')
  tampered(
    'an item added after signing, and to the targets of the Provenance',
    (bundle) => {
      const { fullUrl = '' } = withSecondItem(bundle)
      provenanceOf(bundle).target.push({ reference: fullUrl })
    },
    '422 signature-item-added security',
  )
  refused(
    'an item of the signed order left out',
    async () => {
      const bundle = orderBundle()
      const { fullUrl } = withSecondItem(bundle)
      const less = await signed(bundle)
      less.entry = less.entry.filter((entry) => entry.fullUrl !== fullUrl)
      const provenance = provenanceOf(less)
      provenance.target = provenance.target.filter(({ reference }) => reference !== fullUrl)
      return trust.post('', less)
    },
    '422 signature-item-missing security',
  )
  tampered(
    'a signature over another order',
    async (bundle) => put(bundle, compactOf(await signed(orderBundle()))),
    '422 signature-other-order security',
  )
  tampered(
    'the patient exchanged for another',
    (bundle) => {
      const entry = bundle.entry.find(({ resource }) => resource?.resourceType === 'Patient')
      inBundle(bundle, 'Patient').identifier = [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9000000009' }]
      if (entry?.request) entry.request.ifNoneExist = 'identifier=https://fhir.nhs.uk/Id/nhs-number|9000000009'
    },
    '422 subject-ambiguous business-rule',
  )
  tampered(
    'the prescriber exchanged for another',
    (bundle) => {
      const entry = bundle.entry.find(({ resource }) => resource?.resourceType === 'Practitioner')
      const gmc = { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '7150129' }
      inBundle(bundle, 'Practitioner').identifier = [gmc]
      if (entry?.request?.ifNoneExist) entry.request.ifNoneExist = `identifier=${gmc.system}|${gmc.value}`
    },
    '422 signature-reference-differs security',
  )
  tampered(
    'a signature altered by a bit',
    (bundle) =>
      put(
        bundle,
        compactOf(bundle).replace(/(\.\.)(.)/, (_, dots: string, c: string) => dots + (c === 'A' ? 'B' : 'A')),
      ),
    '422 signature-invalid security',
  )
  tampered(
    'a header altered: another time of signing',
    (bundle) => {
      const header = Buffer.from(JSON.stringify({ ...headerOf(bundle), iat: START / 1000 - 60 })).toString('base64url')
      put(bundle, compactOf(bundle).replace(/^[^.]+/, header))
    },
    '422 signature-invalid security',
  )
  tampered(
    'an item whose number was taken away',
    (bundle) => void delete (itemOf(bundle) as { identifier?: unknown }).identifier,
    '422 signature-item-unidentified required',
  )
  tampered(
    'the national XML form alone, which is not verified',
    (bundle) => {
      signatureOf(bundle).data = Buffer.from('<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>').toString(
        'base64',
      )
      signatureOf(bundle).sigFormat = 'application/signature+xml'
    },
    '422 signature-not-verifiable not-supported',
  )

  t.test('the algorithm is not for the sender to choose', async (t) => {
    const refused = refusals(t, exchange)
    const forged = (name: string, header: object, mac: (content: string) => string) =>
      refused(
        name,
        async () => {
          const bundle = await signed(orderBundle())
          const encoded = Buffer.from(JSON.stringify({ ...headerOf(bundle), ...header })).toString('base64url')
          put(bundle, `${encoded}..${mac(`${encoded}.`)}`)
          return trust.post('', bundle)
        },
        '422 signature-algorithm-refused security',
      )
    forged('alg none', { alg: 'none' }, () => 'AA')
    forged('HS256 with the public key as the secret', { alg: 'HS256' }, (content) =>
      createHmac('sha256', x509(prescriber).publicKey.export({ format: 'pem', type: 'spki' }))
        .update(content)
        .digest('base64url'),
    )
    forged('an algorithm of another kind of key', { alg: 'RS256' }, () => 'AAAA')
  })

  t.test('what cannot be read is no signature', async (t) => {
    const refused = refusals(t, exchange)
    const broken = (name: string, change: (bundle: OrderBundle) => void | Promise<void>) =>
      refused(
        name,
        async () => {
          const bundle = await signed(orderBundle())
          await change(bundle)
          return trust.post('', bundle)
        },
        '422 signature-malformed structure',
      )
    broken('cut short', (bundle) => put(bundle, compactOf(bundle).slice(0, 40)))
    broken('a payload attached', (bundle) => put(bundle, compactOf(bundle).replace('..', '.e30.')))
    broken('a header that is no JSON', (bundle) => put(bundle, compactOf(bundle).replace(/^[^.]+/, 'AAAA')))
    broken('no data', (bundle) => void delete (signatureOf(bundle) as { data?: string }).data)
    broken('sigD that need not be understood', (bundle) => withHeader(bundle, (header) => void delete header.crit))
    broken('another critical header', (bundle) =>
      withHeader(bundle, (header) => Object.assign(header, { crit: ['sigD', 'other'], other: 1 })),
    )
    broken('no time of signing', (bundle) => withHeader(bundle, (header) => void delete header.iat))
    broken('one item named twice', (bundle) =>
      withHeader(bundle, ({ sigD }) => {
        const { pars, hashV } = sigD as { pars: string[]; hashV: string[] }
        pars.push(...pars)
        hashV.push(...hashV)
      }),
    )
    broken('certificates that are none', (bundle) =>
      withHeader(bundle, (header) => Object.assign(header, { x5c: ['AAAA'] })),
    )
    broken('a hundred certificates', (bundle) =>
      withHeader(bundle, (header) =>
        Object.assign(header, { x5c: Array(100).fill(prescriber.raw.toString('base64')) }),
      ),
    )
  })

  unfit('a certificate that has expired', another({ until: START - DAY }), '422 signature-certificate-expired security')
  refused(
    'a certificate that expired between signing and arrival',
    async () => trust.post('', await signed(orderBundle(), another({ until: START - DAY }), START - 2 * DAY)),
    '422 signature-certificate-expired security',
  )
  unfit(
    'a certificate that is not yet good',
    another({ from: START + DAY }),
    '422 signature-certificate-not-yet-valid security',
  )
  unfit('an unknown issuer', keyOf(certificate('Dr Mallory')), '422 signature-untrusted security')
  unfit(
    'an issuer with the name of a trusted one and another key',
    (() => {
      const twin = certificate('Trust root', { authority: true })
      return keyOf(certificate('Dr Mallory', { by: twin }), twin)
    })(),
    '422 signature-untrusted security',
  )
  unfit('the authority between left out', keyOf(prescriber), '422 signature-untrusted security')
  unfit(
    'a prescriber who issues certificates',
    keyOf(certificate('Dr Mallory', { by: prescriber }), prescriber, authority),
    '422 signature-untrusted security',
  )
  unfit('a certificate for encryption only', another({ usage: 0x20 }), '422 signature-certificate-unfit security')
  unfit(
    'a certificate with a critical extension that nobody knows',
    another({ extensions: [strangeExtension()] }),
    '422 signature-certificate-unfit security',
  )
  unfit('a revoked certificate', another({ serial: 66 }), '422 signature-certificate-revoked security')
  tampered(
    'a key that is not registered',
    (bundle) =>
      withHeader(bundle, (header) => {
        delete header.x5c
        header.kid = 'nobody'
      }),
    '422 signature-key-unknown security',
  )
  tampered(
    'a key that the header brings along',
    (bundle) =>
      withHeader(bundle, (header) => {
        delete header.x5c
        header.jwk = x509(prescriber).publicKey.export({ format: 'jwk' })
      }),
    '422 signature-key-unknown security',
  )
  tampered(
    'a time of signing beside the signature that is not the signed one',
    (bundle) => void (signatureOf(bundle).when = new Date(START - DAY).toISOString()),
    '422 signature-time-differs value',
  )
  refused(
    'a signature from the future',
    async () => trust.post('', await signed(orderBundle(), good, START + 3_600_000)),
    '422 signature-time-differs value',
  )

  t.test('what a signature cannot cover for ever is not signed', async (t) => {
    const refused = refusals(t, exchange)
    const odd = (name: string, change: (item: r4.MedicationRequest) => void, expected: Refusal) =>
      refused(
        name,
        async () => {
          const bundle = await signed(orderBundle())
          change(itemOf(bundle))
          put(bundle, await detachedJws([itemOf(bundle) as unknown as Resource], good, START / 1000))
          return trust.post('', bundle)
        },
        expected,
      )
    odd(
      'a reference that does not say who is meant',
      ({ subject }) => void delete (subject as { identifier?: unknown }).identifier,
      '422 signature-reference-unbound required',
    )
    refused(
      'a number with more digits than the canonical form keeps',
      async () => {
        const text = JSON.stringify(await signed(orderBundle()))
        return trust.post('', text.replace('"value":10,', '"value":10.0000000000000000001,'))
      },
      '422 signature-number-imprecise value',
    )
  })

  t.test(
    'a list of revoked certificates that is out of date stops signatures, and its renewal lets them in',
    async (t) => {
      const file = join(files.folder, 'revoked.pem')
      const renewed = (next: number): void => {
        writeFileSync(file, revocationList(authority, [], { next }))
        utimesSync(file, new Date(), new Date(next))
      }
      renewed(START - DAY)
      await refusals(t, exchange)(
        'out of date',
        async () => trust.post('', await signed(orderBundle())),
        '503 signature-revocation-unknown transient',
      )
      renewed(START + DAY)
      t.equal((await trust.post('', await signed(orderBundle()))).status, 200)
      writeFileSync(file, revocationList(certificate('Trust prescribers'), [], { next: START + 2 * DAY }))
      await refusals(t, exchange)(
        'a list under the issuer’s name, signed by somebody else',
        async () => trust.post('', await signed(orderBundle())),
        '503 signature-revocation-unknown transient',
      )
    },
  )
})

t.test('drafts: signed before they become orders', async (t) => {
  const files = policy(t, { revocationLists: ['revoked.pem'] })
  files.write('revoked.pem', revocationList(authority, []))
  const exchange = await startExchange(t, files.env)
  const { trust, provider } = await parties(exchange)
  const draft = async (isSigned: boolean): Promise<string> => {
    const bundle = orderBundle()
    itemOf(bundle).status = 'draft'
    return located(await trust.post('', isSigned ? await signed(bundle) : bundle), 'MedicationRequest')
  }
  const activate = async (item: string): Promise<Answer> =>
    trust.put({ ...(await trust.get(item)).body, status: 'active' })

  const repeatedMore = async (path: string): Promise<Answer> => {
    const item = (await trust.get(path)).body as unknown as r4.MedicationRequest
    const dispenseRequest = { ...item.dispenseRequest, numberOfRepeatsAllowed: 3 }
    return trust.put({ ...item, dispenseRequest } as unknown as Resource)
  }

  const one = await draft(true)
  t.match(await verify(trust, one), { conclusion: 'holds' })
  await refusals(t, exchange)(
    'a signed draft is not changed',
    () => repeatedMore(one),
    '422 signature-item-fixed business-rule',
  )
  const activated = await activate(one)
  t.equal(activated.status, 200, activated.text.slice(0, 500))
  t.match(await verify(provider, one), { conclusion: 'holds' })
  await refusals(t, exchange)(
    'nor is it when it is active',
    () => repeatedMore(one),
    '422 element-frozen business-rule',
  )
  const two = await draft(false)
  t.match(await verify(trust, two), { valid: false, conclusion: 'unsigned' })
  await refusals(t, exchange)(
    'an unsigned draft does not become an order',
    () => activate(two),
    '422 signature-missing required',
  )

  t.test('a draft that was signed later, by a Provenance of its own', async (t) => {
    const item = (await trust.get(two)).body
    const subject = {
      ...(item.subject as object),
      identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9449304130' },
    }
    const requester = {
      ...(item.requester as object),
      identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '6150129' },
    }
    const whole = (await trust.put({ ...item, subject, requester })).body
    const provenance: r4.Provenance = {
      resourceType: 'Provenance',
      target: [{ reference: two }],
      recorded: new Date(START).toISOString(),
      agent: [{ who: requester }],
      signature: [
        {
          type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.1' }],
          when: new Date(START).toISOString(),
          who: requester,
          sigFormat: 'application/jose',
          data: Buffer.from(await detachedJws([whole], good, START / 1000)).toString('base64'),
        },
      ],
    }
    const other = structuredClone(provenance)
    const changed = { ...whole, intent: 'instance-order' }
    Object.assign(other.signature?.[0] ?? {}, {
      data: Buffer.from(await detachedJws([changed], good, START / 1000)).toString('base64'),
    })
    await refusals(t, exchange)(
      'over something else',
      () => trust.post('Provenance', other),
      '422 signature-content-altered security',
    )
    t.equal((await trust.post('Provenance', provenance)).status, 201)
    t.equal((await activate(two)).status, 200)
    t.match(await verify(provider, two), { conclusion: 'holds' })
  })

  t.test('what is revoked after it arrived still holds; what was unsafe before does not', async (t) => {
    const list = join(files.folder, 'revoked.pem')
    const revoke = (since: number): void => {
      writeFileSync(list, revocationList(authority, [{ serial: 3, since }]))
      utimesSync(list, new Date(), new Date(since))
    }
    revoke(START + DAY)
    exchange.now = START + 2 * DAY
    const trust = await exchange.party('trust', 'RBA')
    t.match(await verify(trust, one), { conclusion: 'holds' })
    revoke(START - DAY)
    t.match(await verify(trust, one), { conclusion: 'does-not-hold', reasons: ['signature-certificate-revoked'] })
    await refusals(t, exchange)(
      'and nothing new is signed with it',
      async () => trust.post('', await signed(orderBundle(), good, exchange.now)),
      '422 signature-certificate-revoked security',
    )
  })
})

t.test('a trust that lets its orders come unsigned: a signature that comes must hold', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const files = policy(t, { demand: 'optional', keys: ['keys.json'] })
  files.write('keys.json', JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'epr-rba' }] }))
  const exchange = await startExchange(t, files.env)
  const { trust, provider } = await parties(exchange)
  const registered: SigningKey = { key: privateKey, algorithm: 'PS256', chain: [], kid: 'epr-rba' }

  const unsigned = await trust.post('', orderBundle())
  t.equal(unsigned.status, 200)
  t.match(await verify(provider, located(unsigned, 'MedicationRequest')), { valid: false, conclusion: 'unsigned' })

  const answer = await trust.post('', await signed(orderBundle(), registered))
  t.equal(answer.status, 200, answer.text.slice(0, 400))
  const { conclusion, signature } = await verify(provider, located(answer, 'MedicationRequest'))
  t.equal(conclusion, 'holds')
  t.equal(signature.find(({ name }) => name === 'key')?.valueString, 'epr-rba')

  const refused = refusals(t, exchange)
  refused(
    'somebody else’s key under the registered name',
    async () => {
      const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      return trust.post('', await signed(orderBundle(), { ...registered, key: stranger }))
    },
    '422 signature-invalid security',
  )
  refused(
    'a digit changed',
    async () => {
      const bundle = await signed(orderBundle(), registered)
      const { quantity } = itemOf(bundle).dispenseRequest ?? {}
      if (quantity) quantity.value = 5
      return trust.post('', bundle)
    },
    '422 signature-content-altered security',
  )

  t.test('a signed draft may be changed here, and $verify tells', async (t) => {
    const bundle = orderBundle()
    itemOf(bundle).status = 'draft'
    const draft = located(await trust.post('', await signed(bundle, registered)), 'MedicationRequest')
    const item = (await trust.get(draft)).body as unknown as r4.MedicationRequest
    const dispenseRequest = { ...item.dispenseRequest, numberOfRepeatsAllowed: 3 }
    t.equal((await trust.put({ ...item, dispenseRequest } as unknown as Resource)).status, 200)
    t.match(await verify(trust, draft), { conclusion: 'does-not-hold', reasons: ['signature-content-altered'] })
  })

  t.test('the national message with its XML signature: kept byte for byte, marked as not verified', async (t) => {
    const xml = Buffer.from(
      '\r\n<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"> <SignedInfo/>\r\n</Signature>',
    ).toString('base64')
    const bundle = await signed(orderBundle(), registered)
    const entry = bundle.entry.find(({ resource }) => resource?.resourceType === 'Provenance')
    signatureOf(bundle).data = xml
    delete (signatureOf(bundle) as { sigFormat?: string }).sigFormat
    const answer = await trust.post('', bundle)
    t.equal(answer.status, 200, answer.text.slice(0, 400))
    t.ok(entry)
    const found = await verify(provider, located(answer, 'MedicationRequest'))
    t.match(found, { valid: false, conclusion: 'not-verified', reasons: ['signature-not-verifiable'] })
    const kept = (await provider.get(located(answer, 'Provenance'))).body as unknown as r4.Provenance
    t.equal(kept.signature?.[0]?.data, xml)
  })
})

t.test('a national message carries a JWS as a transaction does', async (t) => {
  const exchange = await startExchange(t, policy(t).env)
  const { trust, provider } = await parties(exchange)
  const message = async (): Promise<OrderBundle> => {
    const order = orderBundle()
    const item = order.entry.find(({ resource }) => resource?.resourceType === 'MedicationRequest')
    const header: r4.MessageHeader = {
      resourceType: 'MessageHeader',
      id: itemOf(order).identifier?.[0]?.value ?? '',
      eventCoding: { system: 'https://fhir.nhs.uk/CodeSystem/message-event', code: 'prescription-order' },
      source: { endpoint: 'https://directory.example.org/RBA' },
      focus: [{ reference: item?.fullUrl ?? '' }],
    }
    const entry = order.entry.map(({ fullUrl = '', resource }) => ({ fullUrl, ...(resource ? { resource } : {}) }))
    const bundle = {
      resourceType: 'Bundle' as const,
      identifier: { system: 'https://tools.ietf.org/html/rfc4122', value: header.id ?? '' },
      type: 'message' as const,
      entry: [{ fullUrl: `urn:uuid:${header.id}`, resource: header }, ...entry],
    }
    return signed(bundle)
  }
  const answer = await trust.post('$process-message', await message())
  t.equal(answer.status, 200, answer.text.slice(0, 600))
  const item = resourcesOf(answer).find(({ resourceType }) => resourceType === 'MedicationRequest')
  t.match(await verify(provider, `MedicationRequest/${item?.id}`), { conclusion: 'holds' })
  await refusals(t, exchange)(
    'a digit changed',
    async () => {
      const bundle = await message()
      const { quantity } = itemOf(bundle).dispenseRequest ?? {}
      if (quantity) quantity.value = 5
      return trust.post('$process-message', bundle)
    },
    '422 signature-content-altered security',
  )
})

t.test('nobody chooses a laxer trust than its own', async (t) => {
  const exchange: Exchange = await startExchange(t, policy(t).env)
  const { trust } = await parties(exchange)
  await refusals(t, exchange)(
    'a clinic that says it is part of another trust',
    () => {
      const bundle = orderBundle({ trust: 'RXX01' })
      inBundle(bundle, 'Organization').partOf = {
        identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RXX' },
      }
      return trust.post('', bundle)
    },
    '422 signature-missing required',
  )
})

t.test('where no policy speaks of signatures they are kept and not judged', async (t) => {
  const exchange = await startExchange(t)
  const { trust, provider } = await parties(exchange)
  const answer = await trust.post('', await signed(orderBundle()))
  t.equal(answer.status, 200, answer.text.slice(0, 400))
  const item = located(answer, 'MedicationRequest')
  t.match(await verify(provider, item), { valid: false, conclusion: 'does-not-hold', reasons: ['signature-untrusted'] })
})
