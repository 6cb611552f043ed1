/**
 * Indents JSON text for human eyes (`_pretty=true`) without parsing it: `1.00` stays `1.00`, members keep their
 * order. The text must be valid JSON.
 */
export function pretty(json: string): string {
  const parts: string[] = []
  let depth = 0
  const newLine = () => `\n${'  '.repeat(depth)}`
  // Strings as a whole, one mark of structure, or a run of anything else (numbers, words); white space falls out.
  const tokens = json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g)
  let opened = false
  for (const [token] of tokens) {
    const closes = token === '}' || token === ']'
    if (closes) depth--
    // An empty object or array stays on one line.
    if (opened !== closes) parts.push(newLine())
    opened = token === '{' || token === '['
    if (opened) depth++
    parts.push(token)
    if (token === ',') parts.push(newLine())
    if (token === ':') parts.push(' ')
  }
  return parts.join('')
}
