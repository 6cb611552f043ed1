/** What a process of tests or benchmarks leaves behind it is ended and removed, whichever way it ends. */

const works = new Set<() => unknown>()

/**
 * Has something done when this process ends: by itself, by an error, interrupted, or because it took too long. A SIGKILL
 * is seen by nobody.
 * @param work must not wait for anything
 * @returns a function that takes it back
 */
export function atEnd(work: () => unknown): () => void {
  if (works.size === 0) {
    process.on('exit', end)
    // Else nobody is told of the exit.
    for (const signal of SIGNALS) process.on(signal, exit)
    // By which tap says that the time is up; it ends the process itself, with SIGKILL.
    process.on('SIGALRM', end)
  }
  works.add(work)
  return () => {
    works.delete(work)
    if (works.size > 0) return
    process.removeListener('exit', end)
    for (const signal of SIGNALS) process.removeListener(signal, exit)
    process.removeListener('SIGALRM', end)
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const exit = (): never => process.exit(1)

/** The last first: it may need what was there before it. */
function end(): void {
  for (const work of [...works].reverse()) {
    try {
      work()
    } catch {
      // What is gone already keeps nobody from the rest.
    }
  }
  works.clear()
}
