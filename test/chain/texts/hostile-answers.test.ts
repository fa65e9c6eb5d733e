import t from 'tap'
import { AnswerSoFar } from '../../../src/chain/texts/answer-so-far.ts'
import { CallTexts } from '../../../src/chain/texts/call-texts.ts'
import type { Reply } from '../../../src/contract/index.ts'

t.test('an answer of any shape has the texts that it has, and costs no record', async t => {
  const answers = [
    'null',
    '[]',
    '{"choices":{}}',
    '{"choices":[null,1,{},{"message":null}]}',
    '{"choices":[{"message":{}}]}',
  ]
  const texts = new CallTexts({ model: 'm', messages: [] })
  for (const answer of answers) {
    texts.sawBytes(Buffer.from(answer))
    t.same(texts.answer, [], answer)
  }
  texts.sawBytes(Buffer.from('{"choices":[null,{"index":1,"message":{"role":7,"content":"yes"}}]}'))
  t.match(texts.answer, [{ text: 'yes', choice: 1 }])
})

t.test('a reply of a step that ends in no way it should has no finish reasons', async t => {
  const ends = [
    Promise.reject(new Error('broken')),
    Promise.resolve(undefined),
    Promise.resolve({ finish: 7 }),
  ]
  for (const done of ends) {
    const texts = new CallTexts({ model: 'm', messages: [] })
    texts.watch({ done } as unknown as Reply)
    await done.catch(() => {})
    t.same(texts.finish, [])
  }
})

t.test('the index of a choice is a number, whatever an answer has in its place', async t => {
  const texts = new CallTexts({ model: 'm', messages: [] })
  const indexes = ['"sk-secret"', '{"a":1}', '-1', '0.5', '1e308', 'null']
  for (const index of indexes) {
    texts.sawBytes(
      Buffer.from(`{"choices":[{"index":${index},"message":{"role":"assistant","content":"yes"}}]}`),
    )
    t.same(texts.answer, [{ role: 'assistant', text: 'yes' }], index)
  }
  const streamed = new AnswerSoFar()
  for (const index of indexes)
    streamed.readFrames(`data: {"choices":[{"index":${index},"delta":{"content":"y"}}]}\n\n`)
  t.ok(streamed.parts.every(({ choice }) => choice === undefined))
})

t.test('a stream that numbers each piece as another part holds a bounded number of parts', async t => {
  const answer = new AnswerSoFar()
  for (let index = 0; index < 50_000; index++)
    answer.readEvent({ choices: [{ index, delta: { content: 'x' } }] })
  const { parts } = answer
  t.ok(parts.length <= 10_000, String(parts.length))
  const kept = parts.reduce((sum, { text, left_out: leftOut = 0 }) => sum + text.length + leftOut, 0)
  t.equal(kept, 50_000)
})
