import { pino } from 'pino'
import { answerKey } from '../src/answers/answer.ts'
import { createRunner } from '../src/chain/run/runner.ts'
import type { Runner } from '../src/chain/run/runner.ts'
import type { Client } from '../src/chain/request.ts'
import { CurrentConfig } from '../src/config/current.ts'
import type { JudgeBias } from '../src/config/sections/simulate.ts'
import { configSchema, providerSchema } from '../src/config/schema.ts'
import type { Step, Upstream } from '../src/contract/index.ts'
import { providerCall } from '../src/chat/provider-call.ts'
import { Provider } from '../src/providers/provider.ts'
import { simulatedKind } from '../src/providers/simulated/simulated.ts'
import { attempt } from '../src/attempt/attempt.ts'
import { timeoutsOf } from '../src/attempt/options.ts'
import type { Question } from './questions.ts'
import { Rounds } from './rounds.ts'

/** The approaches to measure, and the skill of the simulated model. */
export interface LaboratoryOptions {
  readonly steps: readonly Step[]
  readonly accuracy: number
  readonly judgeAccuracy: number
  readonly wrongAnswers: number
  /** How far the accuracy on one question is above or below the mean, at most (default: 0). */
  readonly difficultySpread?: number
  /** Fraction of mistakes that are the same one (default: 0). */
  readonly sharedMistakes?: number
  /** The preference of the judge (default: honest). */
  readonly judgeBias?: JudgeBias
  readonly seed: number
}

/** The mean results of an approach over all questions. */
export interface Effect {
  /** Share of questions answered right. */
  readonly accuracy: number
  readonly calls: number
  /** Answers and judgements, with each of several in one call counted. */
  readonly completions: number
  /** Time until the answer, in units of the latency of one call. */
  readonly rounds: number
  readonly tokens: number
  /** How many of the tokens were written by the model. */
  readonly written: number
}

const config = configSchema.parse({ limits: { calls: 1_000_000, n: 1000 } })
const model = 'simulated'
/** Number of questions that are asked concurrently. */
const batchSize = 100
const log = pino({ level: 'silent' })

/** Runs chains on a simulated model exactly as a server does, but without a server. */
export class Laboratory {
  readonly #runner: Runner
  readonly #provider: Provider
  readonly #rounds = new Map<string, Rounds>()

  constructor({ steps, accuracy, judgeAccuracy, wrongAnswers, seed, ...traits }: LaboratoryOptions) {
    const { difficultySpread = 0, sharedMistakes = 0, judgeBias = 'honest' } = traits
    const manner = {
      difficulty_spread: difficultySpread,
      shared_mistakes: sharedMistakes,
      judge_bias: judgeBias,
    }
    const skill = { accuracy, judge_accuracy: judgeAccuracy, wrong_answers: wrongAnswers, seed, ...manner }
    const simulate = { latency_ms: 0, token_ms: 0, ...skill }
    const entry = providerSchema.parse({ name: 'simulated', type: 'simulated', simulate })
    this.#provider = new Provider(entry, simulatedKind, 1000)
    this.#runner = createRunner({
      steps: {
        get: name => steps.find(step => step.name === name),
        names: () => steps.map(step => step.name),
      },
      currentConfig: new CurrentConfig(config),
      defaultUpstream: (request, call) =>
        this.#rounds.get(call.request.id)!.delay(this.#upstream)(request, call),
    })
  }

  /** Asks an approach all questions, with the given params. Rejects if any question fails, since the means would be useless. */
  async measure(approach: string, questions: readonly Question[], params: object = {}): Promise<Effect> {
    const trials: Effect[] = []
    for (let from = 0; from < questions.length; from += batchSize) {
      const batch = questions.slice(from, from + batchSize)
      trials.push(...(await Promise.all(batch.map(question => this.#try(approach, question, params)))))
    }
    const mean = (figure: keyof Effect): number =>
      trials.reduce((sum, trial) => sum + trial[figure], 0) / trials.length
    return {
      accuracy: mean('accuracy'),
      calls: mean('calls'),
      completions: mean('completions'),
      rounds: mean('rounds'),
      tokens: mean('tokens'),
      written: mean('written'),
    }
  }

  close(): Promise<void> {
    return this.#provider.close()
  }

  async #try(approach: string, { text: question, answer }: Question, params: object): Promise<Effect> {
    const rounds = new Rounds()
    this.#rounds.set(question, rounds)
    const request = { model, messages: [{ role: 'user', content: question }] }
    const own = { approach, params: { [approach]: { ...params } } }
    try {
      const { reply, meter } = await this.#runner.run({ request, own }, clientOf(question))
      const text = await reply.text()
      const accuracy = Number(answerKey(text) === answerKey(String(answer)))
      const { completions, count } = rounds
      const { total_tokens: tokens, completion_tokens: written } = meter.usage
      return { accuracy, calls: meter.calls, completions, rounds: count, tokens, written }
    } finally {
      this.#rounds.delete(question)
    }
  }

  readonly #upstream: Upstream = (request, call) =>
    attempt({
      provider: this.#provider,
      request,
      call: providerCall(call),
      timeouts: timeoutsOf(config, this.#provider, request),
      maxResponseBytes: config.limits.response_bytes,
      reason: 'the only one',
    })
}

function clientOf(id: string): Client {
  return { id, log, controller: new AbortController(), note: () => {} }
}
