import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { LoadedConfig } from './load.ts'

/** The files to watch, and the reactions to a change. */
export interface WatchOptions {
  /** `LoadedConfig.watched`. */
  readonly files: readonly string[]
  readonly load: () => LoadedConfig
  readonly onChange: (loaded: LoadedConfig) => void
  /** Called once for each content that does not load; the running configuration stays. */
  readonly onError: (error: unknown) => void
  readonly intervalMs?: number
}

/** A running watch. */
export interface ConfigWatch {
  /** Checks the files now, as the timer does. Never rejects. */
  readonly check: () => Promise<void>
  readonly stop: () => void
}

/**
 * Reloads when the content of the files has changed. Polls, because file system events miss swapped symlinks, mounts and
 * network folders; two reads must agree, so that a half-written file is never loaded.
 */
export function watchConfig(options: WatchOptions): ConfigWatch {
  let loaded = digest(options.files.map(file => readNow(file)))
  let seen = loaded
  let isStopped = false
  let running: Promise<void> | undefined

  const look = async (): Promise<void> => {
    const current = digest(await Promise.all(options.files.map(readOptional)))
    const isSteady = current === seen
    seen = current
    if (isStopped || !isSteady || current === loaded) return
    loaded = current
    try {
      options.onChange(options.load())
    } catch (error) {
      options.onError(error)
    }
  }
  const check = (): Promise<void> => (running ??= look().finally(() => (running = undefined)))
  const timer = setInterval(() => void check(), options.intervalMs ?? 1_000).unref()
  const stop = (): void => {
    isStopped = true
    clearInterval(timer)
  }
  return { check, stop }
}

/** Undefined for a file that is missing or unreadable, as it is for a moment while an editor swaps it. */
async function readOptional(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined)
}

function readNow(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

function digest(contents: readonly (Buffer | undefined)[]): string {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(`${content?.length ?? 'none'}\n`).update(content ?? '')
  return hash.digest('hex')
}
