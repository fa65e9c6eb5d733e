import t from 'tap'
import { runHere } from '../in-process.ts'
import { serveHere } from '../serve-here.ts'

const config = `providers: [{name: one, type: simulated}, {name: two, type: simulated}]
ledger: {path: ledger.db}
clients: [{name: root, key: root-key, role: operator}]
`

t.test('providers shows those of a running server, drains one and resumes it', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': config })
  const { url } = await serveHere(t, { cwd })
  const env = { HULUMANAGE_SERVER: url, HULUMANAGE_OPERATOR_KEY: 'root-key' }
  const providers = async (...words: readonly string[]) => await runHere(t, ['providers', ...words], { env })
  const [head, one, two] = (await providers()).stdout.split('\n')
  t.match(head, /^name +service +state +running +requests +failed +last error$/)
  t.match(one, /^one +simulated +healthy +0 +0 +0 +-$/)
  t.match(two, /^two +simulated +healthy /)
  t.match((await providers('drain', 'two')).stdout, /\ntwo +simulated +drained since 20\S+Z by root /)
  const [, drained] = JSON.parse((await providers('list', '--json')).stdout) as object[]
  t.match(drained, { name: 'two', status: 'drained', drained: { by: 'root' } })
  t.match((await providers('resume', 'two')).stdout, /\ntwo +simulated +healthy /)
  const unknown = await providers('drain', 'three')
  t.not(unknown.code, 0)
  t.match(unknown.stderr, 'There is no provider "three"; known are one, two')
  t.match((await providers('list', 'two')).stderr, 'providers list takes no name')
  t.match((await providers('drain')).stderr, 'name the provider: hulumanage providers drain NAME')
})

t.test('without an address, providers asks the server of the configuration', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': config })
  const { url } = await serveHere(t, { cwd })
  const { port } = new URL(url)
  const env = { HULUMANAGE_OPERATOR_KEY: 'root-key' }
  const found = await runHere(t, ['providers', '--port', port], { cwd, env })
  t.match(found.stdout, /\none +simulated +healthy /)
  const refused = await runHere(t, ['providers', '--port', port], { cwd })
  t.match(refused.stderr, /answered: The key is missing or wrong/)
  const unknown = await runHere(t, ['providers', '--port', '0'], { cwd, env })
  t.match(unknown.stderr, /any free port; name its address with --server/)
})
