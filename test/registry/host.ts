import { mkdtempSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fastify from 'fastify'
import type { Logger } from 'pino'
import type { Test } from 'tap'
import { CurrentConfig } from '../../src/config/current.ts'
import { configSchema } from '../../src/config/schema.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { decorateHost } from '../../src/registry/decorate.ts'
import type { App } from '../../src/registry/host.ts'
import { loadSteps } from '../../src/registry/load.ts'
import type { LoadReport } from '../../src/registry/load.ts'
import { silentLog } from '../silent-log.ts'

/** A host without a server around it. */
export function newHost(t: Test, currentConfig = new CurrentConfig(configSchema.parse({}))): App {
  const app = fastify() as unknown as App
  decorateHost(app, {
    currentConfig,
    defaultUpstream: () => Promise.reject(new HulumanageError('no_upstream', 'none in this test')),
  })
  t.teardown(() => app.close())
  return app
}

/** A folder outside any package, so that nothing resolves by accident; `files` are texts by path. */
export function newFolder(t: Test, files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hulumanage-')))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

export interface Options {
  readonly timeoutMs?: number
  readonly strict?: boolean
  readonly log?: Logger
}

/** Loads folders as third-party plugins. */
export function load(app: App, paths: readonly string[], options: Options = {}): Promise<LoadReport> {
  const folders = paths.map(path => ({ path }))
  return loadSteps({ app, folders, log: silentLog, ...options })
}

/** Maps the failures of a report by the last part of the file's path. */
export function failures({ failed }: LoadReport): Record<string, string> {
  return Object.fromEntries(failed.map(({ file, error }) => [file.split('/').at(-1), error.code]))
}
