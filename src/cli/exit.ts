import { CommanderError } from 'commander'
import { HulumanageError } from '../contract/index.ts'

/** Exit codes of the process; those above 64 are from sysexits.h. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, unavailable: 69, config: 78 } as const

const configCodes: readonly string[] = ['config_invalid', 'step_invalid', 'step_duplicate', 'plugin_failed']
const listenCodes = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES']

/** The exit code by which a script can distinguish kinds of failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  const cause = error instanceof HulumanageError ? error.cause : error
  if (listenCodes.includes(systemCode(cause) ?? '')) return exitCodes.unavailable
  if (error instanceof HulumanageError) {
    return configCodes.includes(error.code) ? exitCodes.config : exitCodes.failure
  }
  return exitCodes.failure
}

/** One clear message for people. A bug keeps its stack, because somebody will have to find it. */
export function explain(error: unknown): string {
  if (error instanceof HulumanageError) return error.message
  const code = systemCode(error)
  const { message, port, address } = error as Error & { port?: number; address?: string }
  const place = `${address}:${port}`
  if (code === 'EADDRINUSE') {
    return `${place} is in use; stop the process that listens there, or choose another port with --port (0: any free port)`
  }
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${address}; choose another with --host`
  if (code === 'EACCES' && port !== undefined)
    return `not allowed to listen on ${place}; choose a port above 1023`
  if (code !== undefined) return message
  return error instanceof Error ? (error.stack ?? message) : String(error)
}

function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
