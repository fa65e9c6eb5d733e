// `node bench/walk/main.ts [--files] [CHECKOUT]`: how much code one request runs through, by kind of request.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../docs/generate/table.ts'
import type { Walked } from './counter.ts'
import { answer } from './model.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { files: { type: 'boolean' } } })
const checkout = resolve(positionals[0] ?? join(import.meta.dirname, '../..'))

/** The requests that are walked, each once the server is warm. */
const trips = {
  'JSON through `proxy`': ['/v1/chat/completions', { model: 'm' }],
  'stream through `proxy`': ['/v1/chat/completions', { model: 'm', stream: true }],
  'JSON, `bon&proxy`': ['/v1/chat/completions', { model: 'bon&proxy-m' }],
  '`/v1/messages`, JSON': ['/v1/messages', { model: 'm', max_tokens: 100 }],
  '`/v1/messages`, stream': ['/v1/messages', { model: 'm', max_tokens: 100, stream: true }],
} as const

const upstream = createServer(answer).listen(0, '127.0.0.1')
await once(upstream, 'listening')
const server = await start((upstream.address() as AddressInfo).port)
const rows: string[][] = [['trip', 'files', 'functions', 'calls']]
for (const [name, [path, body]] of Object.entries(trips)) {
  for (let warm = 0; warm < 3; warm++) await ask(path, body)
  await taken(server.child)
  await ask(path, body)
  const { files, functions, calls } = await taken(server.child)
  rows.push([name, String(files.length), String(functions), String(calls)])
  if (values.files) console.log(`${name}\n  ${files.toSorted().join('\n  ')}`)
}
console.log(table(rows))
server.child.kill()
upstream.close()

async function start(port: number): Promise<{ child: ChildProcess; url: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'hulumanage-walk-'))
  const config = join(folder, 'hulumanage.yaml')
  writeFileSync(
    config,
    `port: 0\nproviders:\n  - {name: one, base_url: "http://127.0.0.1:${port}/v1", api_key: k}\n`,
  )
  const child = fork(
    join(checkout, 'bin/hulumanage.js'),
    ['serve', '--config', config, '--log-level', 'ERROR'],
    {
      execArgv: ['--import', join(import.meta.dirname, 'counter.ts')],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      cwd: folder,
    },
  )
  let output = ''
  for await (const piece of child.stdout!) {
    output += String(piece)
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
    if (url) return { child, url }
  }
  throw new Error(`The server did not start: ${output}`)
}

async function ask(path: string, body: object): Promise<void> {
  const messages = [{ role: 'user', content: 'Hello' }]
  const response = await fetch(new URL(path, server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, messages }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
}

/** The code that has run since the last call. Waits a moment first, so that what a request leaves behind is over. */
async function taken(child: ChildProcess): Promise<Walked> {
  await new Promise(resolvePause => setTimeout(resolvePause, 100))
  child.send(`${checkout}/`)
  const [walked] = (await once(child, 'message')) as [Walked]
  return walked
}
