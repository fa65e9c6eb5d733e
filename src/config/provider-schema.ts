import { z } from 'zod'
import { address, count, headerName, headerValue, key, seconds } from './value-schemas.ts'

/** One entry of `providers`. */
export const providerSchema = z
  .strictObject({
    name: z.string().min(1).describe('Unique name, as logs, metrics and headers show it'),
    type: z
      .string()
      .optional()
      .describe(
        'Kind of service: openai, anthropic, azure, simulated, or one a plugin adds; absent: told by the host of base_url',
      ),
    enabled: z.boolean().default(true).describe('false: is listed in /providers, and never asked'),
    api: z
      .enum(['chat', 'responses'])
      .optional()
      .describe('Which API of OpenAI it is called through; absent: the one of the kind, mostly chat'),
    base_url: address()
      .optional()
      .describe('Where the API starts, such as https://api.openai.com/v1; absent: the one of the kind'),
    api_key: key().optional().describe('Key sent to the provider; `${NAME}` reads the environment'),
    api_keys: z
      .array(key().min(1))
      .min(1)
      .optional()
      .describe('Several keys that take turns, in place of api_key'),
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
    http2: z.boolean().default(false).describe('Speaks HTTP/2 where the provider does; over http:// it must'),
    rate_limit: z
      .strictObject({
        rpm: count().optional().describe('Most calls in a minute'),
        tpm: count().optional().describe('Most tokens in a minute'),
      })
      .optional()
      .describe('What this provider allows; calls beyond it go elsewhere'),
    retries: z
      .strictObject({
        max: z
          .int()
          .min(0)
          .max(100)
          .default(0)
          .describe('Most further attempts at this provider for one call'),
        delay: z
          .number()
          .min(0)
          .max(600)
          .default(0.5)
          .describe('Seconds before the first one; doubles, with jitter'),
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
    drop_unsupported: z
      .boolean()
      .default(false)
      .describe('Leaves out what the kind of service documents to ignore, in place of refusing the request'),
    api_version: z.string().optional().describe('The api-version parameter of the azure kind'),
    ca_file: z.string().optional().describe('File with certificate authorities to trust, in PEM'),
    simulate: z
      .strictObject({
        latency_ms: z.number().min(0).max(600_000).default(50).describe('Milliseconds to the first token'),
        token_ms: z.number().min(0).max(60_000).default(10).describe('Milliseconds between tokens'),
        failure_rate: z.number().min(0).max(1).default(0).describe('Share of calls answered with a 500'),
        accuracy: z
          .number()
          .min(0)
          .max(1)
          .optional()
          .describe(
            'Share of questions like "What is 17 * 23?" answered right; absent: they are not worked out',
          ),
        judge_accuracy: z
          .number()
          .min(0)
          .max(1)
          .default(0.8)
          .describe('With accuracy: share of given answers that are told right from wrong'),
        wrong_answers: z
          .int()
          .min(1)
          .max(12)
          .default(4)
          .describe('With accuracy: how many wrong answers a question has, all equally likely'),
        answer: z
          .string()
          .optional()
          .describe('Text of every other answer; absent: a text made from the question'),
        seed: z.int().default(1).describe('Makes failures and answers repeatable'),
      })
      .optional()
      .describe('Behaviour of a provider of the simulated kind'),
  })
  .describe('One provider')
