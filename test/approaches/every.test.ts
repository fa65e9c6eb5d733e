import { join } from 'node:path'
import t from 'tap'
import { CurrentConfig } from '../../src/config/current.ts'
import { createRunner } from '../../src/chain/run/runner.ts'
import type { Outcome } from '../../src/chain/request.ts'
import { HulumanageError, isWrapper } from '../../src/contract/index.ts'
import type { Call, ChatRequest, Completion, Reply } from '../../src/contract/index.ts'
import { providerCall } from '../../src/chat/provider-call.ts'
import { chunksOf, completionOf } from '../../src/chat/completion.ts'
import { CompleteReply, StreamReply } from '../../src/chat/reply.ts'
import { askedFor, client, configOf } from '../chain/fakes.ts'
import { load, newHost } from '../registry/host.ts'
import { toolCall } from './model.ts'

/** Rules for all approaches, whatever their method: a new one is tested as soon as its file exists. */
const app = newHost(t)
await load(app, [join(import.meta.dirname, '../../approaches')], { strict: true })
const approaches = app.steps.values().filter(step => !isWrapper(step))

interface Waiting {
  readonly request: ChatRequest
  readonly call: Call
  readonly answer: (reply: Reply | Error) => void
}

/** A model whose calls all take the same time on a virtual clock: calls that wait at the same moment are answered together. */
class Model {
  readonly rounds: Waiting[][] = []
  waiting: Waiting[] = []
  /** The error of the call with this index among all calls, if that call fails. */
  readonly #failing: (index: number) => Error | undefined
  readonly #behaviour: Behaviour

  constructor({ failing = () => undefined, n = 'known', says = sound }: Partial<Behaviour> = {}) {
    this.#failing = failing
    this.#behaviour = { failing, n, says }
  }

  readonly upstream = (request: ChatRequest, call: Call): Promise<Reply> => {
    const asked = providerCall(call).requestFor?.('fake', request) ?? request
    return new Promise((resolve, reject) => {
      const answer = (reply: Reply | Error) => (reply instanceof Error ? reject(reply) : resolve(reply))
      this.waiting.push({ request: asked, call, answer })
      call.signal.addEventListener('abort', () => reject(call.signal.reason as Error))
    })
  }

  /** Lets time pass until `work` has ended, or until round `stop` is waiting. */
  async run<T>(work: Promise<T>, stop = Infinity): Promise<void> {
    let over = false
    const end = () => (over = true)
    work.then(end, end)
    while (!over) {
      await settle()
      if (this.waiting.length === 0) continue
      if (this.rounds.length === stop) return
      const round = this.waiting
      this.waiting = []
      const before = this.calls
      this.rounds.push(round)
      for (const [index, { request, answer }] of round.entries()) {
        answer(this.#failing(before + index) ?? replyTo(request, this.#behaviour))
      }
    }
  }

  get calls(): number {
    return this.rounds.flat().length
  }
}

/**
 * Waits for more turns of the event loop than any method takes between two calls, even on a busy machine, where methods let
 * other requests run in between more often.
 */
function settle(): Promise<void> {
  return new Promise(resolve => {
    const wait = (turns: number): void => void (turns === 0 ? resolve() : setImmediate(wait, turns - 1))
    wait(200)
  })
}

interface Behaviour {
  readonly failing: (index: number) => Error | undefined
  /** If ignored, there is one choice. */
  readonly n: 'known' | 'ignored' | 'rejected'
  /** The message of each choice; without it, there are no choices at all. */
  readonly says: Said | null
}

interface Said {
  readonly content: string | null
  readonly finish: string
}

/** Text that any method can continue from. */
const sound: Said = {
  content: '<thinking>6 * 7</thinking><output>The answer is 42</output> Score: 7',
  finish: 'stop',
}

/** A tool call whenever there are tools. */
function replyTo(request: ChatRequest, { n, says }: Behaviour): Reply | Error {
  const asked = request.n ?? 1
  if (n === 'rejected' && asked > 1) {
    const upstream = { message: 'n must be 1', type: 'invalid_request_error', param: 'n', code: null }
    return new HulumanageError('upstream_rejected', 'n must be 1', { upstream })
  }
  const calling = { role: 'assistant', content: null, tool_calls: [toolCall] }
  const message = request['tools'] ? calling : { role: 'assistant', content: says?.content ?? null }
  const count = says ? (n === 'known' ? asked : 1) : 0
  const messages = Array.from({ length: count }, () => message)
  const usage = { prompt_tokens: 1, completion_tokens: count, total_tokens: 1 + count }
  const made = completionOf(messages, request.model)
  const choices = made.choices.map(choice => ({
    ...choice,
    finish_reason: request['tools'] ? choice.finish_reason : (says?.finish ?? 'stop'),
  }))
  const whole: Completion = { ...made, choices, usage }
  if (!request.stream) return new CompleteReply(whole, 'fake')
  const { id, model, created } = whole
  async function* chunks() {
    yield* chunksOf(whole)
  }
  return new StreamReply({ id, model, created, provider: 'fake' }, chunks())
}

function runnerOver(model: Model) {
  const currentConfig = new CurrentConfig(configOf({ limits: { calls: 10_000 } }))
  return createRunner({ steps: app.steps, currentConfig, defaultUpstream: model.upstream })
}

interface Answered {
  readonly outcome: Outcome
  readonly whole: Completion
}

/** Asks one question through an approach, and reads the answer to its end. */
async function ask(
  name: string,
  model: Model,
  fields: Partial<ChatRequest> = {},
  runner = runnerOver(model),
) {
  const answered = (async (): Promise<Answered> => {
    const outcome = await runner.run(askedFor(`${name}-x`, {}, fields), client())
    return { outcome, whole: await outcome.reply.completion() }
  })()
  await model.run(answered)
  return await answered
}

/** A runner that already knows what the model supports. */
async function warmRunner(name: string, model: Model) {
  const runner = runnerOver(model)
  await ask(name, model, { n: 2 }, runner)
  model.rounds.length = 0
  return runner
}

t.test('a method that never ends early takes exactly the stated number of rounds', async t => {
  for (const name of ['none', 're2', 'cot_reflection']) {
    for (const n of ['known', 'ignored', 'rejected'] as const) {
      const model = new Model({ n })
      const { outcome } = await ask(name, model, {}, await warmRunner(name, model))
      t.equal(model.rounds.length, outcome.cost.rounds, name)
    }
  }
})

/** Approaches that hand on the answer to this question as it is: it has no schema for `valid`, and is short for `longcepo`. */
const passing = new Set(['none', 're2', 'valid', 'longcepo', 'pick'])

for (const { name } of approaches) {
  t.test(name, async t => {
    t.test(
      'takes at most the stated rounds and calls, whether n is supported, ignored or rejected',
      async t => {
        for (const n of ['known', 'ignored', 'rejected'] as const) {
          for (const fields of [{}, { n: 2 }, { stream: true }, { n: 2, stream: true }]) {
            const model = new Model({ n })
            const runner = await warmRunner(name, model)
            const { outcome, whole } = await ask(name, model, fields, runner)
            const { cost } = outcome
            t.ok(model.rounds.length <= cost.rounds, `${model.rounds.length} rounds of ${cost.rounds}`)
            t.ok(model.calls <= cost.calls, `${model.calls} calls of ${cost.calls}`)
            t.equal(whole.choices.length, fields.n ?? 1)
            for (const { message, finish_reason } of whole.choices) {
              t.ok(message.content)
              t.equal(finish_reason, 'stop')
            }
            const billed = model.rounds
              .flat()
              .map(({ request }) => 1 + (n === 'known' ? (request.n ?? 1) : 1))
            t.equal(
              whole.usage?.total_tokens,
              billed.reduce((sum, one) => sum + one),
            )
            t.equal(model.waiting.length, 0)
          }
        }
      },
    )

    t.test('fails with the status of the upstream if every call fails', async t => {
      for (const stream of [false, true]) {
        const busy = new HulumanageError('rate_limit_exceeded', 'busy', { retryAfter: 7 })
        const asked = ask(name, new Model({ failing: () => busy }), { stream })
        await t.rejects(asked, { status: 429, code: 'rate_limit_exceeded', retryAfter: 7 })
      }
    })

    t.test('answers even if one of several calls in a round fails', async t => {
      const whole = new Model({ n: 'ignored' })
      await ask(name, whole, {}, await warmRunner(name, whole))
      const several = whole.rounds.flatMap(round => round.map(() => round.length > 1))
      const places = [...several.keys()].filter(place => several[place]).slice(0, 12)
      for (const place of places) {
        let from = Infinity
        const down = new HulumanageError('upstream_error', 'down')
        const model = new Model({ n: 'ignored', failing: index => (index === from ? down : undefined) })
        const runner = await warmRunner(name, model)
        from = place
        const answered = await ask(name, model, {}, runner)
        t.ok(answered.whole.choices[0]?.message.content, `call ${place}`)
      }
    })

    t.test('does not make an answer from nothing', async t => {
      for (const says of [null, { content: null, finish: 'stop' }, { content: '', finish: 'stop' }]) {
        for (const stream of [false, true]) {
          try {
            const { whole } = await ask(name, new Model({ says }), { stream })
            t.ok(whole.choices.every(({ message }) => !message.content))
          } catch (error) {
            t.match(error, { name: 'HulumanageError', code: 'no_answer' })
          }
        }
      }
    })

    t.test('fails with no_answer if the model says nothing but blanks or thinking', async t => {
      if (passing.has(name)) return
      for (const content of [null, '', ' \n ', '<think>6 * 7</think>', '<think>6 * 7</think>\n']) {
        for (const stream of [false, true]) {
          const asked = ask(name, new Model({ says: { content, finish: 'stop' } }), { stream })
          await t.rejects(asked, { code: 'no_answer' }, JSON.stringify(content))
        }
      }
    })

    t.test('reports that an answer is truncated', async t => {
      const says = { content: sound.content, finish: 'length' }
      for (const stream of [false, true]) {
        const { whole } = await ask(name, new Model({ says }), { stream })
        t.match(whole.choices, [{ finish_reason: 'length' }])
      }
    })

    t.test('stops all calls when the client disconnects, in every round', async t => {
      const whole = new Model()
      await ask(name, whole)
      for (let round = 0; round < whole.rounds.length; round++) {
        const model = new Model()
        const who = client()
        const asked = runnerOver(model).run(askedFor(`${name}-x`), who)
        await model.run(asked, round)
        who.controller.abort(new HulumanageError('client_closed', 'gone'))
        await t.rejects(asked, { code: 'client_closed' })
        t.ok(model.waiting.every(({ call }) => call.signal.aborted))
        const before = model.waiting.length
        await settle()
        t.equal(model.waiting.length, before, 'no call comes after')
      }
    })

    t.test('passes on a tool call of the model', async t => {
      for (const stream of [false, true]) {
        const { whole } = await ask(name, new Model(), { stream, tools: [{ type: 'function' }] })
        t.match(whole.choices, [{ message: { tool_calls: [toolCall] }, finish_reason: 'tool_calls' }])
      }
    })
  })
}
