#!/usr/bin/env node
/** The command `homecare-exchange`; what it does is in `commands.ts`. */
import './compile-cache.ts'

const { main } = await import('./commands.ts')
process.exitCode = await main(process.argv.slice(2))
