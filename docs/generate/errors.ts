import { errorTable } from '../../src/contract/errors.ts'
import { table } from './table.ts'

const intro = `# Errors

This page is made from the table in \`src/contract/errors.ts\` by \`npm run docs\`.

Every error has the shape of the dialect it answers; everywhere else, and in the OpenAI dialects, that is:

\`\`\`json
{
  "error": {
    "message": "what happened, where, and what to do",
    "type": "...",
    "param": null,
    "code": "..."
  }
}
\`\`\`

The status of \`upstream_rejected\` is the provider's own. Where waiting helps, \`retry-after\` says how many seconds. A
stream that has begun cannot change its status any more: its error comes as an event with the same object, and no
\`[DONE]\` follows.

`

/** The text of `docs/errors.md`. */
export function errorsPage(): string {
  const rows = Object.entries(errorTable).map(([code, { status, type, when }]) => [
    `\`${code}\``,
    String(status),
    `\`${type}\``,
    when,
  ])
  return intro + table([['code', 'status', 'type', 'when'], ...rows])
}
