/**
 * A store with a past: Tasks that are done, by the hundred thousand, through the store's own door (index, versions,
 * log, access) and past HTTP and the rules, which would take minutes.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { createContext } from '../src/boot.ts'
import { packageRoot, readConfig } from '../src/config.ts'
import { cutResource } from '../src/fhir/json.ts'
import type { Resource } from '../src/fhir/resource.ts'
import { commit } from '../src/store/commit.ts'
import type { DoorOptions } from '../src/store/operation.ts'

/** Tasks of one piece of work in the lane, and pieces that wait at a time. */
const PIECE = 20
const WAITING = 100
const ENDS = ['completed', 'cancelled', 'rejected']
const caller = { role: 'service', organization: 'BENCH', client: 'bench' } as const

/** Adds Tasks that the provider and the trust can see and that are over. No service may be running on the database. */
export async function fillTasks(
  databaseUrl: string,
  count: number,
  parties: { readonly trust: string; readonly provider: string },
): Promise<void> {
  const config = readConfig({ DATABASE_URL: databaseUrl })
  const context = await createContext({ config, log: pino({ level: 'silent' }) })
  const model = JSON.parse(
    readFileSync(join(packageRoot, 'profiles/valid/profile-homecare-order-task.json'), 'utf8'),
  ) as Resource
  const grants = [
    { organization: parties.trust, side: 'requester' as const },
    { organization: parties.provider, side: 'owner' as const },
  ]
  const door: DoorOptions = {
    ...context.door,
    referencesEnforced: false,
    rules: {
      ...context.door.rules,
      judge: async () => ({ grants, event: 'created', from: '', to: '', effects: [] }),
      follow: async () => [],
    },
  }
  let made = 0
  const piece = () =>
    context.lane.submit((transaction) => {
      const operations = Array.from({ length: Math.min(PIECE, count - made) }, () => {
        const resource = { ...model, status: ENDS[made++ % ENDS.length] } as Resource
        const draft = { resource, text: cutResource('Task', JSON.stringify(resource)), content: '' }
        return { kind: 'create' as const, id: context.newId(), root: 'Task', draft, byService: true }
      })
      return commit(door, transaction, { caller, scope: { kind: 'open' }, operations })
    })
  const worker = async (): Promise<void> => {
    while (made < count) await piece()
  }
  await Promise.all(Array.from({ length: WAITING }, worker))
  await context.close()
}
