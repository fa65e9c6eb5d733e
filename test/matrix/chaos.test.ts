import { randomUUID } from 'node:crypto'
import t from 'tap'
import { answer, faults, reset, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { dataOf, postOf, textOf } from './client.ts'
import type { Heard, RawClient } from './client.ts'
import { checkedError, errorOf } from './error-shape.ts'
import { serve, until } from './serve.ts'

/** Numbers from 0 up to 1 that are the same in every run: Park and Miller's generator. */
class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  next(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647
    return this.#state / 2_147_483_647
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}

/** Runs the tasks, a limited number at a time. */
async function inParallel(
  width: number,
  count: number,
  task: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

const pause: Action = async () => await turns(2)
const slowly = stream(['one ', pause, 'two ', pause, 'three ', pause, 'four'])

const shapes: readonly Record<string, unknown>[] = [
  {},
  { stream: true },
  { stream: true, n: 2 },
  { n: 3 },
  { hulumanage_approach: 'bon' },
  { hulumanage_approach: 'moa', stream: true },
  { hulumanage_approach: 'bon|re2', stream: true },
  { hulumanage_approach: 'cot_reflection', stream: true },
]

/** Disconnects after a number of bytes of the request, of the answer, or of turns of the loop. */
async function leave(raw: RawClient, bytes: string, random: Random): Promise<void> {
  const how = random.below(3)
  if (how === 0) {
    raw.send(bytes.slice(0, random.below(bytes.length)))
    await turns(random.below(5))
  } else if (how === 1) {
    raw.send(bytes)
    const enough = random.below(2_000)
    await until(() => raw.text.length >= enough || raw.socket.closed)
  } else {
    raw.send(bytes)
    await turns(random.below(60))
  }
  if (random.next() < 0.5) raw.leave()
  else raw.socket.end()
}

t.test('clients that disconnect at any point leave nothing behind', async t => {
  const script: Action = ({ request }) =>
    request.order % 3 === 0 ? answer('whole', { ignoreN: true }) : slowly
  const server = await serve(t, [script, script], {
    entries: [{ max_concurrent: 3 }, { max_concurrent: 2 }],
    config: { routing: { strategy: 'least_busy' } },
  })
  const random = new Random(20_261_121)
  let stayed = 0
  await inParallel(12, 240, async index => {
    const fields = random.of(shapes)
    if (index % 8 > 0) return await leave(server.client.open(), postOf(fields, 'close'), random)
    t.equal((await server.client.ask(fields)).status, 200)
    stayed += 1
  })
  t.equal(stayed, 30)
  await until(() => server.running.app.inFlight.size === 0)
  for (const provider of await server.providers()) t.match(provider, { failures: 0, status: 'healthy' })
  t.equal((await server.client.ask()).status, 200)
})

/** Faults that another provider can make up for, and one that comes after content. */
const before: readonly Action[] = [
  faults.head,
  faults.status,
  faults.body,
  faults.shape,
  faults.streamStart,
].flatMap(group => Object.values(group))

const mark = /mark:([0-9a-f-]{36})/

/** Answers with the mark of the request in odd pieces, or fails. */
function marked(random: Random): Action {
  return ({ request }) => {
    const text = `ü😀 ${mark.exec(request.text)?.[1]} ü😀`
    const chance = random.next()
    if (chance < 0.25) return random.of(before)
    if (chance < 0.3 && request.body['stream'] === true) return stream([`${text} and`, reset()])
    return answer(text, {
      pieces: 1 + random.below(60),
      comments: chance < 0.5,
      lineEnd: random.of(['\n', '\r\n', '\r']),
    })
  }
}

t.test('despite faults, each client gets its own answer: none is lost, duplicated or mixed up', async t => {
  const random = new Random(7)
  const server = await serve(t, [marked(random), marked(random), marked(random)], {
    entries: [{ max_concurrent: 4 }, {}, { fallback_only: true }],
    config: { routing: { strategy: 'round_robin', cooldown: 0.01, max_cooldown: 0.02 } },
  })
  let [whole, broken, failed] = [0, 0, 0]
  await inParallel(16, 400, async index => {
    const id = randomUUID()
    const fields = { stream: index % 2 === 0, messages: [{ role: 'user', content: `mark:${id}` }] }
    const heard = await server.client.ask(fields, { 'x-request-id': id })
    t.equal(heard.headers['x-request-id'], id)
    const kind = kindOf(heard)
    if (kind === 'failed') {
      errorOf(t, heard)
      failed += 1
      return
    }
    if (kind === 'broken') {
      checkedError(t, dataOf(heard.text).at(-1)!)
      t.equal(textOf(heard), `ü😀 ${id} ü😀 and`)
      broken += 1
      return
    }
    t.equal(textOf(heard), `ü😀 ${id} ü😀`)
    whole += 1
  })
  t.equal(whole + broken + failed, 400)
  t.ok(whole > 200, `${whole} whole, ${broken} broken, ${failed} failed`)
  const asked = Map.groupBy(
    server.fakes.flatMap(fake => fake.requests),
    request => mark.exec(request.text)?.[1],
  )
  // While every provider is out, a request is refused without a call.
  t.ok(asked.size >= whole + broken && asked.size <= 400, `${asked.size} requests reached a provider`)
  // A stream that breaks is taken over by each provider in two ways, restarted and continued, once more by the first; and any call is
  // sent again where an idle connection died under it.
  const bound = 2 * (3 * 2 + 1)
  const most = Math.max(...[...asked.values()].map(requests => requests.length))
  t.ok(most <= bound, `${most} calls for one request`)
})

function kindOf({ status, text }: Heard): 'whole' | 'broken' | 'failed' {
  if (status !== 200) return 'failed'
  return text.startsWith('{') || dataOf(text).includes('[DONE]') ? 'whole' : 'broken'
}
