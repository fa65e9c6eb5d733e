import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { createRunner } from '../../src/chain/run/runner.ts'
import { replyFrom } from '../../src/plugin.ts'
import type { ChatRequest } from '../../src/plugin.ts'
import type { App } from '../../src/registry/host.ts'
import { load, newHost } from './host.ts'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'examples/plugins')

const calm = 'calm sea at evening\na single gull turns for home\nthe lamp waits, unlit'

t.test('every example loads', async t => {
  const { app, report } = await loaded(t)
  t.same(
    report.loaded.map(({ file, kind, names }) => [file.slice(folder.length + 1), kind, names]),
    [
      ['consensus.ts', 'approach', ['consensus']],
      ['haiku.ts', 'approach', ['haiku']],
      ['loud.ts', 'wrapper', ['loud']],
      ['shout.js', 'approach', ['shout']],
      ['status/index.ts', 'plugin', ['tally']],
      ['timed.cjs', 'wrapper', ['timed']],
    ],
  )
  t.same(app.steps.names(), ['consensus', 'haiku', 'loud', 'shout', 'tally', 'timed'])
})

t.test('shout returns the answer in capitals', async t => {
  const { ask } = await loaded(t)
  t.equal((await ask('shout', ['Where is the sea?'])).text, 'WHERE IS THE SEA?')
})

t.test('haiku asks again until the answer has three lines', async t => {
  const { ask } = await loaded(t)
  const { text, asked } = await ask('haiku', ['one line', 'two\nlines', calm, 'never asked'])
  t.equal(text, calm)
  t.equal(asked.length, 3)
  t.match(asked[0]?.messages, [{ role: 'system', content: /haiku in English/ }, { content: 'The sea?' }])
})

t.test('haiku gives up after its tries', async t => {
  const { ask } = await loaded(t)
  await t.rejects(ask('haiku', ['1', '2', '3']), { code: 'no_answer', message: /No haiku in 3 tries/ })
})

t.test(
  'consensus compares results by what they mean, and gives the first draft that has the common one',
  async t => {
    const { ask } = await loaded(t)
    const drafts = [
      'It is 12 miles.',
      'The answer is 1/2.',
      'Half of it remains: \\boxed{0.5}',
      'Thus 0.25.',
      '**Answer:** 50%',
    ]
    const { text, asked } = await ask('consensus', drafts)
    t.equal(text, drafts[1])
    t.equal(asked.length, 5)
  },
)

t.test('consensus gives no answer if too few drafts agree', async t => {
  const { ask } = await loaded(t)
  const drafts = ['The answer is 1.', 'The answer is 2.', 'The answer is 1.', 'The answer is 3.', 'So 2.']
  await t.rejects(ask('consensus', drafts), {
    code: 'no_answer',
    message: /no result has a share of 0\.6 in 5 drafts/,
  })
})

t.test('timed logs each model call of the chain', async t => {
  const { ask, logged } = await loaded(t)
  t.equal((await ask('timed&haiku', ['no', calm])).text, calm)
  const calls = logged.map(line => JSON.parse(line) as Record<string, unknown>)
  t.match(calls, [
    { msg: 'model call', ms: Number },
    { msg: 'model call', ms: Number },
  ])
})

t.test('loud changes the answer of each model call', async t => {
  const { ask } = await loaded(t)
  t.equal((await ask('loud', ['so calm'])).text, 'SO CALM')
  t.equal((await ask('loud&haiku', ['no', calm])).text, calm.toUpperCase())
})

t.test('the Fastify plugin counts answers by model and reports them on its route', async t => {
  const { app, ask } = await loaded(t)
  await ask('tally', ['a'])
  await ask('tally&haiku', ['no', calm])
  t.same((await app.inject('/tally')).json(), { sea: 2 })
})

t.test('the documentation quotes the examples verbatim', async t => {
  const text = readFileSync(join(root, 'docs/plugins.md'), 'utf8')
  const quotes = [...text.matchAll(/\]\(\.\.\/(examples\/plugins\/\S+)\)\n\n```\w+\n(.*?)```\n/gs)]
  const examples = ['haiku.ts', 'consensus.ts', 'shout.js', 'loud.ts', 'status/index.ts', 'timed.cjs'].map(
    file => `examples/plugins/${file}`,
  )
  t.same(
    Object.fromEntries(quotes.map(([, path, quote]) => [path, quote])),
    Object.fromEntries(examples.map(path => [path, readFileSync(join(root, path), 'utf8')])),
  )
})

/** A host with the examples, and a model that gives the scripted answers in turn. */
async function loaded(t: Test) {
  const app: App = newHost(t)
  const report = await load(app, [folder], { strict: true })
  const logged: string[] = []
  const log = pino({ level: 'info' }, { write: line => void logged.push(line) })

  const ask = async (approach: string, answers: readonly string[]) => {
    const asked: ChatRequest[] = []
    const runner = createRunner({
      steps: app.steps,
      currentConfig: app.currentConfig,
      defaultUpstream: async request => replyFrom(answers[asked.push(request) - 1] ?? '', request.model),
    })
    const request = { model: 'sea', messages: [{ role: 'user', content: 'The sea?' }] }
    const client = { id: 'request', log, controller: new AbortController(), note: () => {} }
    const { reply } = await runner.run({ request, own: { approach } }, client)
    return { text: await reply.text(), asked }
  }
  return { app, report, ask, logged }
}
