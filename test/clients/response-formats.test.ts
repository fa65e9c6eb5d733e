import { answer } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { model, textOf } from './conversation.ts'
import { clientTest } from './serve.ts'

const schema = { type: 'object', properties: { sky: { enum: ['clear', 'rain'] } }, required: ['sky'] }
const format = { type: 'json_schema' as const, json_schema: { name: 'weather', schema } }
const right = '{"sky":"rain"}'

/** Two answers by turns, so that methods have to decide; each request without a format is a judgement. */
function judging(says: string): Action {
  let asked = 0
  return ({ request }) => {
    const { n = 1, response_format: asks } = request.body as { n?: number; response_format?: object }
    if (!asks) return answer(Array.from({ length: n }, () => says))
    return answer(Array.from({ length: n }, () => (asked++ % 3 === 0 ? '{"sky":"clear"}' : right)))
  }
}

const cases: readonly (readonly [approach: string, says: string])[] = [
  ['sets', 'Verdict: CORRECT'],
  ['ab_mcts', 'Score: 5'],
  ['effort', 'HARD'],
  ['compact', 'A summary'],
  ...['EASY', 'OPEN', 'FACTUAL', 'VERIFIABLE'].map(kind => ['pick', kind] as const),
]

for (const [approach, says] of cases) {
  clientTest(`${approach} (${says}) answers in the format that a client asks for`, async (t, start) => {
    const { openai, provider } = await start([judging(says)])
    const messages = [{ role: 'user' as const, content: 'Describe the sky above Paris' }]
    const request = { model: `${approach}-${model}`, messages, response_format: format }
    const { choices } = await openai.chat.completions.create(request)
    const chunks = await Array.fromAsync(await openai.chat.completions.create({ ...request, stream: true }))
    for (const text of [choices[0]?.message.content ?? '', textOf(chunks)])
      t.ok(['{"sky":"clear"}', right].includes(text), text)
    t.ok(provider.requests.some(({ body }) => body['response_format']))
  })
}
