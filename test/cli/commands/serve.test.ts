import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { runHere } from '../in-process.ts'
import { demo, run, serve } from '../spawn.ts'

const simulated = (name: string) =>
  `providers:\n  - name: ${name}\n    type: simulated\n    simulate: { latency_ms: 0 }\n`

async function providerNames(url: string): Promise<string[]> {
  const report = (await (await fetch(`${url}/providers`)).json()) as { providers: { name: string }[] }
  return report.providers.map(provider => provider.name)
}

t.test('prints its address, the loaded steps and a sample call, which works', async t => {
  const { url, output } = await serve(t, ['--config', demo])
  t.match(output(), /provider +quick \(simulated, weight 2\)/)
  t.match(output(), /steps +\w+, .*bon, .*proxy/)
  const [, called, body] = /curl (\S+) [^]*-d '(.*)'/.exec(output())!
  t.ok(called!.startsWith(url))
  const answer = await fetch(called!, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body!,
  })
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('x-hulumanage-approach'), 'proxy')
})

t.test('logs JSON lines on stderr only', async t => {
  const { child, log, output, ended } = await serve(t, ['--config', demo])
  child.kill('SIGTERM')
  t.same(await ended, [0, null])
  for (const line of log().filter(Boolean)) t.doesNotThrow(() => JSON.parse(line), line)
  t.notMatch(output(), '"level"')
})

t.test('counts the two signals of one Ctrl-C as one', async t => {
  const { child, ended, logged } = await serve(t, ['--config', demo])
  child.kill('SIGINT')
  child.kill('SIGINT')
  await logged('shutting down')
  t.same(await ended, [0, null])
})

t.test('follows edits of the configuration, and keeps the running one if an edit is invalid', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': simulated('one') })
  const file = join(cwd, 'hulumanage.yaml')
  const { child, url, log, logged } = await serve(t, [], { cwd })
  t.same(await providerNames(url), ['one'])

  writeFileSync(file, simulated('two'))
  child.kill('SIGHUP')
  await logged('configuration reloaded')
  t.same(await providerNames(url), ['two'])

  writeFileSync(file, 'providers: [{ nmae: three }]')
  child.kill('SIGHUP')
  await logged('did you mean')
  t.same(await providerNames(url), ['two'])

  // The problems of later checks are told with those of the first, as at the start.
  writeFileSync(
    file,
    `${simulated('three')}prot: 1\nsteps: { nonesuch: {} }\nworkers: 3\nqueue: { max_concurrent: 2 }\n`,
  )
  child.kill('SIGHUP')
  await logged('no such step')
  t.match(
    log().find(line => line.includes('no such step')),
    /prot: unknown key.*steps\.nonesuch: no such step/,
  )
  t.ok(log().some(line => line.includes('no such step') && line.includes('workers: 3 is more than')))
  t.same(await providerNames(url), ['two'])

  // A full disk leaves an empty file behind.
  writeFileSync(file, '')
  child.kill('SIGHUP')
  await logged('has neither base_url nor providers any more')
  t.same(await providerNames(url), ['two'])

  writeFileSync(file, simulated('off\n    enabled: false'))
  child.kill('SIGHUP')
  await logged('providers: all are disabled')
})

t.test('a rejection that a plugin does not handle is logged with its place, and ends nothing', async t => {
  const careless = `export default {
    name: 'careless',
    summary: 'Leaves a promise alone',
    async run(request, ctx) {
      setImmediate(() => Promise.reject(new Error('left alone')))
      return await ctx.complete(request)
    },
  }`
  const cwd = t.testdir({ 'hulumanage.yaml': simulated('one'), plugins: { 'careless.js': careless } })
  const { url, log, logged, child, ended } = await serve(t, [], { cwd })
  for (let request = 0; request < 2; request++) {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'careless-m', messages: [{ role: 'user', content: 'Hello' }] }),
    })
    t.equal(answer.status, 200)
  }
  await logged('nobody handled the rejection')
  t.match(
    log().find(line => line.includes('nobody handled')),
    /left alone.*careless\.js/,
  )
  child.kill('SIGTERM')
  t.same(await ended, [0, null])
})

t.test('refuses to start if nothing is configured, and says what to set', async t => {
  const cwd = t.testdir({ 'empty.yaml': '# nothing yet' })
  for (const refused of [await run(t, [], { cwd }), await runHere(t, ['--config', 'empty.yaml'], { cwd })]) {
    const { code, stderr, stdout } = refused
    t.equal(code, 78)
    t.equal(stdout, '')
    t.match(stderr, /OPENAI_API_KEY[^]*--base-url[^]*yaml[^]*npm start/)
  }
})

t.test('a file of another program of which no entry can be called is refused, by check as well', async t => {
  const entry = (model: string) =>
    `model_list: [{model_name: m, litellm_params: {model: ${model}, api_key: k}}]\n`
  const cwd = t.testdir({
    'none.yaml': entry('vertex_ai/gemini-2.5-pro'),
    'some.yaml': entry('groq/llama-3.1-8b-instant'),
  })
  for (const args of [
    ['--config', 'none.yaml'],
    ['check', 'none.yaml'],
  ]) {
    const { code, stderr } = await runHere(t, args, { cwd })
    t.equal(code, 78)
    t.match(stderr, /no entry of \S*none\.yaml can be called, so there is no model to serve/)
  }
  t.equal((await runHere(t, ['check', 'some.yaml'], { cwd })).code, 0)
})

t.test('an empty configuration names the keys in the environment that only a provider can use', async t => {
  const env = { CEREBRAS_API_KEY: 'sk-1', AZURE_OPENAI_API_KEY: 'sk-2', OPTILLM_API_KEY: 'optillm' }
  const { code, stderr } = await runHere(t, [], { cwd: t.testdir({}), env })
  t.equal(code, 78)
  t.match(
    stderr,
    /CEREBRAS_API_KEY is set: .*base_url: https:\/\/api\.cerebras\.ai\/v1, as api_key: \$\{CEREBRAS_API_KEY\}/,
  )
  t.match(stderr, /AZURE_OPENAI_API_KEY is set: .*type: azure/)
  t.match(stderr, /OPTILLM_API_KEY is the key that clients send/)
  t.notMatch(stderr, /sk-|GEMINI/)
})

t.test('a misspelled flag is reported, not that nothing is configured', async t => {
  const { code, stderr } = await runHere(t, ['--base-ulr', 'http://127.0.0.1:9/v1'])
  t.equal(code, 2)
  t.match(stderr, /^error: unknown option '--base-ulr'\n\(Did you mean --base-url\?\)/)
  t.match(await runHere(t, ['serve', 'now']), { code: 2, stderr: /^error: too many arguments for 'serve'/ })
})

t.test('exits with 69 if the address is in use', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await new Promise(resolve => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  const { code, stderr } = await run(t, ['--config', demo, '--port', String(port)])
  t.equal(code, 69)
  t.match(stderr, /in use/)
})

t.test('reads the flags of steps, which win over the file', async t => {
  const cwd = t.testdir({ 'hulumanage.yaml': `${simulated('one')}steps:\n  bon: { n: 7 }\n` })
  const { url } = await serve(t, ['--approach', 'bon', '--best_of_n', '2'], { cwd })
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  t.equal(answer.status, 200)
  t.ok(Number(answer.headers.get('x-hulumanage-calls')) <= 4, 'two candidates and their grades')
  const unknown = await runHere(t, ['--config', join(cwd, 'hulumanage.yaml'), '--bon-m', '2'], { cwd })
  t.match(unknown, { code: 2, stderr: /Did you mean --bon-n\?/ })
})
