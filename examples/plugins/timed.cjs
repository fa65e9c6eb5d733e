module.exports = {
  name: 'timed',
  summary: 'Logs the duration of each model call, from the request to the end of the answer',
  place: 'leaf',

  wrap: next => async (request, call) => {
    const start = performance.now()
    const reply = await next(request, call)
    void logEnd(reply, call, start)
    return reply
  },
}

/** `done` settles when the body ends, without reading it: the answer still streams to the caller. */
async function logEnd(reply, call, start) {
  const { usage, error } = await reply.done
  const ms = Math.round(performance.now() - start)
  call.request.log.info({ path: call.path, ms, tokens: usage?.total_tokens, err: error }, 'model call')
}
