/** Characters; what people write again and again is shorter. */
const LONGEST = 1000

/**
 * A pure function that keeps what it found. Prescriptions repeat few names, units and sentences; the limit keeps a
 * sender of endless new ones from filling the memory: when it is reached, everything is forgotten. Nor are long texts
 * kept.
 */
export function remember<T>(limit: number, find: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    if (text.length > LONGEST) return find(text)
    const kept = known.get(text)
    if (kept !== undefined || known.has(text)) return kept as T
    const found = find(text)
    if (known.size >= limit) known.clear()
    known.set(text, found)
    return found
  }
}
