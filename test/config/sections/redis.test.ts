import t from 'tap'
import type { Test } from 'tap'
import { problemsOf } from '../formats/load.ts'

const problems = (t: Test, redis: string) => problemsOf(t, { 'hulumanage.yaml': `redis: ${redis}\n` })

t.test('Redis is a server, a cluster, or a master with Sentinels', async t => {
  t.same(problems(t, '{ url: redis://h }'), [])
  t.same(problems(t, "{ url: redis://h, cluster: true, nodes: [redis://i:6380, 'redis://[::1]:6379'] }"), [])
  t.same(problems(t, "{ url: 'redis://:p@mymaster/2', sentinels: [redis://s] }"), [])
})

t.test('parts of one form of Redis in another are refused, with the reason', async t => {
  const reasonOf = (redis: string) => problems(t, redis).join('\n')
  t.match(reasonOf('{ url: redis://h, cluster: true, sentinels: [redis://s] }'), /redis: .*remove one/)
  t.match(reasonOf('{ url: redis://h, nodes: [redis://i] }'), /redis: .*add cluster: true/)
  t.match(reasonOf('{ url: redis://h/2, cluster: true }'), /redis: .*only database 0/)
})
