import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { ConfigError, problemWith } from '../problems.ts'
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
    const contents = await Promise.all(options.files.map(readContent))
    const current = digest(contents)
    const isSteady = current === seen
    seen = current
    if (isStopped || !isSteady || current === loaded) return
    loaded = current
    try {
      refusePipes(options.files, contents)
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

/**
 * The content of a file: undefined if that is missing or unreadable, as it is for a moment while an editor swaps it, and
 * `pipe` if it is a pipe or a device, whose content may never come or never end.
 */
type Content = Buffer | 'pipe' | undefined

/** Opening a pipe would wait for somebody who writes to it. Windows has no such flag, and no such pipes. */
const withoutWaiting = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

async function readContent(file: string): Promise<Content> {
  try {
    const handle = await open(file, withoutWaiting)
    try {
      return isPipe(await handle.stat()) ? 'pipe' : await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch {
    return undefined
  }
}

function readNow(file: string): Content {
  try {
    const descriptor = openSync(file, withoutWaiting)
    try {
      return isPipe(fstatSync(descriptor)) ? 'pipe' : readFileSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

function isPipe(stats: Stats): boolean {
  return !stats.isFile() && !stats.isDirectory()
}

/** Throws if a file cannot be loaded again. At the start it may be a pipe, as in `--config <(command)`. */
function refusePipes(files: readonly string[], contents: readonly Content[]): void {
  const pipe = files[contents.indexOf('pipe')]
  if (pipe !== undefined)
    throw new ConfigError([problemWith(pipe, 'this is a pipe or a device, which cannot be loaded again')])
}

function digest(contents: readonly Content[]): string {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(`${content?.length ?? 'none'}\n`).update(content ?? '')
  return hash.digest('hex')
}
