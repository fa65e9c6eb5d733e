import { serverToolsOf } from '../../chat/notes/native-form.ts'
import type { Source } from '../../chat/provider-call.ts'
import type { ChatRequest } from '../../contract/index.ts'
import type { Way } from '../relayed-source.ts'
import type { Translation } from '../translation.ts'

/**
 * The dialect whose headers of the client belong to the body of a call: a client may have chosen them for its body, which
 * is relayed, or for tools of the service, which come along under an approach. Undefined if the request is translated.
 */
export function bodyDialect(
  request: ChatRequest,
  source: Source | undefined,
  translation: Translation | undefined,
  { relayed }: Way,
): string | undefined {
  if (!translation) return source?.request === request && source.dialect === 'chat' ? 'chat' : undefined
  if (relayed) return translation.dialect
  return serverToolsOf(request)?.dialect === translation.dialect ? translation.dialect : undefined
}
