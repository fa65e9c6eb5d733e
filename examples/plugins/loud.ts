import { defineWrapper, mapReply } from 'hulumanage/plugin'

export default defineWrapper({
  name: 'loud',
  summary: 'Answers in capital letters',
  place: 'leaf',

  wrap: next => async (request, call) => {
    const reply = await next(request, call)
    return mapReply(reply, chunk => ({
      ...chunk,
      choices: chunk.choices.map(({ delta, ...choice }) => ({
        ...choice,
        delta: delta.content ? { ...delta, content: delta.content.toUpperCase() } : delta,
      })),
    }))
  },
})
