/**
 * Random bytes for ids and nonces, drawn from the system by the page: asking it for a few at a time costs more than all
 * the rest of an id.
 */
import { randomFillSync } from 'node:crypto'

const page = Buffer.alloc(4096)
let used = page.length

/** Fills a buffer from an offset to its end; every byte of the page is given away once, and wiped. */
export function fillRandom(target: Uint8Array, offset = 0): void {
  const size = target.length - offset
  if (size > page.length) {
    randomFillSync(target, offset)
    return
  }
  if (used + size > page.length) {
    randomFillSync(page)
    used = 0
  }
  target.set(page.subarray(used, used + size), offset)
  page.fill(0, used, used + size)
  used += size
}
