// Wrappers that the compiler must accept, and ones that it must refuse: checked by `npm run types`, never run.
import { defineWrapper } from 'hulumanage/plugin'
import type { Call, MeterReading, Step } from 'hulumanage/plugin'
import { z } from 'zod'

export const whole = defineWrapper({
  api: 1,
  name: 'whole',
  summary: 's',
  place: 'whole',
  params: z.object({ limit: z.int().default(3) }),
  wrap:
    next =>
    async (request, call, { limit }) => {
      const reply = await next({ ...request, max_tokens: limit }, call)
      const { id, model, provider, cache } = reply.head
      call.request.log.debug({ id, model, provider, cache }, call.path)
      return reply
    },
})

export const passing = defineWrapper({ name: 'passing', summary: 's', place: 'leaf', wrap: next => next })

export const steps: readonly Step[] = [whole, passing]

export const unknownPlace = defineWrapper({
  name: 'unknown_place',
  summary: 's',
  // @ts-expect-error: leaf or whole
  place: 'middle',
  wrap: next => next,
})

// @ts-expect-error: place is missing
export const noPlace = defineWrapper({ name: 'no_place', summary: 's', wrap: next => next })

export const wrongResult = defineWrapper({
  name: 'wrong_result',
  summary: 's',
  place: 'leaf',
  // @ts-expect-error: a wrapper returns a reply; only an approach may return a text
  wrap: () => async () => 'text',
})

export const withoutCall = defineWrapper({
  name: 'without_call',
  summary: 's',
  place: 'leaf',
  // @ts-expect-error: the call goes down with the request
  wrap: next => async request => await next(request),
})

export const unknownField = defineWrapper({
  name: 'unknown_field',
  summary: 's',
  place: 'leaf',
  // @ts-expect-error: only an approach has a cost
  cost: () => ({ calls: 1, rounds: 1 }),
  wrap: next => next,
})

export function readings({ request: { meter } }: Call): readonly unknown[] {
  const reading: MeterReading = meter
  return [reading.calls, reading.attempts, reading.usage.total_tokens, reading.spent, reading.partial]
}

export function misuse(call: Call): void {
  // @ts-expect-error: the meter can only be read
  call.request.meter.bill({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 })
  // @ts-expect-error: a step cannot take calls back
  call.request.meter.refund()
  // @ts-expect-error: the trace is written by the server
  call.trace?.failed(new Error('none'))
  // @ts-expect-error: the request is fitted to a provider by the attempt
  call.requestFor?.('provider', { model: 'm', messages: [] })
  // @ts-expect-error: the client's own bytes are for the provider alone
  call.request.source?.bytes?.fill(0)
  // @ts-expect-error: a plugin reads the configuration of its app
  call.request.config.limits.calls.toFixed()
}
