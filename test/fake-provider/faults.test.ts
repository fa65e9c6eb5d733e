import t from 'tap'
import { fakeProvider, faults } from '../fake-provider.ts'
import { client, met } from './client.ts'

/** How undici reports each transport fault: the facts that our classification of its errors relies on. */
const surfaces = {
  'a reset before any byte': 'head: UND_ERR_SOCKET',
  'a close before any byte': 'head: UND_ERR_SOCKET',
  'a reset within the head': 'head: UND_ERR_SOCKET',
  'a close within the head': 'head: UND_ERR_SOCKET',
  'another protocol': 'head: HTTPParserError',
  'HTML without a status line': 'head: HTTPParserError',
  'lines that end without a carriage return': 'head: HTTPParserError',
  'headers over 16 KiB': 'head: UND_ERR_HEADERS_OVERFLOW',
  'two content lengths': 'head: UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'a content length and chunks': 'head: UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'a 100 nobody asked for': 'head: UND_ERR_SOCKET',
  'a redirect': '302',
  'no content': '204',
  'a 205': '205',
  'not modified': '304',
  'an empty 200': '200',
  'a status below 100': 'head: HTTPParserError',
  'a status over 599': '600',
  'an HTML error page': '502',
  'a reset within a body of known length': 'body: UND_ERR_SOCKET',
  'a close within a body of known length': 'body: UND_ERR_SOCKET',
  'a reset between chunks': 'body: UND_ERR_SOCKET',
  'a close between chunks': 'body: UND_ERR_SOCKET',
  'a chunk size that is no number': 'body: HTTPParserError',
  // Broken off, yet undici sees a clean end: only the content shows it.
  'a reset in a body that ends with the connection': '200',
  'a close in a body that ends with the connection': '200',
}

t.test('undici reports each transport fault as expected', async t => {
  const provider = await fakeProvider(t)
  const shown: Record<string, string> = {}
  for (const [name, action] of Object.entries({ ...faults.head, ...faults.status, ...faults.body })) {
    provider.script(action)
    // On a busy machine the close that follows a reset may be seen first.
    shown[name] = (await met(client(t, provider.url))).replace('ECONNRESET', 'UND_ERR_SOCKET')
  }
  t.strictSame(shown, surfaces)
})

t.test('a fault in the middle of a stream comes after its first content', async t => {
  const provider = await fakeProvider(t)
  for (const [name, action] of Object.entries(faults.streamMiddle)) {
    provider.script(action)
    const response = await client(t, provider.url)({ stream: true })
    let text = ''
    try {
      for await (const bytes of response.body) text += String(bytes)
    } catch {
      t.notMatch(text, '[DONE]', name)
    }
    t.match(text, 'one ', name)
  }
})

t.test('a fault at the start of a stream, or in the shape of a body, comes without content', async t => {
  const provider = await fakeProvider(t)
  for (const [name, action] of Object.entries({ ...faults.streamStart, ...faults.shape })) {
    provider.script(action)
    const response = await client(t, provider.url)({ stream: true })
    const text = await response.body.text().catch(() => '')
    t.equal(response.statusCode, 200, name)
    t.notMatch(text, /"content":"[^"]/, name)
  }
})
