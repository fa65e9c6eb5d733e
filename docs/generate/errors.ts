import { errorTable } from '../../src/contract/error-table.ts'
import { table } from './table.ts'

const intro = `# Errors

This page is generated from \`src/contract/error-table.ts\` by \`npm run docs\`.

An error has the format of the API that was called. In the OpenAI formats, and everywhere else, that is:

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

- \`upstream_rejected\` keeps the status of the provider.
- \`retry-after\` says for how many seconds to wait: at most 60, except for a used-up budget, where it is the time until the budget
  begins again. \`x-should-retry: false\` means that a retry before then fails; without \`retry-after\`, every retry does.
- The status of a stream cannot change once it has begun. Its error arrives as an event with the same object, and no
  \`[DONE]\` follows.

Link to a single code with its anchor, such as \`errors.md#queue_full\`.

`

/** The text of `docs/errors.md`. */
export function errorsPage(): string {
  const rows = Object.entries(errorTable).map(([code, { status, type, when, fix }]) => [
    `<a id="${code}"></a>\`${code}\``,
    when,
    fix,
    String(status),
    `\`${type}\``,
  ])
  return intro + table([['code', 'what happened', 'what to do', 'status', 'type'], ...rows])
}
