import { HulumanageError, isWrapper } from '../contract/index.ts'
import { within } from '../time/within.ts'
import { register, rehearse } from './boot.ts'
import type { App } from './host.ts'
import { importFile } from './import-file.ts'
import { Entries } from './registry.ts'
import { readExport } from './shape.ts'

/** A file that has been loaded. */
export interface LoadedFile {
  readonly file: string
  readonly kind: 'approach' | 'wrapper' | 'plugin'
  /** The steps, kinds of providers and strategies that the file added. */
  readonly names: readonly string[]
}

export interface LoadFileOptions {
  /** The name of the file, or of the folder that it is the index of, without extension. */
  readonly name: string
  readonly builtIn: boolean
  readonly timeoutMs: number
}

/**
 * Imports a file and adds its steps to `app`, all or none; rejects if that fails or takes too long. The steps that are
 * then missing are marked as broken: the one of the file's name, unless it is a plugin, which adds steps of any name.
 */
export async function loadFile(
  app: App,
  file: string,
  { name, builtIn, timeoutMs }: LoadFileOptions,
): Promise<LoadedFile> {
  const markBroken = (error: unknown): never => {
    app.steps.markBroken(name)
    throw error
  }
  const late = (): Error =>
    new HulumanageError('plugin_failed', `the import takes over ${timeoutMs / 1000} s`)
  const exported = await within(importFile(file), timeoutMs, late)
    .then(imported => readExport(imported, file))
    .catch(markBroken)
  const registries = [app.steps, app.providers, app.strategies]
  if (typeof exported !== 'function') {
    const names = await Entries.addTogether(registries, file, () => app.steps.add(exported)).catch(markBroken)
    return { file, kind: isWrapper(exported) ? 'wrapper' : 'approach', names }
  }
  if (!builtIn) {
    await Entries.addTogether(registries, file, () => rehearse(app, exported, timeoutMs), { keep: false })
  }
  const names = await Entries.addTogether(registries, file, () => register(app, exported, timeoutMs))
  return { file, kind: 'plugin', names }
}
