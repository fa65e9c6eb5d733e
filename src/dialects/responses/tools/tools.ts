import { wordsOf } from '../../../chat/read/fields.ts'
import type { HulumanageError } from '../../../contract/index.ts'
import { clip } from '../../../text/clip.ts'
import { describe, oneText } from '../../../text/one-text.ts'
import { invalidField } from '../../check.ts'
import type { ResponsesBody, ResponsesTool } from '../schema.ts'
import { clientTools } from './client-tools.ts'
import type { ClientTool } from './client-tools.ts'
import { freeName, functionName } from './function-name.ts'

/** How the client knows a tool that a chat model sees as a function. */
export interface Declared {
  readonly kind: 'function' | 'custom' | 'client'
  readonly name: string
  readonly namespace?: string | undefined
  /** Set if its kind is `client`. */
  readonly client?: ClientTool | undefined
}

interface ChatFunction {
  readonly type: 'function'
  readonly function: { readonly name: string; readonly [field: string]: unknown }
}

/**
 * The tools of a request as functions of a chat, and the way back from the name of a function to the tool. Namespaces
 * are flattened, and a custom tool becomes a function with one text. Tools that run on OpenAI's servers are offers which
 * a model may ignore, so they are left out.
 */
export class Tools {
  readonly #functions = new Map<string, ChatFunction>()
  readonly #declared = new Map<string, Declared>()
  readonly #names = new Map<string, string>()
  #fault: HulumanageError | undefined

  /** Never throws: what is wrong with a tool is thrown by `functions`. */
  constructor({ tools, input }: Pick<ResponsesBody, 'tools' | 'input'>) {
    this.#addAll(tools ?? [])
    if (typeof input === 'string') return
    // Tools that became known in the course of the conversation.
    for (const { tools: more } of input) if (Array.isArray(more)) this.#addAll(more.filter(isTool))
  }

  /** The functions of the chat, without those that a choice of `allowed_tools` excludes. Throws if a tool has no name. */
  functions(choice: ResponsesBody['tool_choice']): readonly ChatFunction[] {
    if (this.#fault) throw this.#fault
    const all = [...this.#functions.values()]
    if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') return all
    const allowed = new Set(listOf(choice['tools']).map(one => this.#nameOfChoice(one)))
    return all.filter(one => allowed.has(one.function.name))
  }

  /** The choice among the functions; throws if it forces a tool that is left out. */
  choice(choice: ResponsesBody['tool_choice']): object | string | undefined {
    if (choice == null) return undefined
    const mode = typeof choice === 'string' ? choice : choice.type === 'allowed_tools' ? choice['mode'] : ''
    if (mode !== '') {
      if (this.functions(choice).length > 0) return mode === 'required' || mode === 'none' ? mode : 'auto'
      if (mode === 'required') throw notHere('tool_choice')
      return undefined
    }
    const name = this.#nameOfChoice(choice)
    if (name === undefined) throw notHere('tool_choice', typeof choice === 'string' ? '' : choice.type)
    return { type: 'function', function: { name } }
  }

  /** The tool behind the name of a function; a function of the same name if none was declared. */
  declared(name: string): Declared {
    return this.#declared.get(name) ?? { kind: 'function', name }
  }

  /** The name of the function for a tool, which an earlier request may have declared. */
  nameFor(tool: Declared): string {
    return this.#names.get(keyOf(tool)) ?? functionName(tool.namespace, tool.name)
  }

  #addAll(tools: readonly ResponsesTool[]): void {
    // Plain functions come first: they keep their names.
    for (const [index, tool] of tools.entries())
      if (tool.type === 'function') this.#addFunction(tool, `tools[${index}]`)
    for (const [index, tool] of tools.entries()) {
      if (tool.type === 'namespace') this.#addNamespace(tool, `tools[${index}]`)
      else if (tool.type === 'custom') this.#addCustom(tool, `tools[${index}]`)
      else this.#addClientTool(tool)
    }
  }

  #addNamespace({ name, tools }: ResponsesTool, at: string): void {
    const namespace = wordsOf(name) ?? ''
    for (const [index, tool] of (tools ?? []).filter(isTool).entries()) {
      if (tool.type === 'function') this.#addFunction(tool, `${at}.tools[${index}]`, namespace)
      else if (tool.type === 'custom') this.#addCustom(tool, `${at}.tools[${index}]`, namespace)
    }
  }

  #addFunction(tool: ResponsesTool, at: string, namespace?: string): void {
    const { description, parameters, strict } = tool
    const name = wordsOf(tool.name)
    if (name !== undefined)
      this.#add({ kind: 'function', name, namespace }, { description, parameters, strict })
    else this.#fault ??= invalidField(`${at}.name`, 'a function needs a name')
  }

  #addCustom(tool: ResponsesTool, at: string, namespace?: string): void {
    const name = wordsOf(tool.name)
    if (name === undefined)
      return void (this.#fault ??= invalidField(`${at}.name`, 'a custom tool needs a name'))
    const description = describe(tool.description, tool['format'])
    this.#add({ kind: 'custom', name, namespace }, { description, parameters: oneText })
  }

  #addClientTool({ type, description, parameters, execution }: ResponsesTool): void {
    const client = clientTools.find(one => one.type === type)
    if (!client || (type === 'tool_search' && execution !== 'client')) return
    const about = {
      description: description ?? client.description,
      parameters: parameters ?? client.parameters,
    }
    this.#add({ kind: 'client', name: client.type, client }, about)
  }

  #add(declared: Declared, about: Readonly<Record<string, unknown>>): void {
    const key = keyOf(declared)
    if (this.#names.has(key)) return
    const name = freeName(functionName(declared.namespace, declared.name), this.#declared)
    const told = Object.fromEntries(
      Object.entries(about).filter(([, value]) => value != null && value !== ''),
    )
    this.#names.set(key, name)
    this.#declared.set(name, declared)
    this.#functions.set(name, { type: 'function', function: { name, ...told } })
  }

  #nameOfChoice(choice: unknown): string | undefined {
    const { type = '', name = '', namespace } = choice as Readonly<Record<string, string | undefined>>
    const client = clientTools.find(one => one.type === type)
    if (client) return this.#names.get(keyOf({ kind: 'client', name: type }))
    if (type !== 'function' && type !== 'custom') return undefined
    return this.#names.get(keyOf({ kind: type, name, namespace })) ?? this.#nameInNamespace(type, name)
  }

  /** A choice may leave out the namespace if the name is enough. */
  #nameInNamespace(kind: Declared['kind'], name: string): string | undefined {
    const found = this.#declared.entries().find(([, one]) => one.kind === kind && one.name === name)
    return found?.[0]
  }
}

function keyOf({ kind, name, namespace = '' }: Declared): string {
  return JSON.stringify([kind === 'client', namespace, name])
}

function isTool(tool: unknown): tool is ResponsesTool {
  return typeof (tool as { type?: unknown } | null)?.type === 'string'
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.filter(one => typeof one === 'object' && one !== null) : []
}

function notHere(param: string, type = '') {
  const which = type === '' ? 'none of the tools' : `no tool of type "${clip(type)}"`
  return invalidField(
    param,
    `${which} can run here: tools of OpenAI's servers need a provider with "api: responses", and others must be in "tools"`,
  )
}
