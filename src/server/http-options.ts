import type { ServerOptions } from 'node:http'

/** Limits on what a client may send and keep open, at each address of the server. */
export const httpOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  // Bytes on the way to a client before a stream waits for it: Node holds them twice, as text and as bytes.
  highWaterMark: 16 * 1024,
  // Node would refuse these with an empty body; the request gate explains what is missing.
  requireHostHeader: false,
} as const satisfies ServerOptions
