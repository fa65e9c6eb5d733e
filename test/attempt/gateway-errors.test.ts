// Errors of gateways and of services in China, as their users report them: the status alone says too little, or nothing.
import t from 'tap'
import type { Blame } from '../../src/attempt/failure.ts'
import { failureOfStatus } from '../../src/attempt/status.ts'

const message = (text: string, more: object = {}) => ({ error: { message: text, ...more } })

type Row = readonly [service: string, status: number, blame: Blame, body: unknown]

const rows: readonly Row[] = [
  // https://github.com/songquanpeng/one-api/issues/1548
  [
    'One API',
    503,
    'model',
    message('当前分组 default 下对于模型 gpt-4 无可用渠道', { type: 'one_api_error' }),
  ],
  [
    'New API',
    503,
    'model',
    message('分组 default 下模型 gpt-4 无可用渠道（distributor）', { type: 'new_api_error' }),
  ],
  ['One API', 403, 'key', message('该令牌额度已用尽 [sk-abc***def]', { type: 'one_api_error' })],
  // https://github.com/QuantumNous/new-api/issues/1451
  [
    'a gateway of gateways',
    400,
    'key',
    message(
      JSON.stringify(message(JSON.stringify(message('API Key not found. Please pass a valid API key.')))),
    ),
  ],
  // https://github.com/NousResearch/hermes-agent/pull/100725
  [
    'LiteLLM',
    429,
    'limited',
    message('No deployments available for selected model, Try again in 5 seconds.', { code: '429' }),
  ],
  ['Zhipu', 429, 'key', message('余额不足或无可用资源包,请充值。', { code: '1113' })],
  ['Zhipu', 429, 'key', message('您的账户已欠费，请充值后重试。', { code: '1113' })],
  ['One API', 403, 'key', message('用户额度不足, 剩余额度: ＄0.00', { type: 'one_api_error' })],
  ['Zhipu', 429, 'limited', message('您的账户已达到速率限制，请您控制请求频率', { code: '1302' })],
  ['Alibaba', 403, 'model', message('Model access denied.', { code: 'Model.AccessDenied' })],
  ['Bedrock', 403, 'model', { message: "You don't have access to the model with the specified model ID." }],
  [
    'Bedrock',
    400,
    'model',
    { message: 'Invocation of model ID anthropic.m with on-demand throughput isn’t supported.' },
  ],
  ['Bedrock', 400, 'request', { message: "You don't have access to a tool that is called model." }],
  // https://github.com/elizaOS/eliza/issues/20331
  ['OpenRouter', 400, 'unable', message('No models provided', { code: 400 })],
  // https://github.com/SWE-agent/mini-swe-agent/pull/902
  ['OpenRouter', 502, 'unable', message('This content was flagged for possible cybersecurity risk...')],
  ['OpenRouter', 502, 'unable', message('The prompt was blocked by the safety system')],
  ['a gateway', 503, 'unable', message('Your request was flagged as abnormal traffic')],
  ['a firewall', 503, 'unable', message('Your request was blocked')],
  ['Portkey', 412, 'key', { status: 'failure', message: 'Api key has exceeded its usage limit' }],
  ['any service', 412, 'request', message('Precondition failed')],
  ['a website', 405, 'unable', '<html><h1>405 Not Allowed</h1></html>'],
  ['llama.cpp', 501, 'unable', message('This server does not support embeddings')],
  ['a proxy on the way', 407, 'failing', '<html><h1>407 Proxy Authentication Required</h1></html>'],
  ['any service', 451, 'refused', ''],
]

for (const [service, status, blame, body] of rows)
  t.test(`${status} of ${service} blames ${blame}: ${JSON.stringify(body).slice(0, 60)}`, async t => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    t.equal(failureOfStatus('p', status, {}, text).blame, blame)
  })
