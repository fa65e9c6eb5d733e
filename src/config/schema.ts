import { z } from 'zod'
import { providerSchema } from './provider-schema.ts'
import { address, count, headerName, key, origin, seconds, stepName } from './value-schemas.ts'

export { providerSchema } from './provider-schema.ts'

const routing = z.strictObject({
  strategy: z
    .string()
    .default('weighted')
    .describe('weighted, round_robin, failover, least_busy, or one a plugin adds'),
  slot_wait: z
    .number()
    .min(0)
    .max(600)
    .default(0.5)
    .describe('failover: seconds to wait for a full preferred provider before the next one'),
  max_attempts: count().optional().describe('Most providers tried for one call; absent: every suitable one'),
  health_check: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Asks each provider for its models in the background'),
      interval: seconds().default(30).describe('Seconds between checks, spread by up to 20 %'),
      timeout: seconds().default(5).describe('Seconds a check may take'),
      path: z
        .string()
        .startsWith('/')
        .meta({ expected: 'a path that starts with /' })
        .optional()
        .describe('Path to ask below base_url; absent: the one of the kind'),
    })
    .prefault({})
    .describe('Background checks of each provider'),
  failure_threshold: count().default(3).describe('Failures in a row after which a provider is taken out'),
  cooldown: seconds()
    .default(5)
    .describe('Seconds a provider is out the first time; doubles with each failed probe'),
  max_cooldown: seconds().default(300).describe('Longest time a provider is out before it is probed again'),
})

const timeouts = z.strictObject({
  connect: seconds().default(5).describe('Seconds to a connection, TLS included'),
  request: seconds()
    .default(30)
    .describe('Seconds per attempt: the whole answer, or the first content of a stream'),
  first_token: seconds().optional().describe('Seconds to the first content of a stream, in place of request'),
  idle: seconds().default(60).describe('Seconds between two events of a stream; comments do not count'),
  total: seconds().default(600).describe('Seconds for a whole request: queue, attempts and all steps'),
})

const queue = z.strictObject({
  max_concurrent: count().default(100).describe('Most calls to providers at one time'),
  max_waiting: z
    .int()
    .min(0)
    .default(200)
    .describe('Most calls waiting for a slot; more are refused at once'),
  timeout: seconds().default(60).describe('Seconds a call may wait for a slot'),
})

const monitoring = z.strictObject({
  log_level: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['trace', 'debug', 'info', 'warning', 'warn', 'error', 'critical', 'fatal', 'silent']))
    .default('info')
    .describe('DEBUG, INFO, WARNING or ERROR'),
  log_file: z.string().optional().describe('File that gets the log as well, as JSON lines'),
  track_latency: z.boolean().default(true).describe('Logs and measures the latency of each provider'),
  track_errors: z.boolean().default(true).describe('Counts failures against the health of a provider'),
})

const limits = z.strictObject({
  body_bytes: count()
    .default(8 * 1024 * 1024)
    .describe('Largest request body'),
  response_bytes: count()
    .default(32 * 1024 * 1024)
    .describe('Largest answer of a provider'),
  depth: count().default(64).describe('Deepest nesting of a request body'),
  n: count().default(16).describe('Most choices a request may ask for'),
  steps: count().default(16).describe('Most steps in a chain'),
  calls: count().default(256).describe('Most model calls for one request'),
  tokens: count().optional().describe('Most tokens for one request'),
})

const cache = z.strictObject({
  enabled: z.boolean().default(false).describe('Puts the step `cache` around every chain'),
  ttl: seconds().default(3600).describe('Seconds an answer is kept'),
  max_bytes: count()
    .default(64 * 1024 * 1024)
    .describe('Most bytes kept in memory; what was not used for longest goes first'),
  max_answer_bytes: count()
    .default(1024 * 1024)
    .describe('Largest answer that is kept'),
  when: z
    .enum(['always', 'deterministic'])
    .default('always')
    .describe('deterministic: only requests with temperature 0 or a seed'),
  namespace: z
    .string()
    .regex(/^[\w.-]+$/)
    .meta({ expected: 'letters, digits, _, . and -' })
    .default('hulumanage')
    .describe('Start of every key, where several servers share a store'),
})

const redis = z.strictObject({
  url: z
    .url({ protocol: /^rediss?$/ })
    .meta({ expected: 'a redis or rediss URL' })
    .describe('Where it is, such as redis://localhost:6379/0; rediss: with TLS'),
  password: z.string().min(1).optional().describe('Password, where it is not part of the URL'),
  namespace: z
    .string()
    .regex(/^[\w.-]+$/)
    .meta({ expected: 'letters, digits, _, . and -' })
    .default('hulumanage')
    .describe('Start of every key but those of the cache; servers of one namespace share their state'),
  timeout: seconds()
    .default(0.05)
    .describe('Seconds it may take to answer before a server goes by its own state'),
})

/** The whole configuration, in the shape of the proxy documents with additions. Unknown keys are errors. */
export const configSchema = z.strictObject({
  providers: z.array(providerSchema).default([]).describe('Where calls go'),
  routing: routing.prefault({}).describe('How a provider is chosen, and when one is taken out'),
  timeouts: timeouts.prefault({}).describe('Clocks of a request, each on its own'),
  queue: queue.prefault({}).describe('What happens when every provider is busy'),
  monitoring: monitoring.prefault({}).describe('What is logged and measured'),
  cache: cache.prefault({}).describe('Answers kept for requests that come again'),
  redis: redis.optional().describe('Where servers share their state; absent: each has its own'),
  limits: limits.prefault({}).describe('The most one request may ask for or cost'),
  approach: z
    .string()
    .default('auto')
    .describe('Chain for requests that name none; auto: as the model prefix says'),
  chains: z
    .record(stepName(), z.string())
    .default({})
    .describe('Names for chains, usable as steps and listed as models'),
  steps: z
    .record(stepName(), z.record(z.string(), z.unknown()))
    .default({})
    .describe('Defaults for the params of steps'),
  allow_prompt_tags: z
    .boolean()
    .default(false)
    .describe('Lets a `<hulumanage_approach>` tag in a prompt choose the chain'),
  model: z.string().optional().describe('Model for requests that name none'),
  base_url: address().optional().describe('The default upstream, for requests that go through no proxy'),
  api_key: key().optional().describe('Key of the default upstream'),
  ca_file: z
    .string()
    .optional()
    .describe('File with certificate authorities to trust at every upstream, in PEM'),
  host: z.string().default('127.0.0.1').describe('Address to listen on'),
  port: z.int().min(0).max(65_535).default(8000).describe('Port to listen on; 0: any free one'),
  workers: count().max(256).default(1).describe('Processes that serve the port together'),
  api_keys: z.array(key().min(1)).default([]).describe('Keys clients must send; none: no check'),
  api_key_header: headerName()
    .default('x-api-key')
    .describe('Header that may carry the key of a client, besides Authorization and x-api-key'),
  rate_limit: z
    .strictObject({
      requests: count().describe('Most requests in a window'),
      window: seconds().default(60).describe('Seconds of a window'),
    })
    .optional()
    .describe('What one client may ask for at each group of endpoints; absent: no limit'),
  cors_origins: z
    .array(origin())
    .default([])
    .describe('Web origins whose pages may call the server; `*`: all; none: no page of another origin'),
  insecure: z.boolean().default(false).describe('Allows listening beyond this machine without api_keys'),
  proxy_info: z
    .boolean()
    .default(false)
    .describe('Tells in `_proxy_info` of a whole answer who gave it, after how many attempts and how soon'),
  stream_commit: seconds()
    .default(10)
    .describe('Seconds after which a stream starts with comments while the first content is awaited'),
  heartbeat: seconds().default(10).describe('Seconds between comments that keep a waiting stream alive'),
  drain_timeout: seconds().default(30).describe('Seconds running requests get to finish after SIGTERM'),
  plugins_dir: z.array(z.string()).default([]).describe('More folders to load steps from'),
})

/** A checked configuration: every default filled in, frozen. */
export type Config = z.output<typeof configSchema>
export type ProviderConfig = Config['providers'][number]
/** A configuration as a person writes it: everything optional. */
export type ConfigInput = z.input<typeof configSchema>
