import type { Config } from '../../config/schema.ts'
import { secretsIn } from '../../config/secrets.ts'
import { inMemory } from '../sqlite/path.ts'

/** The parts of the configuration that the thread of texts needs. */
export interface TextSettings {
  readonly days: number
  readonly maxBytes: number
  /** The secrets of the configuration, which are left out of all texts. */
  readonly secrets: readonly string[]
  readonly redact: Config['ledger']['bodies']['redact']
  /** The absolute path of a module that redacts. */
  readonly redactWith: string | undefined
}

/** Whether texts may be kept under a configuration. */
export function mayKeepTexts({ ledger: { enabled, bodies } }: Config): boolean {
  return enabled && (bodies.keep !== 'off' || bodies.on_request)
}

/** The settings of a configuration. Texts are found by their requests: without these they are of no use. */
export function textSettings(config: Config): TextSettings {
  const { days, bodies } = config.ledger
  return {
    days: Math.min(days, bodies.days),
    maxBytes: bodies.max_bytes,
    secrets: secretsIn(config),
    redact: bodies.redact,
    redactWith: bodies.redact_with,
  }
}

/** The file of the texts that belong to a ledger: beside its own, so that it can be kept or deleted separately. */
export function pathOfTexts(ledger: string): string {
  return ledger === inMemory ? inMemory : `${ledger}-bodies`
}
