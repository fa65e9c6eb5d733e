import { createRequire } from 'node:module'
import type { FastifyServerOptions } from 'fastify'

type Compilers = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>
type Build = (...given: unknown[]) => unknown

const require = createRequire(createRequire(import.meta.url).resolve('fastify'))

/**
 * Fastify's own compilers of JSON schemas, loaded for the first route that has a schema. Ours have none, those of plugins
 * may; with what they import the compilers are some 150 files.
 */
export const schemaCompilers = {
  buildValidator: lazily('@fastify/ajv-compiler'),
  buildSerializer: lazily('@fastify/fast-json-stringify-compiler'),
} as Compilers

function lazily(name: string): Build {
  let build: Build | undefined
  return (...given) => {
    build ??= (require(name) as () => Build)()
    return build(...given)
  }
}
