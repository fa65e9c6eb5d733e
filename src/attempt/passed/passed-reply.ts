import type { Dispatcher } from 'undici'
import { newCompletionId } from '../../chat/completion.ts'
import { BaseReply } from '../../chat/reply.ts'
import type { Chunk, Completion, ReplyEnd, ReplyHead, Usage, Wire } from '../../contract/index.ts'
import { passedHeaders } from '../../http/headers.ts'
import type { ResponseHeaders } from '../../http/headers.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import type { AttemptFailure } from '../failure.ts'
import { secretsIn } from '../options.ts'
import type { AttemptOptions } from '../options.ts'

/** The body of an answer that is passed on. */
export interface PassedBytes {
  readonly bytes: AsyncIterable<Uint8Array>
  readonly cancel: () => void
}

/** Headers that describe a body; the client gets them with it. */
const bodyHeaders = ['content-type', 'content-length', 'content-encoding', 'content-disposition'] as const
const fitting = /^[\x20-\x7e]{1,512}$/

/** The answer of an endpoint that this server does not know. Steps see an answer without choices. */
export class PassedReply extends BaseReply {
  readonly head: ReplyHead
  readonly done: Promise<ReplyEnd>
  readonly wire: Wire
  readonly #cancel: () => void
  #resolveDone: (done: ReplyEnd) => void = () => {}

  constructor(
    options: AttemptOptions,
    { statusCode: status, headers }: Dispatcher.ResponseData,
    { bytes, cancel }: PassedBytes,
  ) {
    super()
    const { provider, request } = options
    this.#cancel = cancel
    const { model } = request
    this.head = { id: newCompletionId(), model, created: unixSeconds(), provider: provider.name }
    this.done = new Promise(resolve => {
      this.#resolveDone = resolve
    })
    const body = new Uint8Array(0)
    this.wire = {
      dialect: 'pass_through',
      status,
      headers: headersOf(headers, secretsIn(options)),
      body,
      bytes,
    }
  }

  /** Called by the attempt at its end. */
  end(error: AttemptFailure | undefined, usage: Usage | undefined): void {
    this.#resolveDone({ usage, finish: [], ...(error && { error }) })
  }

  cancel(): void {
    this.#cancel()
  }

  protected async *chunks(): AsyncGenerator<Chunk> {}

  protected async whole(): Promise<Completion> {
    const { id, model, created } = this.head
    return { id, object: 'pass_through', created, model, choices: [] }
  }
}

function headersOf(headers: ResponseHeaders, secrets: readonly string[]): Record<string, string> {
  const picked = passedHeaders(headers, secrets)
  for (const name of bodyHeaders) {
    const value = headers[name]
    if (typeof value === 'string' && fitting.test(value)) picked[name] = value
  }
  return picked
}
