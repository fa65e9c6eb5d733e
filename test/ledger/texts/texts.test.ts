import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { openTexts, pruneTexts, readTexts, writeTexts } from '../../../src/ledger/texts/database.ts'
import type { TextSettings } from '../../../src/ledger/texts/settings.ts'
import { ThreadTexts } from '../../../src/ledger/texts/thread-texts.ts'
import { usedBytes } from '../../../src/ledger/sqlite/retention.ts'
import { TestClock } from '../../test-clock.ts'
import { noon } from '../entries.ts'

const dayMs = 86_400_000
const settings: TextSettings = { days: 36_500, maxBytes: 1e9, secrets: [], redact: [], redactWith: undefined }

/** However late the machine lets their thread start, a close waits for what was recorded. */
function openTextsOf(t: Test, path: string, changes: Partial<TextSettings> = {}) {
  TestClock.start(t, { isPatient: true })
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) })
  const texts = new ThreadTexts({ path, settings: { ...settings, ...changes } }, log)
  t.teardown(() => texts.close())
  return { texts, lines }
}

function textsOf(id: string, text: string, at = noon) {
  const both = { prompt: [{ role: 'user', text }], answer: [{ role: 'assistant', text: 'ok' }] }
  return { id, at, client: 'key-1', texts: [{ n: null, ...both }] }
}

t.test('texts are read as they were recorded, by the request that they belong to', async t => {
  const { texts } = openTextsOf(t, ':memory:')
  texts.record(textsOf('one', 'Hi'))
  texts.record(textsOf('two', 'Ho'))
  const key = { id: 'one', at: noon, client: 'key-1' }
  t.same(await texts.read(key), textsOf('one', 'Hi').texts)
  t.same(await texts.read({ ...key, at: noon + 1 }), [])
  t.same(await texts.read({ ...key, client: 'key-2' }), [], 'another client may send the same id')
  t.same(await texts.read({ ...key, client: null }), [])
})

t.test('a database of texts that cannot be read is named itself, not the ledger beside it', async t => {
  const path = join(t.testdir({ 'ledger.db-bodies': 'no database '.repeat(100) }), 'ledger.db-bodies')
  const { texts } = openTextsOf(t, path)
  await t.rejects(texts.read({ id: 'r', at: noon, client: 'key-1' }), {
    code: 'ledger_unavailable',
    message: `The ledger cannot be read: file is not a database (${path})`,
  })
})

t.test('texts are in a file of their own that only its owner may read', async t => {
  const path = join(t.testdir({}), 'ledger.db-bodies')
  const { texts } = openTextsOf(t, path)
  texts.record(textsOf('one', 'Hi'))
  await texts.close()
  t.ok(existsSync(path))
  if (process.platform !== 'win32') t.equal(statSync(path).mode & 0o777, 0o600)
  const again = openTextsOf(t, path)
  t.equal((await again.texts.read({ id: 'one', at: noon, client: 'key-1' })).length, 1)
})

t.test('a reload changes what is left out', async t => {
  const { texts } = openTextsOf(t, ':memory:')
  texts.configure({ ...settings, redact: ['email'] })
  texts.record(textsOf('one', 'jane@mail.example'))
  texts.configure({ ...settings, redact: [{ pattern: '.+', replace: 'all', ignore_case: false }] })
  texts.record(textsOf('two', 'jane@mail.example'))
  t.match(await texts.read({ id: 'one', at: noon, client: 'key-1' }), [{ prompt: [{ text: '[email]' }] }])
  t.match(await texts.read({ id: 'two', at: noon, client: 'key-1' }), [{ prompt: [{ text: 'all' }] }])
})

t.test('without the module that redacts, texts are dropped and the log says why, once', async t => {
  const redactWith = join(t.testdir({}), 'missing.mjs')
  const { texts, lines } = openTextsOf(t, ':memory:', { redactWith })
  texts.record(textsOf('one', 'private'))
  texts.record(textsOf('two', 'private'))
  t.same(await texts.read({ id: 'one', at: noon, client: 'key-1' }), [])
  t.match(lines, [{ level: 40, reason: /^ledger\.bodies\.redact_with: .*missing\.mjs cannot be loaded/ }])
  t.equal(lines.length, 1)
  t.equal(texts.dropped, 2, 'and each is counted')
  t.notMatch(JSON.stringify(lines), 'private')
})

t.test('a text that cannot be redacted is not kept, and the log says so', async t => {
  const evil = { pattern: '^(a+)+$', replace: '', ignore_case: false }
  const { texts, lines } = openTextsOf(t, ':memory:', { redact: [evil] })
  texts.record(textsOf('one', `${'a'.repeat(40)}!`))
  const [kept] = await texts.read({ id: 'one', at: noon, client: 'key-1' })
  t.match(kept, { prompt: [{ role: 'redaction' }], answer: [{ text: 'ok' }] })
  t.match(lines, [{ level: 40, msg: /could not be redacted/ }])
  t.equal(texts.dropped, 1)
})

t.test('texts that are too old, or too many, are deleted, the oldest first', async t => {
  const database = openTexts(':memory:')
  t.teardown(() => database.close())
  for (let index = 0; index < 2_000; index++)
    writeTexts(database, textsOf(`r${index}`, 'x'.repeat(1_000), noon + index * 1_000))
  const has = (index: number) =>
    readTexts(database, { id: `r${index}`, at: noon + index * 1_000, client: 'key-1' }).length > 0
  const bounds = { days: 1, maxBytes: 1e9 }
  while (pruneTexts(database, bounds, noon + dayMs + 100_500)) continue
  t.same([has(100), has(101)], [false, true])
  const maxBytes = usedBytes(database) / 2
  while (pruneTexts(database, { ...bounds, maxBytes }, noon + dayMs)) continue
  t.ok(usedBytes(database) <= maxBytes)
  t.same([has(101), has(1_999)], [false, true])
})
