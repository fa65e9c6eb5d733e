export default {
  name: 'shout',
  summary: 'Asks the model, and shouts its answer',

  async run(request, ctx) {
    const reply = await ctx.complete(request)
    const text = await reply.text()
    return text.toUpperCase()
  },
}
