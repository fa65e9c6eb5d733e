import { z } from 'zod'
import { address, headerName, headerValue } from '../value-schemas.ts'

/** `monitoring`: the log, and what is measured. */
export const monitoring = z.strictObject({
  log_level: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['trace', 'debug', 'info', 'warning', 'warn', 'error', 'critical', 'fatal', 'silent']))
    .default('info')
    .describe('Minimum level of log lines: DEBUG, INFO, WARNING or ERROR'),
  log_format: z
    .enum(['auto', 'pretty', 'json'])
    .default('auto')
    .describe(
      'Form of log lines on standard error: `pretty` for people, `json`; `auto`: pretty on a terminal',
    ),
  log_file: z.string().optional().describe('File to which the log is also written, as JSON lines'),
  track_latency: z.boolean().default(true).describe('Logs and measures the latency of each provider'),
  track_errors: z.boolean().default(true).describe('Counts failures against the health of a provider'),
})

/** `otel`: traces and metrics for OpenTelemetry. */
export const otel = z.strictObject({
  endpoint: address().describe(
    'Address of a collector that speaks OTLP over HTTP; /v1/traces or /v1/metrics is appended to its path',
  ),
  headers: z
    .record(headerName(), headerValue())
    .default({})
    .describe('Headers of each request to the collector, such as its key'),
  service_name: z
    .string()
    .min(1)
    .max(255)
    .default('hulumanage')
    .describe('The `service.name` of all traces and metrics'),
  sample: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of requests that are traced; a client that sends `traceparent` decides for its own'),
  content: z
    .boolean()
    .default(false)
    .describe(
      'Adds prompts and answers to traces, within `ledger.bodies.characters` and redacted as the ledger redacts them',
    ),
  metrics_interval: z
    .number()
    .min(1)
    .max(3600)
    .optional()
    .describe('Seconds between two messages with metrics (default: none are sent)'),
})

export type OtelConfig = z.output<typeof otel>
