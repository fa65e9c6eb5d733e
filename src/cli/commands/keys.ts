import { Option } from 'commander'
import { HulumanageError } from '../../contract/index.ts'
import { newEntry, renderEntry } from '../keys/entry.ts'
import { fieldsFrom, rotationFrom } from '../keys/fields.ts'
import type { KeyService } from '../keys/key-service.ts'
import { keyOptions } from '../keys/options.ts'
import type { KeyFlags } from '../keys/options.ts'
import { renderClients, renderKey } from '../keys/render.ts'
import type { Invocation } from '../program.ts'

const ownFlags: ReadonlySet<string> = new Set([
  'json',
  ...Object.keys(keyOptions).map(option => new Option(option).attributeName()),
])
const optionsOf: Readonly<Record<string, readonly (keyof KeyFlags)[]>> = {
  create: ['entry', 'role', 'models', 'chains', 'budget', 'rateLimit', 'expires'],
  rotate: ['grace', 'expires'],
  list: [],
  revoke: [],
}
/** `keys create|list|rotate|revoke`: named clients, in the ledger's database or through a running server. */
export async function keys({ arguments: [action = '', name], values }: Invocation): Promise<void> {
  const options = values as KeyFlags
  const { json = false, entry = false } = options
  checkOptions(action, options)
  const text = (shown: object, words: string) => (json ? `${JSON.stringify(shown, undefined, 2)}\n` : words)
  if (action === 'create' && entry) {
    const made = newEntry({ name: named(action, name), ...fieldsFrom(options) })
    process.stdout.write(json ? `${JSON.stringify(made)}\n` : renderEntry(made))
    return
  }
  const service = await serviceOf(values)
  if (action === 'list') {
    const clients = await service.list()
    process.stdout.write(text(clients, renderClients(clients)))
  } else if (action === 'revoke') {
    await service.revoke(named(action, name))
    process.stdout.write(text({ name, revoked: true }, `The key of ${name} is revoked.\n`))
  } else {
    const made =
      action === 'create'
        ? await service.create({ name: named(action, name), ...fieldsFrom(options) })
        : await service.rotate(named(action, name), rotationFrom(options))
    process.stdout.write(text(made, renderKey(made)))
  }
}

/** Throws if an option belongs to another action: left out, it would promise what nobody does. */
function checkOptions(action: string, options: KeyFlags): void {
  const known = optionsOf[action]!
  for (const name of [
    'grace',
    'entry',
    'role',
    'models',
    'chains',
    'budget',
    'rateLimit',
    'expires',
  ] as const) {
    if (options[name] === undefined || known.includes(name)) continue
    const flag = name.replace(/[A-Z]/, letter => `-${letter.toLowerCase()}`)
    throw new HulumanageError('invalid_value', `keys ${action} takes no --${flag}`)
  }
}

function named(action: string, name: string | undefined): string {
  if (name !== undefined) return name
  throw new HulumanageError('invalid_value', `name the client: hulumanage keys ${action} NAME`)
}

async function serviceOf(values: Invocation['values']): Promise<KeyService> {
  const { HULUMANAGE_SERVER, HULUMANAGE_OPERATOR_KEY } = process.env
  const { server = HULUMANAGE_SERVER, operatorKey = HULUMANAGE_OPERATOR_KEY } = values as KeyFlags
  if (server !== undefined && server !== '') {
    const { remoteKeys } = await import('../keys/remote-keys.ts')
    return remoteKeys(server, operatorKey)
  }
  const { localKeys } = await import('../keys/local-keys.ts')
  // The others are flags of the configuration, which reads all that it gets.
  return localKeys(Object.fromEntries(Object.entries(values).filter(([name]) => !ownFlags.has(name))))
}
