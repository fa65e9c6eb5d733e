import { join } from 'node:path'
import t from 'tap'
import { runHere } from './in-process.ts'
import { demo, run } from './spawn.ts'

const quick = 'providers: [{ name: quick, type: simulated, simulate: { latency_ms: 0, token_ms: 0 } }]\n'

t.test('check summarizes a configuration', async t => {
  const { code, stdout } = await runHere(t, ['check', demo])
  t.equal(code, 0)
  t.match(stdout, /The configuration is valid\.[^]*quick \(simulated, weight 2\)[^]*strategy +weighted/)
})

t.test('check reports file, line, path and the nearest key of all problems, and exits with 78', async t => {
  const cwd = t.testdir({
    'hulumanage.yaml':
      'providers:\n  - name: a\n    base_ulr: http://x/v1\n    weight: heavy\nrouting: { stategy: weighted }\n',
  })
  const { code, stdout, stderr } = await runHere(t, ['check'], { cwd })
  t.equal(code, 78)
  t.equal(stdout, '')
  t.match(stderr, /hulumanage\.yaml:3\S* providers\[0\]\.base_ulr: .*"?base_url/)
  t.match(stderr, /hulumanage\.yaml:4\S* providers\[0\]\.weight: /)
  t.match(stderr, /hulumanage\.yaml:5\S* routing\.stategy: .*strategy/)

  const machine = await runHere(t, ['check', 'hulumanage.yaml', '--json'], { cwd })
  t.equal(machine.code, 78)
  const verdict = JSON.parse(machine.stdout) as { ok: boolean; problems: { line: number }[] }
  t.equal(verdict.ok, false)
  t.ok(verdict.problems.some(problem => problem.line === 4))
})

t.test('a file that cannot be read is named, with the reason', async t => {
  const cwd = t.testdir({ folder: {} })
  const cases: readonly [string[], string][] = [
    [['check', 'no.yaml'], 'no.yaml: file not found'],
    [['check', 'folder'], 'folder: this is a folder, not a file'],
    [['config', 'convert', 'no.env'], 'no.env: file not found'],
    [['simulate', 'folder'], 'the scenario has a problem:\n  folder: this is a folder, not a file'],
  ]
  for (const [words, stderr] of cases) t.match(await runHere(t, words, { cwd }), { code: 78, stderr })
})

t.test('check finds problems that only the loaded steps reveal', async t => {
  const cwd = t.testdir({
    'hulumanage.yaml':
      'approach: proxxy\nproviders: [{ name: a, type: simulated }]\nchains: { loop: bon-loop }\nsteps: { bon: { m: 3 } }\n',
  })
  const { code, stderr } = await runHere(t, ['check'], { cwd })
  t.equal(code, 78)
  t.match(stderr, /hulumanage\.yaml:4\S* steps\.bon\.m: /)
})

t.test('check names a plugin that does not load, and accepts the rest', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': quick, plugins: { 'broken.js': 'export default {\n' } })
  const { code, stdout } = await runHere(t, ['check'], { cwd })
  t.equal(code, 0)
  t.match(stdout, /The configuration is valid\.[^]*not loaded +.*broken\.js/)
  const { failed } = JSON.parse((await runHere(t, ['check', '--json'], { cwd })).stdout) as {
    failed: string[]
  }
  t.match(failed, [/broken\.js/])
})

t.test('check and a start report the problems of the file, of steps and of chains together', async t => {
  const cwd = t.testdir({
    'hulumanage.yaml': `providers:
  - { name: a, type: simulated, weight: heavy }
  - { name: b, type: simulatd }
routing: { strategy: fastes, cooldown: -1 }
chains: { loop: bon-loop }
steps: { bon: { m: 3 }, bonn: {} }
port: none
`,
  })
  const { code, stderr } = await runHere(t, ['check'], { cwd })
  t.equal(code, 78)
  t.match(stderr, /has 8 problems:/)
  const served = await runHere(t, ['serve'], { cwd })
  t.equal(served.code, 78)
  t.equal(served.stderr, stderr, 'a start reports what check does')
  for (const path of [
    String.raw`:2\S* providers\[0\]\.weight`,
    String.raw`:3\S* providers\[1\]\.type`,
    String.raw`:4\S* routing\.strategy`,
    String.raw`:4\S* routing\.cooldown`,
    String.raw`:5\S* chains\.loop`,
    String.raw`:6\S* steps\.bon\.m`,
    String.raw`:6\S* steps\.bonn`,
    String.raw`:7\S* port`,
  ])
    t.match(stderr, new RegExp(`${path}: `))
})

t.test('check finds no problem that is only the consequence of another', async t => {
  const yaml = 'plugins_dir: 5\napproach: mine\nproviders: [{ name: a, type: simulated }]\n'
  const { code, stderr } = await runHere(t, ['check'], { cwd: t.testdir({ 'hulumanage.yaml': yaml }) })
  t.equal(code, 78)
  t.match(stderr, /has a problem:\n.*plugins_dir/)
})

t.test('check and a start refuse more workers than calls that they share', async t => {
  const yaml = 'workers: 3\nqueue: { max_concurrent: 2 }\nproviders: [{ name: a, type: simulated }]\n'
  const cwd = t.testdir({ 'hulumanage.yaml': yaml })
  for (const command of ['check', 'serve']) {
    const { code, stderr } = await runHere(t, [command], { cwd })
    t.equal(code, 78)
    t.match(stderr, /workers: 3 is more than queue\.max_concurrent \(2\), which they share/)
  }
})

t.test('check and a start refuse a server without keys that other machines could reach', async t => {
  const providers = 'providers: [{ name: a, type: simulated }]\n'
  for (const address of ['host: 0.0.0.0\n', 'admin: { host: 0.0.0.0, port: 0 }\n']) {
    const cwd = t.testdir({ 'hulumanage.yaml': `port: 0\n${address}${providers}` })
    for (const command of ['check', 'serve']) {
      const { code, stderr } = await runHere(t, [command], { cwd })
      t.equal(code, 78)
      t.match(stderr, /host 0\.0\.0\.0 is reachable from other machines/)
    }
    t.equal((await runHere(t, ['check', '--api-key', 'k'], { cwd })).code, 0)
  }
})

t.test('check finds chains that do not parse, name no step or reach themselves', async t => {
  const cwd = t.testdir({
    'hulumanage.yaml':
      'providers: [{ name: a, type: simulated }]\nchains:\n  loop: bon-loop\n  half: "bon&"\n  gone: proxxy\nclients: [{ name: ann, key: k, chains: [bonn] }]\n',
  })
  const { code, stderr } = await runHere(t, ['check'], { cwd })
  t.equal(code, 78)
  t.match(stderr, /:3\S* chains\.loop: .*reaches itself/)
  t.match(stderr, /:4\S* chains\.half: /)
  t.match(stderr, /:5\S* chains\.gone: .*did you mean "proxy"/)
  t.match(stderr, /:6\S* clients\[0\]\.chains\[0\]: .*did you mean "bon"/)
})

t.test('steps needs none of the variables that calls need', async t => {
  const foreign = join(import.meta.dirname, '../../examples/formats')
  const cwd = t.testdir({
    'own.yaml':
      'providers: [{ name: a, type: azure, base_url: "${NO_URL}", api_key: "${NO_KEY}" }]\nsteps: { bon: { n: 7 } }\n',
    'wrong.yaml': 'providers: [{ name: a, api_key: "${NO_KEY}" }]\nport: many\n',
  })
  for (const file of ['own.yaml', ...['litellm', 'llmproxy'].map(name => join(foreign, `${name}.yaml`))]) {
    const { code, stdout, stderr } = await runHere(t, ['steps', 'bon', '--config', file], { cwd })
    t.match({ code, stdout }, { code: 0, stdout: /default (?:3|7)/ }, stderr)
    if (file === 'own.yaml') t.match(stdout, /default 7/)
  }
  const { code, stderr } = await runHere(t, ['steps', '--config', 'wrong.yaml'], { cwd })
  t.match({ code, stderr }, { code: 78, stderr: /NO_KEY is not set[^]*port: / })
})

t.test('steps lists the loaded steps, or the params of one, and the files that do not load', async t => {
  const cwd = t.testdir({
    'hulumanage.yaml': 'providers: [{ name: a, type: simulated }]\n',
    plugins: {
      'shout.js': 'export default { name: "shout", summary: "Shouts", run: async () => "HELLO" }\n',
      'broken.js': 'export default {\n',
    },
  })
  const { code, stdout } = await runHere(t, ['steps'], { cwd })
  t.equal(code, 0)
  t.match(stdout, /^bon {2}Best of n[^]*at most \d+ calls in 2 rounds/m)
  t.notMatch(stdout, / - n: /)
  t.match(
    (await runHere(t, ['steps', 'bon'], { cwd })).stdout,
    /^bon {2}Best of n[^]* - n: [^]*default 3,\s+--bon-n/,
  )
  t.match(stdout, /shout +Shouts[^]*plugins\/shout\.js/)
  t.match(stdout, /Not loaded:\n.*broken\.js/)

  const { steps, failed } = JSON.parse((await runHere(t, ['steps', '--json'], { cwd })).stdout) as {
    steps: { name: string; kind: string }[]
    failed: { file: string; message: string }[]
  }
  t.match(
    steps.find(step => step.name === 'proxy'),
    { kind: 'wrapper', place: 'leaf' },
  )
  t.match(failed, [{ file: /broken\.js$/, message: /broken\.js/ }])
})

t.test('steps says of a named step that its file did not load, and why', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': quick, plugins: { 'broken.js': 'export default {\n' } })
  const { code, stderr } = await runHere(t, ['steps', 'broken'], { cwd })
  t.equal(code, 1)
  t.match(stderr, /No step is called "broken"; its file did not load:\n.*broken\.js/)
})

t.test('steps shows one step by its name, and proposes another for one that it does not have', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': quick })
  const { stdout } = await runHere(t, ['steps', 'bon'], { cwd })
  t.match(stdout, /^bon +Best of n/)
  t.notMatch(stdout, /moa/)
  const { code, stderr } = await runHere(t, ['steps', 'bno'], { cwd })
  t.equal(code, 1)
  t.match(stderr, /No step is called "bno"; did you mean "bon"\?/)
  const { stderr: advice } = await runHere(t, ['steps', 'memory'], { cwd })
  t.match(advice, /No step is called "memory"; OptiLLM has it, this server does not: use longcepo/)
})

t.test('ask prints the answer alone on stdout, and reads a prompt from standard input', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': quick })
  const args = ['ask', '-', '--model', 'gpt-4', '--approach', 'self_consistency']
  const { code, stdout, stderr } = await run(t, args, { cwd, input: 'Why is the sky blue?' })
  t.equal(code, 0)
  t.match(stdout, /You asked: "Why is the sky blue\?"[^]*\n$/)
  t.equal(stderr, '', 'no progress where nobody watches')
})

t.test(
  'ask takes a prompt without quotes, with flags of the server and of steps between its words',
  async t => {
    const cwd = t.testdir({ 'hulumanage.yaml': quick })
    const words = [
      'ask',
      'Why',
      'is',
      '--bon-n',
      '2',
      'the',
      'sky',
      '--model',
      'gpt-4',
      'blue?',
      '--approach',
      'proxy',
    ]
    const { code, stdout, stderr } = await runHere(t, words, { cwd })
    t.match({ code, stderr }, { code: 0, stderr: '' })
    t.match(stdout, 'You asked: "Why is the sky blue?"')
    t.match(await runHere(t, ['ask', '', ' ', '--model', 'gpt-4'], { cwd }), {
      code: 1,
      stderr: /the prompt is empty; write it after ask, or pass -/,
    })
  },
)

t.test('ask --trace prints the calls behind the answer, beside stdout', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': quick })
  const args = ['ask', 'hi', '--model', 'gpt-4', '--approach', 'self_consistency&proxy', '--trace']
  const { code, stdout, stderr } = await runHere(t, args, { cwd })
  t.equal(code, 0)
  t.notMatch(stdout, 'self_consistency.draw')
  t.match(stderr, /^\n *proxy\.self_consistency\.draw +\| *=+ *\| {2}ok {2}\d+ ms {2}/m)
  const plain = await runHere(t, ['ask', 'hi', '--model', 'gpt-4', '--approach', 'proxy', '--trace'], { cwd })
  t.match(plain.stderr, /^\nproxy +\| *=+ *\| {2}ok /)
  const json = await runHere(t, [...args, '--json'], { cwd })
  t.match(JSON.parse(json.stdout), { hulumanage_trace: [{ path: 'proxy.self_consistency' }] })
  t.equal(json.stderr, '')
})

t.test('ask --trace prints the calls that failed, too, before the error', async t => {
  const failing =
    'providers: [{name: sim, type: simulated, simulate: {failure_rate: 1, latency_ms: 0}}]\nledger: false\n'
  const cwd = t.testdir({ 'hulumanage.yaml': failing })
  const args = ['ask', 'hi', '--model', 'gpt-4', '--approach', 'proxy', '--trace']
  const { code, stderr } = await runHere(t, args, { cwd })
  t.equal(code, 1)
  t.match(stderr, /^\nproxy +\| *=+ *\| {2}\w+ [^]*\nhulumanage: Provider "sim"/)
  const wrong = await runHere(t, ['ask', 'hi', '--approach', 'nope', '--trace'], { cwd })
  t.match(wrong.stderr, /^hulumanage: /, 'no empty tree')
})

t.test('check says where the state that servers share and the ledger are, without a password', async t => {
  const stateOf = async (more: string) => {
    const cwd = t.testdir({ 'hulumanage.yaml': `${quick}${more}\n` })
    const { stdout } = await runHere(t, ['check'], { cwd })
    return /^shared state +(.*)\nledger +(.*)$/m.exec(stdout)?.slice(1)
  }
  t.same(await stateOf('ledger: { path: here.db }'), ['not shared (one worker, no Redis)', 'here.db'])
  t.same(await stateOf('workers: 2\nledger: false'), ['in this server, shared by its workers', 'off'])
  const url = 'rediss://ann:secret@cache.test:6380/2'
  t.same(await stateOf(`redis: { url: '${url}' }\nledger: false`), ['rediss://cache.test:6380/2', 'off'])
  const cluster = await stateOf("redis: { url: 'redis://cache.test', cluster: true }\nledger: false")
  t.same(cluster, ['redis://cache.test, a cluster', 'off'])
  const sentinels = "redis: { url: 'redis://main', sentinels: ['redis://cache.test:26379'] }\nledger: false"
  t.same(await stateOf(sentinels), ['redis://main, found by sentinels', 'off'])
})

t.test('ask prints the whole completion with --json', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': quick })
  const { code, stdout } = await runHere(t, ['ask', 'hi', '--model', 're2-gpt-4', '--json'], { cwd })
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { object: 'chat.completion', choices: [{ finish_reason: 'stop' }] })
})

t.test('ask reports an error in one message', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': 'base_url: http://127.0.0.1:9/v1\n' })
  t.match(await runHere(t, ['ask', 'hi'], { cwd }), {
    code: 1,
    stdout: '',
    stderr: /^hulumanage: .*--model.*\n$/,
  })
  const unreachable = await runHere(t, ['ask', 'hi', '--model', 'm'], { cwd })
  t.match(unreachable, {
    code: 1,
    stdout: '',
    stderr: /^hulumanage: .*no connection to http:\/\/127\.0\.0\.1:9 \(ECONNREFUSED\)\n$/,
  })
  const unknown = await runHere(t, ['ask', 'hi', '--model', 'm', '--approach', 'bonn'], { cwd })
  t.match(unknown, { code: 1, stderr: /did you mean "bon"/ })
})

t.test('ask logs the error of a step of a plugin, which its message leaves to the log', async t => {
  const broken =
    "export default { name: 'broken', summary: 'x', run: () => { throw new TypeError('my mistake') } }"
  const cwd = t.testdir({ 'hulumanage.yaml': quick, plugins: { 'broken.js': broken } })
  const { code, stderr } = await run(t, ['ask', 'hi', '--model', 'm', '--approach', 'broken'], { cwd })
  t.equal(code, 1)
  t.match(stderr, /"broken" failed; the log/)
  t.match(stderr, /"type":"TypeError","message":"my mistake","stack":"[^"]*broken\.js/)
})
