// Fastify plugins that the compiler must accept, and ones that it must refuse: checked by `npm run types`, never run.
import fastifyPlugin from 'fastify-plugin'
import { defineApproach, HulumanageError } from 'hulumanage/plugin'
import type { App, ErrorCode, Strategy } from 'hulumanage/plugin'

const echo = defineApproach({ name: 'echo', summary: 's', run: async request => request.model })

const first: Strategy = { summary: 's', pick: candidates => candidates[0]! }

export async function plugin(app: App): Promise<void> {
  app.steps.add(echo)
  app.steps.add({ name: 'plain', summary: 's', run: async () => 'an object needs no define' })
  app.strategies.add('first', first)
  app.healthSections.set('plugin', () => ({ ok: true, model: app.currentConfig.value.model }))
  app.addHook(
    'onClose',
    app.currentConfig.subscribe(() => {}),
  )
  app.get('/echo', async () => app.steps.names())
  app.get('/figures', { config: { audience: 'operator' } }, async () => ({}))
}
plugin.api = 1

export const wrapped = fastifyPlugin(plugin, { name: 'plugin' })

export function misuse(app: App): void {
  // @ts-expect-error: the name is part of the step
  app.steps.add('echo', echo)
  // @ts-expect-error: the name is not part of a strategy
  app.strategies.add(first)
  // @ts-expect-error: a strategy chooses
  app.strategies.add('idle', { summary: 's' })
  // @ts-expect-error: a route is for users, operators or everyone
  app.get('/figures', { config: { audience: 'nobody' } }, async () => ({}))
  // @ts-expect-error: the registry stays
  app.steps = new Map()
  // @ts-expect-error: a plugin follows reloads and makes none
  app.currentConfig.replace(app.currentConfig.value)
  // @ts-expect-error: the host keeps or removes what a file adds
  app.steps.addTogether([], 'file', () => {})
}

export const code: ErrorCode = 'no_answer'

// @ts-expect-error: there is no such code
export const unknownCode = new HulumanageError('no_luck', 'message')

// @ts-expect-error: the parts of a call that steps carry along but do not see
export type Inside = import('hulumanage/plugin').ProviderCall
// @ts-expect-error: the trace is written by the server
export type Written = import('hulumanage/plugin').Trace
// @ts-expect-error: a step reads a MeterReading
export type Counting = import('hulumanage/plugin').Meter
