import { join } from 'node:path'
import type { Test } from 'tap'
import { loadConfig } from '../../../src/config/load/load.ts'
import type { LoadedConfig, LoadOptions } from '../../../src/config/load/load.ts'
import { ConfigError, renderProblem } from '../../../src/config/problems.ts'

/** Loads the configuration in a fresh working folder that holds these files. */
export function load(
  t: Test,
  files: Readonly<Record<string, string>>,
  options: Partial<LoadOptions> = {},
): LoadedConfig {
  const cwd = t.testdir({ ...files, home: {} })
  return loadConfig({ cwd, home: join(cwd, 'home'), env: {}, ...options })
}

/** Loads the files; returns their problems, as they are printed. */
export function problemsOf(
  t: Test,
  files: Readonly<Record<string, string>>,
  options: Partial<LoadOptions> = {},
): string[] {
  try {
    load(t, files, options)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(renderProblem)
    throw error
  }
  return []
}

export function notesOf({ notes }: LoadedConfig): string[] {
  return notes.map(renderProblem)
}
