import t from 'tap'
import type { ContentPart } from '../../../src/contract/index.ts'
import { withDocumentsAsFiles } from '../../../src/providers/spelling/text-only.ts'

const document = (source: object, more: object = {}) => ({ type: 'document', source, ...more })
const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }
const words = { type: 'text', media_type: 'text/plain', data: 'one' }
const blocks = {
  type: 'content',
  content: [
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
  ],
}
const stored = document({ type: 'file', file_id: 'f' })
const mark = { cache_control: { type: 'ephemeral' } }

function read(role: string, part: ContentPart, isGateway = false): unknown {
  const [message] = withDocumentsAsFiles([{ role, content: [part] }], isGateway)
  return (message!.content as readonly ContentPart[])[0]
}

t.test('a document is a file of the user, and a result tells of it', async t => {
  const file_data = 'data:application/pdf;base64,JVBERi0='
  t.same(read('user', document(pdf)), { type: 'file', file: { filename: 'file', file_data } })
  const told = read('tool', document(pdf)) as { readonly type: string; readonly text: string }
  t.equal(told.type, 'text')
  t.match(JSON.parse(told.text), { type: 'document', source: { media_type: 'application/pdf' } })
  const image = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' }
  t.same(read('user', document(image)), {
    type: 'image_url',
    image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' },
  })
})

t.test('a document of texts has its words', async t => {
  for (const role of ['user', 'tool']) {
    t.same(read(role, document(words)), { type: 'text', text: 'one' })
    t.same(read(role, document(blocks)), { type: 'text', text: 'one\ntwo' })
    t.same(read(role, document({ type: 'content', content: 'one' })), { type: 'text', text: 'one' })
  }
})

t.test('a document keeps its cache mark', async t => {
  for (const source of [pdf, words, blocks])
    for (const role of ['user', 'tool']) t.match(read(role, document(source, mark)), mark)
})

t.test(
  'a document by id is refused in what is said now, told in a history, and left to a gateway',
  async t => {
    t.throws(() => read('user', stored), {
      code: 'upstream_rejected',
      message: /messages\.0\.content\.0\.source is a file that Anthropic keeps/,
    })
    t.equal(read('user', stored, true), stored)
    const history = [
      { role: 'user', content: [stored] },
      { role: 'assistant', content: 'Yes.' },
    ]
    t.match(withDocumentsAsFiles(history, false), [{ content: '[a file that this model cannot read]' }, {}])
  },
)
