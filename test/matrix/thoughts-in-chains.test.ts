// The thoughts of a model are neither the answer of an approach nor words of the user for the next step.
import t from 'tap'
import { answer, completion, delta, error, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { textOf } from './client.ts'
import { errorOf } from './error-shape.ts'
import { serve } from './serve.ts'

/** Texts that a model may write for cot_reflection, and the answer in each. */
const written: Readonly<Record<string, readonly [said: string, text: string]>> = {
  'a thought about the tags': [
    '<think>I have to put the answer inside <output> tags.</think>\n<thinking>6*7</thinking>\n<output>42</output>',
    '42',
  ],
  'a thought that rehearses': [
    '<think>Maybe <output>41</output>? No: 42.</think>\n<thinking>6*7</thinking>\n<output>42</output>',
    '42',
  ],
  'a thought without its beginning': [
    'I must use <output> tags.</think><thinking>6*7</thinking><output>42</output>',
    '42',
  ],
  'a thought before an answer without tags': ['<think>6*7</think>\n\nThe answer is 42.', 'The answer is 42.'],
  'no end of the thinking': ['<thinking>6*7 is 42 <output>42</output>', '42'],
  'no end of the output': ['<thinking>x</thinking><output>42', '42'],
  'an element of HTML': [
    '<thinking>x</thinking><output>Use <output id="r"></output> and 42</output>',
    'Use <output id="r"></output> and 42',
  ],
  'an element in a block of code': [
    '<thinking>x</thinking><output>```html\n<output>a</output>\n```</output>',
    '```html\n<output>a</output>\n```',
  ],
}

// https://github.com/algorithmicsuperintelligence/optillm/issues/207
for (const [what, [said, text]] of Object.entries(written))
  t.test(`cot_reflection answers with the output alone: ${what}`, async t => {
    const pieces = said.match(/[^]{1,3}/g) ?? []
    const server = await serve(t, [({ request }) => (request.body['stream'] ? stream(pieces) : answer(said))])
    for (const streams of [false, true])
      t.equal(textOf(await server.client.ask({ model: 'cot_reflection-m', stream: streams }))?.trim(), text)
  })

// https://github.com/symfony/ai/issues/2422
t.test('cot_reflection reads a content in parts', async t => {
  const parts = (text: string) => delta({ content: [{ type: 'text', text }] })
  const server = await serve(t, [stream([parts('<thinking>6*7</thinking>'), parts('<output>42</output>')])])
  for (const streams of [false, true])
    t.equal(textOf(await server.client.ask({ model: 'cot_reflection-m', stream: streams })), '42')
})

// https://github.com/BeehiveInnovations/pal-mcp-server/issues/78
t.test('an approach works over a model that takes no temperature but its own', async t => {
  const fussy: Action = ({ request }) =>
    request.body['temperature'] === undefined
      ? answer('<thinking>x</thinking><output>42</output>')
      : error(400, {
          error: {
            message: "Unsupported value: 'temperature' does not support 0.6 with this model.",
            param: 'temperature',
            code: 'unsupported_value',
          },
        })
  const hulumanage_params = { cot_reflection: { temperature: 0.6 } }
  for (const [fields, calls] of [
    [{}, 2],
    [{ hulumanage_params }, 3],
  ] as const)
    for (const stream of [false, true]) {
      const server = await serve(t, [fussy])
      for (const _time of [1, 2])
        t.equal(textOf(await server.client.ask({ model: 'cot_reflection-m', stream, ...fields })), '42')
      t.strictSame(server.received, [calls], 'a refusal is remembered')
    }
})

const thought = 'SECRETTHOUGHT maybe 41, no 42'

// https://github.com/zilliztech/deep-searcher/issues/215
t.test('no step is given the thoughts of the one before it', async t => {
  const server = await serve(t, [answer(`<think>${thought}</think>\n\nThe answer is 42.`)])
  for (const chain of ['re2&bon', 'bon&moa', 'none&re2', 'self_consistency&none', 'moa', 'mcts', 'mars']) {
    const before = server.received[0]!
    t.equal((await server.client.ask({ model: `${chain}-m` })).status, 200, chain)
    const sent = server.fakes[0]!.requests.slice(before).map(({ body }) => JSON.stringify(body['messages']))
    t.ok(sent.length > 0)
    t.notOk(
      sent.some(messages => messages.includes(thought)),
      chain,
    )
  }
})

// https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1602
t.test('thinking without an answer is not the answer of an approach', async t => {
  const empty = completion({ content: '', reasoning_content: 'so it is 42' })
  for (const chain of ['bon', 'moa', 'self_consistency', 'mcts', 'cot_reflection']) {
    const server = await serve(t, [empty])
    const heard = await server.client.ask({ model: `${chain}-m` })
    t.equal(heard.status, 502, chain)
    t.match(errorOf(t, heard), { code: 'no_answer' }, chain)
  }
})
