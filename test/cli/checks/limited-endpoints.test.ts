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
  t.strictSame(warnings('rate_limit: { requests: 5 }\n'), [])
})

t.test('a known endpoint is one of the server', async t => {
  for (const endpoint of knownEndpoints) {
    const server = await serve(t, { config: { rate_limit: { endpoints: { [endpoint]: 7 } } } })
    const { headers } = await server.post(`/v1/${endpoint}`, hello)
    const isGet = headers.get('allow') === 'GET, HEAD'
    t.ok(isGet || headers.get('x-ratelimit-limit-requests') === '7', endpoint)
  }
})
