import { existsSync, realpathSync } from 'node:fs'
import { parse } from 'node:path'
import type { Logger } from 'pino'
import { HulumanageError, toHulumanageError } from '../contract/index.ts'
import { entriesOf, fileOf } from './discover.ts'
import type { PluginFolder } from './folders.ts'
import type { App } from './host.ts'
import { positionOf } from './import-file.ts'
import { loadFile } from './load-file.ts'
import type { LoadedFile } from './load-file.ts'
import { adoptPath } from './module-hooks.ts'

export type { LoadedFile }

/** A file or folder that did not load. The server works without it. */
export interface FailedFile {
  readonly file: string
  readonly error: HulumanageError
}

export interface LoadReport {
  readonly loaded: readonly LoadedFile[]
  readonly failed: readonly FailedFile[]
}

export interface LoadOptions {
  /** Decorated by `decorateHost`, and not ready yet. */
  readonly app: App
  readonly folders: readonly PluginFolder[]
  readonly log: Logger
  /** Time limit for the import of a file, and again for its boot (default: 10 seconds). */
  readonly timeoutMs?: number
  /** Rejects with the first failure instead of continuing without that file. */
  readonly strict?: boolean
}

/**
 * Loads the steps and plugins of the folders into `app`, in order of folder and name. A file that fails or takes too
 * long leaves nothing in the registries: it is logged and reported, and loading continues.
 */
export async function loadSteps(options: LoadOptions): Promise<LoadReport> {
  const { app, folders, log, timeoutMs = 10_000, strict = false } = options
  const loaded: LoadedFile[] = []
  const failed: FailedFile[] = []
  const seen = new Set<string>()

  const tryTo = async (path: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (thrown) {
      const error = failureOf(path, thrown)
      if (strict) throw error
      log.error({ err: error, file: path }, 'a plugin file does not load; continuing without it')
      failed.push({ file: path, error })
      app.failedFiles.push({ file: path, error })
    }
  }
  const load = async (entry: string, builtIn: boolean): Promise<void> => {
    adoptPath(realpathSync(entry), builtIn)
    const file = fileOf(entry)
    if (seen.has(file)) return
    seen.add(file)
    const result = await loadFile(app, file, { name: parse(entry).name, builtIn, timeoutMs })
    log.debug(result, 'a plugin file is loaded')
    loaded.push(result)
  }
  for (const { path, builtIn = false } of folders) {
    await tryTo(path, async () => {
      if (!existsSync(path))
        throw new HulumanageError('plugin_failed', `${path}: no such folder; correct plugins_dir`)
      adoptPath(realpathSync(path), builtIn)
      for (const entry of entriesOf(path)) await tryTo(entry, () => load(entry, builtIn))
    })
  }
  return { loaded, failed }
}

/** Turns a thrown value into an error that begins with the file and, if known, the position. */
function failureOf(path: string, thrown: unknown): HulumanageError {
  const error = toHulumanageError(thrown, 'plugin_failed')
  if (error.message.startsWith(path)) return error
  return new HulumanageError(error.code, `${path}${positionOf(thrown, path)}: ${error.message}`, {
    cause: error.cause ?? error,
  })
}
