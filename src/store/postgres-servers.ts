/**
 * A URL for each server that one names: `postgres://user@one:5432,two:5432/database`, as libpq takes it. They are one
 * database and its standbys.
 */
export function serversOf(url: string): string[] {
  const start = url.indexOf('://') + '://'.length
  const length = url.slice(start).search(/[/?#]/)
  const end = length === -1 ? url.length : start + length
  const hosts = Math.max(start, url.lastIndexOf('@', end - 1) + 1)
  return url
    .slice(hosts, end)
    .split(',')
    .map((host) => url.slice(0, hosts) + host + url.slice(end))
}
