import { HulumanageError, isWrapper } from '../contract/index.ts'
import { register, rehearse } from './boot.ts'
import type { App } from './host.ts'
import { importFile } from './import-file.ts'
import { readExport } from './shape.ts'
import { within } from '../time/within.ts'

/** A file that takes part. */
export interface LoadedFile {
  readonly file: string
  readonly kind: 'approach' | 'wrapper' | 'plugin'
  /** The steps, kinds of providers and strategies that it brings. */
  readonly names: readonly string[]
}

/** Imports a file and adds what it brings to `app`; rejects, and adds nothing, where that fails or takes too long. */
export async function loadFile(
  app: App,
  file: string,
  { builtIn, timeoutMs }: { readonly builtIn: boolean; readonly timeoutMs: number },
): Promise<LoadedFile> {
  const late = (): Error =>
    new HulumanageError('plugin_failed', `the import takes over ${timeoutMs / 1000} s`)
  const exported = readExport(await within(importFile(file), timeoutMs, late), file)
  if (typeof exported !== 'function') {
    const names = await staged(app, file, () => app.steps.add(exported))
    return { file, kind: isWrapper(exported) ? 'wrapper' : 'approach', names }
  }
  if (!builtIn) await staged(app, file, () => rehearse(app, exported, timeoutMs), { keep: false })
  const names = await staged(app, file, () => register(app, exported, timeoutMs))
  return { file, kind: 'plugin', names }
}

/** Does work whose additions to the registries are kept only if it succeeds; gives their names. */
async function staged(
  app: App,
  file: string,
  work: () => void | Promise<void>,
  { keep } = { keep: true },
): Promise<string[]> {
  const registries = [app.steps, app.providers, app.strategies]
  for (const registry of registries) registry.begin(file)
  try {
    await work()
    return keep ? registries.flatMap(registry => registry.commit()) : []
  } finally {
    // Once committed, nothing is left to take back.
    for (const registry of registries) registry.rollback()
  }
}
