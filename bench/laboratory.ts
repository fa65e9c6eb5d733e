import { pino } from 'pino'
import { answerKey } from '../approaches/lib/answers/answer.ts'
import { createRunner } from '../src/chain/run/runner.ts'
import type { Runner } from '../src/chain/run/runner.ts'
import type { Client } from '../src/chain/request.ts'
import { CurrentConfig } from '../src/config/current.ts'
import { configSchema, providerSchema } from '../src/config/schema.ts'
import type { Step, Upstream } from '../src/contract/index.ts'
import { providerCall } from '../src/chat/provider-call.ts'
import { Provider } from '../src/providers/provider.ts'
import { simulatedKind } from '../src/providers/simulated/simulated.ts'
import { attempt } from '../src/attempt/attempt.ts'
import { clocksOf } from '../src/attempt/options.ts'
import type { Question } from './questions.ts'
import { Rounds } from './rounds.ts'

/** The skill of the simulated model that answers. */
export interface LaboratoryOptions {
  readonly steps: readonly Step[]
  readonly accuracy: number
  readonly judgeAccuracy: number
  readonly wrongAnswers: number
  readonly seed: number
}

/** What an approach does with questions, on average. */
export interface Effect {
  /** Share of questions answered right. */
  readonly accuracy: number
  readonly calls: number
  /** Units of a model's latency until the answer is there. */
  readonly rounds: number
  readonly tokens: number
}

const config = configSchema.parse({ limits: { calls: 1_000_000, n: 1000 } })
const model = 'simulated'
const atOnce = 100
const log = pino({ level: 'silent' })

/** Chains on top of a simulated model, run as a server runs them, without a server. */
export class Laboratory {
  readonly #runner: Runner
  readonly #provider: Provider
  readonly #rounds = new Map<string, Rounds>()

  constructor({ steps, accuracy, judgeAccuracy, wrongAnswers, seed }: LaboratoryOptions) {
    const skill = { accuracy, judge_accuracy: judgeAccuracy, wrong_answers: wrongAnswers, seed }
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
        this.#rounds.get(call.request.id)!.through(this.#upstream)(request, call),
    })
  }

  /** Puts every question to an approach, with what `params` sets. A question that fails is an error: its figures mean nothing. */
  async measure(approach: string, questions: readonly Question[], params: object = {}): Promise<Effect> {
    const trials: Effect[] = []
    for (let from = 0; from < questions.length; from += atOnce) {
      const batch = questions.slice(from, from + atOnce)
      trials.push(...(await Promise.all(batch.map(question => this.#try(approach, question, params)))))
    }
    const mean = (figure: keyof Effect): number =>
      trials.reduce((sum, trial) => sum + trial[figure], 0) / trials.length
    return {
      accuracy: mean('accuracy'),
      calls: mean('calls'),
      rounds: mean('rounds'),
      tokens: mean('tokens'),
    }
  }

  close(): Promise<void> {
    return this.#provider.close()
  }

  async #try(approach: string, { text, answer }: Question, params: object): Promise<Effect> {
    const rounds = new Rounds()
    this.#rounds.set(text, rounds)
    const request = { model, messages: [{ role: 'user', content: text }] }
    const own = { approach, params: { [approach]: { ...params } } }
    try {
      const { reply, meter } = await this.#runner.run({ request, own }, clientOf(text))
      const said = await reply.text()
      const accuracy = Number(answerKey(said) === answerKey(String(answer)))
      return { accuracy, calls: meter.calls, rounds: rounds.count, tokens: meter.usage.total_tokens }
    } finally {
      this.#rounds.delete(text)
    }
  }

  readonly #upstream: Upstream = (request, call) =>
    attempt({
      provider: this.#provider,
      request,
      call: providerCall(call),
      clocks: clocksOf(config),
      maxResponseBytes: config.limits.response_bytes,
      reason: 'the only one',
    })
}

function clientOf(id: string): Client {
  return { id, log, controller: new AbortController(), note: () => {} }
}
