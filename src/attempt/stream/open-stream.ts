import type { ResponseHeaders } from '../../http/headers.ts'
import { codingOf, passedHeaders } from '../../http/headers.ts'
import { badResponse } from '../failure.ts'
import { nativeEventsFor } from '../native-events.ts'
import { secretsIn } from '../options.ts'
import type { AttemptOptions } from '../options.ts'
import { StreamBody } from './stream-body.ts'
import type { StreamSource } from './stream-options.ts'

/** The body of a response that streams. Throws an `AttemptFailure` if it is encoded. */
export function openStream(
  options: AttemptOptions,
  headers: ResponseHeaders,
  source: StreamSource,
): StreamBody {
  const { provider, request } = options
  if (codingOf(headers)) throw badResponse(provider.name, 'sent an encoded stream nobody asked for')
  return new StreamBody(
    {
      provider: provider.name,
      request,
      headers: passedHeaders(headers),
      secrets: secretsIn(options),
      stripUsage: provider.addsUsageTo(request),
      translate: provider.translation?.events(),
      native: nativeEventsFor(options),
    },
    source,
  )
}
