import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Definitions, parseDefinitions } from '../fhir/definitions.ts'

/**
 * Reads the base definitions, at boot.
 * @param directory folder with the `.ndjson` files, usually `profiles/base`
 * @throws Error when a file is missing or holds no definitions
 */
export function loadBaseDefinitions(directory: string): Definitions {
  const read = (type: string): string => readFileSync(join(directory, `${type}.ndjson`), 'utf8')
  return parseDefinitions({
    structureDefinitions: read('StructureDefinition'),
    searchParameters: read('SearchParameter'),
    valueSets: read('ValueSet'),
    codeSystems: read('CodeSystem'),
    profiles: read('Profile'),
    compartments: read('CompartmentDefinition'),
  })
}
