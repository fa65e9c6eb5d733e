import { z } from 'zod'
import { adaptiveConcurrency } from './sections/adaptive-concurrency.ts'
import { defaultFields } from './sections/default-fields.ts'
import { price } from './sections/price.ts'
import { simulate } from './sections/simulate.ts'
import { address, count, fieldName, headerName, headerValue, key, seconds } from './value-schemas.ts'

/** One entry of `providers`. */
export const providerSchema = z
  .strictObject({
    name: z.string().min(1).describe('Unique name, shown in logs, metrics and headers'),
    type: z
      .string()
      .optional()
      .describe(
        'Kind of service: openai, anthropic, azure, simulated, or one added by a plugin (default: inferred from base_url)',
      ),
    enabled: z
      .boolean()
      .default(true)
      .describe('If false, the provider is listed in /providers but never called'),
    api: z
      .enum(['chat', 'responses'])
      .optional()
      .describe('OpenAI API the provider is called through (default: depends on type, usually chat)'),
    base_url: address()
      .optional()
      .describe('Base URL of the API, such as https://api.openai.com/v1 (default: depends on type)'),
    api_key: key().optional().describe('Key sent to the provider; `${NAME}` is read from the environment'),
    api_keys: z
      .array(key().min(1))
      .min(1)
      .optional()
      .describe('Several keys used in turn, instead of api_key'),
    weight: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(1)
      .describe(
        'Share of the traffic under the `weighted` strategy; 0: no calls, unless no other provider serves the model',
      ),
    fallback_only: z
      .boolean()
      .default(false)
      .describe('Used only after every other provider has failed for the request'),
    model_map: z
      .record(z.string(), z.string())
      .default({})
      .describe(
        'Maps a requested model, or a pattern such as `openai/*`, to the name this provider uses; `*` in it is the matched part',
      ),
    models: z
      .array(z.string())
      .optional()
      .describe(
        'Models this provider serves (default: any), or patterns such as `gpt-*`; `*` matches all that no other provider names',
      ),
    model_prefixes: z
      .array(z.string().min(1))
      .optional()
      .describe('Also serves models whose names start with one of these'),
    context_windows: z
      .record(z.string().min(1), count())
      .optional()
      .describe(
        'Tokens that fit into the window of a model, by its name here or a pattern such as `gpt-*`; longer chats go elsewhere',
      ),
    priority: z
      .int()
      .default(0)
      .describe('Lower goes first: a provider is used only when none with a lower number is available'),
    max_concurrent: count().optional().describe('Maximum concurrent calls (default: no limit)'),
    adaptive_concurrency: adaptiveConcurrency
      .optional()
      .describe(
        'Lowers the maximum of concurrent calls when the provider rejects calls for its load (429, overload), and raises it slowly while calls succeed; max_concurrent bounds it (default: off)',
      ),
    max_connections: count()
      .optional()
      .describe('Maximum open connections (default: one per concurrent call)'),
    keepalive_timeout: seconds()
      .default(4)
      .describe('Seconds an idle connection is kept open for the next call'),
    http2: z
      .boolean()
      .default(false)
      .describe('Uses HTTP/2 if the provider supports it; with http:// URLs, the provider must support it'),
    rate_limit: z
      .strictObject({
        rpm: count().optional().describe('Maximum calls in any 60 seconds'),
        tpm: count().optional().describe('Maximum tokens in any 60 seconds'),
      })
      .optional()
      .describe('Rate limit of this provider; calls beyond it go to other providers'),
    retries: z
      .strictObject({
        max: z.int().min(0).max(100).default(0).describe('Maximum retries at this provider for one call'),
        delay: z
          .number()
          .min(0)
          .max(600)
          .default(0.5)
          .describe('Seconds before the first retry; doubles each time, with jitter'),
      })
      .prefault({})
      .describe('Retries at the same provider before the next one is tried'),
    headers: z.record(headerName(), headerValue()).default({}).describe('Headers added to every call'),
    timeout: seconds()
      .optional()
      .describe('Seconds an attempt at this provider may take, instead of timeouts.request'),
    forward_client_key: z.boolean().default(false).describe("Sends the client's own key instead of api_key"),
    defaults: defaultFields()
      .optional()
      .describe(
        'Fields of chat completions that are sent when the request does not set them, such as temperature',
      ),
    warm_cache: z
      .boolean()
      .default(false)
      .describe(
        'Sends the first of the calls that an approach makes for one answer alone, and the others once its answer begins, so that they find its long prompt in the cache of the service',
      ),
    text_calls: z
      .boolean()
      .optional()
      .describe(
        'Whether calls that a model writes at the end of its text, such as `<tool_call>` of Qwen, become tool calls (default: true, but false for OpenAI)',
      ),
    drop_unsupported: z
      .boolean()
      .default(false)
      .describe(
        'Leaves out fields that the service does not support, instead of refusing the request; also `seed`, `stop`, `service_tier` and fields of sampling that a model has refused, for an hour',
      ),
    drop: z
      .array(fieldName())
      .default([])
      .describe('Fields of request bodies that are left out, such as temperature'),
    rename: z
      .record(fieldName(), fieldName())
      .default({})
      .describe('Fields of request bodies that are sent under another name'),
    model_fields: z
      .record(
        z.string().min(1),
        z.strictObject({
          drop: z.array(fieldName()).default([]).describe('Fields that are left out for the model'),
          rename: z
            .record(fieldName(), fieldName())
            .default({})
            .describe('Fields that are sent under another name for the model'),
        }),
      )
      .default({})
      .describe(
        "The same for single models, by the provider's own name of the model; a name that ends with `*` matches all that begin with it",
      ),
    price: price
      .optional()
      .describe(
        'Price of its models, for the cost of answers and the strategy least_cost (default: the list price, for the cost alone, or unknown)',
      ),
    model_prices: z
      .record(z.string().min(1), price)
      .default({})
      .describe(
        "Prices of single models, by the provider's own name of the model; a name that ends with `*` holds for all that begin with it",
      ),
    accepts: z
      .strictObject({
        system_anywhere: z
          .boolean()
          .optional()
          .describe('Whether system messages may follow other messages (else they become text of the user)'),
        developer: z.boolean().optional().describe('Whether the role `developer` is known'),
        reasoning_content: z
          .boolean()
          .optional()
          .describe(
            'Whether the thoughts of earlier turns are sent back; by default if the service is known to read them, or sends thoughts itself',
          ),
        extra_content: z
          .boolean()
          .optional()
          .describe('Whether `extra_content` of earlier texts and tool calls is sent back'),
        cache_control: z.boolean().optional().describe('Whether `cache_control` is sent'),
        images: z
          .boolean()
          .optional()
          .describe('Whether images and files of earlier turns are sent (else the model is told of them)'),
        stream_options: z
          .boolean()
          .optional()
          .describe('Whether `stream_options` is sent, which reports the usage of streams'),
      })
      .prefault({})
      .describe('What the service accepts, if it differs from what its type implies'),
    api_version: z.string().optional().describe('The api-version parameter, for providers of type azure'),
    ca_file: z.string().optional().describe('PEM file with certificate authorities to trust'),
    simulate: simulate.optional().describe('Behaviour of a provider of type simulated'),
  })
  .describe('One provider')
