/** `homecare-exchange check`: everything that is stored, against itself and the definitions. */
import { styleText } from 'node:util'
import { createSearch } from '../boot.ts'
import { fhirBase } from '../config.ts'
import { checkStore, type Fault } from '../store/check.ts'
import type { Database } from '../store/database.ts'
import { openAsIs } from '../store/open.ts'
import { createValidation } from '../validation.ts'
import type { Asked } from './command-line.ts'
import { createProgress } from './progress.ts'

/** Lines that are printed of each area; `--json` has all. */
const LINES = 20

type Area = Fault['area'] | 'engine'

/** @returns 0 sound, 1 damaged */
export async function checkCommand({ config, json }: Asked): Promise<number> {
  const validation = createValidation(config)
  const { search } = createSearch(validation, fhirBase(config))
  const database = await openAsIs(config.databaseUrl)
  try {
    const report = new Report(json)
    const engine = await database.integrity()
    for (const words of engine ?? []) report.add('engine', words)
    const counted = await database.snapshot(async (query) => {
      const total = await sizeOf(query)
      const bar = createProgress('check')
      const faults = checkStore(query, {
        extract: (resource) => search.extract(resource),
        open: validation.table.scope === 'open',
        progress: (done) => bar.show(done, total.resources),
      })
      for await (const { area, words } of faults) {
        bar.clear()
        report.add(area, words)
      }
      bar.clear()
      return total
    })
    return report.end(counted, engine !== undefined)
  } finally {
    await database.close()
  }
}

interface Size {
  readonly resources: number
  readonly versions: number
  readonly events: number
}

async function sizeOf(query: Database['query']): Promise<Size> {
  const [row] = await query<Size>(
    `SELECT (SELECT COUNT(*) FROM resource) AS resources, (SELECT COUNT(*) FROM version) AS versions,
       (SELECT COUNT(*) FROM event) AS events`,
  )
  return row ?? { resources: 0, versions: 0, events: 0 }
}

class Report {
  readonly #json: boolean
  readonly #counts = new Map<Area, number>()

  constructor(json: boolean) {
    this.#json = json
  }

  add(area: Area, words: string): void {
    const count = (this.#counts.get(area) ?? 0) + 1
    this.#counts.set(area, count)
    if (this.#json) process.stdout.write(`${JSON.stringify({ area, fault: words })}\n`)
    else if (count <= LINES) process.stdout.write(`${paint('red', area.padEnd(8))} ${words}\n`)
  }

  /** @returns the exit code */
  end(size: Size, engine: boolean): number {
    const faults = [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
    if (this.#json) {
      const summary = { ...size, faults: Object.fromEntries(this.#counts), engineChecked: engine }
      process.stdout.write(`${JSON.stringify(summary)}\n`)
      return faults > 0 ? 1 : 0
    }
    for (const [area, count] of this.#counts) {
      if (count > LINES) process.stdout.write(`${area.padEnd(8)} … and ${count - LINES} more: --json lists all\n`)
    }
    const what = `${size.resources} resources, ${size.versions} versions, ${size.events} events`
    const verdict = faults === 0 ? paint('green', 'sound') : paint('red', `${faults} faults`)
    process.stdout.write(`${verdict}  ${what}\n`)
    if (!engine) process.stdout.write('The files of PostgreSQL are checked by its own pg_amcheck.\n')
    const hint = [...this.#counts.keys()].every((area) => area === 'index')
      ? 'Run: homecare-exchange reindex\n'
      : 'Something has written past the service, or the disk has failed: stop writing and compare with a backup.\n'
    if (faults > 0) process.stdout.write(hint)
    return faults > 0 ? 1 : 0
  }
}

const paint = (format: 'red' | 'green', words: string): string => styleText(format, words, { stream: process.stdout })
