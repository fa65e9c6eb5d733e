import type { Config } from '../../src/config/schema.ts'
import type { AttemptReport, Call, ChatRequest, Reply } from '../../src/contract/index.ts'
import { attempt } from '../../src/upstream/attempt.ts'
import type { AttemptListener, Clocks } from '../../src/upstream/attempt-options.ts'
import { AttemptFailure } from '../../src/upstream/failure.ts'
import type { Member } from '../../src/upstream/pool.ts'
import type { Lease } from '../../src/upstream/slots.ts'
import type { Trial } from './breaker.ts'
import type { Guards } from './guard.ts'
import { Search } from './search.ts'
import type { Surroundings } from './surroundings.ts'
import { exhausted } from './exhausted.ts'

/**
 * Asks one provider after the other, each at most once, until one has an answer: the whole of it, or the first content
 * of a stream. Faults of the request itself end the search at once.
 */
export async function failover(request: ChatRequest, call: Call, around: Surroundings): Promise<Reply> {
  const config = around.currentConfig.value
  const search = new Search(request.model, call.signal, config, around)
  const failures: AttemptFailure[] = []
  const most = config.routing.max_attempts ?? Number.POSITIVE_INFINITY
  while (failures.length < most) {
    const lease = search.tryNext() ?? (await search.next())
    if (!lease) break
    try {
      return await tryOne(lease, request, call, config, around, search)
    } catch (error) {
      if (!(error instanceof AttemptFailure) || !error.retryable) throw error
      failures.push(error)
    }
  }
  throw exhausted(request.model, failures, search, around)
}

function tryOne(
  lease: Lease<Member>,
  request: ChatRequest,
  call: Call,
  config: Config,
  around: Surroundings,
  search: Search,
): Promise<Reply> {
  const { provider } = lease.owner
  const trial = { requestId: call.request.id, model: request.model, probe: search.isProbe }
  return attempt({
    provider,
    request,
    call,
    clocks: clocksOf(config, provider.config.timeout),
    maxResponseBytes: config.limits.response_bytes,
    reason: search.reason,
    listener: new Turn(lease, trial, call, around.guards),
  })
}

/** Gives the slot back and enters the outcome when a call to a provider has ended. */
class Turn implements AttemptListener {
  readonly #lease: Lease<Member>
  readonly #trial: Trial
  readonly #call: Call
  readonly #guards: Guards

  constructor(lease: Lease<Member>, trial: Trial, call: Call, guards: Guards) {
    this.#lease = lease
    this.#trial = trial
    this.#call = call
    this.#guards = guards
  }

  attemptEnded(report: AttemptReport, failure: AttemptFailure | undefined): void {
    this.#guards.settle(this.#lease.owner, this.#trial, report, failure)
    this.#lease.release()
    const { log } = this.#call.request
    if (log.isLevelEnabled('debug')) log.debug({ attempt: report, error: failure?.message }, 'attempt')
  }
}

function clocksOf({ timeouts }: Config, ownTimeout: number | undefined): Clocks {
  const request = ownTimeout ?? timeouts.request
  return {
    requestMs: request * 1000,
    firstTokenMs: (ownTimeout ?? timeouts.first_token ?? timeouts.request) * 1000,
    idleMs: timeouts.idle * 1000,
  }
}
