import { HulumanageError } from '../../contract/index.ts'
import type { ChatRequest, Reply } from '../../contract/index.ts'
import { FirstDraft } from './first-draft.ts'
import { CallTrace } from './trace.ts'
import type { ChainRequest, Client, OwnFields, RecordedRun } from '../request.ts'
import { CallTexts } from '../texts/call-texts.ts'

/** The facts that are collected about a run: only what its client or its server wants. */
export interface Recording extends Pick<RecordedRun, 'texts' | 'drafts'> {
  readonly trace: CallTrace | undefined
}

/**
 * Begins to collect the facts about a run. Throws `not_allowed` if its client wants texts to be kept, and the server keeps none.
 */
export function recordingOf(
  { own, source, operation }: ChainRequest,
  request: ChatRequest,
  isPlain: boolean,
  { record, onTrace }: Pick<Client, 'record' | 'onTrace'>,
): Recording {
  const keepsTexts = areTextsKept(own, record) && operation !== 'pass_through'
  const answer = new CallTexts(request, source)
  const isTraced = own.trace || (record && !isPlain)
  const trace = isTraced ? new CallTrace('', performance.now(), keepsTexts) : undefined
  if (own.trace && trace) onTrace?.(trace)
  return {
    trace,
    texts: keepsTexts ? answer : undefined,
    drafts: record && !isPlain ? { first: new FirstDraft(), answer } : undefined,
  }
}

/** The reply for the client, whose answer is seen on its way if anybody wants to know it. */
export function watched(reply: Reply, { texts, drafts }: Recording): Reply {
  if (texts) return texts.watch(reply)
  // The answer of an only call is its draft.
  return drafts && !reply.wire ? drafts.answer.watch(reply) : reply
}

function areTextsKept({ trace }: OwnFields, record: Client['record']): boolean {
  const asked = trace === 'full'
  const kept = record?.keepsTexts?.(asked) ?? false
  if (kept || !asked) return kept
  const message =
    'hulumanage_trace: "full" would keep the texts of the request, which this server does not allow ' +
    '(ledger.bodies.on_request); use true for the calls alone'
  throw new HulumanageError('not_allowed', message, { param: 'hulumanage_trace' })
}
