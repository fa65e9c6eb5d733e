import { readFileSync } from 'node:fs'
import t from 'tap'
import { configurationPage, renderConfiguration } from '../../docs/generate/configuration.ts'
import { jsonSchemaOf } from '../../src/config/expectation.ts'
import type { JsonSchema } from '../../src/config/expectation.ts'
import { configSchema } from '../../src/config/schema.ts'

t.test('docs/configuration.md is up to date with the schema (else run `npm run docs`)', async t => {
  t.equal(readFileSync(configurationPage, 'utf8'), await renderConfiguration())
})

t.test('every key of the configuration is described', async t => {
  const check = (schema: JsonSchema, path: string): void => {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      t.ok(property.description, `${path}${name}`)
      check(property, `${path}${name}.`)
      if (property.items) check(property.items, `${path}${name}[].`)
    }
  }
  check(jsonSchemaOf(configSchema), '')
})
