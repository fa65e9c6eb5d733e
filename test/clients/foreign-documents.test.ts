import t from 'tap'
import { answer, fakeProvider } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { sentTo } from './foreign-blocks.ts'
import { serve } from './serve.ts'

t.test('a document by its address is what each service has for it', async t => {
  const address = 'https://example.org/a.pdf'
  const parts = [
    { type: 'document_url', document_url: address, document_name: 'a.pdf' },
    { type: 'document_url', document_url: { url: address }, document_name: 'a.pdf' },
  ]
  for (const part of parts) {
    const body = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Read' }, part] }] }
    const partOf = async (service: string) => {
      const sent = await sentTo(t, service, body)
      return ((sent['messages'] ?? sent['input']) as { content: unknown[] }[])[0]!.content.at(-1)
    }
    t.same(await partOf('messages'), {
      type: 'document',
      source: { type: 'url', url: address },
      title: 'a.pdf',
    })
    t.same(await partOf('responses'), { type: 'input_file', file_url: address })
    t.same(await partOf('mistral'), part)
    t.same(await partOf('chat'), part, 'of a service that this server does not know')
    t.match(JSON.stringify(await sentTo(t, 'deepseek', body)), /a\.pdf: https:\/\/example\.org\/a\.pdf/)
  }
})

t.test('images among the blocks of a document are images of the user', async t => {
  const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' }
  const blocks = [
    { type: 'text', text: 'one' },
    { type: 'image', source },
    { type: 'text', text: 'two' },
  ]
  const document = { type: 'document', title: 'D', source: { type: 'content', content: blocks } }
  const sent = await sentTo(t, 'chat', { messages: [{ role: 'user', content: [document] }] }, '/messages')
  t.same(sent['messages'], [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'D\none' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
        { type: 'text', text: 'two' },
      ],
    },
  ])
})

t.test('an image in a document that cannot be had is refused if it is asked for now', async t => {
  const image = { type: 'image', source: { type: 'file', file_id: 'file_1' } }
  const document = { type: 'document', source: { type: 'content', content: [image] } }
  const provider = await fakeProvider(t, answer('Hi'))
  const own = { name: 'p', base_url: provider.url, api_key: 'k' }
  const url = await serve(
    t,
    JSON.stringify({ routing: { health_check: { enabled: false } }, providers: [own] }),
  )
  const ask = async (...more: readonly Json[]) => {
    const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: [document] }, ...more] }
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return { status: response.status, text: await response.text() }
  }
  t.match(await ask(), { status: 400, text: /messages\[0\]\.content\[0\]\.source\.content\[0\]/ })
  t.match(await ask({ role: 'assistant', content: 'Yes' }, { role: 'user', content: 'Hi' }), { status: 200 })
})
