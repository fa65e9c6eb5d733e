import type {
  EasyInputMessage,
  ResponseCustomToolCall,
  ResponseFunctionToolCall,
  ResponseInputFile,
  ResponseInputImage,
  ResponseInputItem,
  ResponseInputText,
  ResponseOutputText,
  ResponseReasoningItem,
} from 'openai/resources/responses/responses'
import { z } from 'zod'
import { documented, entryOf, shapeViolations, violation } from './shape.ts'
import type { Json, Path } from './shape.ts'
import { nameOfFunction } from './openai-shape.ts'

// Unknown fields are refused: https://github.com/microsoft/agent-framework/issues/2203

const anything = z.unknown().optional()
const status = z.enum(['in_progress', 'completed', 'incomplete']).nullish()

/**
 * The id of an item begins with a prefix for its type. https://github.com/mastra-ai/mastra/issues/10815,
 * https://github.com/RooCodeInc/Roo-Code/pull/9839, https://github.com/mweinbach/open-grok/pull/23
 */
function idOf(prefix: string): z.ZodString {
  return z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'an id has 1 to 64 letters, digits, underscores or dashes')
    .startsWith(prefix, `an id of this item begins with ${prefix}`)
}

const idOfCall = z.string().min(1).max(64)

const inputText = documented<ResponseInputText>()({
  type: z.literal('input_text'),
  text: z.string(),
  prompt_cache_breakpoint: anything,
})
const inputImage = documented<ResponseInputImage>()({
  type: z.literal('input_image'),
  detail: z.enum(['low', 'high', 'auto', 'original']).optional(),
  file_id: z.string().nullish(),
  image_url: z.string().nullish(),
  prompt_cache_breakpoint: anything,
})
const inputFile = documented<ResponseInputFile>()({
  type: z.literal('input_file'),
  detail: anything,
  file_data: z.string().nullish(),
  file_id: z.string().nullish(),
  file_url: z.string().nullish(),
  filename: z.string().nullish(),
  prompt_cache_breakpoint: anything,
})
const input = z.array(z.discriminatedUnion('type', [inputText, inputImage, inputFile]))

const outputText = documented<ResponseOutputText>()({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.unknown()).optional(),
  logprobs: anything,
})
const refusal = z.strictObject({ type: z.literal('refusal'), refusal: z.string() })
const output = z.array(z.discriminatedUnion('type', [outputText, refusal]))

/** The types of content depend on the role. https://github.com/openai/openai-openapi, InputItem */
const message = z.discriminatedUnion('role', [
  documented<EasyInputMessage>()({
    type: z.literal('message').optional(),
    role: z.enum(['user', 'system', 'developer']),
    content: z.union([z.string(), input]),
    phase: anything,
  }).extend({ id: idOf('msg').nullish(), status }),
  documented<EasyInputMessage>()({
    type: z.literal('message').optional(),
    role: z.literal('assistant'),
    content: z.union([z.string(), output]),
    phase: anything,
  }).extend({ id: idOf('msg').nullish(), status }),
])

const functionCall = documented<ResponseFunctionToolCall>()({
  type: z.literal('function_call'),
  id: idOf('fc').nullish(),
  call_id: idOfCall,
  name: nameOfFunction,
  arguments: z.string(),
  namespace: z.string().nullish(),
  async: anything,
  caller: anything,
  status,
})

const functionOutput = documented<ResponseInputItem.FunctionCallOutput>()({
  type: z.literal('function_call_output'),
  id: z.string().nullish(),
  call_id: idOfCall,
  output: z.union([z.string(), input]),
  name: anything,
  namespace: anything,
  caller: anything,
  status,
})

const customCall = documented<ResponseCustomToolCall>()({
  type: z.literal('custom_tool_call'),
  id: idOf('ctc').nullish(),
  call_id: idOfCall,
  name: nameOfFunction,
  input: z.string(),
  namespace: z.string().nullish(),
  async: anything,
  caller: anything,
}).extend({ status })

const customOutput = z.strictObject({
  type: z.literal('custom_tool_call_output'),
  id: z.string().nullish(),
  call_id: idOfCall,
  output: z.union([z.string(), input]),
  caller: anything,
  status,
})

const reasoning = documented<ResponseReasoningItem>()({
  type: z.literal('reasoning'),
  id: idOf('rs').nullish(),
  summary: z.array(z.strictObject({ type: z.literal('summary_text'), text: z.string() })),
  content: z.array(z.strictObject({ type: z.literal('reasoning_text'), text: z.string() })).nullish(),
  encrypted_content: z.string().nullish(),
  status,
})

const reference = z.strictObject({ type: z.literal('item_reference'), id: z.string().min(1) })

/** Items of tools that run elsewhere; their fields are not checked. */
const others =
  /^((file_search|web_search|computer|image_generation|code_interpreter|local_shell|shell|apply_patch|mcp|tool_search)_(call|call_output|output)|mcp_(list_tools|approval_request|approval_response)|compaction|compaction_trigger|additional_tools|configuration_update|program|program_output)$/

const shapes: Readonly<Record<string, z.ZodType>> = {
  message,
  function_call: functionCall,
  function_call_output: functionOutput,
  custom_tool_call: customCall,
  custom_tool_call_output: customOutput,
  reasoning,
  item_reference: reference,
}

/** Lists the violations of a single input item. */
export function itemViolations(item: Json, path: Path): string[] {
  const type = 'type' in item ? String(item['type']) : 'message'
  const shape = entryOf(shapes, type)
  if (shape) return shapeViolations(shape, item, path)
  return others.test(type) ? [] : [violation([...path, 'type'], 'the service does not know this item')]
}
