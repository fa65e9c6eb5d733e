import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import { Redactor } from '../../../src/ledger/texts/redactor.ts'
import type { TextSettings } from '../../../src/ledger/texts/settings.ts'

const nothing: TextSettings = { days: 1, maxBytes: 1e9, secrets: [], redact: [], redactWith: undefined }

async function redact(text: string, settings: Partial<TextSettings>) {
  const redactor = await Redactor.load({ ...nothing, ...settings })
  const [part] = redactor.redact([{ role: 'user', text }])
  return { text: part!.text, role: part!.role, failure: redactor.failure }
}

t.test('secrets of the configuration, and what looks like a key, are left out', async t => {
  const { text } = await redact('use hunter2hunter2 or sk-abcdefghij', { secrets: ['hunter2hunter2'] })
  t.equal(text, 'use [key] or [key]')
})

t.test('each pattern that has a name recognizes what it is called after', async t => {
  const samples = {
    email: ['write to jane.doe+x@mail.example.org today', 'write to [email] today'],
    phone: ['call +49 (151) 2345-6789 now', 'call [phone] now'],
    card: ['pay with 4111 1111 1111 1111, please', 'pay with [card], please'],
    iban: ['to DE89 3704 0044 0532 0130 00.', 'to [iban].'],
    ipv4: ['from 192.168.0.1 to 10.0.0.7', 'from [ip] to [ip]'],
  } as const
  for (const [name, [before, after]] of Object.entries(samples))
    t.equal((await redact(before, { redact: [name as keyof typeof samples] })).text, after, name)
})

t.test('the order in which patterns are named leaves no part of a longer number', async t => {
  const text = 'DE89 3704 0044 0532 0130 00, 0045 1111 1111 1111, 4111 1111 1111 1111 5500 0000 0000 0004'
  for (const names of [['phone', 'card', 'iban'] as const, ['iban', 'phone', 'card'] as const])
    t.equal((await redact(text, { redact: [...names] })).text, '[iban], [card], [card]')
})

t.test('patterns of the operator apply in their order', async t => {
  const redacted = await redact('Employee emp-4711 of ACME', {
    redact: [
      { pattern: String.raw`EMP-(\d)\d+`, replace: 'EMP-$1***', ignore_case: true },
      { pattern: 'ACME', replace: '[firm]', ignore_case: false },
    ],
  })
  t.equal(redacted.text, 'Employee EMP-4*** of [firm]')
})

t.test('a pattern that takes forever costs the text, not the thread', async t => {
  const pattern = { pattern: '^(a+)+$', replace: '', ignore_case: false }
  const { text, role, failure } = await redact(`${'a'.repeat(40)}b`, { redact: [pattern] })
  t.match({ text, role }, { text: /^not kept/, role: 'redaction' })
  t.match(failure, /longer than \d+ ms/)
})

t.test('a module of the operator has the last word', async t => {
  const path = join(t.testdir({}), 'redact.mjs')
  writeFileSync(path, 'export default (text, { role }) => `${role}: ${text.toUpperCase()}`')
  t.equal(
    (await redact('hello jane@mail.example', { redact: ['email'], redactWith: path })).text,
    'user: HELLO [EMAIL]',
  )
})

t.test(
  'a text is not kept if the module throws or returns none, and the reason does not quote it',
  async t => {
    const path = join(t.testdir({}), 'redact.mjs')
    writeFileSync(path, 'export default text => { throw new RangeError(`bad ${text}`) }')
    const thrown = await redact('private', { redactWith: path })
    t.match(thrown, { role: 'redaction', failure: /threw RangeError$/ })
    t.notMatch(JSON.stringify(thrown), 'private')
    const empty = join(t.testdir({}), 'empty.mjs')
    writeFileSync(empty, 'export default async text => text')
    t.match(await redact('private', { redactWith: empty }), {
      role: 'redaction',
      failure: /returned no text/,
    })
  },
)

t.test('a module without a function is refused', async t => {
  const path = join(t.testdir({}), 'redact.mjs')
  writeFileSync(path, 'export const redact = 1')
  await t.rejects(redact('', { redactWith: path }), /default export is not a function/)
})
