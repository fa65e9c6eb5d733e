import { z } from 'zod'

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
