import { createHash } from 'node:crypto'
import type { ProviderCall } from '../../../src/chat/provider-call.ts'
import type { Config } from '../../../src/config/schema.ts'
import type { ChatRequest } from '../../../src/contract/index.ts'
import type { ProviderCandidate, Strategy } from '../../../src/contract/strategy.ts'

type Affinity = NonNullable<Config['routing']['affinity']>

/**
 * A strategy that sends all calls of one session to the same provider, so that they find its prompt cache warm, and the
 * strategy itself for a request without a session. The session is that of the client's request, whatever calls an approach
 * makes of it.
 */
export function withAffinity(
  strategy: Strategy,
  affinity: Affinity,
  request: ChatRequest,
  { request: served }: Pick<ProviderCall, 'request'>,
): Strategy {
  const session = sessionOf(served.asked ?? request, affinity, served.clientHeaders)
  if (session === undefined) return strategy
  return {
    summary: `${strategy.summary}, by session`,
    ...(strategy.waits === undefined ? {} : { waits: strategy.waits }),
    ...(strategy.measures === undefined ? {} : { measures: strategy.measures }),
    pick: candidates => highest(candidates, candidate => score(session, candidate)),
  }
}

function sessionOf(
  request: ChatRequest,
  affinity: Affinity,
  headers: Readonly<Record<string, string>> | undefined,
): string | undefined {
  if (affinity === 'prefix') return stablePrefix(request)
  const named = affinity === 'x-session-id' ? headers?.[affinity] : request[affinity]
  // Clients may send a name of any length.
  return typeof named === 'string' && named !== '' ? digest(named).toString('hex') : undefined
}

/** The digests of requests: one is routed several times, for each call of an approach and each model that takes over. */
const prefixes = new WeakMap<ChatRequest, string | undefined>()

function stablePrefix(request: ChatRequest): string | undefined {
  if (!prefixes.has(request)) prefixes.set(request, digestOfPrefix(request))
  return prefixes.get(request)
}

/** The part of a conversation that stays as it grows: the model, the tools, and all up to the first message of the user. */
function digestOfPrefix({ model, tools, messages }: ChatRequest): string | undefined {
  const first = messages.findIndex(({ role }) => role === 'user')
  if (first === -1) return undefined
  return digest(JSON.stringify([model, tools ?? [], messages.slice(0, first + 1)])).toString('hex')
}

/**
 * Weighted rendezvous hashing: each session ranks the providers in an order of its own, and each provider is first for its
 * share of the sessions. When one comes or goes, only its own sessions move.
 */
function score(session: string, { name, weight }: ProviderCandidate): number {
  const place = (digest(`${session}\0${name}`).readUIntBE(0, 6) + 1) / (2 ** 48 + 1)
  return -weight / Math.log(place)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function highest(
  candidates: readonly ProviderCandidate[],
  valueOf: (candidate: ProviderCandidate) => number,
): ProviderCandidate {
  const values = candidates.map(valueOf)
  return candidates[values.indexOf(Math.max(...values))]!
}
