import { fieldsOf } from '../../chat/read/fields.ts'
import { readUsage } from '../../chat/read/usage.ts'
import type { Usage } from '../../contract/index.ts'
import { headerText } from '../../http/headers.ts'
import type { ResponseHeaders } from '../../http/headers.ts'
import { ByteList } from '../../http/pieces/byte-list.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'

/** Maximum bytes of an answer in which usage is looked for. */
const maxBytes = 1024 * 1024

/** Looks for usage in an answer on its way to the client: in JSON that is not large. */
export class UsageReader {
  #received: ByteList | undefined

  constructor(headers: ResponseHeaders) {
    const isPlainJson =
      headerText(headers, 'content-type').startsWith('application/json') &&
      headers['content-encoding'] === undefined
    this.#received = isPlainJson ? new ByteList() : undefined
  }

  add(bytes: Uint8Array): void {
    this.#received?.add(bytes)
    if (this.#received && this.#received.length > maxBytes) this.#received = undefined
  }

  /** The usage in the whole answer; undefined without usage. */
  get usage(): Usage | undefined {
    if (!this.#received) return undefined
    const sent = fieldsOf(fieldsOf(jsonOrUndefined(this.#received.whole().toString('utf8')))?.['usage'])
    return sent && readUsage({ completion_tokens: sent['output_tokens'] ?? 0, ...withPrompt(sent) })
  }
}

/** Services that rerank report only a total. */
function withPrompt(sent: Readonly<Record<string, unknown>>): object {
  const hasPrompt = sent['prompt_tokens'] !== undefined || sent['input_tokens'] !== undefined
  return hasPrompt ? sent : { ...sent, prompt_tokens: sent['total_tokens'] }
}
