import { fieldsOf } from '../../chat/read/fields.ts'

/** The log probabilities of a piece of text without those of its first `cut` characters. */
export function logprobsAfter(logprobs: unknown, cut: number): unknown {
  const fields = fieldsOf(logprobs)
  if (!fields || cut === 0) return logprobs
  const { content } = fields
  if (!Array.isArray(content)) return logprobs
  let at = 0
  const left = (content as readonly unknown[]).filter(item => {
    const from = at
    const token = fieldsOf(item)?.['token']
    at += typeof token === 'string' ? token.length : 0
    return from >= cut
  })
  return { ...fields, content: left }
}
