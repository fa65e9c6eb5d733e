import { fieldsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import type { Delta } from '../../contract/index.ts'

/** A piece of an answer in which positions in the text are those of the whole; `by`: the characters before its part. */
export function shifted(delta: Delta, by: number): Delta {
  const { cited_texts: cited, annotations, thinking_blocks: thinking } = delta
  if (cited == null && annotations == null && thinking == null) return delta
  return {
    ...delta,
    ...(cited == null ? {} : { cited_texts: each(cited, text => moved(text, ['start', 'end'], by)) }),
    ...(annotations == null ? {} : { annotations: each(annotations, note => movedLink(note, by)) }),
    ...(thinking == null ? {} : { thinking_blocks: each(thinking, block => movedThought(block, by)) }),
  }
}

function each(list: unknown, change: (fields: Fields) => Fields): unknown {
  return Array.isArray(list) ? list.map((item: unknown) => change(fieldsOf(item) ?? {})) : list
}

function moved(fields: Fields, names: readonly string[], by: number): Fields {
  const places = names.flatMap(name => {
    const place = fields[name]
    return typeof place === 'number' ? [[name, place + by] as const] : []
  })
  return { ...fields, ...Object.fromEntries(places) }
}

function movedLink(note: Fields, by: number): Fields {
  const link = fieldsOf(note['url_citation'])
  return link ? { ...note, url_citation: moved(link, ['start_index', 'end_index'], by) } : note
}

function movedThought(block: Fields, by: number): Fields {
  return { ...block, after: moved({ text: 0, calls: 0, ...fieldsOf(block['after']) }, ['text'], by) }
}
