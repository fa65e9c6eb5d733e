import t from 'tap'
import { chunk, serve, streamOf } from './serve.ts'

t.test('a stream ends once its response is kept', async t => {
  const kept = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  const server = await serve(t, {
    answer: () => streamOf([chunk('one', 'stop')]),
    plugin: app => {
      app.store.values.set = async () => {
        asked.resolve()
        await kept.promise
      }
    },
  })
  const response = await server.post('/v1/responses', { model: 'm', input: 'a', stream: true })
  let text = ''
  const reading = (async () => {
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) text += part
  })()
  await asked.promise
  // All pending writes of the server are done once it has answered another request.
  for (let round = 0; round < 3; round++) await (await fetch(`${server.url}/health`)).text()
  t.notMatch(text, 'response.completed')
  kept.resolve()
  await reading
  t.match(text, 'event: response.completed')
})
