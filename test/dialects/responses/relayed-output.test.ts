import t from 'tap'
import { RelayedOutput } from '../../../src/dialects/responses/relayed-output.ts'
import { event } from '../../fake-messages.ts'

type Json = Readonly<Record<string, unknown>>

const message = (place: number, content: readonly Json[] = []) => ({
  output_index: place,
  item: { id: `msg_${place}`, type: 'message', role: 'assistant', status: 'in_progress', content },
})

const added = (place: number) =>
  event('response.output_item.added', message(place)) +
  event('response.content_part.added', {
    output_index: place,
    content_index: 0,
    part: { type: 'output_text', text: '', annotations: [] },
  })

const delta = (place: number, text: string) =>
  event('response.output_text.delta', { output_index: place, content_index: 0, delta: text })

const done = (place: number, text: string) =>
  event('response.output_item.done', message(place, [{ type: 'output_text', text, annotations: [] }]))

/** The text of each item of the output after these frames, by id. */
function textsAfter(...frames: readonly string[]) {
  const output = new RelayedOutput()
  for (const each of frames) output.add(each)
  const items = output.items as readonly { readonly id: string; readonly content: readonly Json[] }[]
  return items.map(({ id, content }) => [id, content[0]?.['text']])
}

t.test('all items that are open are part of the output, in order', async t => {
  const both = [added(0), delta(0, 'Hel'), added(1), delta(1, 'Bye'), delta(0, 'lo')]
  t.same(textsAfter(...both), [
    ['msg_0', 'Hello'],
    ['msg_1', 'Bye'],
  ])
  t.same(textsAfter(...both, done(1, 'Bye.'), delta(0, '!')), [
    ['msg_0', 'Hello!'],
    ['msg_1', 'Bye.'],
  ])
  t.same(textsAfter([...both, done(1, 'Bye.'), done(0, 'Hello!'), added(2), delta(2, 'Yes')].join('')), [
    ['msg_0', 'Hello!'],
    ['msg_1', 'Bye.'],
    ['msg_2', 'Yes'],
  ])
})

t.test('an item that ends twice, or was never added, hides none behind it', async t => {
  const behind = [
    ['msg_0', 'Hi'],
    ['msg_1', 'Bye'],
  ]
  t.same(textsAfter(done(0, 'Hi'), added(1), delta(1, 'Bye')), behind)
  t.match(textsAfter(added(0), done(0, 'Hi'), done(0, 'Hi'), added(1), delta(1, 'Bye')).at(-1), behind[1])
})

t.test('an open item beyond a limit is left out, and costs no item behind it', async t => {
  const long = [added(0), delta(0, 'x'.repeat(700_000)), delta(0, 'x'.repeat(700_000))]
  t.same(textsAfter(...long), [])
  t.same(textsAfter(...long, delta(0, 'x')), [])
  t.same(textsAfter(...long, done(0, 'long') + added(1) + delta(1, 'Hello'), delta(1, '!')), [
    ['msg_0', 'long'],
    ['msg_1', 'Hello!'],
  ])
})

t.test('an open text keeps the sources to which it refers', async t => {
  const output = new RelayedOutput()
  const annotation = { type: 'url_citation', url: 'https://example.com/', start_index: 0, end_index: 5 }
  const at = { output_index: 0, content_index: 0, annotation_index: 0 }
  output.add(added(0) + delta(0, 'Hello'))
  output.add(event('response.output_text.annotation.added', { ...at, annotation }))
  t.match(output.items, [{ status: 'incomplete', content: [{ text: 'Hello', annotations: [annotation] }] }])
})
