import type {
  Base64ImageSource,
  Base64PDFSource,
  CacheControlEphemeral,
  DocumentBlockParam,
  PlainTextSource,
  RedactedThinkingBlockParam,
  SearchResultBlockParam,
  ServerToolUseBlockParam,
  TextBlockParam,
  ThinkingBlockParam,
  Tool,
  ToolResultBlockParam,
  ToolUseBlockParam,
} from '@anthropic-ai/sdk/resources/messages'
import { z } from 'zod'
import { documented, entryOf } from './shape.ts'

// Shapes of https://platform.claude.com/docs/en/api/messages/create. Each object is closed:
// https://github.com/Wei-Shaw/sub2api/issues/225

const anything = z.unknown().optional()

export const cacheControl = documented<CacheControlEphemeral>()({
  type: z.literal('ephemeral'),
  ttl: z.enum(['5m', '1h']).optional(),
})
const cache_control = cacheControl.nullish()

export const textBlock = documented<TextBlockParam>()({
  type: z.literal('text'),
  text: z.string(),
  cache_control,
  citations: z.array(z.unknown()).nullish(),
})

const byAddress = z.strictObject({ type: z.literal('url'), url: z.string().min(1) })
const byFile = z.strictObject({ type: z.literal('file'), file_id: z.string().min(1) })

const image = z.strictObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    documented<Base64ImageSource>()({
      type: z.literal('base64'),
      media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      data: z.base64().min(1),
    }),
    byAddress,
    byFile,
  ]),
  cache_control,
  transformations: anything,
})

const document = documented<DocumentBlockParam>()({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    documented<Base64PDFSource>()({
      type: z.literal('base64'),
      media_type: z.literal('application/pdf'),
      data: z.base64().min(1),
    }),
    documented<PlainTextSource>()({
      type: z.literal('text'),
      media_type: z.literal('text/plain'),
      data: z.string(),
    }),
    z.strictObject({ type: z.literal('content'), content: z.union([z.string(), z.array(z.unknown())]) }),
    byAddress,
    byFile,
  ]),
  cache_control,
  citations: anything,
  context: z.string().nullish(),
  title: z.string().nullish(),
})

const searchResult = documented<SearchResultBlockParam>()({
  type: z.literal('search_result'),
  source: z.string(),
  title: z.string(),
  content: z.array(textBlock).min(1),
  cache_control,
  citations: anything,
})

const toolReference = z.strictObject({
  type: z.literal('tool_reference'),
  tool_name: z.string(),
  cache_control,
})

const idOfCall = z
  .string()
  .regex(/^[a-zA-Z0-9_-]+$/, 'an id has letters, digits, underscores and dashes only')
const nameOfTool = z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/, 'a name has 1 to 128 letters, digits, _ or -')
const input = z.record(z.string(), z.unknown())

const toolUse = documented<ToolUseBlockParam>()({
  type: z.literal('tool_use'),
  id: idOfCall,
  name: nameOfTool,
  input,
  cache_control,
  caller: anything,
  toolset_name: anything,
})

const toolResult = documented<ToolResultBlockParam>()({
  type: z.literal('tool_result'),
  tool_use_id: idOfCall,
  content: z
    .union([
      z.string(),
      z.array(z.discriminatedUnion('type', [textBlock, image, document, searchResult, toolReference])),
    ])
    .optional(),
  is_error: z.boolean().optional(),
  cache_control,
  toolset_name: anything,
}).refine(({ is_error: failed, content }) => failed !== true || isText(content), {
  message: 'content is text alone, and not empty, if is_error is true',
})

// `all content must be type "text"`, `content cannot be empty if is_error is true`
function isText(content: unknown): boolean {
  if (!Array.isArray(content)) return typeof content === 'string' && content.trim() !== ''
  return content.length > 0 && content.every(block => (block as { type: unknown }).type === 'text')
}

/** https://github.com/justlovemaki/AIClient2API/issues/437 */
const thinking = documented<ThinkingBlockParam>()({
  type: z.literal('thinking'),
  thinking: z.string(),
  signature: z.string().min(1, 'thinking is only taken back with its signature'),
})

const redacted = documented<RedactedThinkingBlockParam>()({
  type: z.literal('redacted_thinking'),
  data: z.string().min(1),
})

const serverToolUse = documented<ServerToolUseBlockParam>()({
  type: z.literal('server_tool_use'),
  id: z.string().regex(/^srvtoolu_[a-zA-Z0-9_]+$/, 'an id of a call on the service begins with srvtoolu_'),
  name: z.string(),
  input: z.unknown(),
  cache_control,
  caller: anything,
})

/** Blocks of other tools of the service and of its betas, whose fields are not checked. */
const others = z.looseObject({
  type: z
    .string()
    .regex(
      /^((web_search|web_fetch|code_execution|bash_code_execution|text_editor_code_execution|tool_search|advisor)_tool_result|mcp_tool_use|mcp_tool_result|container_upload|compaction)$/,
      'the service does not know this type of block',
    ),
})

const blocks: Readonly<Record<string, z.ZodType>> = {
  text: textBlock,
  image,
  document,
  search_result: searchResult,
  tool_use: toolUse,
  tool_result: toolResult,
  thinking,
  redacted_thinking: redacted,
  server_tool_use: serverToolUse,
}

/** The shape of a block of a message, by its type. */
export function blockShape(type: unknown): z.ZodType {
  return entryOf(blocks, type) ?? others
}

const custom = documented<Tool>()({
  type: z.literal('custom').nullish(),
  name: nameOfTool,
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal('object') }),
  allowed_callers: anything,
  cache_control,
  defer_loading: z.boolean().optional(),
  eager_input_streaming: z.boolean().nullish(),
  input_examples: anything,
  strict: z.boolean().optional(),
})

/** Tools whose schema the service knows: their type ends in a date. */
const known = z.looseObject({ type: z.string().regex(/_20\d{6}$/, 'the service does not know this type') })

export const tools = z.array(z.union([custom, known]))

const parallel = z.boolean().optional()

export const toolChoice = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auto'), disable_parallel_tool_use: parallel }),
  z.strictObject({ type: z.literal('any'), disable_parallel_tool_use: parallel }),
  z.strictObject({ type: z.literal('tool'), name: z.string(), disable_parallel_tool_use: parallel }),
  z.strictObject({ type: z.literal('none') }),
])
