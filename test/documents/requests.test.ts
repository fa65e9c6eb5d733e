import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { answer } from '../fake-provider.ts'
import { clientTest } from '../clients/serve.ts'

const run = promisify(execFile)

/** The bodies of the documents' curl commands, under each of the two names of the field. */
const bodies: readonly [title: string, plan: string, body: string][] = [
  [
    'Using --approach proxy',
    'proxy',
    `{
    "model": "gpt-4",
    "messages": [{"role": "user", "content": "Hello"}]
  }`,
  ],
  [
    'Using Model Prefix',
    'proxy',
    `{
    "model": "proxy-gpt-4",
    "messages": [{"role": "user", "content": "Hello"}]
  }`,
  ],
  [
    'Combined Approaches',
    'proxy-bon',
    `{
    "model": "bon&proxy-gpt-4",
    "messages": [{"role": "user", "content": "Generate ideas"}]
  }`,
  ],
  ...['hulumanage_approach', 'optillm_approach'].flatMap((field): [string, string, string][] => [
    [
      `Using extra_body, ${field}`,
      'proxy',
      `{
    "model": "gpt-4",
    "messages": [{"role": "user", "content": "Hello"}],
    "extra_body": {
      "${field}": "proxy"
    }
  }`,
    ],
    [
      `Proxy Wrapping Other Approaches, ${field}`,
      'proxy-moa',
      `{
    "model": "gpt-4",
    "messages": [{"role": "user", "content": "Solve this problem"}],
    "extra_body": {
      "${field}": "proxy",
      "proxy_wrap": "moa"
    }
  }`,
    ],
  ]),
]

const installed = await run('curl', ['--version']).then(
  () => true,
  () => false,
)
if (!installed)
  void t.test('the curl commands work as written', { skip: 'curl is not installed' }, async () => {})

for (const approach of installed ? ['auto', 'proxy'] : []) {
  clientTest(`the curl commands work as they stand with --approach ${approach}`, async (t, start) => {
    const { baseURL, provider } = await start([answer('7')], { approach })
    for (const [title, plan, body] of bodies) {
      const stdout = await curl(`${baseURL}/chat/completions`, body)
      const [head, answered] = stdout.split('\r\n\r\n')
      t.match(head, /^HTTP\/1\.1 200 /, title)
      t.match(head, `\r\nx-hulumanage-approach: ${plan}\r\n`, title)
      t.match(JSON.parse(answered!), { choices: [{ message: { content: '7' } }] }, title)
    }
    t.ok(provider.requests.every(request => request.body['model'] === 'gpt-4'))
  })
}

/** Head and body of the answer. */
async function curl(url: string, body: string): Promise<string> {
  const request = ['-X', 'POST', url, '-H', 'Content-Type: application/json', '-d', body]
  return (await run('curl', ['--silent', '--include', ...request])).stdout
}
