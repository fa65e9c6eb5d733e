import { realpathSync } from 'node:fs'
import type { Logger } from 'pino'
import { HulumanageError, toHulumanageError } from '../contract/index.ts'
import { entriesOf, fileOf } from './discover.ts'
import type { PluginFolder } from './folders.ts'
import type { App } from './host.ts'
import { placeOf } from './import-file.ts'
import { loadFile } from './load-file.ts'
import type { LoadedFile } from './load-file.ts'
import { adoptPath } from './module-hooks.ts'

export type { LoadedFile }

/** A file, or a folder asked for, that the server goes on without. */
export interface FailedFile {
  readonly file: string
  readonly error: HulumanageError
}

export interface LoadReport {
  readonly loaded: readonly LoadedFile[]
  readonly failed: readonly FailedFile[]
}

export interface LoadOptions {
  /** Decorated by `decorateHost`, not ready yet. */
  readonly app: App
  readonly folders: readonly PluginFolder[]
  readonly log: Logger
  /** How long the import of a file may take, and how long its boot; 10 seconds unless set. */
  readonly timeoutMs?: number
  /** Throws the first failure, where the server would go on without that file. */
  readonly strict?: boolean
}

/**
 * Loads the steps and plugins of the folders, in order of folder and name, into `app`. A file that fails or takes too
 * long leaves nothing in the registries; it is logged and reported, and the others go on.
 */
export async function loadSteps(options: LoadOptions): Promise<LoadReport> {
  const { app, folders, log, timeoutMs = 10_000, strict = false } = options
  const loaded: LoadedFile[] = []
  const failed: FailedFile[] = []
  const seen = new Set<string>()

  const unlessItFails = async (path: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (thrown) {
      const error = failureOf(path, thrown)
      if (strict) throw error
      log.error({ err: error, file: path }, 'A plugin file does not load; going on without it')
      failed.push({ file: path, error })
    }
  }
  const load = async (entry: string, builtIn: boolean): Promise<void> => {
    adoptPath(realpathSync(entry), builtIn)
    const file = fileOf(entry)
    if (seen.has(file)) return
    seen.add(file)
    const result = await loadFile(app, file, { builtIn, timeoutMs })
    log.debug(result, 'A plugin file is loaded')
    loaded.push(result)
  }
  for (const { path, builtIn = false } of folders) {
    await unlessItFails(path, async () => {
      adoptPath(realpathSync(path), builtIn)
      for (const entry of entriesOf(path)) await unlessItFails(entry, () => load(entry, builtIn))
    })
  }
  return { loaded, failed }
}

/** Any failure with its file, and the place where that is known, in front. */
function failureOf(path: string, thrown: unknown): HulumanageError {
  const error = toHulumanageError(thrown, 'plugin_failed')
  if (error.message.startsWith(path)) return error
  return new HulumanageError(error.code, `${path}${placeOf(thrown, path)}: ${error.message}`, {
    cause: error.cause ?? error,
  })
}
