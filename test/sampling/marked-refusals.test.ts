import t from 'tap'
import { isRefusal, mayRefuse } from '../../src/sampling/refusal.ts'

t.test('a refusal in the marks of an answer is one', async t => {
  for (const [before, after] of [
    ['<|begin_of_solution|>', '<|end_of_solution|>'],
    ['<|START_RESPONSE|>', '<|END_RESPONSE|>'],
    ['<answer>\n', '\n</answer>'],
    ['<final_answer>', '</final_answer>'],
    ['<output>', '</output>'],
    [String.raw`\boxed{`, '}'],
    [String.raw`$\boxed{\text{`, '}}$'],
    ['**', '**'],
    ['<answer>**', '**</answer>'],
  ] as const) {
    const text = `${before}I'm sorry, but I can't help with that.${after}`
    t.ok(isRefusal(text), text)
    t.ok(isRefusal(`${before}I'm sorry, but I can't help with that.`), `${before} alone`)
    for (let end = 0; end <= text.length; end++) t.ok(mayRefuse(text.slice(0, end)), text.slice(0, end))
    t.notOk(isRefusal(`${before}The answer is 5.${after}`), `${before} before an answer`)
    t.notOk(mayRefuse(`${before}The answer is 5.`), `${before} before an answer that arrives`)
  }
})

t.test('a refusal in the fields of JSON is one, unless another field answers', async t => {
  const refusal = "I'm sorry, but I can't help with that."
  for (const json of [
    { answer: refusal },
    { reasoning: '', answer: refusal, confidence: null, sources: [] },
    { Result: refusal, error: null, details: {} },
  ])
    t.ok(isRefusal(JSON.stringify(json)), JSON.stringify(json))
  t.ok(isRefusal('```json\n' + JSON.stringify({ answer: refusal }) + '\n```'))
  for (const json of [
    { reply: refusal, label: 'refusal' },
    { answer: 'Lima' },
    { answer: '' },
    { answer: refusal, steps: ['Mix', 'Bake'] },
    { answer: 42, note: refusal },
    { answer: true, comment: refusal },
    { output: refusal, toxic: false },
    { response: refusal, score: 0 },
    { response: refusal, allowed: false },
    { score: 3, reason: refusal },
    { text: refusal, sentiment_score: -0.8 },
    { translation: refusal },
    { answer: { text: refusal } },
    [refusal, 'Lima'],
  ])
    t.notOk(isRefusal(JSON.stringify(json)), JSON.stringify(json))
})

t.test('marks without end take no longer to read than others', async t => {
  const refusal = "**I'm sorry, but I can't help with that."
  for (const mark of ['<|', '</', '<|a', '<', '}', '**', ' ', '<|a|>'])
    for (const text of [mark.repeat(150), mark.repeat(50_000)])
      for (const whole of [`**A ${text}!`, `${refusal} The answer is 5. ${text}!`]) {
        t.notOk(isRefusal(whole), `${mark} ${text.length}`)
        t.notOk(mayRefuse(whole), `${mark} ${text.length}, as it arrives`)
      }
  t.ok(isRefusal(`${refusal}<|end|></answer>`))
})

t.test('an object of JSON that arrives is not held', async t => {
  t.notOk(mayRefuse('{"answer":"I\'m sorry, but'))
})
