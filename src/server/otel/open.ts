import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { CurrentConfig } from '../../config/current.ts'
import { kindOf } from '../../providers/kinds.ts'
import type { ExchangeListener } from '../exchange.ts'
import type { TraceTexts } from './trace-texts.ts'
import type { Tracing } from './tracing.ts'

/** The telemetry of a server. */
export interface Telemetry {
  /** Places requests in traces; undefined if none are made. */
  readonly tracing: Tracing | undefined
  readonly listeners: readonly ExchangeListener[]
}

/** Begins to make traces and metrics for OpenTelemetry, if the configuration wants them; the code is loaded only then. */
export async function openTelemetry(
  app: FastifyInstance,
  currentConfig: CurrentConfig,
  log: Logger,
): Promise<Telemetry> {
  const { otel: config } = currentConfig.value
  if (!config) return { tracing: undefined, listeners: [] }
  const kindNameOf = (name: string): string | undefined => {
    const provider = currentConfig.value.providers.find(each => each.name === name)
    return provider && kindOf(provider, app.providers).name
  }
  const { Tracing } = await import('./tracing.ts')
  const texts = config.content ? await openTexts(currentConfig, log) : undefined
  const tracing = new Tracing({ config, log, kindOf: kindNameOf, texts })
  const { metrics_interval: interval } = config
  if (interval === undefined) {
    app.addHook('onClose', () => tracing.close())
    return { tracing, listeners: [tracing] }
  }
  const { Measuring } = await import('./measuring.ts')
  const measuring = new Measuring({ config, interval, log, kindOf: kindNameOf })
  // Both at once: each waits for the collector for a few seconds.
  app.addHook('onClose', async () => void (await Promise.all([tracing.close(), measuring.close()])))
  return { tracing, listeners: [tracing, measuring] }
}

async function openTexts(currentConfig: CurrentConfig, log: Logger): Promise<TraceTexts> {
  const { TraceTexts } = await import('./trace-texts.ts')
  return new TraceTexts(currentConfig, log)
}
