/** The certificate with which a client has opened its connection (mutual TLS). */
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** SHA-256 thumbprint, base64url, as in `cnf` of a token (RFC 8705); undefined without a certificate. */
export function certificateOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  // An empty object where the client has shown none, whatever the types say.
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer }
  return raw && createHash('sha256').update(raw).digest('base64url')
}
