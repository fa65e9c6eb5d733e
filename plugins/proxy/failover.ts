import type { Config } from '../../src/config/schema.ts'
import type { AttemptReport, Call, ChatRequest, Reply } from '../../src/contract/index.ts'
import { attempt } from '../../src/attempt/attempt.ts'
import { clocksOf } from '../../src/attempt/options.ts'
import type { AttemptListener } from '../../src/attempt/options.ts'
import { AttemptFailure } from '../../src/attempt/failure.ts'
import type { Member } from './pool/pool.ts'
import type { Lease } from './pool/slots.ts'
import type { Trial } from './state/breaker.ts'
import type { Guards } from './state/provider-state.ts'
import type { KeyTurn } from './state/key-ring.ts'
import { Retries } from './retry.ts'
import { Search } from './selection/selection.ts'
import type { Surroundings } from './selection/balancer.ts'
import { exhausted } from './all-failed.ts'

/**
 * Asks one provider after the other until one has an answer: the whole of it, or the first content of a stream. Each is
 * asked once, and again with its other keys and for its retries. Faults of the request itself end the search at once.
 */
export async function failover(request: ChatRequest, call: Call, around: Surroundings): Promise<Reply> {
  const config = around.currentConfig.value
  const search = new Search(request, call, config, around)
  const failures: AttemptFailure[] = []
  let retries: Retries | undefined
  let again: Lease<Member> | undefined
  for (;;) {
    const lease = again ?? search.tryNext() ?? (await search.next())
    if (!lease) break
    try {
      return await tryOne(lease, request, call, config, around, search)
    } catch (error) {
      if (!(error instanceof AttemptFailure) || !error.retryable) throw error
      failures.push(error)
      retries ??= new Retries(request.model, call, around.guards, around.pacing)
      const why = await retries.wanted(lease.owner, error)
      again = why === undefined ? undefined : search.again(lease.owner, why)
    }
  }
  throw exhausted(request.model, failures, search, around)
}

async function tryOne(
  lease: Lease<Member>,
  request: ChatRequest,
  call: Call,
  config: Config,
  around: Surroundings,
  search: Search,
): Promise<Reply> {
  const { provider } = lease.owner
  const trial = { requestId: call.request.id, model: request.model, probe: search.isProbe }
  const ring = around.guards.keys(lease.owner)
  const keyTurn = ring && { ring, key: ring.take(performance.now()) }
  const settle = settlement(lease.owner, search.tokens, around)
  try {
    const reply = await attempt({
      provider,
      request: call.requestFor?.(provider.name, request) ?? request,
      call,
      clocks: clocksOf(config, provider.config.timeout),
      maxResponseBytes: config.limits.response_bytes,
      key: keyTurn?.key.secret,
      reason: search.reason,
      listener: new Turn(lease, trial, call, around.guards, keyTurn),
    })
    if (settle) void reply.done.then(({ usage }) => usage && settle(usage.total_tokens))
    return reply
  } catch (error) {
    settle?.(0)
    throw error
  }
}

/** Enters what a call has used in place of what was set apart for it; undefined where nobody counts. */
function settlement(
  member: Member,
  reserved: number,
  { guards, slots }: Surroundings,
): ((used: number) => void) | undefined {
  const limit = guards.limit(member)
  return (
    limit &&
    (used => {
      limit.settle(reserved, used, performance.now())
      slots.poke()
    })
  )
}

/** Gives the slot back and enters the outcome when a call to a provider has ended. */
class Turn implements AttemptListener {
  readonly #lease: Lease<Member>
  readonly #trial: Trial
  readonly #call: Call
  readonly #guards: Guards
  readonly #keyTurn: KeyTurn | undefined

  constructor(lease: Lease<Member>, trial: Trial, call: Call, guards: Guards, keyTurn: KeyTurn | undefined) {
    this.#lease = lease
    this.#trial = trial
    this.#call = call
    this.#guards = guards
    this.#keyTurn = keyTurn
  }

  attemptEnded(report: AttemptReport, failure: AttemptFailure | undefined): void {
    const { owner } = this.#lease
    this.#guards.settle(owner, this.#trial, report, failure, this.#keyTurn)
    this.#lease.release()
    this.#call.trace?.attempted(report)
    const { log } = this.#call.request
    if (this.#keyTurn && failure?.blame === 'key') {
      const { ring } = this.#keyTurn
      const keys = { total: ring.total, usable: ring.usable(performance.now()) }
      log.warn({ provider: owner.name, keys, error: failure.message }, 'a key was refused and is set aside')
    }
    if (log.isLevelEnabled('debug')) log.debug({ attempt: report, error: failure?.message }, 'attempt')
  }
}
