/**
 * Compiled code is kept from one start to the next. Whoever starts imports this before anything else, and what it is
 * for only then (`await import`), because it counts from the moment it is said.
 */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// A folder that cannot be written only means a slower start.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/homecare-exchange'))
