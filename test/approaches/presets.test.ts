import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { answerKey } from '../../src/answers/answer.ts'
import { families } from '../../src/config/sections/simulate.ts'
import type { SimulateConfig } from '../../src/config/sections/simulate.ts'
import type { Completion } from '../../src/contract/index.ts'
import { textOf } from '../../src/chat/completion.ts'
import { serve } from '../clients/serve.ts'

/** Every approach over every kind of simulated model, through the whole server. A new approach is tested as soon as its file exists. */
const folder = join(import.meta.dirname, '../../approaches')
const approaches = readdirSync(folder)
  .filter(name => name !== 'lib')
  .map(name => name.replace(/\.ts$/, ''))

const perfect = { latency_ms: 0, token_ms: 0, accuracy: 1, judge_accuracy: 1 }

async function startOver(t: Parameters<typeof serve>[0], simulate: Partial<SimulateConfig>) {
  const provider = { name: 'only', type: 'simulated', simulate: { ...perfect, ...simulate } }
  const config = { routing: { health_check: { enabled: false } }, providers: [provider], approach: 'none' }
  const url = await serve(t, JSON.stringify(config))
  return async (approach: string, text: string) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: `${approach}-m`, messages: [{ role: 'user', content: text }] }),
    })
    const body = await response.text()
    return { status: response.status, degraded: response.headers.get('x-hulumanage-degraded'), body }
  }
}

function keyOf(body: string): string {
  return answerKey(textOf((JSON.parse(body) as Completion).choices[0]?.message))
}

for (const family of families) {
  t.test(`a model of family ${family} that is always right is so under every approach`, async t => {
    const ask = await startOver(t, { family })
    for (const approach of approaches) {
      const { status, degraded, body } = await ask(approach, 'What is 17 * 23?')
      t.equal(status, 200, `${approach}: ${body}`)
      t.equal(degraded, null, approach)
      if (status === 200) t.equal(keyOf(body), answerKey('391'), `${approach}: ${body}`)
    }
  })
}

for (const family of families) {
  t.test(`no approach fails or decides less on family ${family} when answers differ`, async t => {
    const ask = await startOver(t, { family, accuracy: 0.5, wrong_answers: 2 })
    for (const approach of approaches) {
      const { status, degraded, body } = await ask(approach, 'What is 17 * 23?')
      t.equal(status, 200, `${approach}: ${body}`)
      t.equal(degraded, null, approach)
      if (status === 200)
        t.ok(['391', '390', '392'].map(answerKey).includes(keyOf(body)), `${approach}: ${body}`)
    }
  })
}

for (const thinking of ['triangles', 'reasoning', 'seed', 'solution'] as const) {
  t.test(`thinking (${thinking}) never becomes the answer under any approach`, async t => {
    const ask = await startOver(t, { thinking })
    for (const approach of approaches) {
      const { status, body } = await ask(approach, 'What is 12 * 12?')
      t.equal(status, 200, `${approach}: ${body}`)
      if (status === 200) t.equal(keyOf(body), answerKey('144'), `${approach}: ${body}`)
    }
  })
}

t.test('an approach answers a model that breaks off as often as the model does', async t => {
  const ask = await startOver(t, { truncates: 0.3 })
  for (const approach of approaches) {
    for (const text of ['What is 3 * 3?', 'What is 4 * 4?', 'What is 5 * 5?']) {
      const { status, body } = await ask(approach, text)
      t.equal(status, 200, `${approach}: ${body}`)
    }
  }
})
