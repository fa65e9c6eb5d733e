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
 * Registers a plugin on `app`. Rejects if it fails or takes longer than `limitMs`. The boot of `app` continues even
 * then: Fastify by itself would abort it.
 */
export async function register(app: App, plugin: HostPlugin, limitMs: number): Promise<void> {
  let failure: Error | null = null
  app.register(withTimeLimit(plugin, limitMs)).after(error => {
    failure = error
  })
  await app.after()
  if (failure) throw failure
}

/** Boots a plugin on an instance that is then closed, ready hooks included, to find a failure before it does harm. */
export async function rehearse(app: App, plugin: HostPlugin, limitMs: number): Promise<void> {
  const stage = fastify({ pluginTimeout: 0 }) as unknown as App
  decorateAll(stage, copyOfDecorators(app, stage))
  // Fastify looks here for the `dependencies` that a plugin declares.
  Reflect.set(stage, registered, [...(Reflect.get(app, registered) as string[])])
  const perform = async (): Promise<void> => {
    try {
      await register(stage, plugin, limitMs)
      await stage.ready()
    } finally {
      await stage.close()
    }
  }
  await within(perform(), limitMs, () => tooSlow(limitMs))
}

/**
 * The decorators of `app`, those of earlier plugins included. The registries are the real ones, which the caller rolls
 * back; everything else that a plugin might change is a copy.
 */
function copyOfDecorators(app: App, stage: App): object {
  const decorators: Record<string, unknown> = {}
  for (const name in app) if (!(name in stage)) decorators[name] = Reflect.get(app, name)
  return {
    ...decorators,
    currentConfig: new CurrentConfig(app.currentConfig.value),
    metrics: new Set(app.metrics),
    healthSections: new Map(app.healthSections),
  }
}

/**
 * Wraps a plugin of either style with a time limit. In callback style, Fastify would let an exception end the process.
 */
function withTimeLimit(plugin: HostPlugin, limitMs: number): FastifyPluginAsync {
  const limited: FastifyPluginAsync = (instance, options) =>
    within(call(plugin, instance, options), limitMs, () => tooSlow(limitMs))
  // The function's metadata from fastify-plugin: name, dependencies, no encapsulation.
  for (const key of Object.getOwnPropertySymbols(plugin)) {
    Object.defineProperty(limited, key, Object.getOwnPropertyDescriptor(plugin, key)!)
  }
  return limited
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
