import { FakeProvider } from '../fake-provider.ts'
import { FuzzClient } from './client/ask.ts'
import type { RedisServer } from '../store/redis-server.ts'
import { hostileQuestion } from './client/hostile-question.ts'
import { chooseQuestion, modelOf } from './client/question.ts'
import type { Filter } from './client/question.ts'
import { kinds } from './exchange.ts'
import type { Answer, Exchange, Heard, Question, Violation } from './exchange.ts'
import { judgeAnswer } from './judge/answer.ts'
import { judgeLog, placeOf } from './judge/logged.ts'
import { judgeHealth } from './judge/health.ts'
import { mutatedConfiguration } from './mutate/configuration.ts'
import { mutateStore } from './mutate/store.ts'
import { Random } from './random.ts'
import { configText } from './subject/config.ts'
import { Subject } from './subject/subject.ts'
import { mutatedAnswer, rightAnswer } from './upstream/answer.ts'
import type { Asked } from './upstream/answer.ts'
import { play } from './upstream/play.ts'

/** Milliseconds within which any answer must have ended; the server's timeouts are far shorter. */
const deadlineMs = 20_000
/** Milliseconds within which an idle server answers. */
const readyMs = 10_000

/** An exchange that took place, and its faults. */
export interface Observed {
  readonly exchange: Exchange
  readonly violations: readonly Violation[]
}

/** The shares of exchanges with a mutated answer or request, and with a mutated configuration that is read before. */
export interface Shares {
  readonly answers?: number
  readonly requests?: number
  readonly configurations?: number
}

type Choose = (call: number, asked: Asked) => Answer

/** A server in its own process, its provider, and its client. */
export class Lab {
  readonly #provider = new FakeProvider(async exchange => {
    const { path, body } = exchange.request
    const answer = this.#choose(this.#calls, { path, body })
    this.#calls += 1
    this.#answers.push(answer)
    await play(exchange, answer)
  })
  readonly #flags: readonly string[]
  readonly #redis: RedisServer | undefined
  #subject: Subject | undefined
  #client: FuzzClient | undefined
  #choose: Choose = (_, asked) => rightAnswer(new Random(0), asked)
  #answers: Answer[] = []
  #calls = 0

  /** `flags`: Node's flags for the server's process. `redis`: what the server keeps there is mutated. */
  constructor(flags: readonly string[] = [], redis?: RedisServer) {
    this.#flags = flags
    this.#redis = redis
  }

  async open(): Promise<void> {
    if (this.#provider.port === 0) await this.#provider.start()
    const configOf = (generation: number) => configText(this.#provider.url, generation, this.#redis?.url)
    this.#subject = await Subject.start(configOf, this.#flags)
    this.#client = new FuzzClient(this.#subject.port)
  }

  async close(): Promise<void> {
    await this.#closeSubject()
    await this.#provider.close()
  }

  /** Makes the exchange with this number of a run, and judges it, with what it finds in Redis and configurations. */
  async fuzz(seed: number, number: number, filter: Filter, shares: Shares = {}): Promise<Observed> {
    const { answers: share = 0.8, requests = 0, configurations = 0 } = shares
    // Choices of their own, so that those of the exchange are the same without them.
    const hostile = new Random(seed, number, -1)
    const chosen = chooseQuestion(new Random(seed, number), number, filter)
    const mutated = hostile.chance(requests) ? hostileQuestion(hostile, chosen) : chosen
    const question = this.#redis ? { ...mutated, isHostile: true as const } : mutated
    if (this.#redis) await mutateStore(hostile, this.#redis)
    if (hostile.chance(configurations)) await this.#subject!.try(mutatedConfiguration(hostile))
    const choose: Choose = (call, asked) => {
      const random = new Random(seed, number, call + 1)
      return random.chance(share) ? mutatedAnswer(random, asked) : rightAnswer(random, asked)
    }
    return await this.#observe(seed, number, question, choose)
  }

  /** Repeats an exchange from its bytes. */
  async replay({ seed, number, question, answers }: Exchange): Promise<Observed> {
    const choose: Choose = (call, asked) =>
      answers[call] ?? answers.at(-1) ?? rightAnswer(new Random(0), asked)
    return await this.#observe(seed, number, question, choose)
  }

  /** Whether the server is as good as new: every kind of provider, and its own reports. */
  async check(): Promise<Violation[]> {
    await this.#redis?.command('FLUSHALL')
    this.#choose = (_, asked) => rightAnswer(new Random(0), asked)
    const wrong: Violation[] = []
    for (const kind of kinds) {
      for (const stream of [false, true]) {
        const body = { model: modelOf(kind), messages: [{ role: 'user', content: 'Hi' }], stream }
        const question: Question = { dialect: 'chat', kind, stream, body, times: 1 }
        const heard = await this.#client!.ask('chat', body, readyMs)
        const isRight = heard.status === 200 && judgeAnswer(question, [], heard).length === 0
        if (!isRight)
          wrong.push({
            rule: 'a right answer fails later',
            detail: `${kind} ${stream}: ${JSON.stringify(heard)}`,
          })
      }
    }
    wrong.push(...(await judgeHealth(path => this.#client!.get(path, readyMs))))
    const { faults = [], polluted = [] } = await this.#subject!.renew()
    return [...wrong.slice(0, 1), ...judgeLog(faults), ...pollutions(polluted)]
  }

  /** Starts over with a new process. */
  async restart(): Promise<void> {
    await this.#closeSubject()
    await this.open()
  }

  async #observe(seed: number, number: number, question: Question, choose: Choose): Promise<Observed> {
    this.#choose = choose
    this.#answers = []
    this.#calls = 0
    const violations: Violation[] = []
    let last: Heard | undefined
    for (let time = 0; time < question.times; time += 1) {
      last = await this.#client!.ask(question.dialect, question.body, deadlineMs)
      violations.push(...judgeAnswer(question, this.#answers, last))
    }
    const answers = this.#answers
    this.#answers = []
    this.#provider.requests.splice(0)
    violations.push(...(await this.#after(last!)))
    return { exchange: { seed, number, question, answers }, violations: distinct(violations) }
  }

  /** The report of the process afterwards; a dead or busy process is replaced. */
  async #after(heard: Heard): Promise<Violation[]> {
    const subject = this.#subject!
    if (heard.ending === 'late' || heard.status === 0) {
      const { status } = await this.#client!.get('/ready', readyMs)
      if (status !== 200 && !subject.hasEnded) {
        const stack = await subject.busyStack()
        await this.restart()
        return [{ rule: `the process is busy: ${placeOf(stack)}`, detail: stack }]
      }
    }
    const isGood = heard.status === 200 && heard.ending === 'whole'
    const { faults = [], polluted = [] } = await (isGood ? subject.look() : subject.renew())
    const violations = [...judgeLog(faults), ...pollutions(polluted)]
    if (subject.hasEnded)
      violations.push({ rule: `the process ends: ${placeOf(subject.stderr)}`, detail: subject.stderr })
    if (subject.hasEnded || polluted.length > 0) await this.restart()
    return violations
  }

  async #closeSubject(): Promise<void> {
    this.#client?.close()
    await this.#subject?.stop()
  }
}

function pollutions(polluted: readonly string[]): Violation[] {
  return polluted.length === 0
    ? []
    : [{ rule: 'a built-in prototype is changed', detail: polluted.join(' ') }]
}

function distinct(violations: readonly Violation[]): Violation[] {
  return [...new Map(violations.map(violation => [violation.rule, violation])).values()]
}
