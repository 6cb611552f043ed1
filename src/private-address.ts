/** Which IP addresses lead into somebody's own network, where a request of ours must not wander by chance. */
import { BlockList, isIP } from 'node:net'

/** https://www.iana.org/assignments/iana-ipv4-special-registry, with multicast and what is reserved. */
const IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const

/**
 * https://www.iana.org/assignments/iana-ipv6-special-registry: all but 2000::/3, which alone is given out, and of that
 * the tunnels, which carry an IPv4 address, and the examples.
 */
const IPV6 = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const

// Two lists: a rule for IPv6 would be asked about IPv4 addresses too, as the mapped ones they also are.
const lists = { 4: new BlockList(), 6: new BlockList() }
for (const [net, prefix] of IPV4) lists[4].addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of IPV6) lists[6].addSubnet(net, prefix, 'ipv6')

/** Whether an IP address is not a public one: loopback, link-local, private, shared, reserved or a tunnel to such. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return lists[4].check(address, 'ipv4')
  return family === 6 && lists[6].check(address, 'ipv6')
}

/** A URL's host as a setting names it: lower case, no brackets around IPv6. */
export const hostOf = (url: string): string => bare(new URL(url).hostname)

/** @param host as a URL or a connection has it */
export const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase()
