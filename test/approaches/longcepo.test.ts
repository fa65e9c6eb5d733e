import t from 'tap'
import * as fc from 'fast-check'
import longcepo from '../../approaches/longcepo/index.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import type { ChatRequest } from '../../src/contract/index.ts'
import { textOf } from '../../src/chat/completion.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import { inRounds } from './rounds.ts'
import type { Asked, FakeContext, Scripted } from './model.ts'

const params = {
  ...longcepo.params!.parse({}),
  max_context_window: 1024,
  chunk_size: 256,
  chunk_overlap: 0,
  max_output_tokens: 64,
  num_neighbor_summaries: 1,
}
const once = { ...params, max_questions: 0, num_neighbor_summaries: 0 }
const waiting = new Promise<never>(() => {})
const down = new HulumanageError('upstream_error', 'down')
const end = '<CONTEXT_END>'

/** A text of about `count` parts, each of which contains its number. */
function textOfParts(count: number): string {
  return Array.from({ length: count }, (_, at) => `fact-${at}: ${'word '.repeat(200)}`.slice(0, 1000)).join(
    '\n\n',
  )
}

const asked = requestOf(`${textOfParts(5)}${end}why?`)

type Answer = Scripted | ((asked: Asked, turn: number) => Scripted)
type Answers = Readonly<Record<string, Answer>>

const script: Answers = {
  plan: '1. first?\n2. second?',
  summarize: ({ request }) => `about ${factIn(request)}`,
  read: ({ request }) => `Information: saw ${factIn(request)}`,
  collapse: ({ request }) =>
    `joined ${promptOf(request)
      .match(/(?<=<notes>.*)fact-\d+/g)
      ?.join('+')}`,
  find: 'First: yes. Second: no.\n<answer>because, perhaps</answer>',
  reread: ({ request }) => `Information: saw again ${factIn(request)}`,
  '': 'the answer',
}

/** The fact in the part that a call reads. */
function factIn(request: ChatRequest): string | undefined {
  return /(?<=<part>\s{0,3})fact-\d+/.exec(textOf(request.messages.at(-1)))?.[0]
}

function scriptOf(answers: Answers) {
  const turns: Record<string, number> = {}
  return (call: Asked): Scripted => {
    const step = stepOf(call)
    const answer = answers[step]
    const turn = turns[step] ?? 0
    turns[step] = turn + 1
    if (answer === undefined) throw new TypeError(`no answer to "${step}"`)
    return typeof answer === 'function' ? answer(call, turn) : answer
  }
}

function answering(answers: Answers = {}): FakeContext {
  return contextOf(scriptOf({ ...script, ...answers }))
}

function stepOf({ path }: Asked): string {
  return path.split('.').at(-1)!
}

function countsOf(ctx: FakeContext): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(ctx.asked, stepOf)].map(([step, all]) => [step, all.length]))
}

function promptsOf(ctx: FakeContext, step: string): string[] {
  return ctx.asked.filter(call => stepOf(call) === step).map(({ request }) => promptOf(request))
}

t.test('plans, reads the parts, finds, reads again and answers', async t => {
  const ctx = answering()
  t.equal(await textIn(await longcepo.run(asked, ctx, params)), 'the answer')
  t.same(countsOf(ctx), { plan: 1, summarize: 5, read: 5, find: 1, reread: 5, '': 1 })
  t.same(
    new Set(ctx.asked.map(call => `${call.kind} ${stepOf(call) === ''}`)),
    new Set(['helper false', 'candidate true']),
  )
  for (const prompt of promptsOf(ctx, 'read')) t.match(prompt, /1\. first\?.*2\. second\?/)
  t.match(promptsOf(ctx, 'find')[0], /saw fact-0.*saw fact-4.*1\. first\?/)
  for (const prompt of promptsOf(ctx, 'reread')) t.match(prompt, /First: yes\. Second: no\./)
  t.match(promptsOf(ctx, '')[0], /why\?.*saw again fact-0.*saw again fact-4.*First: yes/)
  for (const { request } of ctx.asked) t.ok(promptOf(request).length < 4000, 'no call holds the long text')
})

t.test('calls about the same part begin alike, so that services can keep it', async t => {
  const ctx = answering()
  await longcepo.run(asked, ctx, params)
  const beginnings = ['summarize', 'read', 'reread'].map(step =>
    promptsOf(ctx, step).map(prompt => prompt.slice(0, prompt.indexOf('</part>'))),
  )
  t.ok(beginnings[0]!.every(text => text.includes('fact-')))
  t.same(beginnings[1], beginnings[0])
  t.same(beginnings[2], beginnings[0])
})

t.test('reads once if there are no questions on the way to the answer', async t => {
  for (const plan of ['NONE', '**None.**', '', down, [{ content: null }], []]) {
    const ctx = answering({ plan })
    await longcepo.run(asked, ctx, params)
    t.same(countsOf(ctx), { plan: 1, summarize: 5, read: 5, '': 1 })
  }
  const ctx = answering()
  await longcepo.run(asked, ctx, once)
  t.same(countsOf(ctx), { read: 5, '': 1 })
})

t.test('reads a plan in any form', async t => {
  const wordings = [
    (list: string[]) => list.map((item, at) => `${at + 1}) ${item}`).join('\n'),
    (list: string[]) => `To answer this:\n\n${list.map(item => `- **${item}**`).join('\n')}`,
    (list: string[]) => JSON.stringify(list),
    (list: string[]) => `<think>1. WRONG</think>${list.join('\n')}`,
  ]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...wordings), fc.integer({ min: 1, max: 6 }), async (write, count) => {
      const list = Array.from({ length: count }, (_, at) => `What is thing-${at}?`)
      const ctx = answering({ plan: write(list) })
      await longcepo.run(asked, ctx, params)
      const prompt = promptsOf(ctx, 'read')[0]!
      t.same(prompt.match(/thing-\d/g)?.length, Math.min(count, params.max_questions))
      t.notMatch(prompt, /WRONG/)
    }),
    { numRuns: 20 },
  )
})

t.test('streams the answer piece by piece', async t => {
  const ctx = answering()
  const answer = await longcepo.run({ ...asked, stream: true }, ctx, params)
  t.same(await piecesIn(answer), ['the', ' an', 'swe', 'r'])
})

t.test('passes a short conversation on unchanged', async t => {
  const request = requestOf('why?', { stream: true, tools: [], n: 2 })
  const ctx = answering()
  await longcepo.run(request, ctx, params)
  t.equal(ctx.asked.length, 1)
  t.equal(ctx.asked[0]?.request, request)

  const parted = answering()
  await longcepo.run(requestOf(`a short text${end}why?`), parted, params)
  t.same(
    parted.asked.map(({ request: sent }) => sent.messages),
    [[{ role: 'user', content: 'a short text\n\nwhy?' }]],
  )
  const system = answering()
  const instructed = { model: 'm', messages: [{ role: 'system', content: textOfParts(9) }] }
  await longcepo.run(instructed, system, params)
  t.equal(system.asked[0]?.request, instructed, 'the system message is not cut')
})

t.test('defect of the original: a message without a delimiter was refused', async t => {
  const ctx = answering({ read: 'Information: something' })
  t.equal(await textIn(await longcepo.run(requestOf(`${textOfParts(5)}\n\nwhy?`), ctx, params)), 'the answer')
  for (const step of ['plan', 'read', ''])
    t.match(promptsOf(ctx, step)[0], /fact-0.*why\?/, 'both ends are seen')
})

t.test('reads a long text of an earlier turn for a later question', async t => {
  const ctx = answering()
  const messages = [
    { role: 'developer', content: 's' },
    { role: 'user', content: [{ type: 'text', text: textOfParts(5) }, image] },
    { role: 'assistant', content: null, tool_calls: [toolCall] },
    { role: 'tool', tool_call_id: 'call_1', content: '42' },
    { role: 'user', name: 'ann', content: [{ type: 'text', text: 'why?' }, image] },
  ]
  const fields = { tools: [], seed: 7, temperature: 0, response_format: { type: 'json_object' } }
  await longcepo.run({ model: 'm', messages, ...fields }, ctx, params)
  t.equal(countsOf(ctx)['read'], 5)
  for (const { request } of ctx.asked) {
    t.match(request.messages[1]?.content, [{ type: 'text', text: /fact-0.*\.\.\. a text of about/s }, image])
    t.same(
      [0, 2, 3].map(at => request.messages[at]),
      [messages[0], messages[2], messages[3]],
    )
    t.match(request.messages[4], { name: 'ann', content: [{ text: 'why?' }, image, { type: 'text' }] })
    t.equal(request.messages.length, 5)
  }
  t.match(ctx.asked.at(-1)?.request, fields)
})

t.test('defect of the original: summaries were repeated for each question', async t => {
  const ctx = answering({ plan: '1. a?\n2. b?\n3. c?\n4. d?' })
  await longcepo.run(asked, ctx, params)
  t.equal(new Set(promptsOf(ctx, 'summarize')).size, 5)
  t.equal(promptsOf(ctx, 'summarize').length, 5)
})

t.test('defect of the original: the last neighbour was left out', async t => {
  const ctx = answering()
  await longcepo.run(asked, ctx, { ...params, num_neighbor_summaries: 2 })
  const shown = promptsOf(ctx, 'read').map(prompt => prompt.match(/(?<=about fact-)\d/g)?.join(''))
  t.same(shown, ['12', '023', '0134', '124', '23'])
})

t.test('defect of the original: a failed part crashed the merging of notes', async t => {
  for (const lost of [down, [{ content: null }], [], '']) {
    const ctx = answering({
      read: call => (factIn(call.request) === 'fact-2' ? lost : `saw ${factIn(call.request)}`),
      reread: call => (factIn(call.request) === 'fact-4' ? lost : `saw ${factIn(call.request)}`),
    })
    t.equal(await textIn(await longcepo.run(asked, ctx, params)), 'the answer')
    t.match(promptsOf(ctx, 'find')[0], /saw fact-1.*Part 3 of 5 could not be read.*saw fact-3/)
    t.match(promptsOf(ctx, '')[0], /saw fact-3.*Part 5 of 5 could not be read/)
  }
})

t.test('defect of the original: each round merged only one pair of notes', async t => {
  const all = Promise.withResolvers<void>()
  let joining = 0
  const answers = scriptOf({ ...script, read: call => `${factIn(call.request)} ${'x'.repeat(600)}` })
  const ctx = contextOf(async call => {
    const answer = answers(call)
    if (stepOf(call) === 'collapse' && ++joining === 4) all.resolve()
    if (stepOf(call) === 'collapse') await all.promise
    return answer
  })
  const tight = { ...once, max_context_window: 1024, max_output_tokens: 400, max_chunks: 24 }
  await longcepo.run(requestOf(`${textOfParts(20)}${end}why?`), ctx, tight)
  t.ok(joining >= 4, 'several groups are merged concurrently')
  t.equal(new Set(promptsOf(ctx, '')[0]?.match(/fact-\d+/g)).size, 20, 'and nothing is lost')
})

t.test('merges notes until they fit, and only if they do not', async t => {
  const ctx = answering({
    read: call => `${factIn(call.request)} ${'x'.repeat(5000)}`,
    collapse: ({ request }) => `joined ${'x'.repeat(5000)}${promptOf(request).length}`,
  })
  await longcepo.run(requestOf(`${textOfParts(9)}${end}why?`), ctx, { ...once, max_output_tokens: 450 })
  t.equal(countsOf(ctx)['collapse'], 8, 'of nine notes four pairs, then two, then one, then one')
  t.ok(promptsOf(ctx, '')[0]!.length < 3500, 'a note that is longer than asked for is cut')

  for (const collapse of [down, [{ content: null }], []]) {
    const failing = answering({ read: call => `${factIn(call.request)} ${'x'.repeat(1500)}`, collapse })
    await longcepo.run(requestOf(`${textOfParts(4)}${end}why?`), failing, { ...once, max_output_tokens: 450 })
    t.match(promptsOf(failing, '')[0], /fact-0.*fact-1.*fact-2.*fact-3/, 'notes that cannot be joined stay')
  }
})

t.test('leaves out parts without information, in any wording', async t => {
  const wordings = [
    'NO INFORMATION',
    '[NO INFORMATION]',
    '**No information.**',
    'No relevant information',
    'None.',
    'Information: NO INFORMATION\nRationale: -\nAnswer: NO INFORMATION\nConfidence: 1',
    '<think>Is there?</think>\nNO INFORMATION',
    'No information is found in this part.',
    'NO INFORMATION\n\nIt is an index.',
  ]
  for (const wording of wordings) {
    const read: Answer = call => (factIn(call.request) === 'fact-1' ? 'Information: it is 5' : wording)
    const ctx = answering({ read })
    await longcepo.run(asked, ctx, once)
    t.match(promptsOf(ctx, '')[0], /<notes>\\nPart 2 of 5:\\nInformation: it is 5\\n<\/notes>/, wording)
  }
  for (const wording of [
    'No information is lost, so it is 5',
    'Information: 5\nAnswer: NO INFORMATION',
    'Nonesuch',
  ]) {
    const ctx = answering({ read: wording })
    await longcepo.run(asked, ctx, once)
    t.match(promptsOf(ctx, '')[0], 'Part 5 of 5', wording)
  }
  const nothing = answering({ read: 'NO INFORMATION', plan: 'NONE' })
  t.equal(await textIn(await longcepo.run(asked, nothing, params)), 'the answer')
  t.match(promptsOf(nothing, '')[0], /No part .*about fact-0.*about fact-4/)
})

t.test('reads all of a text with more parts than allowed, in larger ones', async t => {
  const ctx = answering()
  await longcepo.run(requestOf(`${textOfParts(20)}${end}why?`), ctx, { ...once, max_chunks: 3 })
  const read = promptsOf(ctx, 'read')
  t.equal(read.length, 3)
  t.same(new Set(read.join('').match(/fact-\d+/g)).size, 20)
})

t.test('makes the calls of a round concurrently', async t => {
  for (const [step, together] of [
    ['plan', 6],
    ['summarize', 6],
    ['read', 5],
    ['reread', 5],
  ] as const) {
    const all = Promise.withResolvers<void>()
    let started = 0
    const answers = scriptOf(script)
    const ctx = contextOf(async call => {
      const isRound = together === 6 ? ['plan', 'summarize'].includes(stepOf(call)) : stepOf(call) === step
      if (isRound && ++started === together) all.resolve()
      if (isRound) await all.promise
      return answers(call)
    })
    t.ok(await longcepo.run(asked, ctx, params), step)
  }
})

t.test('continues without summaries, findings or a second reading', async t => {
  for (const lost of [down, [{ content: null }], []]) {
    const unknown = answering({ summarize: lost })
    t.equal(await textIn(await longcepo.run(asked, unknown, params)), 'the answer')
    t.notMatch(promptsOf(unknown, 'read')[0], /Other parts/)

    const unfound = answering({ find: lost })
    await longcepo.run(asked, unfound, params)
    t.same(countsOf(unfound), { plan: 1, summarize: 5, read: 5, find: 1, '': 1 })
    t.match(promptsOf(unfound, '')[0], 'saw fact-3')

    const unread = answering({ reread: lost })
    await longcepo.run(asked, unread, params)
    t.match(promptsOf(unread, '')[0], /saw fact-3.*First: yes/)
  }
})

t.test('fails if no part can be read, or if the last call fails', async t => {
  await t.rejects(longcepo.run(asked, answering({ read: down }), params), down)
  await t.rejects(longcepo.run(asked, answering({ read: [] }), params), { code: 'no_answer' })
  await t.rejects(longcepo.run(asked, answering({ '': down }), params), down)
  await t.rejects(longcepo.run(requestOf('q'), answering({ '': down }), params), down)
})

t.test('passes on a truncated answer and a tool call unchanged', async t => {
  for (const [said, finish] of [
    [[{ content: 'the ans', finish: 'length' }], 'length'],
    [[{ tool_calls: [toolCall] }], 'tool_calls'],
  ] as const) {
    const { choices } = await completionIn(await longcepo.run(asked, answering({ '': said }), params))
    t.match(choices, [{ finish_reason: finish }])
  }
  const cut = answering({ read: [{ content: 'Information: half a', finish: 'length' }] })
  await longcepo.run(asked, cut, once)
  t.match(promptsOf(cut, '')[0], 'half a', 'notes that break off are notes')
})

t.test('sets a temperature only if a param says so', async t => {
  const ctx = answering()
  await longcepo.run(asked, ctx, params)
  t.ok(ctx.asked.every(({ request }) => !('temperature' in request) && !('max_tokens' in request)))

  const set = {
    temperature_plan: 0.1,
    temperature_map: 0.2,
    temperature_collapse: 0.3,
    temperature_reduce: 0.4,
  }
  const tuned = answering({ read: call => `${factIn(call.request)} ${'x'.repeat(1500)}` })
  await longcepo.run({ ...asked, temperature: 1.1 }, tuned, { ...params, ...set, max_output_tokens: 450 })
  const expected: Record<string, number> = {
    plan: 0.1,
    summarize: 0.1,
    read: 0.2,
    collapse: 0.3,
    find: 0.4,
    '': 1.1,
  }
  for (const [step, temperature] of Object.entries(expected)) {
    const found = tuned.asked.filter(call => stepOf(call) === step).map(({ request }) => request.temperature)
    t.ok(found.length > 0 && found.every(sent => sent === temperature), step)
  }
})

t.test('passes on a spent budget, with the findings offered', async t => {
  const spent = new HulumanageError('budget_calls', 'spent')
  for (const [step, offers] of [
    ['plan', []],
    ['summarize', []],
    ['read', []],
    ['find', []],
    ['reread', ['because, perhaps']],
    ['', ['because, perhaps']],
  ] as const) {
    const ctx = answering({ [step]: spent })
    await t.rejects(longcepo.run(asked, ctx, params), spent, step)
    t.same(ctx.offers, offers)
  }
  const untagged = answering({ find: 'It is so.', '': spent })
  await t.rejects(longcepo.run(asked, untagged, params), spent)
  t.same(untagged.offers, ['It is so.'])
  for (const refusal of [
    "I'm sorry, but I can't help with that.",
    'No. <answer>I cannot answer that.</answer>',
  ]) {
    const refused = answering({ find: refusal, '': spent })
    await t.rejects(longcepo.run(asked, refused, params), spent)
    t.same(refused.offers, [], refusal)
  }
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const round of ['plan', 'summarize', 'read', 'collapse', 'find', 'reread', '']) {
    const answers = scriptOf({ ...script, read: 'x'.repeat(2000) })
    const ctx = contextOf(async call => {
      if (stepOf(call) !== round) return answers(call)
      ctx.controller.abort()
      return await waiting
    })
    const run = longcepo.run(asked, ctx, { ...params, max_output_tokens: 450 })
    await t.rejects(run, { name: 'AbortError' }, round)
  }
})

t.test('never exceeds its stated cost, whatever the text', async t => {
  const model = fc.record({
    max_chunks: fc.integer({ min: 1, max: 6 }),
    max_questions: fc.integer({ min: 0, max: 2 }),
    num_neighbor_summaries: fc.integer({ min: 0, max: 2 }),
    max_output_tokens: fc.constantFrom(64, 450),
  })
  const said = fc.constantFrom<Scripted>(
    '1. a?\n2. b?\n3. c?',
    'x'.repeat(3000),
    'NONE',
    '',
    down,
    'NO INFORMATION',
  )
  await fc.assert(
    fc.asyncProperty(
      model,
      fc.integer({ min: 0, max: 12 }),
      fc.infiniteStream(said),
      async (chosen, parts, answers) => {
        const all = { ...params, ...chosen }
        const spent = { calls: 0, rounds: 0 }
        const ctx = contextOf(inRounds(() => answers.next().value as Scripted, spent))
        await longcepo.run(requestOf(`${textOfParts(parts)}${end}why?`), ctx, all).catch(() => {})
        const { calls, rounds } = longcepo.cost!(all, 1)
        t.ok(spent.calls <= calls && spent.rounds <= rounds, JSON.stringify({ ...chosen, ...spent }))
      },
    ),
    { numRuns: 100 },
  )
})

t.test('reaches its stated calls and rounds if notes only fit in pairs and merging fails', async t => {
  for (const most of [1, 2, 5, 8]) {
    const chosen = { ...params, max_chunks: most, max_output_tokens: 450 }
    const long = { read: 'x'.repeat(1800), reread: 'x'.repeat(1800), collapse: down }
    const spent = { calls: 0, rounds: 0 }
    const ctx = contextOf(inRounds(scriptOf({ ...script, ...long }), spent))
    await longcepo.run(requestOf(`${textOfParts(12)}${end}why?`), ctx, chosen)
    t.same(spent, longcepo.cost!(chosen, 1))
  }
  t.same(longcepo.cost?.(longcepo.params!.parse({}), 1), { calls: 81, rounds: 13 })
  t.same(longcepo.cost?.({ ...once, max_chunks: 1 }, 2), { calls: 4, rounds: 2 })
})

t.test('the window is that of the model, if it is known, and as large as is common if not', async t => {
  const defaults = longcepo.params!.parse({})
  const callsFor = async (words: number, window: number | undefined): Promise<number> => {
    const ctx = { ...contextOf(() => 'ok'), contextWindow: () => window }
    await longcepo.run(requestOf(`${'word '.repeat(words)}\n\nwhy?`), ctx, defaults)
    return ctx.asked.length
  }
  t.equal(await callsFor(20_000, undefined), 1, 'a text of 25,000 tokens fits into most models')
  t.ok((await callsFor(20_000, 16_384)) > 1, 'but not into this one')
  t.equal(await callsFor(100_000, 200_000), 1)
  t.ok((await callsFor(100_000, undefined)) > 1)
})
