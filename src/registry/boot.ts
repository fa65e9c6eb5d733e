import fastify from 'fastify'
import type { FastifyPluginAsync } from 'fastify'
import { CurrentConfig } from '../config/current.ts'
import { HulumanageError } from '../contract/index.ts'
import { decorateAll } from './decorate.ts'
import type { App } from './host.ts'
import type { HostPlugin } from './shape.ts'
import { within } from '../time/within.ts'

const registered = Symbol.for('registered-plugin')

/**
 * Registers a plugin on `app`. Rejects where it fails or takes longer than `limitMs`, and leaves the boot of `app` intact:
 * Fastify itself would end it.
 */
export async function register(app: App, plugin: HostPlugin, limitMs: number): Promise<void> {
  let failure: Error | null = null
  app.register(guarded(plugin, limitMs)).after(error => {
    failure = error
  })
  await app.after()
  if (failure) throw failure
}

/** Boots a plugin, ready hooks included, on an instance that is closed again, to learn of a failure before it can do harm. */
export async function rehearse(app: App, plugin: HostPlugin, limitMs: number): Promise<void> {
  const stage = fastify({ pluginTimeout: 0 }) as unknown as App
  decorateAll(stage, likenessOf(app, stage))
  // Where Fastify looks up the `dependencies` that a plugin declares.
  Reflect.set(stage, registered, [...(Reflect.get(app, registered) as string[])])
  const showing = async (): Promise<void> => {
    try {
      await register(stage, plugin, limitMs)
      await stage.ready()
    } finally {
      await stage.close()
    }
  }
  await within(showing(), limitMs, () => tooSlow(limitMs))
}

/**
 * What this and earlier plugins have put on `app`. The registries are the real ones, whose owner rolls them back; what a
 * plugin subscribes to or fills is a copy.
 */
function likenessOf(app: App, stage: App): object {
  const decorators: Record<string, unknown> = {}
  for (const name in app) if (!(name in stage)) decorators[name] = Reflect.get(app, name)
  return {
    ...decorators,
    currentConfig: new CurrentConfig(app.currentConfig.value),
    healthSections: new Map(app.healthSections),
  }
}

/** The plugin with a time limit and in one style. Fastify lets an exception of the callback style end the process. */
function guarded(plugin: HostPlugin, limitMs: number): FastifyPluginAsync {
  const guard: FastifyPluginAsync = (instance, options) =>
    within(call(plugin, instance, options), limitMs, () => tooSlow(limitMs))
  // Name, dependencies and the wish not to be encapsulated, as fastify-plugin writes them on the function.
  for (const key of Object.getOwnPropertySymbols(plugin)) {
    Object.defineProperty(guard, key, Object.getOwnPropertyDescriptor(plugin, key)!)
  }
  return guard
}

async function call(plugin: HostPlugin, instance: App, options: object): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const done = (error?: Error): void => (error ? reject(error) : resolve())
  const result: unknown = plugin(instance, options, done)
  await (result instanceof Promise || plugin.length < 3 ? result : promise)
}

function tooSlow(limitMs: number): HulumanageError {
  return new HulumanageError(
    'plugin_failed',
    `not ready after ${limitMs / 1000} s; call done, or let the promise resolve`,
  )
}
