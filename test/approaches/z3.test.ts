import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import t from 'tap'
import * as fc from 'fast-check'
import z3 from '../../approaches/z3/index.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, contextOf, image, piecesIn, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Scripted } from './model.ts'

const params = { attempts: 3, seconds: 20, megabytes: 128 }

/** One that a solver may settle. */
const question = 'Which 2 of them q?'
const block = (program: string): string => `\`\`\`smt2\n${program}\n\`\`\``
const puzzle = block(`; two numbers
(declare-const x Int)
(declare-const y Int)
(assert (= (+ x y) 12))
(assert (= (- x y) 4))
(check-sat)
(get-value (x y))`)
const trivial = block('(assert false)\n(check-sat)')
const broken = block('(assert (> undeclared 2))\n(check-sat)')

/** Answers by round; a list contains successive answers. */
function rounds(answers: Readonly<Record<string, Scripted | readonly Scripted[]>>) {
  const left = new Map(Object.entries(answers).map(([path, said]) => [path, [said].flat(1) as Scripted[]]))
  return contextOf(({ path }) => left.get(path)?.shift() ?? new Promise<never>(() => {}))
}

function pathsOf({ asked }: ReturnType<typeof contextOf>): string[] {
  return asked.map(({ path }) => path)
}

t.test('states the question, solves it, and answers with the result', async t => {
  const ctx = rounds({ formalize: puzzle, answer: '8 and 4' })
  const request = requestOf(question, { tools: [], max_tokens: 50, seed: 7, stream: true })
  t.same(await piecesIn(await z3.run(request, ctx, params)), ['8 a', 'nd ', '4'])
  t.same(
    ctx.asked.map(({ path, kind }) => [path, kind]),
    [
      ['formalize', 'helper'],
      ['answer', 'candidate'],
    ],
  )
  const { request: last } = ctx.asked[1]!
  t.match(last, { tools: [], max_tokens: 50, seed: 7 })
  t.match(promptOf(last), /q.*two numbers.*sat.*\(\(x 8\)\\n \(y 4\)\)/s)
})

t.test('asks for no program if the question is a few words without numbers or logic', async t => {
  const ctx = rounds({ answer: 'hello' })
  t.equal(await textIn(await z3.run(requestOf('Good morning, how are you?'), ctx, params)), 'hello')
  t.same(pathsOf(ctx), ['answer'])
})

t.test('streams the last call piece by piece, even without the solver', async t => {
  const ctx = rounds({ formalize: 'NONE', answer: 'the answer' })
  const answer = await z3.run(requestOf(question, { stream: true }), ctx, params)
  t.same(await piecesIn(answer), ['the', ' an', 'swe', 'r'])
})

t.test('has a program repaired that the solver refuses, and runs every program', async t => {
  const ctx = rounds({ formalize: broken, repair: [block('(check-sat'), trivial], answer: 'no' })
  t.equal(await textIn(await z3.run(requestOf(question), ctx, params)), 'no')
  t.same(pathsOf(ctx), ['formalize', 'repair', 'repair', 'answer'])
  const [, first, second, last] = ctx.asked.map(({ request }) => promptOf(request))
  t.match(first, /undeclared 2.*unknown constant undeclared/s)
  t.match(second, /line 1: the parenthesis/)
  t.notMatch(second, /undeclared/, 'only the newest program is shown')
  t.match(last, /assert false.*unsat/s)
})

t.test('answers directly if a solver does not help, or if no program does', async t => {
  for (const formalize of ['NONE', '', [[{ content: null }]], [[]]] as const) {
    const ctx = rounds({ formalize, answer: 'plain' })
    const request = requestOf(question)
    t.equal(await textIn(await z3.run(request, ctx, params)), 'plain')
    t.same(ctx.asked[1]?.request, request)
  }
  const ctx = rounds({ formalize: block('(check-sat'), repair: ['```\n(check-sat', ')('], answer: 'plain' })
  t.equal(await textIn(await z3.run(requestOf(question), ctx, params)), 'plain')
  t.same(pathsOf(ctx), ['formalize', 'repair', 'repair', 'answer'])
  t.notMatch(promptOf(ctx.asked[3]!.request), /check-sat/)

  const given = rounds({ formalize: block('(check-sat'), repair: 'NONE', answer: 'plain' })
  t.equal(await textIn(await z3.run(requestOf(question), given, params)), 'plain')
})

t.test('stops a program at its limits, and asks for an easier one', async t => {
  const limits = { ...params, attempts: 2 }
  for (const [program, own, fault] of [
    [pigeons(12), { ...limits, seconds: 0.1 }, /the time limit was reached/],
    [product, { ...limits, megabytes: 24 }, /the memory limit was reached/],
  ] as const) {
    const ctx = rounds({ formalize: block(program), repair: 'NONE', answer: 'plain' })
    t.equal(await textIn(await z3.run(requestOf(question), ctx, own)), 'plain')
    t.match(promptOf(ctx.asked[1]!.request), fault)
  }
})

t.test('runs no code of the model, and no command that names a file', async t => {
  const folder = t.testdir({ secret: '(echo "secret")' })
  const [written, secret] = [join(folder, 'written'), join(folder, 'secret')]
  for (const [program, fault] of [
    [`(include "${secret}")(check-sat)`, /is not available/],
    [`(set-option :regular-output-channel "${written}")(echo "x")`, /is not available/],
  ] as const) {
    const ctx = rounds({ formalize: block(program), repair: 'NONE', answer: 'plain' })
    await z3.run(requestOf(question), ctx, params)
    t.match(promptOf(ctx.asked[1]!.request), fault)
  }
  const python = rounds({ formalize: block(`open("${written}", "w").write("x")`), answer: 'plain' })
  await z3.run(requestOf(question), python, params)
  t.same(pathsOf(python), ['formalize', 'answer'], 'another language is no program to repair')
  t.notOk(existsSync(written))
})

t.test('keeps the conversation and adds to its last user message', async t => {
  const system = { role: 'developer', content: 's' }
  const user = { role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] }
  const ctx = rounds({ formalize: block('(check-sat'), repair: trivial, answer: 'no' })
  await z3.run({ model: 'm', messages: [system, user] }, ctx, params)
  for (const { request } of ctx.asked) {
    t.same(request.messages[0], system)
    t.match(request.messages[1], { ...user, content: [...user.content, { type: 'text' }] })
  }
  t.same(
    ctx.asked.map(({ request }) => request.messages.length),
    [2, 4, 2],
  )
})

t.test('continues without a program or a repair that fails', async t => {
  const down = new HulumanageError('upstream_error', 'down')
  for (const answers of [{ formalize: down }, { formalize: block('(check-sat'), repair: down }]) {
    const ctx = rounds({ ...answers, answer: 'plain' })
    t.equal(await textIn(await z3.run(requestOf(question), ctx, params)), 'plain')
  }
})

t.test('fails if the last call fails or has no content', async t => {
  const down = new HulumanageError('upstream_error', 'down')
  for (const [answer, code] of [
    [down, 'upstream_error'],
    [[], 'no_answer'],
    [[{ content: null }], 'no_answer'],
  ] as const) {
    const ctx = contextOf(({ path }) => (path === 'answer' ? answer : 'NONE'))
    const run = z3.run(requestOf(question), ctx, params).then(completionIn)
    await t.rejects(run, { code })
  }
})

t.test('keeps a last answer that is truncated or calls tools', async t => {
  for (const [choice, expected] of [
    [
      { content: 'the ans', finish: 'length' },
      { finish_reason: 'length', message: { content: 'the ans' } },
    ],
    [
      { content: null, finish: 'length' },
      { finish_reason: 'length', message: { content: null } },
    ],
    [{ tool_calls: [toolCall] }, { finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }],
  ] as const) {
    const ctx = contextOf(({ path }) => (path === 'answer' ? [choice] : 'NONE'))
    const { choices } = await completionIn(await z3.run(requestOf(question, { tools: [] }), ctx, params))
    t.match(choices, [expected])
  }
})

t.test('passes on a spent budget, with the result of the solver offered', async t => {
  const spent = new HulumanageError('budget_tokens', 'spent')
  const early = rounds({ formalize: spent })
  await t.rejects(z3.run(requestOf(question), early, params), { code: 'budget_tokens' })
  t.same(early.offers, [])
  const late = rounds({ formalize: puzzle, answer: spent })
  await t.rejects(z3.run(requestOf(question), late, params), { code: 'budget_tokens' })
  t.match(late.offers, [/sat\n\(\(x 8\)/])
})

t.test('ends when the client disconnects, in each round and while the solver is running', async t => {
  for (const round of ['formalize', 'repair', 'answer']) {
    const ctx = contextOf(async ({ path }) => {
      if (path !== round) return round === 'answer' ? 'NONE' : block('(check-sat')
      ctx.controller.abort()
      return await new Promise<never>(() => {})
    })
    await t.rejects(z3.run(requestOf(question), ctx, params), { name: 'AbortError' }, round)
  }
  const solving = rounds({ formalize: block(pigeons(12)) })
  const noted = {
    ...solving,
    note: (text: string) =>
      void (text.startsWith('Running') && setImmediate(() => solving.controller.abort())),
  }
  await t.rejects(z3.run(requestOf(question), noted, params), { name: 'AbortError' })
  t.same(pathsOf(solving), ['formalize'])
})

t.test('never exceeds its stated cost', async t => {
  t.same(z3.cost?.(params, 2), { calls: 8, rounds: 4 })
  const said = fc.constantFrom('NONE', block('(check-sat'), '', '(x', '```\n(include "f")\n```')
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { maxLength: 9 }),
      fc.integer({ min: 1, max: 8 }),
      async (all, attempts) => {
        const ctx = contextOf(({ path }, index) => (path === 'answer' ? 'plain' : (all[index] ?? '(')))
        await z3.run(requestOf(question), ctx, { ...params, attempts })
        return ctx.asked.length <= z3.cost!({ ...params, attempts }, 1).calls
      },
    ),
  )
})

t.test('without the solver, immediately says what to install', async t => {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'z3-solver') throw new Error('Cannot find package')
      return next(specifier, context)
    },
  })
  t.teardown(() => hooks.deregister())
  const ctx = rounds({})
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { optionalDependencies } = JSON.parse(manifest) as { optionalDependencies: Record<string, string> }
  const command = `npm install z3-solver@${optionalDependencies['z3-solver']}`
  await t.rejects(z3.run(requestOf(question), ctx, params), { code: 'missing_package', message: command })
  t.same(ctx.asked, [], 'nothing is spent')
})

/** More pigeons than holes: no solution, and hard to prove. */
function pigeons(holes: number): string {
  const each = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, at) => make(at))
  const names = each(holes + 1, pigeon => each(holes, hole => `p${pigeon}_${hole}`))
  const placed = names.map(row => `(assert (or ${row.join(' ')}))`)
  const alone = each(holes, hole => `(assert ((_ at-most 1) ${names.map(row => row[hole]).join(' ')}))`)
  const declared = names.flat().map(name => `(declare-const ${name} Bool)`)
  return [...declared, ...placed, ...alone, '(check-sat)'].join('\n')
}

/** The two factors of a large product: many gates. */
const product = `(declare-const a (_ BitVec 2048))
(declare-const b (_ BitVec 2048))
(assert (= (bvmul a b) (_ bv${'7'.repeat(300)} 2048)))
(assert (bvugt a (_ bv2 2048)))
(assert (bvugt b (_ bv2 2048)))
(check-sat)`
