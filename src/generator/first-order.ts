/** Plays what a service does first, so that no start has to compile it again: see `built-program.ts`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtProgram } from '../built-program.ts'
import { readConfig } from '../config.ts'
import { connect } from '../demo/client.ts'
import { prescriptionBundle } from '../demo/prescription.ts'
import { mod37Check } from '../homecare/identifiers.ts'

const TRUST = 'RBA'
const PROVIDER = 'VN6XW'
const NUMBER = 'DC2C66-RBA000-00001'

/**
 * Starts the built service on a store of its own, and lets a trust send an order that its provider polls and reads.
 * @throws Error when it does not start, or refuses the order
 */
export async function playFirstOrder(folder: string): Promise<void> {
  const { load, keepCode } = builtProgram(folder)
  const store = mkdtempSync(join(tmpdir(), 'homecare-exchange-build-'))
  try {
    const database = `sqlite:${join(store, 'exchange.db')}`
    const server = await load().serve(readConfig({ DATABASE_URL: database, PORT: '0', LOG_LEVEL: 'silent' }))
    try {
      const trust = await connect(server.origin, 'trust', TRUST)
      const orderNumber = NUMBER + mod37Check(NUMBER)
      const sample = { trust: TRUST, provider: PROVIDER, authoredOn: new Date().toISOString(), orderNumber }
      const { status } = await trust.post('', prescriptionBundle(sample))
      if (status !== 200) throw new Error(`The order was answered with ${status}.`)
      const provider = await connect(server.origin, 'provider', PROVIDER)
      await provider.get('Task?status=requested')
      await provider.get('MedicationRequest')
    } finally {
      await server.close()
    }
  } finally {
    rmSync(store, { recursive: true, force: true })
  }
  keepCode()
}
