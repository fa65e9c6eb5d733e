import { fieldsOf, textOf } from '../../../chat/read/fields.ts'
import type { Fields } from '../../../chat/read/fields.ts'
import type { PausedTurn } from '../../translation.ts'
import type { Block } from '../content-from-chat.ts'
import type { MessagesEvent } from '../read-event.ts'
import { turnOf } from './paused-turn.ts'
import { parseJson } from '../../../text/json/parse.ts'

/** The blocks of a streamed message as the service wants them back, should it pause. */
export class BlocksSoFar {
  readonly #blocks = new Map<number | undefined, Record<string, unknown>>()
  /** The input of calls, whose JSON arrives in pieces. */
  readonly #inputs = new Map<number | undefined, string>()
  readonly #citations = new Map<number | undefined, unknown[]>()
  #container: unknown

  see({ type, index, message, content_block: block, delta }: MessagesEvent): void {
    if (type === 'content_block_start' && block) this.#blocks.set(index, { ...block })
    else if (type === 'content_block_delta' && delta) this.#extend(index, delta)
    else this.#container = delta?.['container'] ?? message?.['container'] ?? this.#container
  }

  #extend(index: number | undefined, delta: Fields): void {
    const block = this.#blocks.get(index)
    if (!block) return
    switch (delta['type']) {
      case 'text_delta':
        return grow(block, 'text', delta)
      case 'thinking_delta':
        return grow(block, 'thinking', delta)
      case 'signature_delta':
        return grow(block, 'signature', delta)
      case 'citations_delta':
        return this.#cite(index, block, delta['citation'])
      case 'input_json_delta':
        this.#inputs.set(index, `${this.#inputs.get(index) ?? ''}${textOf(delta['partial_json'])}`)
    }
  }

  #cite(index: number | undefined, block: Record<string, unknown>, citation: unknown): void {
    const sent = block['citations']
    const list = this.#citations.get(index) ?? (Array.isArray(sent) ? [...(sent as unknown[])] : [])
    list.push(citation)
    this.#citations.set(index, list)
    block['citations'] = list
  }

  /** The turn that they make up; undefined if they cannot be sent back. */
  turn(): PausedTurn | undefined {
    for (const [index, json] of this.#inputs) {
      const input = json === '' ? undefined : inputIn(json)
      if (json !== '' && !input) return undefined
      if (input) this.#blocks.get(index)!['input'] = input
    }
    return turnOf([...this.#blocks.values()] as unknown as Block[], this.#container)
  }
}

function grow(block: Record<string, unknown>, field: string, delta: Fields): void {
  const before = block[field]
  block[field] = `${textOf(before)}${textOf(delta[field])}`
}

function inputIn(json: string): Fields | undefined {
  try {
    return fieldsOf(parseJson(json))
  } catch {
    return undefined
  }
}
