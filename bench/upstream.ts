import { createServer } from 'node:http'

// A provider that costs as little as Node allows: what it says is printed once.

const head = { id: 'chatcmpl-bench', created: 1_700_000_000, model: 'bench' }
const sentence = 'A balancer is judged by what it adds to each call, and by what it keeps from the caller. '
const completion = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: sentence.repeat(8) }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 20, completion_tokens: 160, total_tokens: 180 },
})

const event = (fields: object) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields })}\n\n`
const choice = (delta: object, finish: string | null = null) =>
  event({ choices: [{ index: 0, delta, finish_reason: finish }] })
const events = [
  choice({ role: 'assistant', content: '' }),
  ...Array.from({ length: 47 }, (_, index) => choice({ content: `token ${index} ` })),
  choice({}, 'stop'),
  event({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 47, total_tokens: 67 } }),
  'data: [DONE]\n\n',
]

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (bytes: Buffer) => parts.push(bytes))
  request.on('end', () => {
    if (request.method === 'GET') return response.end('{"object":"list","data":[]}')
    if (!Buffer.concat(parts).includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': completion.length })
      return response.end(completion)
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of events) response.write(event)
    return response.end()
  })
})

server.keepAliveTimeout = 60_000
server.listen(Number(process.argv[2]), '127.0.0.1')
