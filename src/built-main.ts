/** Where a built service starts, as `main.ts` is where one starts from the sources. */
import { flushCompileCache } from 'node:module'
import './compile-cache.ts'
import { builtProgram } from './built-program.ts'

const { isCompiled, keepCode, load } = builtProgram(import.meta.dirname)
if (!isCompiled) {
  // Built by another Node: what this one has compiled is for its next start. A folder that cannot be written stays slow.
  process.once('exit', (code) => {
    if (code !== 0) return
    try {
      keepCode()
    } catch {
      return
    }
  })
}
await load().run()
flushCompileCache()
