import t from 'tap'
import * as fc from 'fast-check'
import valid from '../../approaches/valid/index.ts'
import { Validator } from '../../approaches/lib/schema/validator.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { TestClock } from '../test-clock.ts'
import { completionIn, contextOf, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Scripted } from './model.ts'
import { inRounds } from './rounds.ts'

const params = { repairs: 2, samples: 2, in_prompt: false }
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, sky: { enum: ['clear', 'rain'] } },
  required: ['city', 'sky'],
  additionalProperties: false,
}
const right = '{"city": "Oslo", "sky": "rain"}'
const wrong = '{"city": 7, "sky": "snow", "wind": 3}'

function formatOf(own: object = schema) {
  return { response_format: { type: 'json_schema', json_schema: { name: 'weather', schema: own } } }
}

/** Gives these answers, one for each call; a call without an answer waits forever. */
function saying(...answers: readonly Scripted[]) {
  return contextOf((_asked, index) => answers[index] ?? new Promise<never>(() => {}))
}

t.test('an answer that matches the schema is returned as the model wrote it', async t => {
  const ctx = saying(right)
  t.equal(await textIn(await valid.run(requestOf('q', formatOf()), ctx, params)), right)
  t.match(ctx.asked, [{ request: { stream: false, ...formatOf() }, kind: 'candidate' }])
  t.same(ctx.offers, [])
})

t.test('an answer loses what surrounds its JSON', async t => {
  for (const answer of [
    `<think>{"city": 1}</think>${right}`,
    `Here it is:\n\n\`\`\`json\n${right}\n\`\`\`\nEnjoy!`,
    `The weather: ${right}.`,
  ]) {
    const { choices } = await completionIn(
      await valid.run(requestOf('q', formatOf()), saying(answer), params),
    )
    t.match(choices, [{ message: { content: right }, finish_reason: 'stop' }], answer)
  }
})

t.test('the JSON between words is the outermost, whatever brackets it holds', async t => {
  const list = { type: 'object', properties: { tags: { type: 'array' } }, required: ['tags'] }
  for (const [own, json] of [
    [list, '{"tags":["x",{"y":[1]}]}'],
    [{ type: 'array' }, '[{"x":[1]},{"y":2}]'],
  ] as const) {
    const answer = await valid.run(requestOf('q', formatOf(own)), saying(`Here: ${json}. Fine?`), params)
    t.equal(await textIn(answer), json)
  }
  const cited = await valid.run(requestOf('q', formatOf(list)), saying('As in [1]: {"tags":[]}'), params)
  t.equal(await textIn(cited), '{"tags":[]}')
})

t.test('a request without a JSON format passes through', async t => {
  for (const fields of [{}, { response_format: { type: 'text' } }, { response_format: null }]) {
    const request = requestOf('q', { stream: true, ...fields })
    const ctx = saying('the answer')
    t.same(await piecesIn(await valid.run(request, ctx, params)), ['the', ' an', 'swe', 'r'])
    t.same(ctx.asked, [{ request, kind: 'candidate', path: '' }])
  }
})

t.test('faults go back to the model with the schema, and only those of its last answer', async t => {
  const ctx = saying(wrong, '{"city": "Oslo"}', right)
  t.equal(await textIn(await valid.run(requestOf('q', formatOf()), ctx, params)), right)
  const [, first, second] = ctx.asked.map(({ request }) => request)
  t.equal(first!.messages.length, 3)
  for (const fault of [/\/city: must be string/, /\/sky: .*clear/, /wind/, /<schema>.*required/s])
    t.match(promptOf(first!), fault)
  t.equal(second!.messages.length, 3)
  t.match(promptOf(second!), /required property 'sky'/)
  t.notMatch(promptOf(second!), /wind/)
  t.same(ctx.discarded, ['invalid: 3 faults', 'invalid: 1 faults'])
})

t.test(
  'after the repairs comes another sample, with a seed of its own and without a temperature of 0',
  async t => {
    const ctx = saying('no JSON', wrong, right)
    const request = requestOf('q', { ...formatOf(), seed: 5, temperature: 0 })
    t.equal(await textIn(await valid.run(request, ctx, { ...params, repairs: 1 })), right)
    const [, , again] = ctx.asked.map(asked => asked.request)
    t.match(again, { seed: 6, temperature: 1, messages: request.messages })
  },
)

t.test('the last failure is an error with its faults, and nothing invalid is returned', async t => {
  for (const answer of [wrong, 'no JSON', '', [{ content: right.slice(0, 9), finish: 'length' }]]) {
    const ctx = contextOf(() => answer)
    const run = valid.run(requestOf('q', formatOf()), ctx, { ...params, repairs: 1 })
    await t.rejects(run, { code: 'no_answer', message: /type|no JSON|empty|length; raise max_tokens/ })
    t.same(ctx.offers, [])
  }
})

t.test('a comma too many is left out, and texts keep theirs', async t => {
  const own = { type: 'object', properties: { a: { type: 'array' } }, required: ['a'] }
  const answer = await valid.run(requestOf('q', formatOf(own)), saying('{"a": ["x, ]", "\\", }",],}'), params)
  t.equal(await textIn(answer), '{"a": ["x, ]", "\\", }"]}')
})

t.test('an answer that is cut off is not repaired: the next sample has its own chance', async t => {
  const ctx = saying([{ content: right.slice(0, 9), finish: 'length' }], right)
  t.equal(await textIn(await valid.run(requestOf('q', formatOf()), ctx, params)), right)
  t.equal(ctx.asked[1]!.request.messages.length, 1)
})

t.test('a tool call is an answer', async t => {
  const request = requestOf('q', { ...formatOf(), tools: [{ type: 'function' }] })
  const answer = await valid.run(request, saying([{ tool_calls: [toolCall] }]), params)
  t.match((await completionIn(answer)).choices, [{ message: { tool_calls: [toolCall] } }])
})

t.test('a schema that cannot be used is refused before the first call', async t => {
  for (const own of [
    { type: 'nonsense' },
    { $ref: 'https://example.org/elsewhere.json' },
    { $ref: '#/$defs/missing' },
    { properties: 7 },
    { $async: true, type: 'object' },
    { type: 'string', pattern: '(' },
  ]) {
    const ctx = saying()
    const run = valid.run(requestOf('q', formatOf(own)), ctx, params)
    await t.rejects(run, { code: 'invalid_value', param: 'response_format' }, JSON.stringify(own))
    t.equal(ctx.asked.length, 0)
  }
})

t.test('a pattern that would take years fails its own request, and no other', async t => {
  const evil = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } }
  const run = valid.run(
    requestOf('q', formatOf(evil)),
    saying(JSON.stringify({ a: `${'a'.repeat(60)}!` })),
    params,
  )
  const other = valid.run(requestOf('q', formatOf()), saying(right), params)
  await t.rejects(run, { code: 'invalid_value', message: /too long/ })
  t.equal(await textIn(await other), right)
  const next = valid.run(requestOf('q', formatOf()), saying(right), params)
  t.equal(await textIn(await next), right, 'in another thread')
})

t.test('slow schemas delay each other, but no request with another schema', async t => {
  const clock = TestClock.start(t)
  // The slow ones end when the test says so: neither ends before the quick one by chance.
  const validator = new Validator({ quick: 1000, slow: 3_600_000 })
  const { signal } = new AbortController()
  const ended: string[] = []
  const check = async (name: string, pattern: string) => {
    const own = JSON.stringify({ type: 'string', pattern })
    const checked = validator.faultsOf(own, JSON.stringify(`${'a'.repeat(60)}!`), signal)
    await checked.then(
      () => ended.push(name),
      () => ended.push(name),
    )
  }
  void check('slow', '^(a+)+$')
  void check('slow', '^(a+)+b$')
  await check('quick', '^a+!$')
  t.strictSame(ended, ['quick'])
  while (ended.length < 3) {
    await clock.pass(3600)
    await new Promise(setImmediate)
  }
  t.strictSame(ended, ['quick', 'slow', 'slow'])
})

t.test('a schema is not read for a request that is over when its turn comes', async t => {
  const gone = new AbortController()
  const checked = new Validator().checkSchema('{"type":"nonsense"}', gone.signal)
  gone.abort()
  await t.rejects(checked, { name: 'AbortError' })
})

t.test('drafts with other keywords, definitions, recursion and any value as the root are read', async t => {
  const tree = {
    $ref: '#/$defs/node',
    $defs: { node: { properties: { next: { $ref: '#/$defs/node' } }, required: ['id'] } },
  }
  const older = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'array',
    items: [{ type: 'integer' }, { type: 'string' }],
    additionalItems: false,
  }
  for (const [own, good, bad] of [
    [tree, '{"id":1,"next":{"id":2}}', '{"id":1,"next":{}}'],
    [older, '[1,"a"]', '["a",1]'],
    [{ enum: ['yes', 'no'] }, '"yes"', '"maybe"'],
    [
      { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } },
      '{"at":"noon"}',
      '{"at":1}',
    ],
  ] as const) {
    const ctx = saying(bad, good)
    t.equal(await textIn(await valid.run(requestOf('q', formatOf(own)), ctx, params)), good)
    t.equal(ctx.asked.length, 2)
  }
  const object = requestOf('q', { response_format: { type: 'json_object' } })
  t.equal(await textIn(await valid.run(object, saying('[1]', '{"a":1}'), params)), '{"a":1}')
})

t.test(
  'the schema goes into the prompt for a service that refuses the format, or if the params say so',
  async t => {
    const refusal = new HulumanageError(
      'upstream_rejected',
      "Unknown parameter: 'response_format.json_schema'",
    )
    const ctx = saying(refusal, wrong, right)
    t.equal(await textIn(await valid.run(requestOf('q', formatOf()), ctx, params)), right)
    for (const { request } of ctx.asked.slice(1)) {
      t.notOk('response_format' in request)
      t.match(promptOf(request), /additionalProperties/)
    }
    const prompted = saying(right)
    await valid.run(requestOf('q', formatOf()), prompted, { ...params, in_prompt: true })
    t.notOk('response_format' in prompted.asked[0]!.request)

    const other = new HulumanageError('upstream_rejected', 'The prompt is too long')
    await t.rejects(valid.run(requestOf('q', formatOf()), saying(other), params), other)
    const late = saying(wrong, refusal)
    await t.rejects(
      valid.run(requestOf('q', formatOf()), late, params),
      refusal,
      'after an answer it is another matter',
    )
  },
)

t.test('ends when the budget is spent or the client disconnects, and offers no invalid answer', async t => {
  const spent = new HulumanageError('budget_calls', 'spent')
  const ctx = saying(wrong, spent)
  await t.rejects(valid.run(requestOf('q', formatOf()), ctx, params), spent)
  t.same(ctx.offers, [])
  const gone = contextOf(() => {
    gone.controller.abort()
    return new Promise<never>(() => {})
  })
  await t.rejects(valid.run(requestOf('q', formatOf()), gone, params), { name: 'AbortError' })
})

t.test('never exceeds its stated cost', async t => {
  const own = fc.record({
    repairs: fc.integer({ min: 0, max: 3 }),
    samples: fc.integer({ min: 1, max: 3 }),
    in_prompt: fc.boolean(),
  })
  const refusal = new HulumanageError('upstream_rejected', 'response_format is not supported')
  const words = fc.infiniteStream(fc.constantFrom<Scripted>(wrong, 'prose', '', refusal))
  await fc.assert(
    fc.asyncProperty(own, words, async (given, said) => {
      const spent = { calls: 0, rounds: 0 }
      const ctx = contextOf(inRounds(() => said.next().value, spent))
      await valid.run(requestOf('q', formatOf()), ctx, given).catch(() => {})
      const cost = valid.cost!(given, 1)
      return spent.calls <= cost.calls && spent.rounds <= cost.rounds
    }),
    { numRuns: 50 },
  )
  t.same(valid.cost?.({ ...params, in_prompt: true }, 2), { calls: 12, rounds: 6 })
})
