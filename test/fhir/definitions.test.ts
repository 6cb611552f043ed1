import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parseDefinitions } from '../../src/fhir/definitions.ts'
import { createStructureValidator } from '../../src/fhir/structure.ts'
import { loadBaseDefinitions } from '../../src/generator/load-base.ts'

const base = fileURLToPath(new URL('../../profiles/base/', import.meta.url))
const definitions = loadBaseDefinitions(base)

t.test('R4 is whole: 146 resource types, 41 complex types, 20 primitives, 1,376 search parameters', async (t) => {
  t.equal(definitions.resourceTypes.size, 146)
  t.equal(definitions.complexTypes.size, 41)
  t.equal(definitions.primitiveTypes.size, 20)
  t.equal(definitions.searchParameters().length, 1376)
  t.equal(definitions.structure('Doctor'), undefined)
  t.equal(definitions.resourceTypes.has('DomainResource'), false, 'abstract types cannot be sent')
})

t.test('every resource type generates and compiles', async (t) => {
  const validator = createStructureValidator(definitions)
  for (const type of definitions.resourceTypes) t.doesNotThrow(() => validator.compile(type), type)
  t.throws(() => validator.compile('Doctor'), /not a resource type/)
})

t.test('every resource type, sent empty, lacks exactly what R4 requires of it', async (t) => {
  const validator = createStructureValidator(definitions)
  for (const type of definitions.resourceTypes) {
    const elements = definitions.structure(type)?.snapshot.element ?? []
    const required = elements.filter(({ path, min }) => min > 0 && path.split('.').length === 2)
    const issues = validator.validate({ resourceType: type }, { root: type }).filter(({ key }) => key !== 'invariant')
    t.same(
      issues.map(({ expression }) => expression).toSorted(),
      required.map(({ path }) => path.replace('[x]', '')).toSorted(),
      type,
    )
  }
})

t.test('every element of every resource type is known by its name, and only by its name', async (t) => {
  const validator = createStructureValidator(definitions)
  for (const type of definitions.resourceTypes) {
    const elements = definitions.structure(type)?.snapshot.element ?? []
    const names = elements
      .filter(({ path }) => path.split('.').length === 2)
      .map(({ path }) => path.slice(type.length + 1))
    const plain = names.filter((name) => !name.endsWith('[x]'))
    const sent = Object.fromEntries([...plain, 'notAnElement'].map((name) => [name, null]))
    const unknown = validator
      .validate({ resourceType: type, ...sent }, { root: type })
      .filter(({ key }) => key === 'structure-unknown-property')
    t.same(
      unknown.map(({ expression }) => expression),
      [`${type}.notAnElement`],
    )
  }
})

t.test('required bindings have a value set, save the one that R4 names without publishing it', async (t) => {
  const open = new Set<string>()
  for (const type of [...definitions.resourceTypes, ...definitions.complexTypes]) {
    for (const { binding } of definitions.structure(type)?.snapshot.element ?? []) {
      if (binding?.strength !== 'required' || binding.valueSet === undefined) continue
      const valueSet = definitions.valueSet(binding.valueSet)
      if (valueSet === undefined) open.add(binding.valueSet)
      else t.not(valueSet.expansion?.contains.length, 0, `${binding.valueSet} is not empty`)
    }
  }
  t.same([...open], ['http://loinc.org/vs/LL379-9|4.0.1'])
})

t.test('nothing of another server or another release is in the definitions', async (t) => {
  for (const file of readdirSync(base).filter((name) => name.endsWith('.ndjson'))) {
    const text = readFileSync(join(base, file), 'utf8')
    t.notMatch(text, /medplum/i, file)
    // DICOM numbers its own.
    t.notMatch(text, /"version":"(?!4\.0\.1"|[23]\.|2018-|2014-|01","name":"DICOM )/, file)
  }
  const paths = (type: string): string[] => definitions.structure(type)?.snapshot.element.map(({ path }) => path) ?? []
  t.same(
    paths('Meta').filter((path) => !/\.(id|extension)$/.test(path)),
    ['Meta', 'Meta.versionId', 'Meta.lastUpdated', 'Meta.source', 'Meta.profile', 'Meta.security', 'Meta.tag'],
  )
  t.ok(paths('EvidenceVariable').includes('EvidenceVariable.characteristic.participantEffective[x]'))
  t.equal(
    definitions.structure('MedicationRequest')?.snapshot.element.find(({ path }) => path.endsWith('.id'))?.type?.[0]
      ?.code,
    'id',
  )
})

t.test('a service without definitions does not start', async (t) => {
  t.throws(() => loadBaseDefinitions(join(base, 'nowhere')), /ENOENT/)
  t.throws(
    () => parseDefinitions({ structureDefinitions: '', searchParameters: '', valueSets: '' }),
    /no resource type/,
  )
})
