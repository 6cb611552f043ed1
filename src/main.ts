/** Where the service starts. */
import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import './compile-cache.ts'

const { run } = await import('./program.ts')
await run()
flushCompileCache()
// What the collector of garbage moves at a time is little. Shared among threads it waits until each of them has had a
// turn of a processor, which where others are busy is ten times as long. After the start: code that was compiled under
// other flags is compiled anew.
setFlagsFromString('--no-parallel-scavenge')
