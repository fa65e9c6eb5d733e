import { CompleteReply } from '../../chat/reply.ts'
import { passedHeaders } from '../../http/headers.ts'
import type { ResponseHeaders } from '../../http/headers.ts'
import { withoutByteOrderMark } from '../../text/byte-order-mark.ts'
import type { AttemptFailure } from '../failure.ts'
import type { Way } from '../../providers/relayed-source.ts'
import { nativeBytesFor } from '../native-events.ts'
import { isOfClientsKey, noteThoughts, secretsIn } from '../options.ts'
import type { AttemptOptions } from '../options.ts'
import { failureOfStatus, withClientsKey } from '../status.ts'
import { clearFailure } from './clear-failure.ts'
import { readEmbeddings } from './embeddings-body.ts'
import { JsonReply, readAnswer } from './json-body.ts'

/** Reads a whole answer; the reply keeps its bytes if they may be relayed. Throws an `AttemptFailure` if it is not one. */
export function readWhole(
  options: AttemptOptions,
  { headers, way }: { readonly headers: ResponseHeaders; readonly way: Way },
  received: Buffer,
): CompleteReply {
  const { provider, call } = options
  const operation = call.request.operation === 'embeddings' ? 'embeddings' : 'chat'
  const bytes = withoutByteOrderMark(received)
  const secrets = secretsIn(options)
  const read =
    operation === 'embeddings'
      ? readEmbeddings(options, bytes, secrets)
      : readAnswer(options, way, bytes, secrets)
  const { completion, untouched } = read
  for (const { message } of completion.choices) noteThoughts(options, message)
  const turn = options.onPause && provider.translation?.pausedTurn?.(read.sent)
  if (turn) options.onPause?.(turn)
  const native = nativeBytesFor(options, way, bytes, read)
  if (native)
    return new JsonReply(
      completion,
      provider.name,
      passedHeaders(headers, secrets),
      native.bytes,
      native.dialect,
    )
  return untouched
    ? new JsonReply(completion, provider.name, passedHeaders(headers, secrets), bytes, operation)
    : new CompleteReply(completion, provider.name)
}

/** Reads the body of an error status into the failure of the attempt. */
export function readError(
  options: AttemptOptions,
  status: number,
  headers: ResponseHeaders,
  received: Buffer,
): AttemptFailure {
  const body = withoutByteOrderMark(received).toString('utf8')
  const failure = failureOfStatus(options.provider.name, status, headers, body, secretsIn(options))
  return isOfClientsKey(options) ? withClientsKey(failure) : clearFailure(options, failure)
}
