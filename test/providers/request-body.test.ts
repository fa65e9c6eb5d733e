import fc from 'fast-check'
import t from 'tap'
import { chatBody } from '../../src/providers/request-body.ts'
import type { ChatRequest } from '../../src/contract/index.ts'

const options = true

function sentFor(text: string): string {
  const request = JSON.parse(text) as ChatRequest
  const source = { dialect: 'chat', bytes: Buffer.from(text), request }
  return Buffer.from(chatBody('chat', request, request.model, source, options)).toString()
}

t.test('the request for usage is inserted into the original bytes, whatever they contain', async t => {
  const fields = fc.dictionary(
    fc.string().filter(name => !['stream_options', 'model', 'messages'].includes(name)),
    fc.jsonValue(),
  )
  const blanks = fc.constantFrom('', ' ', '\n', '\r\n\t')
  fc.assert(
    fc.property(fields, fc.string(), blanks, (more, content, blank) => {
      const request = { model: 'm', messages: [{ role: 'user', content }], ...more }
      const text = JSON.stringify(request, undefined, blank.length) + blank
      t.same(JSON.parse(sentFor(text)), {
        ...(JSON.parse(text) as object),
        stream_options: { include_usage: true },
      })
    }),
  )
  const given = '{"model":"m","messages":[],"stream_options":{"x":1}}'
  t.match(JSON.parse(sentFor(given)), { stream_options: { x: 1, include_usage: true } })
  const none = '{"model":"m","messages":[],"stream_options":null}'
  t.match(JSON.parse(sentFor(none)), { stream_options: { include_usage: true } })
})
