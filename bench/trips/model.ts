import type { IncomingMessage, ServerResponse } from 'node:http'

const head = { id: 'chatcmpl-1', created: 1, model: 'm' }
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }

/** A model that always gives the same answer, whole or streamed, with one choice for each that is asked for. */
export function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET') {
    response.end('{"data":[]}')
    return
  }
  let text = ''
  request.on('data', (piece: Buffer) => {
    text += piece.toString()
  })
  request.on('end', () => {
    const { stream, n } = JSON.parse(text) as { stream?: boolean; n?: number }
    const indexes = Array.from({ length: n ?? 1 }, (_, index) => index)
    if (stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events())
      return
    }
    const message = { role: 'assistant', content: 'The answer is 5' }
    const choices = indexes.map(index => ({ index, message, finish_reason: 'stop' }))
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }))
  })
}

function events(): string {
  const chunk = { ...head, object: 'chat.completion.chunk' }
  const delta = { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: 'The answer' } }] }
  const more = { ...chunk, choices: [{ index: 0, delta: { content: ' is 5' } }] }
  const end = { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
  return [delta, more, end, { ...chunk, choices: [], usage }]
    .map(event => `data: ${JSON.stringify(event)}\n\n`)
    .concat('data: [DONE]\n\n')
    .join('')
}
