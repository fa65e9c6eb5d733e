import { z } from 'zod'
import { modelOrDefault } from '../chain/plan/default-model.ts'
import type { ChainRequest } from '../chain/request.ts'
import type { ChatRequest, Chunk, Completion, FinishReason, Usage } from '../contract/index.ts'
import { textOf } from '../chat/completion.ts'
import { withReasoningCount } from '../chat/usage.ts'
import { bodyObject, check, invalidField, sharedFields } from './check.ts'
import { doneFrame } from '../text/sse.ts'
import type { ChunkHead, Dialect, Encoder, StreamEvent } from './dialect.ts'
import { inStream, openaiError } from './error-body.ts'
import type { PublicError } from './error-body.ts'
import { takeChatFields } from './own-fields.ts'

const completionsBody = z.looseObject({
  ...sharedFields,
  prompt: z.union(
    [z.string(), z.array(z.string()).min(1)],
    'expected a string or a list of strings; token ids are not supported, send text',
  ),
  echo: z.boolean().nullish(),
  best_of: z.int().min(1).nullish(),
})

type CompletionsBody = z.output<typeof completionsBody>

/**
 * OpenAI's legacy completions. Each prompt becomes a chat with one user message, and the choices are in the order of the
 * prompts. `suffix` and `logprobs` have no counterpart in a chat and are refused. So is a `best_of` above `n`, which an
 * approach does better.
 */
export const completions: Dialect = {
  name: 'completions',
  read(body, options) {
    const { limits, defaultModel } = options
    const { rest, own } = takeChatFields(bodyObject(body), options)
    const checked = check(completionsBody, rest)
    refuseUnsupported(checked)
    const { prompt, echo, best_of: _bestOf, suffix: _suffix, logprobs: _logprobs, ...fields } = checked
    const prompts = typeof prompt === 'string' ? [prompt] : prompt
    const n = checked.n ?? 1
    if (prompts.length > 1 && prompts.length * n > limits.calls) {
      throw invalidField(
        'prompt',
        `${prompts.length} prompts with n: ${n} need more than the ${limits.calls} calls allowed (limits.calls); send fewer prompts`,
      )
    }
    const model = modelOrDefault(checked.model, defaultModel)
    const requestOf = (text: string): ChainRequest => ({ request: chatRequest(fields, model, text), own })
    const [first = '', ...others] = prompts
    return {
      requests: [requestOf(first), ...others.map(requestOf)],
      stream: checked.stream === true,
      includeUsage: checked.stream_options?.include_usage === true,
      encoder: new CompletionsEncoder(
        echo === true ? index => prompts[Math.floor(index / n)] ?? '' : () => '',
      ),
    }
  },
}

function chatRequest(fields: Readonly<Record<string, unknown>>, model: string, text: string): ChatRequest {
  return { ...fields, model, messages: [{ role: 'user', content: text }] }
}

function refuseUnsupported({ suffix, logprobs, best_of: bestOf, n }: CompletionsBody): void {
  if (suffix != null && suffix !== '')
    throw invalidField('suffix', 'not supported; put the whole text into the prompt')
  if (logprobs != null)
    throw invalidField('logprobs', 'not supported here; request them from /v1/chat/completions')
  if (bestOf != null && bestOf > (n ?? 1)) {
    throw invalidField(
      'best_of',
      'must not exceed n; to get the best of several answers, set "hulumanage_approach": "bon"',
    )
  }
}

class CompletionsEncoder implements Encoder {
  readonly dialect = 'completions'
  readonly terminator = doneFrame
  readonly #echo: (index: number) => string
  readonly #begun = new Set<number>()

  constructor(echo: (index: number) => string) {
    this.#echo = echo
  }

  completion({ id, created, model, choices, usage }: Completion): object {
    return {
      ...headOf({ id, created, model }),
      choices: choices.map(({ index, message, finish_reason }) =>
        choiceOf(index, this.#echo(index) + textOf(message), finish_reason),
      ),
      ...(usage ? { usage: withReasoningCount(usage) } : {}),
    }
  }

  chunk(chunk: Chunk): readonly StreamEvent[] {
    const choices = chunk.choices
      .map(({ index, delta, finish_reason }) =>
        choiceOf(
          index,
          this.#echoOnce(index) + textOf({ role: 'assistant', ...delta }),
          finish_reason ?? null,
        ),
      )
      .filter(choice => choice.text !== '' || choice.finish_reason !== null)
    if (choices.length === 0) return []
    return [{ ...headOf(chunk), choices, ...('usage' in chunk ? { usage: chunk.usage } : {}) }]
  }

  end(head: ChunkHead, usage: Usage | undefined, more?: StreamEvent): readonly StreamEvent[] {
    return usage || more
      ? [{ ...headOf(head), choices: [], ...(usage && { usage: withReasoningCount(usage) }), ...more }]
      : []
  }

  fail(error: PublicError): readonly StreamEvent[] {
    return [{ ...openaiError(inStream(error)) }]
  }

  #echoOnce(index: number): string {
    if (this.#begun.has(index)) return ''
    this.#begun.add(index)
    return this.#echo(index)
  }
}

function headOf({ id, created, model }: ChunkHead) {
  return { id: `cmpl-${id.replace(/^(?:chat)?cmpl-/, '')}`, object: 'text_completion', created, model }
}

function choiceOf(index: number, text: string, finishReason: FinishReason) {
  return { text, index, logprobs: null, finish_reason: finishReason }
}
