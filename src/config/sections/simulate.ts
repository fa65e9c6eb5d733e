import { z } from 'zod'

/** Services whose manners a simulated model can take on. */
export const families = [
  'openai-reasoning',
  'claude-thinking',
  'gemini',
  'llama.cpp',
  'qwen',
  'mistral',
  'bedrock',
  'gpt-oss',
  'small',
] as const

/** How a simulated model shows that it thinks. */
export const thinkingForms = [
  'none',
  'hidden',
  'field',
  'think',
  'closing',
  'brackets',
  'triangles',
  'thought',
  'reasoning',
  'seed',
  'harmony',
  'solution',
] as const

/** The preferences of a simulated judge. */
export const judgeBiases = [
  'honest',
  'agrees',
  'denies',
  'guesses',
  'first',
  'last',
  'long',
  'silent',
  'lies',
] as const

/** The preference of a judge. */
export type JudgeBias = (typeof judgeBiases)[number]

const share = () => z.number().min(0).max(1)

/** The settings of `providers[].simulate`. */
export const simulate = z.strictObject({
  latency_ms: z.number().min(0).max(600_000).default(50).describe('Milliseconds to the first token'),
  token_ms: z.number().min(0).max(60_000).default(10).describe('Milliseconds between tokens'),
  failure_rate: share().default(0).describe('Fraction of calls answered with status 500'),
  accuracy: share()
    .optional()
    .describe(
      'Fraction of questions such as "What is 17 * 23?" that are answered correctly (default: they are not solved at all)',
    ),
  difficulty_spread: share()
    .default(0)
    .describe(
      'With accuracy: how far the accuracy on one question lies above or below the mean at most, by its difficulty',
    ),
  judge_accuracy: share()
    .default(0.8)
    .describe('With accuracy: fraction of given answers that are judged correctly'),
  judge_bias: z
    .enum(judgeBiases)
    .default('honest')
    .describe(
      'With accuracy: what judgements go by; an honest judge goes by the answers, `silent` says nothing of use, `long` prefers long answers',
    ),
  wrong_answers: z
    .int()
    .min(1)
    .max(12)
    .default(4)
    .describe('With accuracy: number of wrong answers to each question, all equally likely'),
  shared_mistakes: share()
    .default(0)
    .describe(
      'With accuracy: fraction of mistakes that are the same one for a question; a judge is taken in by that one as often',
    ),
  confidence: share()
    .optional()
    .describe(
      'How much the logprobs that a request asks for say about whether an answer is right: 0 nothing, 1 all (default: no logprobs)',
    ),
  family: z
    .enum(families)
    .optional()
    .describe('Kind of model whose refusals, thinking and form of answers are simulated (default: none)'),
  thinking: z
    .enum(thinkingForms)
    .optional()
    .describe(
      "How answers show the model's thinking: in no way, by its tokens alone, in a field, or in the text (default: by family)",
    ),
  truncates: share().default(0).describe('Fraction of answers that break off in the middle'),
  answer: z.string().optional().describe('Text of every other answer (default: made from the question)'),
  seed: z.int().default(1).describe('Seed that makes failures and answers repeatable'),
})

/** The settings of a simulated provider. */
export type SimulateConfig = z.output<typeof simulate>
