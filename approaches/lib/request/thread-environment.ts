/**
 * The environment of a thread that runs what a client or a model has written: nothing of the server's except the folder of
 * compiled code, without which each thread would compile all it loads.
 */
export function threadEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE: folder } = environment
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}
