import { hash } from 'node:crypto'
import t from 'tap'
import { configSchema } from '../../src/config/schema.ts'

/** The messages about a list of clients. */
function problemsOf(...clients: object[]): string[] {
  const { error } = configSchema.safeParse({ clients })
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
}

t.test('a client needs a name and a key', async t => {
  t.same(problemsOf({ name: 'ann', key: 'k' }), [])
  for (const client of [
    { name: 'ann' },
    { key: 'k' },
    { name: '', key: 'k' },
    { name: 'a b', key: 'k' },
    { name: 'a', key: '' },
  ])
    t.equal(problemsOf(client).length, 1, JSON.stringify(client))
})

t.test('neither a name nor a key is given twice, and the message has no key', async t => {
  const twice = problemsOf(
    { name: 'ann', key: 'secret' },
    { name: 'bob', key: 'secret' },
    { name: 'ann', key: 'other' },
  )
  t.same(twice, [
    'clients.1.key: clients[0] has the same key; each client needs its own',
    'clients.2.name: clients[0] has the same name; each client needs its own',
  ])
})

t.test('a key and its hash are the same key, in digits of either case', async t => {
  const digits = hash('sha256', 'secret')
  const [plain, hashed, upper] = ['secret', `sha256:${digits}`, `sha256:${digits.toUpperCase()}`]
  for (const key of [hashed, upper])
    for (const other of [plain, hashed].filter(each => each !== key))
      t.match(problemsOf({ name: 'ann', key }, { name: 'bob', key: other }), [/^clients.1.key: .* same key/])
})

t.test('a previous key is a key like the present one, and that of nobody else', async t => {
  const hashed = `sha256:${hash('sha256', 'old')}`
  t.same(problemsOf({ name: 'ann', key: 'new', previous_key: hashed, previous_until: '2027-01-31' }), [])
  t.same(problemsOf({ name: 'ann', key: 'old', previous_key: hashed }), [
    'clients.0.previous_key: `previous_key` is the same as `key`; give the key that was used before',
  ])
  t.same(problemsOf({ name: 'ann', key: 'new', previous_key: 'old' }, { name: 'bob', key: 'old' }), [
    'clients.1.key: clients[0] has the same key; each client needs its own',
  ])
  t.same(problemsOf({ name: 'ann', key: 'new', previous_key: hashed.slice(0, -1) }), [
    'clients.0.previous_key: a hashed key is sha256: and 64 hexadecimal digits',
  ])
  t.same(problemsOf({ name: 'ann', key: 'new', previous_until: '2027-01-31' }), [
    'clients.0.previous_until: there is no `previous_key` that could be refused',
  ])
})

t.test('a hash with a digit too few is refused', async t => {
  const key = `sha256:${hash('sha256', 'secret').slice(1)}`
  t.same(problemsOf({ name: 'ann', key }), [
    'clients.0.key: a hashed key is sha256: and 64 hexadecimal digits',
  ])
})

t.test('the end of a key is a date or a time', async t => {
  for (const expires of ['2027-01-31', '2027-01-31T12:00:00Z', '2027-01-31T12:00:00+02:00'])
    t.same(problemsOf({ name: 'ann', key: 'k', expires }), [], expires)
  for (const expires of ['tomorrow', '2027-02-30', '31.1.2027', 1])
    t.equal(problemsOf({ name: 'ann', key: 'k', expires }).length, 1, String(expires))
})

t.test('a budget limits something, and is neither nothing nor less', async t => {
  for (const budget of [{ usd: 0.5 }, { tokens: 5, per: 'day' }, { requests: 1, usd: 2, per: 'total' }])
    t.same(problemsOf({ name: 'ann', key: 'k', budget }), [], JSON.stringify(budget))
  t.same(problemsOf({ name: 'ann', key: 'k', budget: { per: 'day' } }), [
    'clients.0.budget: a budget needs usd, tokens or requests',
  ])
  for (const budget of [
    { usd: 0 },
    { usd: -1 },
    { usd: 'much' },
    { usd: Infinity },
    { tokens: 0 },
    { tokens: 0.5 },
    { requests: 0 },
    { requests: 1, per: 'week' },
    5,
  ])
    t.equal(problemsOf({ name: 'ann', key: 'k', budget }).length, 1, JSON.stringify(budget))
})

t.test('an endpoint has one limit, however its path is written, and /v1 is not an endpoint', t => {
  const problemsWith = (endpoints: object) =>
    problemsOf({ name: 'ann', key: 'k', rate_limit: { endpoints } }).map(line => line.split('rate_limit.')[1])
  t.same(problemsWith({ '/v1/embeddings': 5, 'chat/': 3 }), [])
  t.same(problemsWith({ embeddings: 5, rerank: 1, '/v1/embeddings': 50 }), [
    'endpoints./v1/embeddings: embeddings is the same endpoint; keep one of them',
  ])
  for (const path of ['v1', '/v1', '/v1/', '/', 'a//b']) t.equal(problemsWith({ [path]: 5 }).length, 1, path)
  t.end()
})
