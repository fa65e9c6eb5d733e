import t from 'tap'
import { HulumanageError } from '../../../src/contract/index.ts'
import { chunk, hello, serve, streamOf } from '../serve.ts'
import type { Answer } from '../serve.ts'

const bodies = {
  '/v1/chat/completions': { ...hello, stream: true },
  '/v1/messages': { ...hello, max_tokens: 10, stream: true },
  '/v1/responses': { model: 'm', input: 'Hi', stream: true },
  '/v1/completions': { model: 'm', prompt: 'Hi', stream: true },
}

/** A stream, and what was received of it: the answer begins after three comments. */
async function received(answer: Answer, path: keyof typeof bodies): Promise<string> {
  let begin = () => {}
  const begun = new Promise<void>(resolve => (begin = resolve))
  const server = await serve(t, {
    config: { stream_commit: 0.01, heartbeat: 0.01, stream_failure: 'event' },
    answer: async (...asked) => {
      await begun
      return answer(...asked)
    },
  })
  const response = await server.post(path, bodies[path])
  let text = ''
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece
    if (text.split(': keepalive\n').length > 3) begin()
  }
  return text
}

// https://github.com/maximhq/bifrost/issues/5874, https://github.com/openai/openai-go/issues/556,
// https://github.com/theopenco/llmgateway/pull/2334
t.test('no empty line of a stream comes without data before it, whatever is said in comments', async t => {
  const answers: readonly Answer[] = [
    () => streamOf([chunk('one'), chunk('two', 'stop')]),
    () => streamOf([chunk('one'), new HulumanageError('upstream_truncated', 'gone')]),
  ]
  for (const path of Object.keys(bodies) as (keyof typeof bodies)[])
    for (const answer of answers) {
      const text = await received(answer, path)
      const events = text.split('\n\n').slice(0, -1)
      t.match(text, /: hulumanage \{.*\}\n/, path)
      t.ok(events.length > 1, path)
      t.same(
        events.filter(event => !/^data: /m.test(event)),
        [],
        path,
      )
    }
})
