import { Counter, Gauge, Registry } from '@prometheus-io/client'
import t from 'tap'
import { FleetMetrics } from '../../../src/server/metrics/fleet-metrics.ts'

/** A server with this many answered and running requests. */
function server(answered: number, running: number): () => ReturnType<Registry['getMetricsAsJSON']> {
  const registry = new Registry()
  const registers = [registry]
  new Counter({ name: 'answered_total', help: 'h', labelNames: ['route'], registers }).inc(
    { route: '/' },
    answered,
  )
  new Gauge({ name: 'running', help: 'h', registers }).set(running)
  return () => registry.getMetricsAsJSON()
}

t.test('adds up the metrics of all servers, and keeps the counts of those that are gone', async t => {
  const fleet = new FleetMetrics()
  fleet.add('one', server(3, 1))
  fleet.add('two', server(4, 2))
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 7\n[^]*running 3\n/)
  await fleet.remove('one')
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 7\n[^]*running 2\n/)
  await fleet.remove('two')
  fleet.add('three', server(1, 1))
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 8\n[^]*running 1\n/)
})

t.test('a server that does not respond counts with its last metrics, or with none', async t => {
  const fleet = new FleetMetrics()
  const told = server(3, 1)
  let fails = true
  fleet.add('one', () => (fails ? Promise.reject(new Error('busy')) : told()))
  fleet.add('two', server(4, 2))
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 4\n[^]*\nhulumanage_workers_late 1\n/)
  fails = false
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 7\n[^]*\nhulumanage_workers_late 0\n/)
  fails = true
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 7\n[^]*\nhulumanage_workers_late 1\n/)
})

t.test('servers that end at the same moment, or while the others are asked, lose no counts', async t => {
  const fleet = new FleetMetrics()
  fleet.add('one', server(3, 1))
  fleet.add('two', server(4, 2))
  await fleet.text()
  await Promise.all([fleet.remove('one'), fleet.remove('two')])
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 7\n/)
  fleet.add('three', server(1, 1))
  await fleet.text()
  const [text] = await Promise.all([fleet.text(), fleet.remove('three')])
  t.match(text.text, /answered_total\{route="\/"\} 8\n/)
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 8\n/)
})

t.test('figures of an ended server that cannot be added leave those of all others as they are', async t => {
  const fleet = new FleetMetrics()
  fleet.add('one', server(3, 1))
  await fleet.text()
  await fleet.remove('one')
  const [counter, ...others] = await server(5, 1)()
  const unreadable = { ...counter!, values: undefined as never }
  fleet.add('odd', () => Promise.resolve([unreadable, ...others]))
  await t.rejects(fleet.text())
  await t.rejects(fleet.remove('odd'))
  fleet.add('two', server(4, 2))
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 7\n/)
  await fleet.remove('two')
  t.match((await fleet.text()).text, /answered_total\{route="\/"\} 7\n/)
})
