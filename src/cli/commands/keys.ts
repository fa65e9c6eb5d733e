import { Option } from 'commander'
import { HulumanageError } from '../../contract/index.ts'
import { newEntry, renderEntry } from '../keys/entry.ts'
import { fieldsFrom, rotationFrom } from '../keys/fields.ts'
import type { KeyService } from '../keys/key-service.ts'
import { keyOptions } from '../keys/options.ts'
import type { KeyFlags } from '../keys/options.ts'
import { renderClients, renderKey } from '../keys/render.ts'
import type { Invocation } from '../program.ts'
import { remoteIn } from '../remote/remote-flags.ts'

type Action = 'create' | 'rotate' | 'list' | 'revoke'

/** The options that only some actions take. */
const optionsOf: Readonly<Record<Action, readonly (keyof KeyFlags)[]>> = {
  create: ['entry', 'role', 'models', 'chains', 'budget', 'rateLimit', 'expires'],
  rotate: ['grace', 'expires'],
  list: [],
  revoke: [],
}

/** A result as JSON, and for people. */
interface Result {
  readonly shown: object
  readonly words: string
}

/** `keys create|list|rotate|revoke`: named clients, in the ledger's database or through a running server. */
export async function keys({ arguments: [given, name], values }: Invocation): Promise<void> {
  // The command line accepts no other action.
  const action = given as Action
  const flags = values as KeyFlags
  checkUse(action, name, flags)
  const { shown, words } =
    flags.entry === true ? makeEntry(name, flags) : await apply(action, name, flags, await serviceFor(values))
  process.stdout.write(flags.json === true ? `${JSON.stringify(shown, undefined, 2)}\n` : words)
}

/** Throws if a word belongs to another action: left out, it would promise what nobody does. */
function checkUse(action: Action, name: string | undefined, flags: KeyFlags): void {
  const foreign = Object.values(optionsOf)
    .flat()
    .find(option => flags[option] !== undefined && !optionsOf[action].includes(option))
  if (foreign !== undefined) {
    const flag = foreign.replace(/[A-Z]/, letter => `-${letter.toLowerCase()}`)
    throw new HulumanageError('invalid_value', `keys ${action} takes no --${flag}`)
  }
  if (action === 'list' && name !== undefined)
    throw new HulumanageError('invalid_value', 'keys list takes no name: it lists all clients')
}

function makeEntry(name: string | undefined, flags: KeyFlags): Result {
  const entry = newEntry({ name: required('create', name), ...fieldsFrom(flags) })
  return { shown: entry, words: renderEntry(entry) }
}

async function apply(
  action: Action,
  name: string | undefined,
  flags: KeyFlags,
  service: KeyService,
): Promise<Result> {
  if (action === 'list') {
    const clients = await service.list()
    return { shown: clients, words: renderClients(clients) }
  }
  const client = required(action, name)
  if (action === 'revoke') {
    await service.revoke(client)
    return { shown: { name: client, revoked: true }, words: `The key of ${client} is revoked.\n` }
  }
  const made =
    action === 'create'
      ? await service.create({ name: client, ...fieldsFrom(flags) })
      : await service.rotate(client, rotationFrom(flags))
  return { shown: made, words: renderKey(made) }
}

function required(action: Action, name: string | undefined): string {
  if (name !== undefined) return name
  throw new HulumanageError('invalid_value', `name the client: hulumanage keys ${action} NAME`)
}

/** The options of `keys` itself; the others are flags of the configuration, which reads all that it gets. */
const ownFlags: ReadonlySet<string> = new Set([
  'json',
  ...Object.keys(keyOptions).map(option => new Option(option).attributeName()),
])

async function serviceFor(values: Invocation['values']): Promise<KeyService> {
  const { address, key } = remoteIn(values)
  if (address !== undefined) {
    const { remoteKeys } = await import('../keys/remote-keys.ts')
    return remoteKeys(address, key)
  }
  const { localKeys } = await import('../keys/local-keys.ts')
  return localKeys(Object.fromEntries(Object.entries(values).filter(([name]) => !ownFlags.has(name))))
}
