import { hash } from 'node:crypto'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import { run, serve } from '../spawn.ts'

t.test('keys create prints a key once, and an entry with which the server accepts it', async t => {
  const cwd = t.testdir({})
  const { code, stdout, stderr } = await run(t, ['keys', 'create', 'ann', '--role', 'operator'], { cwd })
  t.same([code, stderr], [0, ''])
  const [, key = ''] = /^ {2}(hm-[\w-]{43})$/m.exec(stdout) ?? []
  t.equal(stdout.split(key).length, 2, 'once')
  const entry = stdout.slice(stdout.indexOf('  - name:'))
  t.match(entry, `key: sha256:${hash('sha256', key)}`)
  writeFileSync(join(cwd, 'hulumanage.yaml'), `providers: [{name: sim, type: simulated}]\nclients:\n${entry}`)
  const { child, url, ended } = await serve(t, [], { cwd })
  const headers = { authorization: `Bearer ${key}` }
  t.equal((await fetch(`${url}/metrics`, { headers })).status, 200)
  t.equal((await fetch(`${url}/metrics`)).status, 401)
  child.kill('SIGTERM')
  await ended
})

t.test('each key is another one, also as JSON', async t => {
  const made = async () =>
    JSON.parse((await run(t, ['keys', 'create', 'bob', '--json'])).stdout) as { key: string }
  const [one, other] = [await made(), await made()]
  t.not(one.key, other.key)
  t.match(one, { client: { name: 'bob', key: `sha256:${hash('sha256', one.key)}`, role: 'user' } })
})

t.test('a name or a role that the configuration would refuse is refused here', async t => {
  t.match((await run(t, ['keys', 'create', 'a b'])).stderr, /the name of a client must be up to 64 letters/)
  t.match(
    (await run(t, ['keys', 'create', 'ann', '--role', 'king'])).stderr,
    /the role of a client must be user or operator/,
  )
  t.not((await run(t, ['keys', 'create'])).code, 0)
})
