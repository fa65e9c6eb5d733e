import type { Outcome } from '../chain/request.ts'
import { addsToRelayed, costModeFor, withCost } from '../chat/cost.ts'
import type { CostMode } from '../chat/cost.ts'
import type { Config } from '../config/schema.ts'
import type { Encoder, Incoming } from '../dialects/dialect.ts'
import { setAnswerHeaders, setCostHeader } from './answer-headers.ts'
import type { Exchange } from './exchange.ts'
import { proxyInfo, withProxyInfo } from './proxy-info.ts'
import { stallMs } from './stream/event-stream.ts'
import { loadedOnce } from '../time/loaded-once.ts'

/** Bytes above which a body gets a timeout until the client has read it. */
const largeBodyBytes = 64 * 1024

/** The parts of a request that concern an answer as one body. */
type WholeIncoming = Pick<Incoming, 'requests' | 'onRelayed' | 'beforeEnd'> & {
  readonly encoder: WholeEncoder
}
type WholeEncoder = Pick<Encoder, 'dialect' | 'completion'>

/** Sends an answer as one JSON body: the bytes of the provider if its answer is relayed. */
export async function sendWhole(
  exchange: Exchange,
  { encoder, onRelayed, beforeEnd, requests: [{ own }] }: WholeIncoming,
  run: () => Promise<Outcome>,
  { proxy_info: addsProxyInfo, costs }: Pick<Config, 'proxy_info' | 'costs'>,
): Promise<void> {
  const mode = costModeFor(costs.in_answers, own.usage)
  const outcome = await run()
  exchange.answer(outcome)
  const { wire } = outcome.reply
  const relayed = wire?.dialect === encoder.dialect && !outcome.trace ? wire : undefined
  const written =
    relayed?.body instanceof Uint8Array ? relayed.body : await encodeWhole(outcome, encoder, mode)
  const body = addsToRelayed(mode) && relayed ? await bytesWithCost(written, outcome, mode) : written
  if (onRelayed && typeof body !== 'string') onRelayed(body)
  if (beforeEnd) await beforeEnd()
  const bytes = addsProxyInfo ? withProxyInfo(body, proxyInfo(exchange, outcome)) : body
  const { reply } = exchange
  if (bytes.length > largeBodyBytes) reply.raw.setTimeout(stallMs)
  setAnswerHeaders(reply, outcome, relayed)
  setCostHeader(reply, outcome)
  void reply
    .code(relayed?.status ?? 200)
    .header('content-type', 'application/json')
    .send(bytes)
}

/** Needed only if the configuration or the client asks for costs: by default relayed answers keep their bytes. */
const loadCosts = loadedOnce(() => import('./cost/held-frames.ts'))

async function bytesWithCost(
  body: string | Uint8Array,
  { meter }: Outcome,
  mode: CostMode,
): Promise<string | Uint8Array> {
  const { bytesWithCost: write } = await loadCosts()
  return typeof body === 'string' ? body : write(body, meter, mode)
}

async function encodeWhole(
  { reply, meter, trace }: Outcome,
  encoder: WholeEncoder,
  mode: CostMode,
): Promise<string> {
  const body = withCost(encoder.completion(await reply.completion()), meter, mode)
  if (!trace) return JSON.stringify(body)
  await reply.done
  return JSON.stringify({ ...body, hulumanage_trace: trace.records() })
}
