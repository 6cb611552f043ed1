/** Durable writes over loopback. */
import { type Arena, clientsText, postOrder, postPrescription, turn } from './arena.ts'
import type { Request } from './client.ts'
import type { Bare, Contest } from './measure.ts'

export function writes(arena: Arena): Contest[] {
  return [
    ...[1, 32].map((clients) => patches(arena, clients)),
    ...[1, 32, 128].flatMap((clients) => posts(arena, clients)),
  ]
}

function posts(arena: Arena, clients: number): Contest[] {
  const { engine, ours, bare, trust, nextPrescription, nextOrder } = arena
  const many = clients > 1
  const limit = (against: string, next: () => Request, atLeast?: number): Bare => ({
    against,
    ...(atLeast !== undefined && many ? { goal: { atLeast } } : {}),
    turn: turn(bare, clients, next, 201),
  })
  return [
    {
      name: `POST MedicationRequest, ${clientsText(clients)}`,
      engine,
      ours: turn(ours, clients, () => postPrescription(trust, nextPrescription()), 201),
      bare: [
        limit('parse, insert one row', () => postPrescription(trust, nextPrescription(), '/body'), 0.85),
        limit('parse', () => postPrescription(trust, nextPrescription(), '/parse'), 0.6),
      ],
    },
    {
      name: `POST order of 12 entries, ${clientsText(clients)}`,
      engine,
      ours: turn(ours, clients, () => postOrder(trust, nextOrder())),
      bare: [
        limit('parse, insert the same rows', () => postOrder(trust, nextOrder(), '/rows'), 0.9),
        limit('parse, insert one row', () => postOrder(trust, nextOrder(), '/body')),
        limit('parse', () => postOrder(trust, nextOrder(), '/parse')),
      ],
    },
  ]
}

const RECEIVED = JSON.stringify([{ op: 'replace', path: '/status', value: 'received' }])

export const patchTask = (provider: Arena['provider'], path: string): Request => ({
  method: 'PATCH',
  path,
  headers: {
    ...provider,
    'content-type': 'application/json-patch+json',
    'if-match': 'W/"1"',
    prefer: 'return=minimal',
  },
  body: RECEIVED,
})

function patches({ engine, ours, bare, provider, nextTask, tasks }: Arena, clients: number): Contest {
  let next = 0
  const known = (): Request => patchTask(provider, `/task/${tasks[next++ % tasks.length]}`)
  return {
    name: `PATCH Task, requested to received, ${clientsText(clients)}`,
    engine,
    ours: turn(ours, clients, () => patchTask(provider, `/fhir/Task/${nextTask()}`)),
    bare: [
      {
        against: 'SELECT and UPDATE of one row',
        ...(clients > 1 ? { goal: { atLeast: 0.5 } } : {}),
        turn: turn(bare, clients, known),
      },
    ],
  }
}
