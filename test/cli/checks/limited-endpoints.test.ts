import { readFileSync } from 'node:fs'
import t from 'tap'
import { knownEndpoints, misspelledEndpoints } from '../../../src/cli/checks/limited-endpoints.ts'
import { loadConfig } from '../../../src/config/load/load.ts'
import { renderProblem } from '../../../src/config/problems.ts'
import { hello, serve } from '../../server/serve.ts'

t.test('an endpoint in a rate limit that is nearly a known one gets a warning', async t => {
  const warnings = (text: string) => {
    const folder = t.testdir({ 'hulumanage.yaml': text })
    return misspelledEndpoints(loadConfig({ cwd: folder, home: folder, env: {} })).map(renderProblem)
  }
  t.match(warnings('rate_limit: { endpoints: { embedings: 5, chat: 1, /v1/embeddings: 2, infer: 3 } }\n'), [
    /:1:\d+ rate_limit.endpoints.embedings: .*did you mean embeddings\?/,
  ])
  const client = '{ name: ann, key: k1, rate_limit: { endpoints: { chat/completion: 5 } } }'
  t.match(warnings(`clients: [${client}]\n`), [/clients\[0\].*did you mean chat\/completions\?/])
  for (const real of [
    'audio/translations',
    'images/variations',
    'conversations',
    'fim/completions',
    'images/remix',
  ])
    t.strictSame(warnings(`rate_limit: { endpoints: { ${real}: 5 } }\n`), [], real)
  t.strictSame(warnings('rate_limit: { requests: 5 }\n'), [])
})

t.test('the known endpoints are those of docs/http.md', t => {
  const documented = new Set<string>()
  for (const [row] of readFileSync('docs/http.md', 'utf8').matchAll(/^\| `\/v1\/.*$/gm)) {
    const paths = [...row.matchAll(/`\/v1\/([\w/]+)/g)].map(([, path = '']) => path.replace(/\/$/, ''))
    const siblings = row.includes('{') ? [] : [...row.matchAll(/`\/(\w+)`/g)]
    for (const path of paths) documented.add(path)
    for (const [, last = ''] of siblings) documented.add(paths[0]!.replace(/\w+$/, last))
  }
  t.strictSame([...documented].toSorted(), knownEndpoints.toSorted())
  t.end()
})

t.test('a known endpoint has a route of its own', async t => {
  const server = await serve(t, { config: { rate_limit: { requests: 1 } } })
  for (const endpoint of knownEndpoints) {
    await server.post(`/v1/${endpoint}`, hello)
    const { error } = (await (await server.post(`/v1/${endpoint}`, hello)).json()) as {
      error: { message: string }
    }
    const [, group = ''] = /More than 1 requests to \/(\S+) in/.exec(error.message) ?? []
    t.ok(group !== 'v1' && `${endpoint}/`.startsWith(`${group}/`), `${endpoint}: ${error.message}`)
  }
})
