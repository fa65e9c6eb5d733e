/** The function that a chat model sees in place of a tool that Anthropic defines and the client runs. */
interface ClientTool {
  readonly name: string
  readonly description: string
  readonly parameters: object
}

const text = { type: 'string' }
const integer = { type: 'integer' }
const pair = { type: 'array', items: integer, minItems: 2, maxItems: 2 }

const edits = {
  path: text,
  view_range: { ...pair, description: 'The first and the last line to view.' },
  file_text: { type: 'string', description: 'The whole text, for create.' },
  old_str: { type: 'string', description: 'The text to replace, which occurs once.' },
  new_str: text,
  insert_line: { type: 'integer', description: 'The line after which to insert; 0 is the beginning.' },
  insert_text: text,
}

const tools: readonly (readonly [RegExp, ClientTool])[] = [
  [
    /^bash_\d+$/,
    {
      name: 'bash',
      description: 'Runs a command in a bash session that stays open, and returns its output.',
      parameters: {
        type: 'object',
        properties: {
          command: text,
          restart: { type: 'boolean', description: 'True starts a new session; no command is needed.' },
        },
      },
    },
  ],
  [
    /^text_editor_\d+$/,
    {
      name: 'str_replace_based_edit_tool',
      description: 'Views, creates and edits text files.',
      parameters: {
        type: 'object',
        properties: { command: commands('view', 'create', 'str_replace', 'insert'), ...edits },
        required: ['command', 'path'],
      },
    },
  ],
  [
    /^memory_\d+$/,
    {
      name: 'memory',
      description: 'Reads and writes files below /memories, which last beyond this conversation.',
      parameters: {
        type: 'object',
        properties: {
          command: commands('view', 'create', 'str_replace', 'insert', 'delete', 'rename'),
          ...edits,
          old_path: text,
          new_path: text,
        },
        required: ['command'],
      },
    },
  ],
  [
    /^computer_\d+$/,
    {
      name: 'computer',
      description: 'Takes screenshots, and moves the mouse and types on the computer of the user.',
      parameters: {
        type: 'object',
        properties: {
          action: {
            type: 'string',
            description: 'Such as screenshot, left_click, type, key, scroll or wait.',
          },
          coordinate: pair,
          start_coordinate: pair,
          text,
          scroll_direction: commands('up', 'down', 'left', 'right'),
          scroll_amount: integer,
          duration: { type: 'number', description: 'Seconds.' },
        },
        required: ['action'],
      },
    },
  ],
]

/** The function for a tool that the client runs, by the type of the tool; undefined for all others. */
export function clientToolOf(type: string): ClientTool | undefined {
  return tools.find(([pattern]) => pattern.test(type))?.[1]
}

function commands(...names: readonly string[]): object {
  return { type: 'string', enum: names }
}
