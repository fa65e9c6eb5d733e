import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json as readJson } from 'node:stream/consumers'
import { z } from 'zod'
import type { Owner } from '../../fake-provider/ports.ts'

/** The messages of `opentelemetry/proto/collector/trace/v1/trace_service.proto` in JSON, as far as we send them. */
const anyValue = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
])
const attributes = z.array(z.strictObject({ key: z.string().min(1), value: anyValue }))
const nanoseconds = z.string().regex(/^\d{19}$/)
const spanId = z.string().regex(/^[\da-f]{16}$/)
const span = z.strictObject({
  traceId: z.string().regex(/^[\da-f]{32}$/),
  spanId,
  parentSpanId: spanId.optional(),
  name: z.string().min(1),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
})
const exportRequest = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(span),
        }),
      ),
    }),
  ),
})

/** The same of `opentelemetry/proto/collector/metrics/v1/metrics_service.proto`. */
const count = z.string().regex(/^\d+$/)
const dataPoint = z.strictObject({
  attributes,
  startTimeUnixNano: nanoseconds,
  timeUnixNano: nanoseconds,
  count,
  sum: z.number(),
  bucketCounts: z.array(count),
  explicitBounds: z.array(z.number()),
  min: z.number(),
  max: z.number(),
})
const metric = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  unit: z.string(),
  histogram: z.strictObject({ aggregationTemporality: z.literal(2), dataPoints: z.array(dataPoint) }),
})
const metricsRequest = z.strictObject({
  resourceMetrics: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeMetrics: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          metrics: z.array(metric),
        }),
      ),
    }),
  ),
})

/** A span. */
export type Decoded = z.output<typeof span>
/** A value of a metric, with its attributes. */
export type DataPoint = z.output<typeof dataPoint>

/** A collector that decodes what it receives. */
export class Collector {
  readonly spans: Decoded[] = []
  readonly bodies: string[] = []
  readonly headers: unknown[] = []
  /** The newest message of metrics. */
  metrics: readonly z.output<typeof metric>[] = []
  #news = Promise.withResolvers<void>()
  readonly #server = createServer((request, response) => void this.#receive(request, response))

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readJson(request)
    this.bodies.push(JSON.stringify(body))
    this.headers.push(request.headers)
    if (request.url === '/v1/metrics')
      this.metrics = metricsRequest.parse(body).resourceMetrics[0]!.scopeMetrics[0]!.metrics
    else
      for (const { scopeSpans } of exportRequest.parse(body).resourceSpans)
        for (const { spans } of scopeSpans) this.spans.push(...spans)
    response.setHeader('connection', 'close')
    response.end('{}')
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }

  async listen(t: Owner, port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    t.teardown(() => this.close())
    return (this.#server.address() as AddressInfo).port
  }

  close(): Promise<void> {
    return new Promise(resolve => this.#server.close(() => resolve()))
  }

  /** The data points of a metric whose attributes have these values, once `isComplete` holds for them. */
  async points(
    name: string,
    isComplete: (points: readonly DataPoint[]) => boolean,
  ): Promise<readonly DataPoint[]> {
    for (;;) {
      const points = this.metrics.find(each => each.name === name)?.histogram.dataPoints ?? []
      if (isComplete(points)) return points
      await this.#news.promise
    }
  }

  /** Waits for a number of spans. */
  async received(count: number): Promise<readonly Decoded[]> {
    while (this.spans.length < count) await this.#news.promise
    return this.spans
  }
}

/** The value of an attribute; undefined without it. */
export function valueOf({ attributes: all }: Pick<Decoded, 'attributes'>, key: string): unknown {
  const value = all.find(each => each.key === key)?.value
  return value && Object.values(value)[0]
}
