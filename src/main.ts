/** Where the service starts. */
import { flushCompileCache } from 'node:module'
import './compile-cache.ts'

const { run } = await import('./program.ts')
await run()
flushCompileCache()
