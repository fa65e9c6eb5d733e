/** A tool of OpenAI's that its client runs, with a type of its own in place of a name. */
export interface ClientTool {
  /** The type of the tool, and the name of the function that a chat model sees. */
  readonly type: string
  /** The type of an item that calls it. */
  readonly call: string
  /** The type of an item with its result. */
  readonly output: string
  /** The field of a call with its arguments, as an object. */
  readonly payload: 'action' | 'operation' | 'arguments'
  /** Fields that each payload has besides what the model says. */
  readonly fixed: Readonly<Record<string, unknown>>
  /** Fields that each call has. */
  readonly head: Readonly<Record<string, unknown>>
  readonly description: string
  readonly parameters: object
}

const text = { type: 'string' }
const number = { type: 'number' }

function objectOf(properties: Readonly<Record<string, object>>, ...required: readonly string[]): object {
  return { type: 'object', properties, required }
}

/** The tools that a client runs, with the arguments that OpenAI documents for their calls. */
export const clientTools: readonly ClientTool[] = [
  {
    type: 'local_shell',
    call: 'local_shell_call',
    output: 'local_shell_call_output',
    payload: 'action',
    fixed: { type: 'exec', env: {} },
    head: {},
    description: 'Runs a command on the computer of the user and returns its output.',
    parameters: objectOf(
      {
        command: { type: 'array', items: text, description: 'The program and its arguments.' },
        working_directory: text,
        timeout_ms: number,
      },
      'command',
    ),
  },
  {
    type: 'shell',
    call: 'shell_call',
    output: 'shell_call_output',
    payload: 'action',
    fixed: {},
    head: {},
    description: 'Runs commands in a shell on the computer of the user and returns their output.',
    parameters: objectOf(
      {
        commands: { type: 'array', items: text, description: 'Command lines; each runs by itself.' },
        timeout_ms: number,
        max_output_length: number,
      },
      'commands',
    ),
  },
  {
    type: 'apply_patch',
    call: 'apply_patch_call',
    output: 'apply_patch_call_output',
    payload: 'operation',
    fixed: {},
    head: {},
    description: 'Creates, updates or deletes one file on the computer of the user.',
    parameters: objectOf(
      {
        type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] },
        path: text,
        diff: { type: 'string', description: 'The change as a V4A diff; omit it to delete the file.' },
      },
      'type',
      'path',
    ),
  },
  {
    type: 'tool_search',
    call: 'tool_search_call',
    output: 'tool_search_output',
    payload: 'arguments',
    fixed: {},
    head: { execution: 'client' },
    description: 'Finds tools for a task and makes them available.',
    parameters: objectOf({ query: text }, 'query'),
  },
]
