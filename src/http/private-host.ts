/** Addresses of this machine and of private networks, as the host of a URL has them. */
const privateAddress =
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|\[(?:::1\]|f[cd]|fe80:))/i
const privateName = /^[^.[]+$|\.(?:localhost|local|internal|lan|home\.arpa)\.?$/i

/** Whether the host of a URL belongs to this machine or a private network; by its form, without a look at DNS. */
export function isPrivateHost(hostname: string): boolean {
  return privateAddress.test(hostname) || privateName.test(hostname)
}
