/**
 * Danger: what has left is kept, so that every collection of garbage walks through all answers that ever were. In a file
 * of its own: what other tests leave behind grows old in the same heap, and would be taken for it.
 */
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Fastify from 'fastify'
import t from 'tap'
import { registerAdmission } from '../../src/http/admission.ts'

t.test('an answer that has left is let go of: nothing that lasts leads to it', async (t) => {
  setFlagsFromString('--expose-gc')
  const collectYoung = runInNewContext('() => gc({ type: "minor" })') as () => void
  const collectAll = runInNewContext('() => gc()') as () => void
  const limits = { requests: 100, waiting: 0, bodies: 1e6, bodyLimit: 1e6, answers: 1e6, answerTimeout: 1e6 }
  const admission = registerAdmission(Fastify(), limits)
  const old = (): number =>
    getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')!.space_used_size
  const inHand: ServerResponse[] = []
  collectAll()
  const before = old()
  for (let asked = 0; asked < 20_000; asked++) {
    const response = new EventEmitter() as ServerResponse
    Object.assign(response, { answer: Array.from({ length: 500 }, (_, i) => i) })
    if (!admission.enter(response)?.answer(0)) throw new Error('There is room.')
    if (inHand.push(response) > 32) inHand.shift()!.emit('close')
    // Whatever it keeps its places in is old itself before long.
    if (asked % 500 === 0 || asked < 4) collectYoung()
  }
  for (const response of inHand) response.emit('close')
  t.equal(admission.idle(), true)
  const grown = old() - before
  t.ok(grown < 16e6, `of 80 MB next to nothing has grown old: ${grown} bytes`)
})
