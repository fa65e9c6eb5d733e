import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { chainCheck } from '../../../chain/plan/chain-check.ts'
import type { Config } from '../../../config/schema.ts'
import { HulumanageError } from '../../../contract/index.ts'
import type { LedgerView } from '../../../ledger/ledger.ts'
import { addMethods, addRoute } from '../../routes/route.ts'
import type { ClientDirectory } from './client-directory.ts'
import type { ClientKeeper } from './client-keeper.ts'

/** Only operators manage clients. */
const access = { audience: 'operator' as const }
/** The topic on which servers that share a store learn of a change. */
const topic = 'clients'
/** Milliseconds for which a server that was away finds the notice. */
const noticeMs = 60_000

/** Adds `/keys`: lists, creates, rotates and revokes the clients that the ledger keeps. */
export function addKeyRoutes(
  app: FastifyInstance,
  ledger: LedgerView | undefined,
  directory: ClientDirectory,
): void {
  const changed = async ({ exchange, log }: FastifyRequest, words: string, facts: object): Promise<void> => {
    log.info({ ...facts, by: exchange.named?.name }, words)
    // In this process before the answer; the others read when they get the notice, or look by themselves.
    await directory.refresh(true)
    app.store.notices.post(topic, String(Date.now()), noticeMs)
  }
  const list = async (request: FastifyRequest) => {
    const keeper = await openKeeper(app, ledger, request)
    return { object: 'list', data: await keeper.list() }
  }
  const create = async (request: FastifyRequest, reply: FastifyReply) => {
    const keeper = await openKeeper(app, ledger, request)
    const created = await keeper.create(request.body)
    const { name, role } = created.client
    await changed(request, 'client created', { name, role })
    void reply.code(201).header('cache-control', 'no-store')
    return created
  }
  const rotate = async (request: FastifyRequest, reply: FastifyReply) => {
    const name = nameOf(request)
    const keeper = await openKeeper(app, ledger, request)
    const rotated = await keeper.rotate(name, bodyOf(request))
    await changed(request, 'key of a client rotated', { name, previous_until: rotated.client.previous_until })
    void reply.header('cache-control', 'no-store')
    return rotated
  }
  const revoke = async (request: FastifyRequest) => {
    const name = nameOf(request)
    const keeper = await openKeeper(app, ledger, request)
    await keeper.revoke(name)
    await changed(request, 'client revoked', { name })
    return { object: 'client.revoked', name, revoked: true }
  }
  addMethods(app, '/keys', { GET: list, POST: create }, access)
  addMethods(app, '/keys/:name', { DELETE: revoke }, { ...access, anyBody: true })
  addRoute(app, 'POST', '/keys/:name/rotate', rotate, { ...access, anyBody: true })
}

/** Reads the clients when another server says that they have changed. */
export function followKeyNotices({ store }: FastifyInstance, directory: ClientDirectory): void {
  store.notices.subscribe(subject => {
    if (subject === topic) directory.refreshSoon()
  })
}

/** Throws `not_allowed` unless the caller is an operator by name; keys of `api_keys`, and servers without keys, name nobody. */
async function openKeeper(
  app: FastifyInstance,
  view: LedgerView | undefined,
  { exchange }: FastifyRequest,
): Promise<ClientKeeper> {
  const config = app.currentConfig.value
  if (exchange.named?.role !== 'operator') throw notAnOperator(config)
  const ledger = view?.value
  if (!ledger)
    throw new HulumanageError(
      'ledger_unavailable',
      'This server keeps no ledger, and so no clients; set ledger.enabled to true',
    )
  const { ClientKeeper } = await import('./client-keeper.ts')
  return new ClientKeeper({ ledger, config, checkChain: chainCheck(app.steps, config) })
}

/** On a server without keys, an operator in the ledger would help nobody: it accepts no clients from there. */
function notAnOperator({ api_keys: keys, clients }: Config): HulumanageError {
  const message =
    keys.length > 0 || clients.length > 0
      ? 'Clients are managed with the key of an operator; hulumanage keys create NAME --role operator makes one'
      : 'This server asks nobody for a key, and so has no clients to manage; first add an operator to `clients` in the ' +
        'configuration: hulumanage keys create NAME --role operator --entry'
  return new HulumanageError('not_allowed', message)
}

function nameOf({ params }: FastifyRequest): string {
  return (params as { readonly name: string }).name
}

/** The JSON body, if there is one; a body of another type must not pass for none. */
function bodyOf({ body, bytes }: FastifyRequest): unknown {
  if (bytes !== null || body === undefined || body === null) return body
  const message = 'The request body must be JSON; send content-type: application/json'
  throw new HulumanageError('unsupported_media_type', message)
}
