import t from 'tap'
import type { Test } from 'tap'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { mutated, pathsIn, strangers } from '../../chat/read/mutations.ts'
import type { Mutation } from '../../chat/read/mutations.ts'
import { answer } from '../../fake-provider.ts'
import { noRedis, RedisServer } from '../../store/redis-server.ts'
import { answerViolations } from '../../strict/index.ts'
import { serveCached, statusOf } from './cache.ts'

const stores: Readonly<Record<string, (t: Test) => Promise<Omit<ConfigInput, 'providers'>>>> = {
  memory: async () => ({}),
  ...(noRedis ? {} : { Redis: async t => ({ redis: { url: (await RedisServer.start(t)).url } }) }),
}

/** A JSON text with one value changed; text that is not JSON is returned unchanged. */
function poisoned(json: string, mutation: Mutation): string {
  return JSON.stringify(mutated(JSON.parse(json), mutation))
}

/** Each path of a JSON text with one of the odd values, in turn. */
function mutationsIn(json: string): Mutation[] {
  return pathsIn(JSON.parse(json)).map((path, index) => ({
    path,
    value: strangers[index % strangers.length],
  }))
}

for (const [name, open] of Object.entries(stores)) {
  t.test(
    `an entry in ${name} that is not an answer, or has values of wrong types, is a miss or corrected`,
    async t => {
      const config = await open(t)
      const server = await serveCached(t, [answer('fresh')], { config })
      const { values } = server.running.app.store
      let key = ''
      const set = values.set.bind(values)
      values.set = async (...args) => {
        key = args[0]
        await set(...args)
      }
      for (const stream of [false, true]) {
        const ask = () => server.client.ask({ stream, hulumanage_trace: false, seed: stream ? 1 : 2 })
        t.equal(statusOf(await ask()), 'miss')
        t.equal(statusOf(await ask()), 'hit')
        const entry = Buffer.from((await values.get(key))!).toString('utf8')
        const [preface = '', ...rest] = entry.split('\n')
        const body = rest.join('\n')
        const first = /^data: (.*)$/m.exec(body)?.[1] ?? body
        const entries = [
          '',
          '{',
          '[]\n{}',
          `${preface}\n`,
          `null\n${body}`,
          entry.slice(0, -20),
          ...mutationsIn(preface).map(mutation => `${poisoned(preface, mutation)}\n${body}`),
          ...mutationsIn(first).map(
            mutation => `${preface}\n${body.replace(first, () => poisoned(first, mutation))}`,
          ),
        ]
        const unreadable: string[] = []
        for (const text of entries) {
          await set(key, Buffer.from(text), 60_000)
          const { status, text: told } = await ask()
          // A choice with chunks after its end has the right types all the same.
          const faults = answerViolations('chat', told).filter(fault => !fault.endsWith('has ended'))
          if (status !== 200 || faults.length > 0) unreadable.push(`${status} ${text}`)
        }
        t.strictSame(unreadable, [])
      }
      t.strictSame(
        server.log.filter(line => (JSON.parse(line) as { level: number }).level >= 50),
        [],
      )
    },
  )
}
