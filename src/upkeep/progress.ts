/** How far a long command has come, on a terminal; nowhere else, so that logs and pipes stay clean. */

const WIDTH = 30

export interface Progress {
  show(done: number, total: number): void
  /** Removes the bar before other lines are written. */
  clear(): void
}

/** @param stream where the bar is drawn */
export function createProgress(what: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show() {}, clear() {} }
  let drawn = ''
  return {
    show(done, total) {
      const line = bar(what, done, total)
      if (line !== drawn) stream.write(`\r${line}`)
      drawn = line
    },
    clear() {
      if (drawn !== '') stream.write(`\r${' '.repeat(drawn.length)}\r`)
      drawn = ''
    },
  }
}

/** E.g. `reindex [#######.......................]  23 %  2,300 of 10,000`. */
export function bar(what: string, done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.floor(share * WIDTH)
  const counts = `${done.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')}`
  return `${what} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %  ${counts}`
}
