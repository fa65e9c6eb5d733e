import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { LoadedConfig } from './load.ts'

export interface WatchOptions {
  /** `LoadedConfig.watched`. */
  readonly files: readonly string[]
  readonly load: () => LoadedConfig
  readonly onChange: (loaded: LoadedConfig) => void
  /** A broken edit; what runs goes on. Called once for each content. */
  readonly onError: (error: unknown) => void
  readonly intervalMs?: number
}

export interface ConfigWatch {
  /** Looks at the files now, as the timer does. Never rejects. */
  readonly check: () => Promise<void>
  readonly stop: () => void
}

/**
 * Loads again when the files hold something else. Reads them by the clock, for events do not tell of swapped symlinks,
 * mounts and network folders; two reads must agree, so that no half-written file is loaded.
 */
export function watchConfig(options: WatchOptions): ConfigWatch {
  let loaded = digest(options.files.map(file => contentNow(file)))
  let seen = loaded
  let isStopped = false
  let running: Promise<void> | undefined

  const look = async (): Promise<void> => {
    const current = digest(await Promise.all(options.files.map(contentOf)))
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

/** Undefined for a file that is missing or cannot be read, as for a moment while an editor swaps it. */
async function contentOf(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined)
}

function contentNow(file: string): Buffer | undefined {
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
