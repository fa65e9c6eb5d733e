import { z } from 'zod'

const share = () => z.number().min(0).max(1)
const amount = () => z.number().min(0).max(100_000_000)
/** Seconds from the start of the simulation. */
const moment = () => z.number().min(0).max(31_622_400)

/** The ways to write a distribution, by the keys that each needs. A number alone, which is always that, is `always`. */
export const distributionForms: Readonly<Record<string, readonly string[]>> = {
  constant: ['always'],
  exponential: ['mean'],
  uniform: ['min', 'max'],
  'log-normal to p95': ['p50', 'p95'],
  'log-normal to p99': ['p50', 'p99'],
  measured: ['quantiles'],
}

/** Values that are drawn at random, such as milliseconds or tokens. */
export const distribution = z
  .strictObject({
    always: amount().optional().describe('The one value; the same as a number in place of the mapping'),
    mean: amount().optional().describe('Mean of an exponential distribution'),
    min: amount().optional().describe('Lower end of a uniform distribution'),
    max: amount().optional().describe('Upper end of a uniform distribution'),
    p50: amount().optional().describe('Median of a log-normal distribution'),
    p95: amount().optional().describe('Its 95th percentile'),
    p99: amount().optional().describe('Its 99th percentile'),
    quantiles: z
      .array(amount())
      .min(2)
      .max(1_001)
      .optional()
      .describe('Measured values at equal shares from the least to the greatest; those between lie on lines'),
  })
  .superRefine((given, context) => {
    const problem = problemOf(given)
    if (problem !== undefined)
      context.addIssue({ code: 'custom', message: problem, params: { hasNoSecret: true } })
  })
  .meta({ expected: 'a number, or a mapping that describes a distribution' })

export type Distribution = z.output<typeof distribution>

function problemOf(given: Readonly<Record<string, unknown>>): string | undefined {
  const keys = Object.keys(given).filter(key => given[key] !== undefined)
  const isForm = Object.values(distributionForms).some(
    form => form.length === keys.length && form.every(key => keys.includes(key)),
  )
  if (!isForm) {
    const forms = Object.values(distributionForms).slice(1)
    return `must be a number, or have one of: ${forms.map(form => form.join(' and ')).join('; ')}`
  }
  const { min, max, p50, p95, p99, quantiles } = given as Distribution
  if (min !== undefined && max !== undefined && min > max) return 'min must not be greater than max'
  const high = p95 ?? p99
  if (p50 !== undefined && high !== undefined && (p50 === 0 || p50 > high))
    return 'p50 must be above 0 and not greater than the other percentile'
  if (quantiles?.some((value, index) => index > 0 && value < quantiles[index - 1]!))
    return 'quantiles must be in ascending order'
  return undefined
}

/** Failures without a status. */
export const faults = ['refused', 'reset', 'hang', 'cut', 'garbage'] as const
const statuses = /^[45]\d\d$/

const failure = () =>
  z
    .string()
    .regex(new RegExp(`^(?:${faults.join('|')})$|${statuses.source}`))
    .meta({ expected: `a status from 400 to 599, or one of ${faults.join(', ')}` })

const outage = z.strictObject({
  from: moment().describe('Seconds from the start at which it begins'),
  until: moment().describe('Seconds from the start at which it ends'),
  as: failure()
    .default('refused')
    .describe('Failure of every call: a status such as 503, or one of refused, reset, hang, cut, garbage'),
})

const slowdown = z.strictObject({
  from: moment().describe('Seconds from the start at which it begins'),
  until: moment().describe('Seconds from the start at which it ends'),
  factor: z.number().min(0.01).max(1_000).describe('By how much answers take longer'),
})

/** How a provider, or one model at it, answers. */
const behaviour = {
  first_token_ms: distribution.describe(
    'Milliseconds to the first content of an answer (default: p50 400, p95 1200)',
  ),
  token_ms: distribution.describe('Milliseconds for each further token of an answer (default: 15)'),
  total_ms: distribution.describe(
    'Milliseconds to the end of an answer that is not streamed (default: from the two above)',
  ),
  answer_tokens: distribution.describe(
    'Tokens of an answer; max_tokens of the request ends it sooner (default: p50 200, p95 800)',
  ),
  error_ms: distribution.describe('Milliseconds to a failure (default: 50)'),
  errors: z
    .record(failure(), share())
    .describe('Fraction of calls that fail, by failure: a status, refused, reset, hang, cut or garbage'),
}

const checkErrors = (
  { errors = {} }: { readonly errors?: Readonly<Record<string, number>> | undefined },
  context: z.RefinementCtx,
): void => {
  const sum = Object.values(errors).reduce((total, rate) => total + rate, 0)
  if (sum <= 1) return
  const message = `the fractions add up to ${Number(sum.toFixed(4))}, which is more than 1`
  context.addIssue({ code: 'custom', path: ['errors'], message })
}

const model = z.strictObject(behaviour).partial().superRefine(checkErrors)

/** The description of a provider. */
export const describedProvider = z
  .strictObject({
    first_token_ms: behaviour.first_token_ms.default({ p50: 400, p95: 1200 }),
    token_ms: behaviour.token_ms.default({ always: 15 }),
    total_ms: behaviour.total_ms.optional(),
    answer_tokens: behaviour.answer_tokens.default({ p50: 200, p95: 800 }),
    error_ms: behaviour.error_ms.default({ always: 50 }),
    errors: behaviour.errors.default({}),
    retry_after: z
      .number()
      .min(0)
      .max(86_400)
      .optional()
      .describe('Seconds that a failure with status 429 or 503 asks to wait (default: it does not say)'),
    quota: z
      .strictObject({
        rpm: z.number().min(1).optional().describe('Calls in any 60 seconds'),
        tpm: z.number().min(1).optional().describe('Tokens in any 60 seconds'),
      })
      .default({})
      .describe('Calls beyond it are answered with 429, and with the seconds until it allows one'),
    capacity: z
      .strictObject({
        concurrent: z.int().min(1).describe('Calls that it works on at the same time'),
        waiting: z
          .int()
          .min(0)
          .default(1_000)
          .describe('Further calls that wait there; those beyond are answered with 503'),
      })
      .optional()
      .describe('Its capacity, for servers of your own (default: any number of calls)'),
    outages: z.array(outage).default([]).describe('Times at which every call fails'),
    slowdowns: z.array(slowdown).default([]).describe('Times at which answers take longer'),
    models: z
      .record(z.string().min(1), model)
      .default({})
      .describe('What differs for a model, by the name that the provider knows it by'),
    accuracy: share()
      .optional()
      .describe(
        'Fraction of questions answered correctly, and text as approaches expect it (default: a sentence)',
      ),
  })
  .superRefine(checkErrors)

export type DescribedProviderConfig = z.output<typeof describedProvider>

const rate = () => z.number().min(0).max(1_000_000)

const request = z.strictObject({
  share: z.number().min(0).max(1_000_000).default(1).describe('Weight among the kinds of requests'),
  model: z
    .string()
    .min(1)
    .optional()
    .describe('Model, maybe with a chain before it (default: that of the configuration)'),
  approach: z.string().optional().describe('Chain of approaches (default: that of the configuration)'),
  stream: z.boolean().default(false).describe('Whether the answer is streamed'),
  prompt_tokens: distribution
    .default({ p50: 300, p95: 2000 })
    .describe('Tokens of the prompt (default: p50 300, p95 2000)'),
  sessions: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Number of sessions that take turns at random, each with a prompt_cache_key (default: none)'),
  body: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Further fields of the request, such as max_tokens or hulumanage_budget'),
})

export type RequestKind = z.output<typeof request>

/** The schema of a scenario: the load, and the providers. */
export const scenarioSchema = z.strictObject({
  config: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Configuration file, from the folder of the scenario (default: the one that `serve` would use)',
    ),
  seed: z.int().default(1).describe('Seed: the same one gives the same result'),
  minutes: z.number().min(0.001).max(100_000).default(10).describe('Minutes in which requests come'),
  rps: z
    .array(
      z.strictObject({
        from: moment().default(0).describe('Seconds from the start'),
        rps: rate().describe('Requests per second from then on'),
      }),
    )
    .min(1)
    .default([{ from: 0, rps: 10 }])
    .meta({ expected: 'a number, or a list of mappings with from and rps' })
    .describe('Requests per second: a number, or a list of numbers that each hold from a time on'),
  arrivals: z
    .enum(['poisson', 'steady'])
    .default('poisson')
    .describe('Whether requests come at random, as from many clients, or at equal distances'),
  requests: z
    .array(request)
    .min(1)
    .prefault([{}])
    .describe('Kinds of requests, drawn at random by their share'),
  providers: z
    .record(z.string().min(1), describedProvider)
    .default({})
    .describe('Descriptions of providers by name; `*` describes those that are not named'),
})

export type Scenario = z.output<typeof scenarioSchema>
