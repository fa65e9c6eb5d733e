import t from 'tap'
import { EventQueue } from '../../../src/attempt/stream/event-queue.ts'

/** A queue, and what it has asked of its source. */
function queueOf() {
  const asked: string[] = []
  const queue = new EventQueue({
    pause: () => void asked.push('pause'),
    resume: () => void asked.push('resume'),
  })
  return { queue, asked }
}

const frameOf = (text: string) => `data: ${text}\n\n`

t.test('what is queued for a slow reader is taken in pieces of whole frames', async t => {
  const { queue, asked } = queueOf()
  const small = Array.from({ length: 2000 }, (_, at) => frameOf(`event ${at}`)).join('')
  const large = frameOf('x'.repeat(100_000))
  queue.add(frameOf('first'), undefined)
  queue.add(small, undefined)
  queue.add(large, undefined)
  queue.add(frameOf('last'), undefined)
  queue.flush()
  t.same(asked, ['pause'])
  const taken: string[] = []
  while (asked.length < 2) {
    t.equal(await queue.ready(), true)
    taken.push(queue.takeText())
  }
  t.same(asked, ['pause', 'resume'])
  t.equal(taken.join(''), frameOf('first') + small + large + frameOf('last'))
  for (const text of taken) t.match(text, /^data: [^]*\n\n$/)
  t.ok(Math.max(...taken.map(text => (text.includes('x') ? 0 : text.length))) < 17_000)
})

t.test('a source is resumed by whoever takes its last event, however long that is', async t => {
  for (const chunk of [undefined, { id: 'c', object: 'chunk', created: 1, model: 'm', choices: [] }]) {
    const { queue, asked } = queueOf()
    const text = frameOf('x'.repeat(100_000))
    queue.add(text, chunk)
    queue.flush()
    t.equal(queue.takeText(), text)
    t.same(asked, ['pause', 'resume'])
    queue.end()
    t.equal(await queue.ready(), false)
  }
})
