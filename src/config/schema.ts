import { z } from 'zod'

/** A duration in seconds. Node fires a longer timer than 2^31 ms at once, so the bound is a safety limit. */
const seconds = () => z.number().positive().max(2_147_483)
const count = () => z.int().min(1)
const stepName = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .meta({ expected: 'lower case letters, digits and underscores, a letter first' })
const address = () => z.url({ protocol: /^https?$/ }).meta({ expected: 'an http or https URL' })
/** Trimmed, for secrets read from files end in a line feed; what else HTTP cannot carry is refused before the first call. */
const key = () =>
  z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]*$/)
    .meta({ expected: 'text of printable characters without spaces' })
const headerName = () =>
  z
    .string()
    .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/)
    .meta({ expected: 'the name of an HTTP header' })
const headerValue = () =>
  z
    .string()
    .regex(/^[\t\x20-\x7e\x80-\xff]*$/)
    .meta({ expected: 'text in one line that HTTP can carry' })

/** One entry of `providers`. */
export const providerSchema = z
  .strictObject({
    name: z.string().min(1).describe('Unique name, as logs, metrics and headers show it'),
    type: z
      .string()
      .optional()
      .describe(
        'Kind of service: openai, azure, simulated, or one a plugin adds; absent: told by the host of base_url',
      ),
    base_url: address()
      .optional()
      .describe('Where the API starts, such as https://api.openai.com/v1; absent: the one of the kind'),
    api_key: key().optional().describe('Key sent to the provider; `${NAME}` reads the environment'),
    api_keys: z.array(key().min(1)).min(1).optional().describe('Several keys that take turns, in place of api_key'),
    weight: count().max(1_000_000).default(1).describe('Share of the traffic with `weighted`'),
    fallback_only: z
      .boolean()
      .default(false)
      .describe('Used only when every other provider has failed in the request'),
    model_map: z
      .record(z.string(), z.string())
      .default({})
      .describe('Requested model to the name this provider uses'),
    models: z.array(z.string()).optional().describe('The only models this provider serves; absent: any'),
    model_prefixes: z
      .array(z.string().min(1))
      .optional()
      .describe('Serves models whose name starts with one of these, besides those of models'),
    priority: z
      .int()
      .default(0)
      .describe('Lower goes first: a provider is used when none of a lower number can be'),
    max_concurrent: count().optional().describe('Most calls at one time; absent: no limit'),
    max_connections: count().optional().describe('Most connections at one time; absent: as many as calls'),
    keepalive_timeout: seconds().default(4).describe('Seconds an idle connection is kept for the next call'),
    rate_limit: z
      .strictObject({
        rpm: count().optional().describe('Most calls in a minute'),
        tpm: count().optional().describe('Most tokens in a minute'),
      })
      .optional()
      .describe('What this provider allows; calls beyond it go elsewhere'),
    retries: z
      .strictObject({
        max: z.int().min(0).max(100).default(0).describe('Most further attempts at this provider for one call'),
        delay: z.number().min(0).max(600).default(0.5).describe('Seconds before the first one; doubles, with jitter'),
      })
      .prefault({})
      .describe('Attempts at the same provider before the next one'),
    headers: z.record(headerName(), headerValue()).default({}).describe('Headers added to every call'),
    timeout: seconds()
      .optional()
      .describe('Seconds an attempt at this provider may take, in place of timeouts.request'),
    forward_client_key: z
      .boolean()
      .default(false)
      .describe("Sends the client's own bearer key in place of api_key"),
    api_version: z.string().optional().describe('The api-version parameter of the azure kind'),
    ca_file: z.string().optional().describe('File with certificate authorities to trust, in PEM'),
    simulate: z
      .strictObject({
        latency_ms: z.number().min(0).max(600_000).default(50).describe('Milliseconds to the first token'),
        token_ms: z.number().min(0).max(60_000).default(10).describe('Milliseconds between tokens'),
        failure_rate: z.number().min(0).max(1).default(0).describe('Share of calls answered with a 500'),
        answer: z.string().optional().describe('Text of every answer; absent: a text made from the question'),
        seed: z.int().default(1).describe('Makes failures repeatable'),
      })
      .optional()
      .describe('Behaviour of a provider of the simulated kind'),
  })
  .describe('One provider')

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
  log_file: z.string().optional().describe('File to log to, in place of standard error'),
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

/** The whole configuration, in the shape of the proxy documents with additions. Unknown keys are errors. */
export const configSchema = z.strictObject({
  providers: z.array(providerSchema).default([]).describe('Where calls go'),
  routing: routing.prefault({}).describe('How a provider is chosen, and when one is taken out'),
  timeouts: timeouts.prefault({}).describe('Clocks of a request, each on its own'),
  queue: queue.prefault({}).describe('What happens when every provider is busy'),
  monitoring: monitoring.prefault({}).describe('What is logged and measured'),
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
  api_keys: z.array(key().min(1)).default([]).describe('Keys clients must send; none: no check'),
  api_key_header: headerName()
    .default('x-api-key')
    .describe('Header that may carry the key of a client, besides Authorization'),
  rate_limit: z
    .strictObject({
      requests: count().describe('Most requests in a window'),
      window: seconds().default(60).describe('Seconds of a window'),
    })
    .optional()
    .describe('What one client may ask for; absent: no limit'),
  cors_origins: z
    .array(z.string())
    .default([])
    .describe('Web origins whose pages may call the server; `*`: all; none: no page of another origin'),
  redis: z
    .strictObject({
      url: z
        .url({ protocol: /^rediss?$/ })
        .meta({ expected: 'a redis or rediss URL' })
        .describe('Such as redis://host:6379/0'),
    })
    .optional()
    .describe('Where several servers share their state; absent: each has its own'),
  insecure: z.boolean().default(false).describe('Allows listening beyond this machine without api_keys'),
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
