/**
 * The places of the routes that SDKs call. Doubled, since some SDKs add `/v1` to the base URL and others expect it there, and people
 * move an address from one to the other.
 */
export const prefixes = ['/v1', '', '/v1/v1'] as const
