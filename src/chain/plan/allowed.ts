import { areNaming, namesIn } from '../../config/sections/model-patterns.ts'
import type { ModelNames } from '../../config/sections/model-patterns.ts'
import type { NamedClient } from '../../config/sections/clients.ts'
import { HulumanageError } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'

/** The part of a named client that decides what it may use. */
export type Rights = Pick<NamedClient, 'name' | 'models' | 'chains'>

/** The models of clients, sorted once for each configuration. */
const names = new WeakMap<readonly string[], ModelNames>()

/** Whether a model may be called for a client. A request without a model is not for a client with certain models. */
export function mayCall({ models }: Pick<Rights, 'models'>, model: string): boolean {
  if (!models) return true
  const known = names.get(models) ?? namesIn(models)
  names.set(models, known)
  return known.rest || areNaming(known, model)
}

/** Throws `not_allowed` if a model may not be called for a client. */
export function checkModel(rights: Rights, model: string): void {
  if (mayCall(rights, model)) return
  const what = model === '' ? 'requests without a model' : `the model "${clip(model)}"`
  throw new HulumanageError(
    'not_allowed',
    `The client "${rights.name}" may not use ${what}; GET /v1/models lists its models`,
    { param: 'model' },
  )
}

/**
 * Throws `not_allowed` if a client may not run a chain, given as the text of its plan. `textOf` returns that of any other
 * chain, and of the default one for undefined.
 */
export function checkChain(
  { name, chains }: Rights,
  text: string,
  textOf: (chain: string | undefined) => string,
): void {
  if (!chains || textOf(undefined) === text || chains.some(chain => isText(chain, text, textOf))) return
  throw new HulumanageError(
    'not_allowed',
    `The client "${name}" may not use the chain "${clip(text)}"; it may use ${chains.join(', ') || 'only the default one'}`,
    { param: 'model' },
  )
}

/** A client in the ledger may name a chain that the configuration no longer has; it allows nothing. */
function isText(chain: string, text: string, textOf: (chain: string) => string): boolean {
  try {
    return textOf(chain) === text
  } catch {
    return false
  }
}
