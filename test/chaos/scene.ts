import { FuzzClient } from '../fuzz/client/ask.ts'
import { judgeHealth } from '../fuzz/judge/health.ts'
import { judgeLog } from '../fuzz/judge/logged.ts'
import { Subject } from '../fuzz/subject/subject.ts'
import { closedPort } from '../fake-provider.ts'
import type { FakeProvider } from '../fake-provider.ts'
import { ChaosClient } from './client.ts'
import { model } from './request.ts'

/** Milliseconds for what is being closed to be gone: longer than a connection may take, whose timer ends by itself. */
const settleMs = 60_000

/** The providers of a scene by name, each with the fields of its entry. */
export interface Member {
  readonly fake: FakeProvider
  readonly entry: object
}

/** A server in its own process over several providers, and its clients. */
export class Scene {
  readonly client: ChaosClient
  readonly #members: ReadonlyMap<string, Member>
  readonly #subject: Subject
  readonly #closings: readonly (() => void | Promise<void>)[]
  readonly #pages: FuzzClient
  #baseline: Readonly<Record<string, number>> = {}
  /** The delay of the server's event loop until `leftOver`, as the 99th percentile in milliseconds. */
  delayMs = Number.NaN
  /** The ids of requests whose clients had left when a call for them began, once for each call; known after `leftOver`. */
  late: readonly string[] = []

  private constructor(
    subject: Subject,
    members: ReadonlyMap<string, Member>,
    closings: readonly (() => void | Promise<void>)[],
  ) {
    this.#subject = subject
    this.#closings = closings
    this.#members = members
    this.client = new ChaosClient(subject.port)
    this.#pages = new FuzzClient(subject.port)
  }

  /** Starts everything. `settings` replace parts of the configuration. */
  static async start(
    members: ReadonlyMap<string, Member>,
    settings: object,
    flags: readonly string[] = [],
  ): Promise<Scene> {
    for (const { fake } of members.values()) await fake.start()
    const closings: (() => void | Promise<void>)[] = []
    const closed = await closedPort({ teardown: close => closings.push(close) })
    const subject = await Subject.start(
      generation => configText(members, closed, generation, settings),
      flags,
    )
    return new Scene(subject, members, closings)
  }

  get subject(): Subject {
    return this.#subject
  }

  /** Notes what the idle server holds, with which `leftOver` compares. Loads on the way what a request loads. */
  async rest(): Promise<void> {
    await this.#pages.get('/providers', settleMs)
    this.#baseline = await this.#idle()
  }

  /** Everything that is left of the requests that have ended, and everything that went wrong inside the server. */
  async leftOver(): Promise<string[]> {
    const wrong: string[] = []
    const { text } = await this.#pages.get('/providers', settleMs)
    const { providers } = JSON.parse(text) as { providers: { name: string; active: number }[] }
    for (const { name, active } of providers) if (active !== 0) wrong.push(`${active} slots of ${name}`)
    const pages = await judgeHealth(path => this.#pages.get(path, settleMs))
    wrong.push(...pages.map(({ rule, detail }) => `${rule}: ${detail}`))
    const { faults = [], polluted = [], held } = await this.#subject.look()
    if (this.#subject.hasEnded) return [`the process ended: ${this.#subject.stderr}`]
    this.delayMs = held?.delayMs ?? Number.NaN
    if (held?.requests !== 0) wrong.push(`${held?.requests} requests being answered`)
    wrong.push(...judgeLog(faults).map(({ rule, detail }) => `${rule}: ${detail}`), ...polluted)
    const resources = await this.#idle()
    this.late = (await this.#subject.look()).late ?? []
    for (const [kind, count] of Object.entries(resources))
      if (count > (this.#baseline[kind] ?? 0)) wrong.push(`${count - (this.#baseline[kind] ?? 0)} ${kind}`)
    for (const [name, { fake }] of this.#members)
      if (fake.connections > 0) wrong.push(`${fake.connections} connections to ${name}`)
    return wrong
  }

  async stop(): Promise<void> {
    this.client.close()
    this.#pages.close()
    await this.#subject.stop()
    for (const { fake } of this.#members.values()) await fake.close()
    for (const close of this.#closings) await close()
  }

  /** The resources of the server once it has new providers and no clients. */
  async #idle(): Promise<Readonly<Record<string, number>>> {
    this.client.close()
    this.#pages.close()
    await this.#subject.renew()
    const end = performance.now() + settleMs
    for (;;) {
      const { held } = await this.#subject.look()
      const resources = held?.resources ?? {}
      const isAsBefore = Object.entries(resources).every(
        ([kind, count]) => count <= (this.#baseline[kind] ?? 0),
      )
      const isClosed = [...this.#members.values()].every(({ fake }) => fake.connections === 0)
      const isOver =
        isClosed && (Object.keys(this.#baseline).length === 0 ? !resources['TCPSocketWrap'] : isAsBefore)
      if (isOver || performance.now() > end) return resources
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}

function configText(
  members: ReadonlyMap<string, Member>,
  closed: string,
  generation: number,
  settings: object,
): string {
  const named = [...members].map(([name, { fake, entry }]) => ({
    name: `${name}-${generation}`,
    base_url: fake.url,
    models: [model],
    ...entry,
  }))
  const refusing = { name: `refusing-${generation}`, base_url: closed, models: [model] }
  return JSON.stringify({
    host: '127.0.0.1',
    port: 0,
    drain_timeout: 1,
    monitoring: { track_errors: false },
    ...settings,
    providers: [...named, refusing],
  })
}
