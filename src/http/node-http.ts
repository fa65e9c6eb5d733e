import type * as http from 'node:http'
import type * as https from 'node:https'

// An `import` of these modules reads all of their exports, among them getters that load the whole of Node's own undici,
// which nothing here uses.

/** The module `node:http`. */
export function nodeHttp(): typeof http {
  return process.getBuiltinModule('node:http')
}

/** The module `node:https`. */
export function nodeHttps(): typeof https {
  return process.getBuiltinModule('node:https')
}
