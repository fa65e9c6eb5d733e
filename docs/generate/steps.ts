import { join } from 'node:path'
import fastify from 'fastify'
import { pino } from 'pino'
import { CurrentConfig } from '../../src/config/current.ts'
import { configSchema } from '../../src/config/schema.ts'
import { HulumanageError, isWrapper } from '../../src/contract/index.ts'
import type { Approach, Cost } from '../../src/contract/index.ts'
import { decorateHost } from '../../src/registry/decorate.ts'
import type { App } from '../../src/registry/host.ts'
import { loadSteps } from '../../src/registry/load.ts'

const approachesFolder = join(import.meta.dirname, '../../approaches')

/** The approaches of the package, by name, loaded as a server loads them, without plugins of this machine. */
export async function packagedApproaches(): Promise<readonly Approach[]> {
  const app = fastify() as unknown as App
  decorateHost(app, {
    currentConfig: new CurrentConfig(configSchema.parse({})),
    defaultUpstream: () => Promise.reject(new HulumanageError('no_upstream', 'no model is called here')),
  })
  try {
    const folders = [{ path: approachesFolder, builtIn: true }]
    await loadSteps({ app, folders, log: pino({ level: 'silent' }), strict: true })
    return app.steps
      .values()
      .flatMap(step => (isWrapper(step) ? [] : [step]))
      .toSorted((left, right) => (left.name < right.name ? -1 : 1))
  } finally {
    await app.close()
  }
}

/** The maximum cost of one answer of an approach; one call unless it declares another. */
export function costAtDefaults(approach: Approach): Cost {
  return approach.cost?.(approach.params?.parse({}) ?? {}, 1) ?? { calls: 1, rounds: 1 }
}
