import { fastify } from 'fastify'
import t from 'tap'
import { schemaCompilers } from '../../src/server/schema-compilers.ts'

t.test("a plugin's route is validated and serialized by its schema", async t => {
  const app = fastify({ schemaController: { compilersFactory: schemaCompilers } })
  const integer = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
  app.post('/double', { schema: { body: integer, response: { 200: integer } } }, async ({ body }) => ({
    n: 2 * (body as { n: number }).n,
    secret: 'left out by the schema',
  }))
  t.teardown(() => app.close())
  const doubled = await app.inject({ method: 'POST', url: '/double', payload: { n: 4 } })
  t.same(doubled.json(), { n: 8 })
  const refused = await app.inject({ method: 'POST', url: '/double', payload: { n: 'four' } })
  t.equal(refused.statusCode, 400)
})
