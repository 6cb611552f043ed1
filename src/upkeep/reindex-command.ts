/** `homecare-exchange reindex`: the search index made anew beside a running service. */
import { setTimeout as wait } from 'node:timers/promises'
import { createSearch } from '../boot.ts'
import { fhirBase } from '../config.ts'
import { openAsIs } from '../store/open.ts'
import { reindex } from '../store/reindex.ts'
import { createValidation } from '../validation.ts'
import type { Asked } from './command-line.ts'
import { createProgress } from './progress.ts'

/** Least pause between two groups, in ms. */
const REST = 2

/** @returns 0 done, 1 interrupted */
export async function reindexCommand({ config }: Asked): Promise<number> {
  const { search, fingerprint } = createSearch(createValidation(config), fhirBase(config))
  const database = await openAsIs(config.databaseUrl)
  const interrupted = new AbortController()
  const stop = (): void => interrupted.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const bar = createProgress('reindex')
  let since = performance.now()
  try {
    const { finished, resources, added, removed } = await reindex(database, {
      extract: (resource) => search.extract(resource),
      definitions: fingerprint,
      signal: interrupted.signal,
      progress: (done, total) => bar.show(done, total),
      // Half of the time belongs to those who write.
      async pause() {
        await wait(Math.max(REST, performance.now() - since))
        since = performance.now()
      },
    })
    bar.clear()
    const what = `${resources} resources gone through, ${added} index rows added, ${removed} removed`
    process.stdout.write(`${finished ? 'done' : 'interrupted'}  ${what}\n`)
    if (!finished) process.stdout.write('Run the command again: it goes on from there.\n')
    return finished ? 0 : 1
  } finally {
    bar.clear()
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await database.close()
  }
}
