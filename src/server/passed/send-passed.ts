import { Readable } from 'node:stream'
import type { Outcome } from '../../chain/request.ts'
import { HulumanageError, toHulumanageError } from '../../contract/index.ts'
import type { ReplyEnd } from '../../contract/index.ts'
import { setAnswerHeaders } from '../answer-headers.ts'
import { background } from '../../time/background.ts'
import type { Exchange } from '../exchange.ts'
import { stallMs } from '../stream/event-stream.ts'

/** Sends an answer in the provider's own bytes as they arrive. */
export function sendPassed(exchange: Exchange, outcome: Outcome): void {
  const { wire, done } = outcome.reply
  if (!wire?.bytes)
    throw new HulumanageError('step_result', 'A step has replaced an answer that is passed on')
  const { reply, request } = exchange
  const idleMs = request.server.currentConfig.value.timeouts.idle * 1000
  // Longer than a provider may be silent: this limit is for clients that stop reading.
  reply.raw.setTimeout(stallMs + idleMs)
  setAnswerHeaders(reply, outcome, wire)
  background(noteFailure(exchange, done), exchange.log, 'a reply did not report how it ended')
  void reply.code(wire.status).header('x-content-type-options', 'nosniff').send(Readable.from(wire.bytes))
}

/** Keeps the reason that a body broke off for the log and the metrics. */
async function noteFailure(exchange: Exchange, done: Promise<ReplyEnd>): Promise<void> {
  const { error } = await done
  if (error) exchange.failure ??= toHulumanageError(error).code
}
