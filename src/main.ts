/**
 * Where the service starts: compiled code is kept from one start to the next, which must be said before the modules
 * are loaded that it is for.
 */
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'

// A folder that cannot be written only means a slower start.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/homecare-exchange'))
const { run } = await import('./program.ts')
await run()
flushCompileCache()
