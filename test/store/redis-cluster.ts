import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { RedisSettings } from '../../src/store/redis/client.ts'
import { freePort } from '../fake-provider/ports.ts'
import type { Owner } from '../fake-provider/ports.ts'
import { RedisServer } from './redis-server.ts'

/** A real cluster, with the keys of one namespace at a node that has a replica. */
export interface RedisCluster {
  readonly settings: Pick<RedisSettings, 'url' | 'cluster' | 'nodes'>
  /** Kills the node that has the keys. */
  readonly killMaster: () => Promise<void>
  /** Kills another node, which has no replica. */
  readonly killOther: () => Promise<void>
}

/** The number of slots that the nodes of a cluster divide among them. */
const slotCount = 16_384

/**
 * A cluster of three nodes, and a replica of the one that has the keys of `namespace`. `fullCoverage`: whether the others
 * refuse all commands once one of them is lost.
 */
export async function startCluster(t: Owner, namespace: string, fullCoverage = true): Promise<RedisCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'redis-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const start = async () => {
    const busPort = await freePort()
    const options = {
      'cluster-enabled': 'yes',
      'cluster-port': String(busPort),
      'cluster-config-file': `nodes-${busPort}.conf`,
      // A node that a busy machine holds up for longer is taken for dead, and its replica takes over before a test kills it.
      'cluster-node-timeout': '2000',
      // However late the machine lets it, a replica takes over.
      'cluster-replica-validity-factor': '0',
      'cluster-require-full-coverage': fullCoverage ? 'yes' : 'no',
      dir,
    }
    const node = await RedisServer.start(
      t,
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    )
    return { node, busPort }
  }
  const all = await Promise.all(Array.from({ length: 4 }, start))
  const [first, ...others] = all
  const masters = all.slice(0, 3).map(({ node }) => node)
  const third = Math.ceil(slotCount / 3)
  for (const [index, node] of masters.entries()) {
    const slots = [index * third, Math.min(slotCount, (index + 1) * third) - 1]
    await node.command('CLUSTER', 'ADDSLOTSRANGE', ...slots.map(String))
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
  }
  for (const { node, busPort } of others) {
    const meet = ['CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(busPort)]
    // A node that does not answer within a second is forgotten.
    while (!knows(await first!.node.command('CLUSTER', 'NODES'), node)) {
      await first!.node.command(...meet)
      await pause(20)
    }
  }
  for (const { node } of all) await until(node, ['CLUSTER', 'INFO'], /cluster_state:ok/)
  const slot = Number(/\d+/.exec(await first!.node.command('CLUSTER', 'KEYSLOT', `{${namespace}}`))![0])
  const master = masters[Math.floor(slot / third)]!
  const id = /\w{40}/.exec(await master.command('CLUSTER', 'MYID'))![0]
  const replica = all[3]!.node
  await until(replica, ['CLUSTER', 'REPLICATE', id], /OK/)
  await until(replica, ['INFO', 'replication'], /master_link_status:up/)
  for (const node of masters) await until(node, ['CLUSTER', 'NODES'], new RegExp(`slave ${id}`))
  const [url, ...nodes] = masters.map(node => node.url)
  const other = masters.find(node => node !== master)!
  return {
    settings: { url: url!, cluster: true, nodes },
    killMaster: () => master.kill(),
    killOther: () => other.kill(),
  }
}

/** Whether a list of nodes has one as more than an address to which no node has answered yet. */
function knows(nodes: string, { port }: RedisServer): boolean {
  return nodes.split('\n').some(line => line.includes(`:${port}@`) && !/handshake|noaddr/.test(line))
}

/** Repeats a command until its answer matches; other programs cannot be waited for in another way. */
async function until(server: RedisServer, command: readonly string[], answer: RegExp): Promise<void> {
  while (!answer.test(await server.command(...command))) await pause(20)
}
