/** Thrown if a proxy does not connect. The code is that of undici's own error. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError'
  readonly code = 'UND_ERR_PRX_TUNNEL'
}
