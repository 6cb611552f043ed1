/**
 * Whether a history of one resource could have happened in one order: each step at one instant between the moment it
 * was asked and the moment it was answered. Versions are numbered, so the order of writes is known and what remains is
 * to compare it with the times.
 */

/** Times in ms of one clock. */
export type Step =
  | { readonly kind: 'read'; readonly from: number; readonly to: number; readonly version: number }
  /** If-Match `on`, answered with `version`. */
  | {
      readonly kind: 'write'
      readonly from: number
      readonly to: number
      readonly on: number
      readonly version: number
    }
  | { readonly kind: 'refused'; readonly from: number; readonly to: number; readonly on: number }
  /** Never answered: it has happened at any time from then on, or not at all. */
  | { readonly kind: 'unknown'; readonly from: number; readonly on: number }

/** Every way in which the steps contradict each other; empty when there is an order. @param first version at the start */
export function historyFaults(steps: readonly Step[], first: number, last: number): string[] {
  const faults: string[] = []
  const writes = new Map<number, Step & { readonly kind: 'write' }>()
  for (const step of steps) {
    if (step.kind !== 'write') continue
    if (step.version !== step.on + 1) faults.push(`A write on version ${step.on} made version ${step.version}.`)
    if (writes.has(step.version)) faults.push(`Two writes made version ${step.version}.`)
    writes.set(step.version, step)
  }
  for (let version = first + 1; version <= last; version++) {
    if (writes.has(version)) continue
    if (!steps.some((step) => step.kind === 'unknown' && step.on === version - 1)) {
      faults.push(`Nobody has asked for version ${version}.`)
    }
  }
  for (const version of writes.keys())
    if (version > last) faults.push(`Version ${version} was acknowledged and is lost.`)
  // When a version is there at the latest: its writer was told, or somebody has read it.
  const there = new Map<number, number>()
  const note = (version: number, at: number) => there.set(version, Math.min(there.get(version) ?? Infinity, at))
  for (const step of steps) {
    if (step.kind === 'read' || step.kind === 'write') note(step.version, step.to)
    else if (step.kind === 'refused') note(step.on + 1, step.to)
  }
  for (const step of steps) {
    if (step.kind === 'unknown') continue
    // What it found: a write or a read its version, a refusal a later one than it named.
    const found = step.kind === 'read' ? step.version : step.on
    if (step.kind === 'refused') continue
    for (const [version, at] of there) {
      if (version > found && at < step.from) {
        faults.push(`A ${step.kind} found version ${found} after version ${version} was seen.`)
        break
      }
    }
  }
  for (const [version, at] of there) {
    const made = steps.filter((step) => (step.kind === 'write' || step.kind === 'unknown') && step.on === version - 1)
    if (version > first && made.every((step) => step.from > at)) {
      faults.push(`Version ${version} was seen before anybody had asked for it.`)
    }
  }
  return faults
}
