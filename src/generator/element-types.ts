/**
 * `node src/generator/element-types.ts [--check]`: writes what fhirpath's R4 tables say of types and elements to
 * `generated/element-types.json`, so that a start does not read all paths one by one.
 */
import type { WrittenTypes } from '../fhir/element-types.ts'
import { table } from '../fhir/fhirpath-library.ts'
import { keepCurrent } from './keep-current.ts'

/** What the file is to hold. */
function writtenTypes(): WrittenTypes {
  const elements: Record<string, string> = {}
  for (const [path, found] of Object.entries(table('path2Type'))) {
    const end = path.indexOf('.')
    if (end < 0) continue
    const type = path.slice(0, end)
    const line = `${path.slice(end + 1)} ${typeof found === 'object' ? found.code : found}`
    elements[type] = elements[type] === undefined ? line : `${elements[type]}\n${line}`
  }
  return {
    parents: table('type2Parent'),
    elsewhere: table('pathsDefinedElsewhere'),
    choices: table('choiceTypePaths'),
    elements,
  }
}

if (import.meta.main) keepCurrent('generated/element-types.json', `${JSON.stringify(writtenTypes(), null, 1)}\n`)
