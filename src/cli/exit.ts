import { messageOf } from '../contract/errors.ts'
import { CommanderError } from 'commander'
import { HulumanageError } from '../contract/index.ts'

/** Exit codes of the process; those above 64 are from sysexits.h. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, unavailable: 69, config: 78 } as const

const configCodes: readonly string[] = ['config_invalid', 'step_invalid', 'step_duplicate', 'plugin_failed']
const listenCodes = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES']

/** The exit code by which a script can distinguish kinds of failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (!(error instanceof HulumanageError)) return exitCodes.failure
  if (listenCodes.includes(systemCode(error.cause) ?? '')) return exitCodes.unavailable
  return configCodes.includes(error.code) ? exitCodes.config : exitCodes.failure
}

/** One clear message for people. A bug keeps its stack, because somebody will have to find it. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error)
  const isExplained = error instanceof HulumanageError || systemCode(error) !== undefined
  return isExplained ? error.message : (error.stack ?? error.message)
}

function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
