import type { Config } from '../../../config/schema.ts'
import { digestOfKey, endOf } from '../../../config/sections/clients.ts'
import { HulumanageError } from '../../../contract/index.ts'
import type { ChangeOutcome } from '../../../ledger/clients/stored-clients.ts'
import { maxStoredClients } from '../../../ledger/clients/stored-clients.ts'
import type { Ledger } from '../../../ledger/ledger.ts'
import { clip } from '../../../text/clip.ts'
import { readKeptClient } from './kept-client.ts'
import type { KeptClient } from './kept-client.ts'
import { newKey } from './new-key.ts'
import { checkEnd, readNewClient, readRotation } from './read-change.ts'
import { shownClients, shownKept } from './shown-client.ts'
import type { ShownClient } from './shown-client.ts'

/** The parts that changes of clients work with. */
export interface KeeperOptions {
  readonly ledger: Pick<Ledger, 'clients' | 'changeClients'>
  readonly config: Config
  /** Throws if a chain does not exist. */
  readonly checkChain: (chain: string) => void
  /** Whether the last operator may be revoked: nobody could undo that through the server. */
  readonly mayLeaveNoOperator?: boolean
}

/** A client with its new key, which nobody can read later. */
export interface WithKey {
  readonly client: ShownClient
  readonly key: string
}

/**
 * Creates, rotates and revokes the clients that the ledger keeps. Errors of the caller are `invalid_value`, with the status
 * 404 for an unknown name and 409 for a conflict.
 */
export class ClientKeeper {
  readonly #options: KeeperOptions

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** All clients, those of the configuration first. */
  async list(): Promise<readonly ShownClient[]> {
    return shownClients(this.#options.config, await this.#kept())
  }

  /** Creates a client from its fields in `clients` of the configuration, without `key`. */
  async create(body: unknown): Promise<WithKey> {
    const now = Date.now()
    const { name, ...fields } = readNewClient(body, now)
    this.#checkConfig(name)
    for (const chain of fields.chains ?? []) this.#checkChain(chain)
    const { key, hash } = newKey()
    const { role } = fields
    const client = { name, fields: JSON.stringify(fields), hash, role, ends_at: timeOf(fields) }
    const outcome = await this.#options.ledger.changeClients({ kind: 'add', at: now, client })
    if (outcome !== 'done') throw refusalOf(outcome, name)
    return { key, client: shownKept({ client: { ...fields, name }, createdAt: now }) }
  }

  /** Replaces the key of a client. `body` may have `grace`, the seconds for which the present one is accepted, and `expires`. */
  async rotate(name: string, body: unknown): Promise<WithKey> {
    const now = Date.now()
    const { grace, expires } = readRotation(body, now)
    const present = (await this.#kept()).find(({ client }) => client.name === name)
    if (!present) throw this.#unknown(name)
    const { name: _, key: replaced, ...before } = present.client
    const fields = { ...before, ...(expires !== undefined && { expires }) }
    checkEnd(fields, now)
    const { key, hash } = newKey()
    const graceUntil = now + grace * 1000
    const changed = { name, hash, fields: JSON.stringify(fields), ends_at: timeOf(fields) }
    const outcome = await this.#options.ledger.changeClients({
      kind: 'rotate',
      at: now,
      graceUntil,
      replaced: digestOfKey(replaced).toString('hex'),
      ...changed,
    })
    if (outcome === 'unknown') throw this.#unknown(name)
    if (outcome !== 'done') throw refusalOf(outcome, name)
    const previous = grace > 0 ? { until: graceUntil } : undefined
    return {
      key,
      client: shownKept({
        client: { ...fields, name },
        previous,
        createdAt: present.createdAt,
        rotatedAt: now,
      }),
    }
  }

  /** Revokes the key of a client, and forgets the client. */
  async revoke(name: string): Promise<void> {
    const { ledger, config, mayLeaveNoOperator = false } = this.#options
    const at = Date.now()
    const isNeeded = !config.clients.some(client => client.role === 'operator' && endOf(client) > at)
    const keepsOperator = isNeeded && !mayLeaveNoOperator
    const outcome = await ledger.changeClients({ kind: 'revoke', at, name, keepsOperator })
    if (outcome === 'unknown') throw this.#unknown(name)
    if (outcome !== 'done') throw refusalOf(outcome, name)
  }

  async #kept(): Promise<readonly KeptClient[]> {
    const stored = await this.#options.ledger.clients()
    return stored?.clients.map(readKeptClient).filter(client => client !== undefined) ?? []
  }

  /** Throws if the configuration names the client, or asks nobody for a key. */
  #checkConfig(name: string): void {
    const { api_keys: keys, clients } = this.#options.config
    if (this.#isConfigured(name)) throw conflict(`The configuration has a client "${name}" already`)
    if (keys.length > 0 || clients.length > 0) return
    throw conflict(
      'The configuration asks nobody for a key, so that a server whose ledger cannot be read would be open to all; ' +
        'add an operator to `clients` first: hulumanage keys create NAME --role operator --entry',
    )
  }

  #checkChain(chain: string): void {
    try {
      this.#options.checkChain(chain)
    } catch (error) {
      if (!(error instanceof HulumanageError)) throw error
      throw new HulumanageError('invalid_value', `chains: ${error.message}`, {
        param: 'chains',
        cause: error,
      })
    }
  }

  #isConfigured(name: string): boolean {
    return this.#options.config.clients.some(client => client.name === name)
  }

  #unknown(name: string): HulumanageError {
    if (this.#isConfigured(name))
      return conflict(`The client "${name}" is in \`clients\` of the configuration; change it there`)
    const message = `The ledger keeps no client "${clip(name)}"; hulumanage keys list, or GET /keys, lists all`
    return new HulumanageError('invalid_value', message, { status: 404, param: 'name' })
  }
}

function timeOf(fields: { readonly expires?: string | undefined }): number | null {
  const end = endOf(fields)
  return end === Infinity ? null : end
}

function refusalOf(outcome: Exclude<ChangeOutcome, 'done'>, name: string): HulumanageError {
  const words = {
    taken: `The ledger has a client "${name}" already; rotate its key, or revoke it first`,
    unknown: `The ledger keeps no client "${name}"`,
    changed: `The client "${name}" was changed at the same time, so that its key was not rotated; try again if it still should be`,
    last_operator: `"${name}" is the last operator, and only operators manage keys; create another one first`,
    full: `The ledger keeps ${maxStoredClients} clients, the maximum; revoke some first`,
  }
  return conflict(words[outcome])
}

function conflict(message: string): HulumanageError {
  return new HulumanageError('invalid_value', message, { status: 409, param: 'name', shouldRetry: false })
}
