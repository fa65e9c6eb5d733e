import { join } from 'node:path'
import t from 'tap'
import { load } from '../formats/load.ts'

t.test('the path of the log file is relative to the file that contains it', async t => {
  const files = { 'hulumanage.yaml': 'monitoring: {log_file: logs/server.log, log_level: debug}\n' }
  const { config, file } = load(t, files)
  t.match(config.monitoring, { log_level: 'debug', log_file: join(file!, '../logs/server.log') })
  const named = load(t, { 'hulumanage.yaml': 'monitoring: {log_file: ~/server.log}\n' })
  t.equal(named.config.monitoring.log_file, join(named.file!, '../home/server.log'))
  t.notOk('log_file' in load(t, { 'hulumanage.yaml': 'monitoring: {log_file: ""}\n' }).config.monitoring)
})
