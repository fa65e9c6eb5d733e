import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import t from 'tap'
import { fakeProvider, json } from '../fake-provider.ts'
import { errorOf, serve } from './serve.ts'

t.test('models are those of the configuration, then those that providers list and may serve', async t => {
  const [one, two, three] = [await fakeProvider(t), await fakeProvider(t), await fakeProvider(t)]
  one.scriptModels(json({ data: [{ id: 'gpt-4' }, { id: 'org/new' }] }))
  two.scriptModels(json({ data: [{ id: 'org/new' }, { id: 'whisper-1' }] }))
  three.scriptModels(json({ data: [{ id: 'claude-1' }, { id: 'hidden' }] }))
  const config = {
    chains: { fast: 'proxy-bon' },
    model: 'gpt-4',
    providers: [
      { name: 'one', base_url: one.url, model_map: { mapped: 'x' } },
      { name: 'two', base_url: two.url },
      { name: 'three', base_url: three.url, models: ['mine'], model_prefixes: ['claude-'] },
    ],
  }
  const url = await serve(t, JSON.stringify(config))
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
  const idsOf = async () =>
    (await openai.models.list()).data.map(({ id, owned_by: owner }) => `${id} ${owner}`)
  const expected = [
    'mapped one',
    'mine three',
    'fast hulumanage',
    'gpt-4 hulumanage',
    'org/new one',
    'whisper-1 two',
    'claude-1 three',
  ]
  let ids = await idsOf()
  // The checks that ask for the lists run in the background.
  for (let round = 0; ids.join() !== expected.join() && round < 1000; round++) ids = await idsOf()
  t.same(ids, expected)
  t.match(await openai.models.retrieve('whisper-1'), { id: 'whisper-1', owned_by: 'two' })
  t.match(await errorOf(openai.models.retrieve('hidden')), { status: 404 })
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 })
  t.same(
    (await anthropic.models.list()).data.map(({ id }) => id),
    expected.map(line => line.split(' ')[0]),
  )
})
