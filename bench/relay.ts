import fastify from 'fastify'
import { Pool } from 'undici'

// The least that a relay of the same make can do: read the JSON body, send it on, stream back what comes.

const [port, upstream = ''] = process.argv.slice(2)
const pool = new Pool(upstream, { allowH2: false, pipelining: 1 })
const app = fastify()

app.post('/v1/chat/completions', async (request, reply) => {
  const { statusCode, headers, body } = await pool.request({
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
  })
  return reply.code(statusCode).header('content-type', headers['content-type']).send(body)
})

await app.listen({ port: Number(port), host: '127.0.0.1' })
