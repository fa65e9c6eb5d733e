import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { textOf } from '../../src/chat/completion.ts'
import type { ChatRequest } from '../../src/contract/index.ts'
import { serve } from '../clients/serve.ts'
import { answer, error, fakeProvider, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { families, question } from './families.ts'
import type { Family } from './families.ts'

const folder = join(import.meta.dirname, '../../approaches')
const approaches = readdirSync(folder)
  .filter(name => name !== 'lib')
  .map(name => name.replace(/\.ts$/, ''))

/** The reply of a helpful model to a prompt of an approach; its answers differ from call to call. */
function says(text: string, count: number): string {
  if (/number and nothing else/.test(text)) return '8'
  if (/Score:/.test(text)) return 'Fine.\nScore: 8'
  if (/Verdict:/.test(text)) return 'No fault.\nVerdict: CORRECT'
  if (/Best: <number>/.test(text)) return 'Best: 1'
  const words = /Reply with one word: (\w+), .{1,40} or \w+\./.exec(text)
  if (words) return words[1]!
  return `Working.\n\nThe answer is ${40 + count}.`
}

/** A model of the family; `seen` gets whether each request was refused. */
function modelOf({ refuses, status = 400 }: Family, seen: boolean[]): Action {
  return exchange => {
    const request = exchange.request.body as unknown as ChatRequest
    const why = refuses(request)
    seen.push(why !== undefined)
    if (why !== undefined)
      return error(status, {
        error: { message: why, type: 'invalid_request_error', param: null, code: null },
      })
    const text = textOf(request.messages.at(-1))
    if (request.stream || (request.n ?? 1) === 1) return answer(says(text, seen.length))
    const choices = Array.from({ length: request.n ?? 1 }, (_, index) => ({
      index,
      message: { role: 'assistant', content: says(text, seen.length + index) },
      finish_reason: 'stop',
    }))
    return json({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices })
  }
}

/** Starts a server over one provider; returns a function that asks it. */
async function startOver(t: Test, action: Action) {
  const provider = await fakeProvider(t, action)
  const own = { name: 'only', base_url: provider.url, api_key: 'k' }
  const config = { routing: { health_check: { enabled: false } }, providers: [own], approach: 'none' }
  const url = await serve(t, JSON.stringify(config))
  return async (approach: string, fields: Partial<ChatRequest> = {}) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: `${approach}-m`, messages: [question], ...fields }),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
}

t.test(
  'an answer that refused calls would have decided is an error, or says that it is degraded',
  async t => {
    const isHelper = ({ messages }: ChatRequest) =>
      /Step back|Best: <number>|Verdict:|Score:/.test(textOf(messages.at(-1)))
    const refusing = (times: number) => {
      let refused = 0
      return (request: ChatRequest) => (isHelper(request) && refused++ < times ? 'no helpers' : undefined)
    }
    for (const approach of ['bon', 'genselect', 'mcts', 'pvg', 'mars', 'plansearch']) {
      const family = { name: 'all', refuses: refusing(Infinity) }
      const { status, text } = await (await startOver(t, modelOf(family, [])))(approach)
      t.match({ status, text }, { status: 400, text: /no helpers/ }, approach)

      const some = { name: 'one', refuses: refusing(1) }
      const answered = await (await startOver(t, modelOf(some, [])))(approach)
      t.equal(answered.status, 200, approach)
      t.match(
        answered.headers.get('x-hulumanage-degraded'),
        new RegExp(`^proxy.${approach}[.a-z_]* 1/\\d`),
        approach,
      )
    }
  },
)

const thoughts = [
  '<think>secret</think>',
  'secret\n</think>\n',
  '[THINK]secret[/THINK]',
  '<thought>secret</thought>',
]

for (const thought of thoughts) {
  t.test(`thinking reaches neither a prompt nor a vote: ${JSON.stringify(thought)}`, async t => {
    let count = 0
    const prompts: string[] = []
    const ask = await startOver(t, ({ request }) => {
      const asked = request.body as unknown as ChatRequest
      prompts.push(JSON.stringify(asked.messages))
      // The thinking ends in another result than the answer.
      const said = says(textOf(asked.messages.at(-1)), ++count)
      return answer(`${thought.replace('secret', `secret: The answer is ${count}.`)}${said}`)
    })
    for (const approach of approaches) {
      prompts.length = 0
      t.equal((await ask(approach)).status, 200, approach)
      t.notOk(prompts.join('').includes('secret'), approach)
    }
  })
}

t.test(
  'a model that spends all tokens on thinking is cut off under each approach as without one',
  async t => {
    const cut = (content: string) => ({
      id: 'x',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'length' }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    })
    for (const content of ['<think>hm', '']) {
      const ask = await startOver(t, () => json(cut(content)))
      for (const approach of approaches) {
        const { status, text } = await ask(approach)
        t.match({ status, text }, { status: 200, text: /"finish_reason":"length"/ }, approach)
      }
    }
  },
)

for (const family of families) {
  t.test(`no approach fails on ${family.name}, and none is refused twice`, async t => {
    const seen: boolean[] = []
    const ask = await startOver(t, modelOf(family, seen))
    for (const approach of approaches) {
      for (const turn of ['first', 'second']) {
        seen.length = 0
        const { status, headers, text } = await ask(approach, family.fields)
        t.equal(status, 200, `${approach}: ${text}`)
        t.equal(headers.get('x-hulumanage-degraded'), null, approach)
        if (turn === 'second') t.notOk(seen.includes(true), approach)
      }
    }
  })
}
