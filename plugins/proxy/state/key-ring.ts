import { hash } from 'node:crypto'
import type { AttemptFailure } from '../../../src/attempt/failure.ts'
import { backoff } from '../../../src/time/backoff.ts'
import type { KeyNotice } from './notice-format.ts'
import { modelCooldownMs } from './pauses.ts'
import { Rests } from './rests.ts'

/** How long a refused key, or one without credit, is set aside; doubles with each further refusal, up to an hour. */
const firstRestMs = 300_000
const longestRestMs = 3_600_000
/** How long a key that has reached its limit is set aside if the provider does not say. */
const limitedRestMs = 5_000

/** One of several keys of a provider. */
export interface RingKey {
  readonly secret: string
  /** Identifies the key where others can read it. */
  readonly digest: string
  restsSince: number
  restsUntil: number
  /** Times it was refused in a row. */
  strikes: number
  /** The models for which it has reached a limit or lacks a scope; undefined before the first one. */
  rests: Rests | undefined
}

/** Whose turn it is among the keys of a service. The endpoints of a service share it, so that each key gets an equal share. */
export interface KeyTurn {
  next: number
}

/** The keys of one provider, which take turns. All times are of a monotonic clock, given by the caller. */
export class KeyRing {
  readonly #keys: readonly RingKey[]
  readonly #onChange: (key: RingKey) => void
  readonly #turn: KeyTurn
  /** Checks have a turn of their own: they must not disturb the shares of calls. */
  readonly #checkTurn: KeyTurn = { next: 0 }

  /** `onChange` is called when a key is set aside, and when it is found to work again. `turn`: that of the service. */
  constructor(secrets: readonly string[], onChange: (key: RingKey) => void, turn: KeyTurn = { next: 0 }) {
    this.#onChange = onChange
    this.#turn = turn
    this.#keys = secrets.map(secret => ({
      secret,
      digest: hash('sha256', secret).slice(0, 32),
      restsSince: 0,
      restsUntil: 0,
      strikes: 0,
      rests: undefined,
    }))
  }

  get total(): number {
    return this.#keys.length
  }

  /** The number of keys that are not set aside, for a model if one is given. */
  usable(now: number, model?: string): number {
    return this.#keys.filter(key => availableAt(key, model) <= now).length
  }

  /** Milliseconds until a key may be used for the model; 0: now. */
  usableIn(now: number, model: string): number {
    return Math.max(0, Math.min(...this.#keys.map(key => availableAt(key, model))) - now)
  }

  /** The next key in turn, for a model if one is given; if all are set aside, the one that is due first. */
  take(now: number, model?: string): RingKey {
    return this.#take(this.#turn, now, model)
  }

  /** The next key to check the provider with. */
  takeForCheck(now: number): RingKey {
    return this.#take(this.#checkTurn, now)
  }

  #take(turn: KeyTurn, now: number, model?: string): RingKey {
    for (let step = 0; step < this.#keys.length; step++) {
      const key = this.#keys[(turn.next + step) % this.#keys.length]!
      if (availableAt(key, model) > now) continue
      turn.next = (turn.next + step + 1) % this.#keys.length
      return key
    }
    return this.#keys.reduce((first, key) =>
      availableAt(key, model) < availableAt(first, model) ? key : first,
    )
  }

  /**
   * The first key that is not set aside, without taking turns: stored objects are found only with their own account's
   * key.
   */
  first(now: number): RingKey {
    return this.#keys.find(key => key.restsUntil <= now) ?? this.take(now)
  }

  /** Records that a call with the key succeeded. One that began before the key was set aside proves nothing. */
  succeeded(key: RingKey, beganAt: number): void {
    if (beganAt < key.restsSince || key.restsUntil === 0) return
    key.restsUntil = 0
    key.strikes = 0
    this.#onChange(key)
  }

  /**
   * Sets the key aside if the failure concerns the key; after a limit, or if it lacks a scope, for the model alone. Returns
   * whether another key can take its place.
   */
  failed(key: RingKey, failure: AttemptFailure, model: string, now: number): boolean {
    if (!concernsKey(failure)) return false
    if (failure.blame === 'key') this.refused(key, now)
    else this.#rest(key, model, now + restMsAfter(failure))
    return this.usable(now, model) > 0
  }

  /** Records that the provider refused the key. Counts once, however many calls find out at the same time. */
  refused(key: RingKey, now: number): void {
    if (key.strikes > 0 && key.restsUntil > now) return
    const restMs = backoff(firstRestMs, key.strikes, longestRestMs)
    key.strikes++
    key.restsSince = now
    key.restsUntil = Math.max(key.restsUntil, now + restMs)
    this.#onChange(key)
  }

  /** Adopts what another server has found out about a key. */
  adopt(digest: string, { restMs, strikes, models }: KeyNotice, now: number): void {
    const key = this.#keys.find(one => one.digest === digest)
    if (!key) return
    if (restMs > 0) key.restsSince = now
    key.restsUntil = restMs > 0 ? now + restMs : 0
    key.strikes = strikes
    for (const [model, ms] of Object.entries(models)) restFor(key, model, now + ms)
  }

  #rest(key: RingKey, model: string, until: number): void {
    restFor(key, model, until)
    this.#onChange(key)
  }
}

/** Whether another key of the same provider may succeed. */
export function anotherKeyMayDo(failure: AttemptFailure): boolean {
  return concernsKey(failure) || (failure.blame === 'refused' && failure.upstreamStatus === 403)
}

/** When a key may be used, for a model if one is given. */
function availableAt({ restsUntil, rests }: RingKey, model: string | undefined): number {
  return rests === undefined || model === undefined ? restsUntil : Math.max(restsUntil, rests.until(model))
}

function restFor(key: RingKey, model: string, until: number): void {
  key.rests ??= new Rests()
  key.rests.rest(model, until, 'rate_limit_exceeded')
}

/** Whether a failure is the fault of the key. */
function concernsKey(failure: AttemptFailure): boolean {
  const { blame, upstreamStatus } = failure
  return blame === 'key' || (blame === 'limited' && upstreamStatus === 429) || lacksScope(failure)
}

/** Whether the key is valid, but may not be used for this model or endpoint. */
function lacksScope({ blame, upstreamStatus }: AttemptFailure): boolean {
  return blame === 'refused' && upstreamStatus === 401
}

/** How long a key is set aside for a model. */
function restMsAfter(failure: AttemptFailure): number {
  if (lacksScope(failure)) return modelCooldownMs
  return failure.retryAfter === undefined ? limitedRestMs : failure.retryAfter * 1000
}
