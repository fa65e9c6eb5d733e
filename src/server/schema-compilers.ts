import { createRequire } from 'node:module'
import type { FastifyServerOptions } from 'fastify'

type Compilers = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>
type Build = (...given: unknown[]) => unknown

const require = createRequire(createRequire(import.meta.url).resolve('fastify'))

/**
 * Fastify's own compilers of JSON schemas, loaded for the first route with a schema. Our routes have none, but those of
 * plugins may. With their imports, the compilers are some 150 files.
 */
export const schemaCompilers = {
  buildValidator: loadLazily('@fastify/ajv-compiler'),
  buildSerializer: loadLazily('@fastify/fast-json-stringify-compiler'),
} as Compilers

function loadLazily(name: string): Build {
  let build: Build | undefined
  return (...given) => {
    build ??= (require(name) as () => Build)()
    return build(...given)
  }
}
