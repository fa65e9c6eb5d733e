import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The variable with which programs and threads of the tests find compiled code. The tests trust their temporary folder, and
 * share such code there; without it, a start compiles a thousand files.
 */
export const compiledCode: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
}
