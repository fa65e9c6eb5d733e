import fc from 'fast-check'
import type { Chunk, Completion, Delta, FinishReason } from '../../src/contract/index.ts'

const head = { id: 'chatcmpl-1', created: 7, model: 'm' }

/** A whole answer with one choice. */
export function completion(message: object, finish: FinishReason = 'stop'): Completion {
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }]
  return { ...head, object: 'chat.completion', choices }
}

/** A chunk of an answer. */
export function chunk(delta: Delta, finish: FinishReason = null): Chunk {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return { ...head, object: 'chat.completion.chunk', choices }
}

const text = fc.string({ maxLength: 5 })

/** The pieces of an answer: text and thinking in turn, then successive tool calls. */
export const pieces: fc.Arbitrary<Delta[]> = fc
  .tuple(
    fc.array(
      fc.oneof(
        text.map((content): Delta => ({ content })),
        text.map((reasoning_content): Delta => ({ reasoning_content })),
      ),
      { minLength: 1, maxLength: 8 },
    ),
    fc.array(fc.array(text, { maxLength: 4 }), { maxLength: 3 }),
  )
  .map(([spoken, calls]) => [...spoken, ...calls.flatMap(callPieces)])

function callPieces(parts: readonly string[], index: number): Delta[] {
  const first = { index, id: `call_${index}`, type: 'function', function: { name: 'f', arguments: '' } }
  return [first, ...parts.map(part => ({ index, function: { arguments: part } }))].map(call => ({
    tool_calls: [call],
  }))
}
