import { z } from 'zod'
import { providerSchema } from './provider-schema.ts'
import { sessionBudget } from './sections/clients/client-budget.ts'
import { clientLimit } from './sections/clients/client-limit.ts'
import { clients } from './sections/clients.ts'
import { costs } from './sections/costs.ts'
import { scorers } from './sections/methods/scorers.ts'
import { admin, keptResponses, passThrough } from './sections/endpoints.ts'
import { fallbacks } from './sections/fallbacks.ts'
import { hedge } from './sections/hedge.ts'
import { ledger } from './sections/ledger.ts'
import { limits } from './sections/limits.ts'
import { monitoring, otel } from './sections/monitoring.ts'
import { redis } from './sections/redis.ts'
import { streams } from './sections/streams.ts'
import { address, count, headerName, key, origin, seconds, stepName } from './value-schemas.ts'

export { providerSchema } from './provider-schema.ts'

const routing = z.strictObject({
  strategy: z
    .string()
    .default('weighted')
    .describe(
      'weighted, round_robin, failover, least_busy, least_latency, usage, least_cost, or one added by a plugin',
    ),
  affinity: z
    .enum(['prompt_cache_key', 'x-session-id', 'user', 'prefix'])
    .optional()
    .describe(
      'Keeps the calls of a session at one provider, for its prompt cache: a session is a value of this field or header, or ' +
        'prefix: a conversation with the same beginning (default: calls are spread by strategy)',
    ),
  slot_wait: z
    .number()
    .min(0)
    .max(600)
    .default(0.5)
    .describe('With failover: seconds to wait for a busy preferred provider before the next one is used'),
  max_attempts: count()
    .optional()
    .describe('Maximum providers tried for one call (default: every suitable one)'),
  hedge: hedge
    .optional()
    .describe(
      'Asks a second provider when the first is slow to begin; the first to answer wins (default: off)',
    ),
  stream_recovery: z
    .enum(['auto', 'restart', 'continue', 'off'])
    .default('auto')
    .describe(
      'How a stream is recovered that breaks after its client has seen text: `restart` holds another answer to the same ' +
        'request back while it repeats that text; `continue` lets a model continue the text; `auto` tries both; `off` ' +
        'leaves the stream broken',
    ),
  health_check: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe('Requests the list of models from each provider in the background'),
      interval: seconds().default(30).describe('Seconds between checks, spread by up to 20 %'),
      timeout: seconds().default(5).describe('Seconds a check may take'),
      path: z
        .string()
        .startsWith('/')
        .meta({ expected: 'a path that starts with /' })
        .optional()
        .describe('Path to request below base_url (default: depends on type)'),
    })
    .prefault({})
    .describe('Background checks of every provider'),
  failure_threshold: count()
    .default(3)
    .describe(
      'Consecutive failures after which a model gets no calls at a provider, or a provider none at all',
    ),
  cooldown: seconds()
    .default(5)
    .describe('Seconds a provider is out of service the first time; doubles with each failed probe'),
  max_cooldown: seconds()
    .default(20)
    .describe('Maximum seconds a provider is out of service before it is probed again'),
  slow_start: z
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('Seconds in which the share of a provider that is back grows to its full one; 0: at once'),
})

const timeouts = z.strictObject({
  connect: seconds().default(5).describe('Seconds to establish a connection, including TLS'),
  request: seconds()
    .optional()
    .describe(
      'Seconds per attempt: to the whole answer, or to the first content of a stream ' +
        '(default: 30; 300 for models known to think and for providers in a private network)',
    ),
  first_token: seconds().optional().describe('Seconds to the first content of a stream, instead of request'),
  idle: seconds()
    .default(30)
    .describe('Maximum seconds between two events of a stream; comments do not count'),
  total: seconds()
    .default(600)
    .describe('Seconds for a whole request, including queue, attempts and all steps'),
})

const queue = z.strictObject({
  max_concurrent: count().default(100).describe('Maximum concurrent calls to providers'),
  max_waiting: z
    .int()
    .min(0)
    .default(200)
    .describe('Maximum calls waiting for a slot; further ones are refused at once'),
  timeout: seconds().default(60).describe('Seconds a call may wait for a slot'),
})

const cache = z.strictObject({
  enabled: z.boolean().default(false).describe('Wraps every chain in the step `cache`'),
  ttl: seconds().default(3600).describe('Seconds an answer is kept'),
  max_bytes: count()
    .default(64 * 1024 * 1024)
    .describe('Maximum bytes kept in memory; the least recently used answers are evicted first'),
  max_answer_bytes: count()
    .default(1024 * 1024)
    .describe('Maximum bytes of an answer that is kept'),
  when: z
    .enum(['always', 'deterministic'])
    .default('always')
    .describe('Requests to cache; deterministic: only those with temperature 0 or a seed'),
  namespace: z
    .string()
    .regex(/^[\w.-]+$/)
    .meta({ expected: 'letters, digits, _, . and -' })
    .default('hulumanage')
    .describe('Prefix of every key of the cache in a store that several servers share'),
})

/** The whole configuration: the shape of the proxy documents, with additions. Unknown keys are errors. */
export const configSchema = z.strictObject({
  providers: z.array(providerSchema).default([]).describe('Services that calls go to'),
  fallbacks: fallbacks.prefault({}).describe('Models asked in place of another, by the cause of its failure'),
  routing: routing.prefault({}).describe('How a provider is chosen, and when one is taken out of service'),
  timeouts: timeouts.prefault({}).describe('Time limits of a request, each independent of the others'),
  queue: queue.prefault({}).describe('Limits on calls, running and waiting, when providers are busy'),
  monitoring: monitoring.prefault({}).describe('Logging and measurements'),
  ledger: ledger
    .prefault({})
    .describe(
      'Record of all requests and the calls under them: models, times, tokens and costs; texts only if `bodies` says so',
    ),
  otel: otel.optional().describe('Traces of requests and metrics for OpenTelemetry (default: none)'),
  cache: cache.prefault({}).describe('Cache of answers to repeated requests'),
  kept_responses: keptResponses
    .prefault({})
    .describe(
      'Translated responses that are kept, so that clients may continue, read and delete them by id, and thoughts behind tool calls, for chat clients that do not send them back',
    ),
  redis: redis
    .optional()
    .describe('Redis through which servers share their state (default: each has its own)'),
  costs: costs.prefault({}).describe('Cost of answers in USD'),
  limits: limits.prefault({}).describe('Limits on what one request may ask for or cost'),
  pass_through: passThrough
    .prefault({})
    .describe("Requests to other endpoints of a provider's API, such as /v1/images/generations"),
  approach: z
    .string()
    .default('auto')
    .describe('Chain for requests that name none; auto: taken from the prefix of the model'),
  chains: z
    .record(stepName(), z.string())
    .default({})
    .describe('Named chains, usable as steps and listed as models'),
  steps: z
    .record(stepName(), z.record(z.string(), z.unknown()))
    .default({})
    .describe('Defaults for the params of steps'),
  scorers: scorers
    .default({})
    .describe('Services that score answers, by name, for methods with the param `scorer: http:NAME`'),
  allow_prompt_tags: z
    .boolean()
    .default(false)
    .describe('Lets a `<hulumanage_approach>` tag in a prompt choose the chain'),
  model: z.string().optional().describe('Model for requests that name none'),
  base_url: address().optional().describe('Default upstream, for requests that do not go through a proxy'),
  api_key: key().optional().describe('API key of the default upstream'),
  ca_file: z
    .string()
    .optional()
    .describe('PEM file with certificate authorities to trust for every upstream'),
  host: z.string().default('127.0.0.1').describe('Address to listen on'),
  port: z.int().min(0).max(65_535).default(8000).describe('Port to listen on; 0: any free port'),
  admin: admin
    .optional()
    .describe(
      'A second address, to which the endpoints and the page for operators move (default: no second one)',
    ),
  workers: count().max(256).default(1).describe('Processes that serve the port together'),
  api_keys: z.array(key().min(1)).default([]).describe('Keys that clients must present (default: no check)'),
  api_key_header: headerName()
    .default('x-api-key')
    .describe("Header that may carry a client's key, besides Authorization, x-api-key and api-key"),
  clients: clients
    .default([])
    .describe('Clients with a name, a key and rights of their own, beside those with one of api_keys'),
  rate_limit: clientLimit
    .optional()
    .describe('Rate limit of each client for each group of endpoints (default: no limit)'),
  session_budget: sessionBudget
    .optional()
    .describe(
      'Maximum that one session may spend, so that a loop ends; agents and gateways name sessions in headers and fields of their own (default: no limit)',
    ),
  cors_origins: z
    .array(origin())
    .default([])
    .describe('Web origins whose pages may call the server, or `*` for all (default: its own origin only)'),
  insecure: z
    .boolean()
    .default(false)
    .describe('Allows listening on addresses other than loopback without api_keys'),
  proxy_info: z
    .boolean()
    .default(false)
    .describe(
      'Adds `_proxy_info` to complete answers: the provider, the number of attempts and the time taken',
    ),
  ...streams,
  drain_timeout: seconds().default(30).describe('Seconds that running requests have to finish after SIGTERM'),
  plugins_dir: z.array(z.string()).default([]).describe('Additional folders to load steps from'),
})

/** A checked configuration: every default filled in, frozen. */
export type Config = z.output<typeof configSchema>
export type ProviderConfig = Config['providers'][number]
/** A configuration as a person writes it: everything optional. */
export type ConfigInput = z.input<typeof configSchema>
