import t from 'tap'
import { refusedValue } from '../../src/providers/fields/refused-value.ts'

/** The effort that is sent after a refusal of `value`; undefined if it is about something else. */
function effortAfter(message: string, value = 'high', param: string | null = null): string | undefined {
  const refused = { message, type: 'invalid_request_error', param, code: null }
  return refusedValue(refused, () => ({ reasoning_effort: value }), undefined)?.nearest
}

t.test('an error about another field does not change the effort', t => {
  const errors = [
    ["tool_choice must be 'none' or 'auto' when thinking is enabled", 'tool_choice'],
    ["tool_choice must be 'none' or 'auto' when thinking is enabled", null],
    ["tool_choice must be 'none' or 'low' when reasoning_effort is set", null],
    ["reasoning_format must be one of 'none', 'parsed'", null],
    ["reasoning.summary: supported values are 'none', 'auto', 'detailed'", 'reasoning.summary'],
    ["reasoning.summary: supported values are 'none', 'auto', 'detailed'", null],
    [
      "Invalid service_tier for reasoning models. Supported values are: 'default' and 'flex'.",
      'service_tier',
    ],
    ["Invalid service_tier for reasoning models. Supported values are: 'default' and 'flex'.", null],
    [
      "service_tier 'flex' is not supported with this reasoning_effort. Supported values are: 'default'.",
      null,
    ],
    ["Invalid value for image detail: expected one of 'low', 'high', 'auto' (reasoning model)", null],
    ["With this effort, the detail should be one of 'low', 'high'", null],
    ["Unsupported value. Supported values are: 'low' and 'high'.", 'messages[0].content[0].detail'],
    ["Supported values of verbosity are: 'low' and 'high', whatever the effort is.", null],
    ['thinking budget_tokens too low and max tokens too high', null],
    ['Reasoning is mandatory: max or high priority only', null],
    ['Your rate limit level is low or medium; thinking requests need a paid plan', null],
    ['Your effort is too low or too high, none or low would do', null],
  ] as const
  for (const [message, param] of errors)
    for (const value of ['high', 'medium', 'minimal'])
      t.equal(effortAfter(message, value, param), undefined, message)
  t.end()
})

t.test('values that a service names as refused are not sent', t => {
  const errors = [
    "This model does not support reasoning_effort 'none', 'minimal' or 'high'.",
    "reasoning_effort 'minimal' or 'none' is not supported by this model",
    "reasoning_effort must not be 'none' or 'minimal' for this model",
    "reasoning_effort 'high' and 'max' aren't available",
    'Unsupported reasoning_effort: low, high',
    "Unsupported value: 'reasoning_effort' does not support 'low' with this model.",
  ]
  for (const message of errors)
    for (const value of ['high', 'minimal']) t.equal(effortAfter(message, value), undefined, message)
  t.end()
})

t.test('the values that a service supports are found behind those that it refuses', t => {
  for (const [message, sent] of [
    [
      "Unsupported value: 'reasoning_effort' does not support 'high' with this model. Supported values are: 'low'.",
      'low',
    ],
    ["'high' is not a valid reasoning_effort; it must be 'medium'", 'medium'],
    ["reasoning_effort cannot be 'high' or 'max'. Use one of: minimal, low", 'low'],
    ["Input should be 'low' or 'medium' for reasoning_effort", 'medium'],
  ] as const)
    t.equal(effortAfter(message), sent, message)
  t.equal(effortAfter("Supported values are: 'low' and 'medium'.", 'high', 'body.reasoning_effort'), 'medium')
  t.end()
})

t.test('a single "none" is not taken for the efforts of a model', t => {
  const message = "reasoning_effort is expected to be off: allowed values are 'none', 'auto'"
  t.equal(effortAfter(message), undefined)
  t.equal(effortAfter(message, 'high', 'reasoning_effort'), undefined)
  t.end()
})
