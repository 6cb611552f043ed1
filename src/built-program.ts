/**
 * The program as the build leaves it: one script, and beside it what V8 has compiled of it. The build plays a first order
 * and keeps the code of every function that ran. Node's own cache keeps what is compiled while a module is loaded, but
 * most functions are compiled when they run for the first time, which would be at every start.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { constants, Script } from 'node:vm'
import type * as Program from './program.ts'

/** A function of what a CommonJS module is given, and of the address that its modules have as their own. */
export const PROGRAM = 'program.cjs'
/** Made by another Node or with other options of V8 it is not taken, and the start takes longer. */
export const CODE = 'program.code'

export interface BuiltProgram {
  /** Whether there is compiled code that this Node takes. */
  readonly isCompiled: boolean
  /** Runs the script. */
  load(): typeof Program
  /**
   * Keeps the code of all functions that have run, for the next start.
   * @throws Error when it cannot be written, or would be that of another program
   */
  keepCode(): void
}

/** @param folder what the build has written to */
export function builtProgram(folder: string): BuiltProgram {
  const filename = join(folder, PROGRAM)
  const written = statSync(filename).mtimeMs
  const cachedData = codeIn(folder, written)
  const script = new Script(readFileSync(filename, 'utf8'), {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData && { cachedData }),
  })
  return {
    isCompiled: script.cachedDataRejected === false,
    load() {
      const url = pathToFileURL(join(folder, 'main.js')).href
      const module = { exports: {} }
      const run = script.runInThisContext() as (...given: readonly unknown[]) => void
      run(module.exports, createRequire(url), module, filename, folder, url)
      return module.exports as typeof Program
    },
    keepCode() {
      const file = join(folder, CODE)
      if (statSync(filename).mtimeMs !== written) throw new Error(`${filename} was built anew meanwhile.`)
      // Whoever starts meanwhile reads all of it or none.
      writeFileSync(`${file}.new`, script.createCachedData())
      renameSync(`${file}.new`, file)
    },
  }
}

/**
 * The code that was compiled of this program. V8 itself would take that of another one of the same length.
 * @param written when the program was, in ms since the epoch
 */
function codeIn(folder: string, written: number): Buffer | undefined {
  try {
    const file = join(folder, CODE)
    return statSync(file).mtimeMs < written ? undefined : readFileSync(file)
  } catch {
    return undefined
  }
}
