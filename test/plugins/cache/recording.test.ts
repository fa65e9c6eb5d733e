import t from 'tap'
import { Recording } from '../../../plugins/cache/recording.ts'
import type { Reader } from '../../../plugins/cache/recording.ts'
import type { Reply } from '../../../src/contract/index.ts'
import { StreamReply } from '../../../src/chat/reply.ts'
import { callOf } from '../../call.ts'

const head = { id: 'x', model: 'm', created: 1 }

/** A stream of `total` chunks that counts how many have been pulled from it. */
function counted(total: number) {
  const drawn = { count: 0 }
  async function* chunks() {
    for (; drawn.count < total; drawn.count++)
      yield { ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'x' } }] }
  }
  return { drawn, reply: new StreamReply(head, chunks()) as Reply }
}

function recordingOf(reply: Reply, maxBytes: number) {
  const reported: string[] = []
  const { meter } = callOf().request
  const recording = new Recording(reply, { meter, maxBytes, onTooLarge: () => reported.push('too large') })
  return { recording, reported }
}

function readerOf(recording: Recording): Reader & { readAll: () => number } {
  const reader = {
    at: 0,
    wake: () => {},
    /** Reads all that is available now, and returns the number of pieces read so far. */
    readAll: () => {
      for (let next = recording.take(reader); next && next !== 'end'; next = recording.take(reader));
      return reader.at
    },
  }
  recording.join(reader)
  return reader
}

/** Lets the readers read until nothing more arrives. */
async function readAll(readers: readonly { readAll: () => number }[]): Promise<number[]> {
  for (let turn = 0; turn < 50; turn++) {
    await new Promise(setImmediate)
    for (const reader of readers) reader.readAll()
  }
  return readers.map(reader => reader.readAll())
}

t.test('nothing is pulled before someone reads, and one reader pulls for all', async t => {
  const { drawn, reply } = counted(20)
  const { recording } = recordingOf(reply, 1_000_000)
  const [fast, slow] = [readerOf(recording), readerOf(recording)]
  await new Promise(setImmediate)
  t.equal(drawn.count, 0)
  t.strictSame(await readAll([fast]), [20])
  t.equal(slow.readAll(), 20, 'everything is ready for the other one')
  t.equal((await recording.text)?.split('\n\n').length, 21)
})

t.test('beyond its maximum size the fastest reader waits for the slowest, and nothing is lost', async t => {
  const { drawn, reply } = counted(1000)
  const { recording, reported } = recordingOf(reply, 1000)
  const [fast, slow] = [readerOf(recording), readerOf(recording)]
  const [read] = await readAll([fast])
  t.ok(read! < 20, `${read} pieces are held for the slow one`)
  t.ok(drawn.count < 20)
  t.strictSame(reported, ['too large'])
  let both = [0, 0]
  while (both[1]! < 1000) both = await readAll([fast, slow])
  t.strictSame(both, [1000, 1000])
  t.equal(await recording.text, undefined, 'too large to be stored')
})

t.test('when the slowest reader leaves, the fastest continues', async t => {
  const { reply } = counted(100)
  const { recording } = recordingOf(reply, 1000)
  const [fast, slow] = [readerOf(recording), readerOf(recording)]
  await readAll([fast])
  recording.leave(slow)
  let read = 0
  while (read < 100) [read = 0] = await readAll([fast])
  t.equal(read, 100)
})
