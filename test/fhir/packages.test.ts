import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { packageRoot } from '../../src/config.ts'
import { isError } from '../../src/fhir/problem.ts'
import { createProfiles } from '../../src/fhir/profile.ts'
import type { ProfileDefinition, ProfileElement } from '../../src/fhir/profile-definition.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { createTerminology, lookupOf, type ValueSetSource } from '../../src/fhir/terminology.ts'
import { loadPackages } from '../../src/generator/packages.ts'
import { readTar } from '../../src/generator/tar.ts'
import { startExchange } from '../helper.ts'
import { type TarEntry, tarOf } from '../tar.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { definitions, element, judge, profile } from './profile-kit.ts'

const UK = 'https://fhir.hl7.org.uk/StructureDefinition/'
const scratch = temporaryFolder(t)

const pax = (path: string): TarEntry => {
  const rest = ` path=${path}\n`
  const length = [...Array(4).keys()]
    .map((digits) => rest.length + digits)
    .find((n) => String(n).length + rest.length === n)
  return { name: 'pax', kind: 'x', content: `${length}${rest}` }
}

let written = 0
const archive = (entries: readonly TarEntry[]): string => {
  const path = join(scratch, `package-${++written}.tgz`)
  writeFileSync(path, gzipSync(tarOf(entries)))
  return path
}
const folder = (files: Readonly<Record<string, string>>): string => {
  const root = join(scratch, `folder-${++written}`)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

const uk = (name: string, type: string, elements: readonly ProfileElement[]): ProfileDefinition =>
  profile(name, type, elements, { url: UK + name, version: '2.5.0' })

const repeat = 'Extension-UKCore-MedicationRepeatInformation'
const ukCore: Readonly<Record<string, object>> = {
  'package/package.json': { name: 'fhir.r4.ukcore', version: '2.0.1', fhirVersions: ['4.0.1'] },
  'package/.index.json': { files: [] },
  'package/StructureDefinition-UKCore-MedicationRequest.json': uk('UKCore-MedicationRequest', 'MedicationRequest', [
    element('MedicationRequest.substitution', { min: 1 }),
    element('MedicationRequest.extension', {
      slicing: { discriminator: [{ type: 'value', path: 'url' }], rules: 'open' },
    }),
    {
      id: 'MedicationRequest.extension:repeat',
      path: 'MedicationRequest.extension',
      sliceName: 'repeat',
      max: '1',
      type: [{ code: 'Extension', profile: [UK + repeat] }],
    },
    element('MedicationRequest.category', {
      binding: { strength: 'extensible', valueSet: 'https://fhir.hl7.org.uk/ValueSet/category' },
    }),
  ]),
  [`package/StructureDefinition-${repeat}.json`]: uk(repeat, 'Extension', [
    element('Extension.url', { fixedUri: UK + repeat }),
    element('Extension.value[x]', { max: '0' }),
    { id: 'Extension.extension:issued', path: 'Extension.extension', sliceName: 'issued', max: '1' },
    { id: 'Extension.extension:issued.url', path: 'Extension.extension.url', fixedUri: 'numberOfPrescriptionsIssued' },
    {
      id: 'Extension.extension:issued.value[x]',
      path: 'Extension.extension.value[x]',
      type: [{ code: 'unsignedInt' }],
    },
    { id: 'Extension.extension:expiry', path: 'Extension.extension', sliceName: 'expiry', max: '1' },
    { id: 'Extension.extension:expiry.url', path: 'Extension.extension.url', fixedUri: 'authorisationExpiryDate' },
  ]),
  'package/ValueSet-category.json': {
    resourceType: 'ValueSet',
    url: 'https://fhir.hl7.org.uk/ValueSet/category',
    status: 'active',
    compose: { include: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/category', concept: [{ code: 'leave' }] }] },
  },
  'package/SearchParameter-x.json': { resourceType: 'SearchParameter' },
  'package/example/StructureDefinition-broken.json': { resourceType: 'StructureDefinition', url: 'x' },
  'package/other/notes.json': [],
}
const ukFiles = Object.fromEntries(Object.entries(ukCore).map(([name, json]) => [name, JSON.stringify(json)]))

const load = (paths: readonly string[]) => {
  const { profiles, valueSets, codeSystems } = loadPackages(paths)
  const terminology = createTerminology({
    codeSystems: () => undefined,
    valueSets: lookupOf(valueSets.map(({ resource }) => resource as unknown as ValueSetSource)),
  })
  return { profiles: createProfiles(definitions, profiles, { terminology }), codeSystems }
}

const valid = (name: string): Resource =>
  JSON.parse(readFileSync(join(packageRoot, 'profiles/valid', `${name}.json`), 'utf8')) as Resource

const asArchive = (files: Readonly<Record<string, string>>): string =>
  archive(Object.entries(files).map(([name, content]) => ({ name, content })))

t.test('a national package is enforced alike from an archive, its folder, and the folder above', async (t) => {
  const inner = Object.fromEntries(Object.entries(ukFiles).map(([name, text]) => [name.replace('package/', ''), text]))
  for (const path of [asArchive(ukFiles), folder(ukFiles), folder(inner)]) {
    const { profiles } = load([path])
    t.equal(profiles.canonicals.length, 2)
    const claim = (rest: object) => ({
      ...valid('MedicationRequest-methotrexate'),
      category: [{ coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/category', code: 'leave' }] }],
      meta: { profile: [`${UK}UKCore-MedicationRequest|2.5.0`] },
      ...rest,
    })
    const judged = (rest: object) =>
      judge(profiles, claim(rest), `http://hl7.org/fhir/StructureDefinition/MedicationRequest`)
    t.same(judged({}), [])
    const extension = [{ url: UK + repeat, extension: [{ url: 'numberOfPrescriptionsIssued', valueString: '1' }] }]
    const category = [{ coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/category', code: 'stay' }] }]
    t.same(judged({ substitution: undefined, category, extension }), [
      ['profile-type', 'MedicationRequest.extension[0].extension[0].value.ofType(string)'],
      ['profile-binding', 'MedicationRequest.category[0]'],
      ['profile-required', 'MedicationRequest.substitution'],
    ])
  }
})

t.test('a package finds its base in another, in any order; without it the boot stops', async (t) => {
  const trust = folder({
    'StructureDefinition-trust.json': JSON.stringify(
      profile('trust', 'MedicationRequest', [element('MedicationRequest.note', { min: 1 })], {
        baseDefinition: `${UK}UKCore-MedicationRequest`,
      }),
    ),
  })
  const { profiles } = load([trust, asArchive(ukFiles)])
  t.same(judge(profiles, { resourceType: 'MedicationRequest' }), [
    ['profile-required', 'MedicationRequest.note'],
    ['profile-required', 'MedicationRequest.substitution'],
  ])
  t.throws(() => load([trust]), {
    message: /StructureDefinition-trust\.json: its base .*UKCore-MedicationRequest is not loaded/,
  })
})

t.test('long names, by pax and by prefix', async (t) => {
  const long = `package/${'x'.repeat(120)}.json`
  t.same(
    readTar(
      tarOf([pax(long), { name: 'short', content: '{}' }, { name: 'g', kind: 'g' }, { name: 'package', kind: '5' }]),
    ).map(({ name, content }) => [name, content.toString()]),
    [[long, '{}']],
  )
  const gnu = readTar(
    tarOf([
      { name: '././@LongLink', kind: 'L', content: `${long}\0` },
      { name: 'short', content: '1' },
    ]),
  )
  t.equal(gnu[0]?.name, long)
})

t.test('a hostile or damaged archive is refused, by name', async (t) => {
  const fails = (path: string, reason: RegExp) =>
    t.throws(() => loadPackages([path]), { message: reason }, String(reason))
  const raw = (bytes: Buffer): string => {
    const path = join(scratch, `raw-${++written}.tgz`)
    writeFileSync(path, bytes)
    return path
  }
  fails(archive([{ name: 'package/../../etc/a.json', content: '{}' }]), /package-\d+\.tgz: .*outside its own folder/)
  fails(archive([{ name: '/etc/a.json', content: '{}' }]), /outside its own folder/)
  fails(archive([pax('../a.json'), { name: 'a', content: '{}' }]), /outside its own folder/)
  fails(archive([{ name: 'package/a.json', kind: '2' }]), /neither a file nor a folder/)
  fails(raw(Buffer.from('no archive')), /raw-\d+\.tgz: the package cannot be read/)
  fails(raw(gzipSync(Buffer.from('x'.repeat(2000)))), /damaged, or this is no tar archive/)
  const whole = tarOf([{ name: 'package/a.json', content: 'x'.repeat(3000) }])
  fails(raw(gzipSync(whole.subarray(0, 1024))), /ends inside package\/a\.json/)
  fails(raw(gzipSync(whole.subarray(0, 512 + 3072))), /no end/)
  fails(join(scratch, 'nowhere.tgz'), /nowhere\.tgz: .*ENOENT/)
  fails(archive([{ name: 'package/readme.md', content: '' }]), /holds no JSON file/)
  fails(archive([{ name: 'package/a.json', content: '{' }]), /package-\d+\.tgz\/a\.json: it is not JSON/)
  fails(archive([{ name: 'package/a.json', content: '[]' }]), /a\.json: it is JSON, but no object/)
  const manifest = JSON.stringify({ fhirVersions: ['5.0.0'] })
  fails(archive([{ name: 'package/package.json', content: manifest }]), /for FHIR 5\.0\.0, and this service speaks R4/)
})

t.test('a package that would fill the memory is refused before it does', async (t) => {
  const bomb = archive([{ name: 'package/a.json', content: '0'.repeat(5_000_000) }])
  t.throws(() => loadPackages([bomb], { bytes: 1_000_000 }), { message: /unpacks to more than 1000000 bytes/ })
  t.throws(() => loadPackages([bomb], { fileBytes: 1_000_000 }), { message: /a\.json is larger than 1000000/ })
  const many = folder({ 'a.json': '{}', 'b.json': '{}' })
  t.throws(() => loadPackages([many], { files: 1 }), { message: /more than 1 files/ })
  t.throws(() => loadPackages([many], { bytes: 3 }), { message: /more than 3 bytes/ })
})

/** Where each example of `profiles/invalid` fails our profiles, and how badly. */
const places: Readonly<Record<string, string>> = {
  'profile-binding--course-of-therapy': 'warning MedicationRequest.courseOfTherapyType',
  'profile-binding--dispense-type': 'warning MedicationDispense.type',
  'profile-invariant--hmr-1': 'error MedicationRequest',
  'profile-invariant--hpa-1': 'warning Patient.identifier[0]',
  'profile-invariant--hpr-1': 'warning PractitionerRole',
  'profile-required--dispense-quantity-value': 'error MedicationDispense.quantity.value',
  'profile-required--dispense-subject': 'error MedicationDispense.subject',
  'profile-required--group-system': 'error MedicationRequest.groupIdentifier.system',
  'profile-required--item-number-value': 'error MedicationRequest.identifier[0].value',
  'profile-required--nhs-number-value': 'error Patient.identifier[0].value',
  'profile-required--ods-code-value': 'error Organization.identifier[0].value',
  'profile-required--order-items': 'error Task.basedOn',
  'profile-required--substitution': 'error MedicationRequest.substitution',
  'profile-required--supply-number': 'error Task.input',
  'profile-required--supply-of-no-order': 'error Task.partOf',
  'profile-required--task-for': 'error Task.for',
  'profile-slice': 'error DiagnosticReport.result[2]',
  'profile-target--subject-is-a-group': 'error MedicationRequest.subject',
  'profile-too-many--item-numbers': 'error MedicationRequest.identifier',
  'profile-too-many--nhs-numbers': 'error Patient.identifier',
  'profile-too-many--order-part-of': 'error Task.partOf',
  'profile-type--agreed-slot': 'error Task.extension[0].value.ofType(string)',
  'profile-type--prescription-type': 'error MedicationRequest.extension[0].value.ofType(string)',
  'profile-type--profile-of-another-type': 'error Patient.meta.profile[1]',
  'profile-type--status-changed': 'error MedicationDispense.extension[0].value.ofType(date)',
  'profile-type--supply-number': 'error Task.input[0].value.ofType(string)',
  'profile-unknown': 'warning Patient.meta.profile[1]',
  'profile-value--order-code': 'error Task.code',
  'profile-value--provider-not-by-ods-code': 'error MedicationRequest.dispenseRequest.performer.identifier.system',
  'profile-value--task-intent': 'error Task.intent',
}

t.test('our own profiles, in a running exchange', async (t) => {
  const exchange = await startExchange(t, { PACKAGES: asArchive(ukFiles) })
  const { profiles, row } = exchange.context
  t.ok(profiles.typeOf(`${UK}UKCore-MedicationRequest`), 'the package of the configuration is loaded')
  const judged = (resource: Resource) => {
    const type = resource.resourceType
    const named = row(type)?.profile
    return profiles
      .validate(resource, { root: type, profiles: named ? [named] : [], profileOf: (name) => row(name)?.profile })
      .map((issue) => ({ ...issue, place: `${isError(issue) ? 'error' : 'warning'} ${issue.expression}` }))
  }
  await t.test('accept every valid example', async (t) => {
    for (const file of readdirSync(join(packageRoot, 'profiles/valid'))) {
      const issues = judged(valid(file.replace('.json', '')))
      t.same(
        issues.filter(({ place }) => place.startsWith('error')),
        [],
        file,
      )
      if (file.startsWith('profile-')) t.same(issues, [], `${file}: without a warning`)
    }
  })
  await t.test('refuse every invalid example for its own fault alone', async (t) => {
    const files = readdirSync(join(packageRoot, 'profiles/invalid')).filter((file) => file.startsWith('profile-'))
    t.same(files.map((file) => file.replace('.json', '')).toSorted(), Object.keys(places).toSorted())
    for (const [name, place] of Object.entries(places)) {
      const issues = judged(valid(`../invalid/${name}`))
      t.same(
        issues.map((issue) => [issue.key, issue.place]),
        [[name.split('--')[0], place]],
        name,
      )
      t.ok((issues[0]?.diagnostics.length ?? 0) > 30, `${name} says what to do`)
    }
  })
  await t.test('are published, and stand in the CapabilityStatement', async (t) => {
    const trust = await exchange.party('trust', 'RBA')
    const answer = await trust.get('StructureDefinition?type=MedicationRequest')
    t.equal(answer.status, 200)
    t.match(answer.text, /homecare-medicationrequest/)
    t.match((await trust.get('metadata')).text, /"profile":"[^"]*homecare-medicationrequest"/)
  })
  await t.test('refuse a write, with the place', async (t) => {
    const trust = await exchange.party('trust', 'RBA')
    const { id: _id, managingOrganization: _at, ...patient } = valid('../invalid/profile-too-many--nhs-numbers')
    const answer = await trust.post('Patient', patient)
    t.equal(answer.status, 422)
    t.same(answer.keys, ['profile-too-many'])
  })
})

t.test('a package that cannot be understood stops the boot with file and reason', async (t) => {
  const broken = folder({
    'StructureDefinition-a.json': JSON.stringify(profile('a', 'Patient', [element('Patient.nmae')])),
  })
  await t.rejects(startExchange(t, { PACKAGES: broken }), {
    message: /StructureDefinition-a\.json: Patient\.nmae: R4 has no such element/,
  })
  await t.rejects(startExchange(t, { PACKAGES: join(scratch, 'gone') }), { message: /PACKAGES names .*gone/ })
  const named = { url: 'http://example.org/terms', status: 'active' }
  const unreadable: [object, RegExp][] = [
    [
      { resourceType: 'ValueSet', compose: { include: [{ valueSet: [named.url] }] } },
      /terms\.json: the ValueSet cannot be read: .*includes itself/,
    ],
    [{ resourceType: 'ValueSet', compose: { include: {} } }, /terms\.json: the ValueSet cannot be read/],
    [{ resourceType: 'CodeSystem', content: 'complete', concept: {} }, /terms\.json: the CodeSystem cannot be read/],
  ]
  for (const [resource, message] of unreadable) {
    const path = folder({ 'terms.json': JSON.stringify({ ...named, ...resource }) })
    await t.rejects(startExchange(t, { PACKAGES: path }), { message })
  }
})
