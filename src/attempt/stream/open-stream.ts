import { expectedBy } from '../../chat/read/head.ts'
import { asksForText } from '../../chat/request.ts'
import type { ResponseHeaders } from '../../http/headers.ts'
import { passedHeaders } from '../../http/headers.ts'
import type { Way } from '../../providers/relayed-source.ts'
import { nativeEventsFor } from '../native-events.ts'
import { noteThoughts, secretsIn } from '../options.ts'
import type { AttemptOptions } from '../options.ts'
import { StreamBody } from './stream-body.ts'
import type { StreamSource } from './stream-options.ts'

/** The body of a response that streams. */
export function openStream(
  options: AttemptOptions,
  { headers, way }: { readonly headers: ResponseHeaders; readonly way: Way },
  source: StreamSource,
): StreamBody {
  const { provider, request, call, maxResponseBytes, onPause } = options
  const native = nativeEventsFor(options, way)
  const secrets = secretsIn(options)
  return new StreamBody(
    {
      provider: provider.name,
      request,
      expected: expectedBy(request),
      isExact: !asksForText(request),
      log: call.request.log,
      meter: call.request.meter,
      maxLength: maxResponseBytes,
      headers: passedHeaders(headers, secrets),
      secrets,
      // A stream that is read as a whole has the usage that was requested.
      stripUsage: way.addsUsage && request.stream === true,
      translate: provider.answersTo(request, way)?.events({
        maxEventLength: maxResponseBytes,
        model: request.model,
        asked: way.relayed?.body,
        onEvent: native?.add,
        onPause,
      }),
      native,
      onFirst: delta => noteThoughts(options, delta),
      recover: options.recover,
    },
    source,
  )
}
