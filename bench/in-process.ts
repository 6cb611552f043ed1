/** The contests without a network: what validation costs beside parsing the same text. */
import { join } from 'node:path'
import { packageRoot } from '../src/config.ts'
import { prescriptionBundle } from '../src/demo/prescription.ts'
import { parseJson } from '../src/fhir/json.ts'
import { createStructureValidator } from '../src/fhir/structure.ts'
import { loadBaseDefinitions } from '../src/generator/load-base.ts'
import type { Contest, Side } from './measure.ts'

/** ms of one turn. */
const TURN = 250

/** Runs `work` for one turn; the clock is read once for many calls. */
async function rate(work: () => void): Promise<Side> {
  const start = performance.now()
  let calls = 0
  let elapsed = 0
  while (elapsed < TURN) {
    for (let i = 0; i < 200; i++) work()
    calls += 200
    elapsed = performance.now() - start
  }
  return { rate: (calls * 1000) / elapsed }
}

export function contestsInProcess(): Contest[] {
  const structure = createStructureValidator(loadBaseDefinitions(join(packageRoot, 'profiles/base')))
  const bundle = prescriptionBundle({
    trust: 'RBA',
    provider: 'VN6XW',
    authoredOn: '2026-11-22T09:00:00Z',
    orderNumber: '1',
  })
  const medicationRequest = bundle.entry.at(-1)?.resource
  const texts: readonly (readonly [type: string, text: string])[] = [
    ['MedicationRequest', JSON.stringify(medicationRequest)],
    ['Bundle', JSON.stringify(bundle)],
  ]
  return texts.flatMap(([type, text]) => {
    const value = JSON.parse(text) as unknown
    const issues = structure.validate(value, { root: type, type })
    if (issues.length > 0) throw new Error(`The ${type} is not valid: ${issues[0]?.diagnostics}`)
    const bare = () => rate(() => JSON.parse(text))
    return [
      {
        name: `structure of a ${type}`,
        against: 'JSON.parse of its text',
        ours: () => rate(() => structure.validate(value, { root: type, type })),
        bare,
      },
      {
        name: `parse and checks of a ${type}'s text`,
        against: 'JSON.parse of its text',
        ours: () => rate(() => parseJson(text, 64)),
        bare,
      },
    ]
  })
}
