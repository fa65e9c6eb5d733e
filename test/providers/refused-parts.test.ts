import t from 'tap'
import { error, fakeProvider } from '../fake-provider.ts'
import { serve } from '../clients/serve.ts'
import { refuses } from './refuses.ts'

const hi = { role: 'user', content: 'Hi' }
const chat = (fields: object) => ({ model: 'm', messages: [hi], ...fields })

// https://github.com/QwenLM/qwen-code/issues/1888, https://github.com/mostlygeek/llama-swap/issues/1047,
// https://github.com/unslothai/unsloth/pull/10439, https://github.com/vllm-project/vllm/issues/28385
t.test('parts of earlier turns that a service does not know become notes', async t => {
  const video = { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } }
  const sound = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }
  const file = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } }
  const cases: readonly (readonly [message: string, part: object, note: string])[] = [
    [
      "Invalid value: 'video_url'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', 'audio', and 'file'.",
      video,
      'a video',
    ],
    ["Message content parts of type 'video_url' are not supported.", video, 'a video'],
    ['unsupported content[].type', video, 'a video'],
    ['unsupported content[].type', file, 'a file'],
    ['Unknown part type: video_url', video, 'a video'],
    ['The model does not support video input', video, 'a video'],
    ["Invalid value: 'input_audio'. Supported values are: 'text' and 'image_url'.", sound, 'audio'],
    [
      "Invalid value: file. Supported values are: 'text','image_url','video_url' and 'video'.",
      file,
      'a file',
    ],
    ['Failed to deserialize: unknown variant `file`, expected `text`', file, 'a file'],
  ]
  const seen = { type: 'text', text: 'See' }
  const later = [{ role: 'assistant', content: 'Yes' }, hi]
  const sentWith = (part: object) => chat({ messages: [{ role: 'user', content: [seen, part] }, ...later] })
  for (const [message, part, name] of cases) {
    const note = { role: 'user', content: `See\n\n[${name} that this model cannot read]` }
    await refuses(t, sentWith(part), [400, { error: { message } }], chat({ messages: [note, ...later] }))
  }
})

t.test('a part that the user sends now is refused in the words of its service', async t => {
  const message = "Invalid value: 'video_url'. Supported values are: 'text' and 'image_url'."
  const provider = await fakeProvider(t, error(400, { message }))
  const own = { name: 'only', base_url: provider.url, api_key: 'k' }
  const url = await serve(t, JSON.stringify({ providers: [own] }))
  const video = { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } }
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(chat({ messages: [{ role: 'user', content: [video] }] })),
  })
  t.equal(response.status, 400)
  t.match(await response.text(), message)
  t.equal(provider.requests.length, 1)
})
