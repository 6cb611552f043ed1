/** ETags (RFC 9110 section 8.8.3): weak, because one version may leave as JSON of several forms. */

/** Whether If-None-Match (a list of ETags in any form clients send, or `*`) names one, by weak comparison. */
export function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header === etag) return true
  const bare = (tag: string): string => tag.trim().replace(/^W\//, '').replaceAll('"', '')
  return header.split(',').some((tag) => tag.trim() === '*' || bare(tag) === bare(etag))
}
