import { rows } from '../../test/faults/table.ts'
import { table } from './table.ts'

const intro = `# Streams under fault

This page is generated from \`test/faults/table.ts\` by \`npm run docs\`; \`npx tap test/faults/streams.test.ts\` runs it.

The sixteen scenarios are those of [failoverbench](https://github.com/failoverbench/failoverbench), methodology 0.1, in our words and
as tests of our own: real sockets, a provider that misbehaves, and a fallback that does not. Its sixty words must reach the client
whole, or an error must. The configuration is what the methodology gives to every system: 30 seconds for a request and between two
events, two retries, and one fallback: a provider with \`fallback_only\` and the context windows of both models, and in a second run
another model in \`fallbacks\`. Both have the same verdicts. Everything else has its default. In the tests a second takes ten
milliseconds.

- \`pass\`: the client gets the whole answer, or, in S13, the reason of the refusal, and all conduct is as it should be.
- \`partial\`: the client gets it, but some advice of the methodology is not kept.
- \`safe\`: the client gets a clear error. \`fail\`: anything else.

`

const notes = `
S07 passes because a silent stream has a third of the time for a request if another provider or model can answer, and more if its
prompt is long or its model is known to think ([decision 42](decisions/0042-silence-before-the-first-token.md)).

These are results of our own tests, not of the published benchmark; verdicts of different machines and versions are not comparable.
`

/** The text of `docs/reliability.md`. */
export function reliabilityPage(): string {
  const cells = rows.map(({ id, title, fault, passes, verdict }) => [
    id,
    title,
    fault,
    passes,
    `\`${verdict}\``,
  ])
  const passed = rows.filter(({ verdict }) => verdict === 'pass').length
  const sum = `${passed} of ${rows.length} pass.\n\n`
  return intro + sum + table([['', 'scenario', 'fault', 'what passes', 'verdict'], ...cells]) + notes
}
