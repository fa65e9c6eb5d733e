import t from 'tap'
import * as fc from 'fast-check'
import leap from '../../approaches/leap.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Asked, Scripted } from './model.ts'

const params = { examples: 4, samples: 2, principles: 8, temperature: 1 }

const two = JSON.stringify([
  { question: 'What is 5 + 7?', answer: '12' },
  { question: 'What is 9 - 4?', answer: '5' },
])
/** A request that may hold examples. */
const question = 'Q: What is 5 + 7?\nA: 12\n\nQ: What is 9 - 4?\nA: 5\n\nq'
const attempts = ['5 and 7 make 12.\nThe answer is 12.', 'So\nThe answer is 13.']

type Answers = Readonly<Record<string, Scripted | ((asked: Asked) => Scripted | Promise<Scripted>)>>

const script: Answers = {
  extract: `<examples>${two}</examples>`,
  'learn.attempt': attempts,
  'learn.reflect': ({ request }) =>
    `<principles>\n- Check by ${promptOf(request).includes('5 + 7') ? 'subtracting' : 'adding'}.\n</principles>`,
  condense: '<principles>1. Check the result.\n2. Read twice.</principles>',
  answer: 'the answer',
}

/** Answers by round; a round without an answer waits forever. */
function rounds(answers: Answers) {
  return contextOf(asked => {
    const answer = answers[asked.path]
    return (typeof answer === 'function' ? answer(asked) : answer) ?? new Promise<never>(() => {})
  })
}

function pathsOf({ asked }: ReturnType<typeof contextOf>): string[] {
  return asked.map(({ path }) => path)
}

function promptsOf({ asked }: ReturnType<typeof contextOf>, round: string): string[] {
  return asked.filter(({ path }) => path === round).map(({ request }) => promptOf(request))
}

t.test('learns from its mistakes on the examples, and applies the lessons', async t => {
  const ctx = rounds(script)
  const request = requestOf(question, { tools: [], max_tokens: 50, seed: 7 })
  t.equal(await textIn(await leap.run(request, ctx, params)), 'the answer')
  t.same(pathsOf(ctx).toSorted(), [
    'answer',
    'extract',
    'learn.attempt',
    'learn.attempt',
    'learn.reflect',
    'learn.reflect',
    'learn.reflect',
  ])
  t.same(
    ctx.asked.filter(({ kind }) => kind === 'candidate').map(({ path }) => path),
    ['answer'],
  )
  t.match(ctx.asked.at(-1)?.request, { tools: [], max_tokens: 50, seed: 7 })
  const [last] = promptsOf(ctx, 'answer')
  t.match(last, /q.*1\. Check by subtracting\.\\n2\. Check by adding\./s)
  t.notMatch(last, /3\./)
})

t.test('asks for no examples if there cannot be any', async t => {
  for (const text of ['What is 17 * 23?', 'Hi!', 'Translate: "So it goes." Note: briefly.']) {
    const ctx = rounds(script)
    t.equal(await textIn(await leap.run(requestOf(text), ctx, params)), 'the answer', text)
    t.same(pathsOf(ctx), ['answer'], text)
  }
})

t.test('streams the last call piece by piece, with and without examples', async t => {
  for (const extract of [script['extract']!, '<examples>[]</examples>']) {
    const answer = await leap.run(
      requestOf(question, { stream: true }),
      rounds({ ...script, extract }),
      params,
    )
    t.same(await piecesIn(answer), ['the', ' an', 'swe', 'r'])
  }
})

t.test('makes no deliberate mistakes: it tries in earnest, and correct attempts teach nothing', async t => {
  const ctx = rounds({ ...script, 'learn.attempt': ['The answer is 12.', '\\boxed{12.0}'] })
  await leap.run(requestOf(question), ctx, { ...params, examples: 1 })
  t.same(pathsOf(ctx), ['extract', 'learn.attempt', 'answer'])
  t.notMatch(promptsOf(ctx, 'learn.attempt')[0], /mistake|wrong|incorrect/i)
  t.same(ctx.asked[2]?.request, requestOf(question))
})

t.test('a lesson sees the question, the attempt and the right answer; equal mistakes count once', async t => {
  const same = ['I think\nThe answer is 13.', 'Hm.\nThe answer is 13.0']
  const ctx = rounds({ ...script, 'learn.attempt': same })
  await leap.run(requestOf(question), ctx, { ...params, examples: 1 })
  const lessons = promptsOf(ctx, 'learn.reflect')
  t.equal(lessons.length, 1)
  t.match(lessons[0], /What is 5 \+ 7\?.*The answer is 13.*<right_answer>\\n12\\n/s)
})

t.test('an attempt does not see the right answer', async t => {
  const rule = { role: 'system', content: 'Be brief.' }
  const few = { role: 'developer', content: 'Q: What  is 5\n+ 7? A: 12' }
  const messages = [rule, few, { role: 'user', content: `${two} q` }]
  const ctx = rounds(script)
  await leap.run({ model: 'm', messages }, ctx, params)
  const [first, second] = ctx.asked
    .filter(({ path }) => path === 'learn.attempt')
    .map(({ request }) => request)
  t.match(first?.messages, [rule, { role: 'user', content: /^What is 5 \+ 7\?/ }])
  t.match(second?.messages, [rule, few, { role: 'user', content: /^What is 9 - 4\?/ }])
})

t.test('tries several times at a temperature that makes attempts differ', async t => {
  for (const [fields, own, sent] of [
    [{}, params, { n: 2, temperature: 1 }],
    [{ temperature: 0 }, { ...params, samples: 5 }, { n: 5, temperature: 1 }],
    [{ temperature: 0.3 }, { ...params, samples: 1 }, { n: undefined, temperature: 0.3 }],
  ] as const) {
    const ctx = rounds(script)
    await leap.run(requestOf(question, fields), ctx, own)
    t.match(ctx.asked[1]?.request, sent)
  }
})

t.test('learns from the examples concurrently and independently, up to the allowed number', async t => {
  const many = JSON.stringify(Array.from({ length: 9 }, (_, at) => ({ question: `${at}?`, answer: 'x' })))
  const all = Promise.withResolvers<void>()
  let started = 0
  const ctx = contextOf(async ({ path }) => {
    if (path === 'extract') return many
    if (path !== 'learn.attempt') return 'ok'
    if (++started === 4) all.resolve()
    await all.promise
    return 'The answer is y.'
  })
  t.equal(await textIn(await leap.run(requestOf(question), ctx, params)), 'ok')
  t.equal(started, 4)
})

t.test('condenses principles only if there are too many', async t => {
  const ctx = rounds(script)
  await leap.run(requestOf(question), ctx, { ...params, principles: 1 })
  t.match(promptsOf(ctx, 'condense')[0], /1\. Check by subtracting\.\\n2\. Check by adding\./)
  t.match(promptsOf(ctx, 'answer')[0], /1\. Check the result\.\\n\\n/, 'and drops the surplus')
  for (const condense of [new Error('down'), '', 'none', [{ content: null }]] as Scripted[]) {
    const failing = rounds({ ...script, condense })
    await leap.run(requestOf(question), failing, { ...params, principles: 1 })
    t.match(promptsOf(failing, 'answer')[0], /1\. Check by subtracting\.\\n\\n/)
  }
})

t.test('reads principles in any list, and none if the attempt was right after all', async () => {
  const bullet = fc.constantFrom('', '- ', '* ', '• ', '1. ', '12) ', '(3) ', '  2: ')
  const blank = fc.constantFrom('\n', '\n\n', '\r\n')
  const around = fc.constantFrom('', '<think>No <principles>x</principles></think>', 'It slipped.\n')
  await fc.assert(
    fc.asyncProperty(fc.array(bullet, { maxLength: 6 }), blank, around, async (bullets, end, before) => {
      const lines = bullets.map((mark, index) => `${mark}Principle ${'abcdef'[index]}.`)
      const text = `${before}<principles>${end}${lines.join(end)}${end}</principles>`
      const ctx = rounds({ ...script, 'learn.reflect': text })
      await leap.run(requestOf(question), ctx, { ...params, examples: 1, samples: 1 })
      const listed = bullets.map((_, index) => `${index + 1}. Principle ${'abcdef'[index]}.`)
      const [prompt] = promptsOf(ctx, 'answer')
      if (bullets.length === 0) return prompt === JSON.stringify(question)
      return prompt!.includes(`:\\n\\n${listed.join('\\n')}\\n\\n`)
    }),
  )
})

t.test('answers directly if there are no examples', async t => {
  for (const extract of ['<examples>[]</examples>', '', 'none', [], [{ content: null }]] as Scripted[]) {
    const ctx = rounds({ ...script, extract })
    t.equal(await textIn(await leap.run(requestOf(question), ctx, params)), 'the answer')
    t.same(pathsOf(ctx), ['extract', 'answer'])
    t.same(ctx.asked[1]?.request, requestOf(question))
  }
})

t.test('continues without an extraction, an example or a lesson that fails or is empty', async t => {
  const down = new HulumanageError('upstream_error', 'down')
  for (const round of ['extract', 'learn.attempt', 'learn.reflect']) {
    for (const answer of [
      down,
      [],
      '',
      [{ content: null }],
      [{ content: 'The', finish: 'length' }],
    ] as Scripted[]) {
      const ctx = rounds({ ...script, [round]: answer })
      t.equal(await textIn(await leap.run(requestOf(question), ctx, params)), 'the answer', round)
      t.same(ctx.asked.at(-1)?.request, requestOf(question))
    }
  }
  const one = rounds({
    ...script,
    'learn.attempt': ({ request }) => (promptOf(request).includes('9') ? down : attempts),
  })
  await leap.run(requestOf(question), one, params)
  t.match(promptsOf(one, 'answer')[0], /1\. Check by subtracting\.\\n\\n/)
})

t.test('keeps the conversation and adds to its last user message', async t => {
  const system = { role: 'developer', content: 's' }
  const user = { role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] }
  const ctx = rounds(script)
  await leap.run({ model: 'm', messages: [system, user] }, ctx, params)
  for (const { request } of [ctx.asked[0]!, ctx.asked.at(-1)!]) {
    t.match(request.messages, [system, { ...user, content: [...user.content, { type: 'text' }] }])
    t.equal(request.messages.length, 2)
  }
})

t.test('fails if the last call fails or has no content', async t => {
  const down = new HulumanageError('upstream_error', 'down')
  await t.rejects(
    leap.run(
      requestOf(question),
      contextOf(() => down),
      params,
    ),
    down,
  )
  for (const answer of ['', [], [{ content: null }]] as Scripted[]) {
    const run = leap.run(requestOf(question), rounds({ ...script, answer }), params).then(completionIn)
    await t.rejects(run, { code: 'no_answer' })
  }
})

t.test('returns tool calls of the last call, and a truncated last answer', async t => {
  for (const [choice, expected] of [
    [
      { content: 'the ans', finish: 'length' },
      { finish_reason: 'length', message: { content: 'the ans' } },
    ],
    [{ tool_calls: [toolCall] }, { finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }],
  ] as const) {
    const answer = await leap.run(requestOf(question), rounds({ ...script, answer: [choice] }), params)
    t.match((await completionIn(answer)).choices, [expected])
  }
})

t.test('passes on a spent budget, in each round', async t => {
  for (const round of Object.keys(script)) {
    const ctx = rounds({ ...script, [round]: new HulumanageError('budget_tokens', 'spent') })
    await t.rejects(
      leap.run(requestOf(question), ctx, { ...params, principles: 1 }),
      { code: 'budget_tokens' },
      round,
    )
  }
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const round of Object.keys(script)) {
    const ctx = rounds({
      ...script,
      [round]: () => {
        ctx.controller.abort()
        return new Promise<never>(() => {})
      },
    })
    await t.rejects(
      leap.run(requestOf(question), ctx, { ...params, principles: 1 }),
      { name: 'AbortError' },
      round,
    )
    t.equal(ctx.asked.filter(({ path }) => path === 'answer').length, round === 'answer' ? 1 : 0, round)
  }
})

t.test('never exceeds its stated cost, whatever the model returns', async t => {
  t.same(leap.cost?.(params, 2), { calls: 38, rounds: 5 })
  const size = fc.integer({ min: 1, max: 4 })
  const choices = fc.array(
    fc.nat({ max: 9 }).map(answer => `The answer is ${answer}.`),
    { maxLength: 8 },
  )
  const own = fc.record({ examples: size, samples: size, principles: size, temperature: fc.constant(1) })
  await fc.assert(
    fc.asyncProperty(own, fc.nat({ max: 9 }), choices, async (set, count, drawn) => {
      const many = Array.from({ length: count }, (_, at) => ({ question: `${at}?`, answer: 'x' }))
      const ctx = rounds({ ...script, extract: JSON.stringify(many), 'learn.attempt': drawn })
      await leap.run(requestOf(question), ctx, set)
      const spent = ctx.asked.reduce((sum, { request }) => sum + (request.n ?? 1), 0)
      return spent <= leap.cost!(set, 1).calls
    }),
  )
})

t.test('instructions are set apart from the question of an example', async t => {
  const ctx = rounds(script)
  await leap.run(requestOf(question), ctx, params)
  for (const round of ['learn.attempt', 'learn.reflect'])
    t.match(promptsOf(ctx, round)[0], /^"What is 5 \+ 7\?\\n\\n---\\nInstruction, not part of the text above/)
})
