/** What it costs to see what the service does and who may see what: a log line, metrics and the check of access. */
import { type Arena, clientsText, get, login, turn } from './arena.ts'
import type { Contest } from './measure.ts'
import { TRUST } from './orders.ts'
import type { Stage } from './servers.ts'

const CLIENTS = 32

/** Name of the contest of `watching`. */
export const WATCHING = `GET by id with log line, metrics and access check, ${clientsText(CLIENTS)}`

/** The service as an operator starts it, its log included, and the same without the three, on copies of one store. */
export async function watching(stage: Stage, arena: Arena): Promise<Contest> {
  const [one, other] = [await stage.copy(arena.spare), await stage.copy(arena.spare)]
  const servers = [
    await stage.service(one, { LOG_LEVEL: 'info' }),
    await stage.start(['bench/unwatched-service.ts'], { DATABASE_URL: other }),
  ]
  const sides = await Promise.all(
    servers.map(async ({ origin }) => {
      const connections = await stage.connect(origin, CLIENTS)
      const trust = await login(connections[0], 'trust', TRUST)
      const { prescriptions } = arena
      // Another one each time: what was just read is not looked up again.
      let next = 0
      const any = () => get(`/fhir/MedicationRequest/${prescriptions[next++ % prescriptions.length]}`, trust)()
      const side = turn(connections, CLIENTS, any)
      for (let warming = 0; warming < 12; warming++) await side()
      return side
    }),
  )
  const [ours, bare] = sides as [Contest['ours'], Contest['ours']]
  return {
    name: WATCHING,
    engine: 'sqlite',
    ours,
    bare: [{ against: 'the same without the three', goal: { atLeast: 0.85 }, turn: bare }],
  }
}
