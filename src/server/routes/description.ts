import { version } from '../version.ts'
import { answerPaths } from '../paths/answer-paths.ts'

/** The server and its endpoints, as `GET /` describes them to programs. */
export const description = {
  name: 'hulumanage',
  version,
  links: {
    chat: `/v1${answerPaths.chat}`,
    completions: `/v1${answerPaths.completions}`,
    responses: `/v1${answerPaths.responses}`,
    messages: `/v1${answerPaths.messages}`,
    embeddings: `/v1${answerPaths.embeddings}`,
    others: '/v1/*',
    models: '/v1/models',
    health: '/health',
    live: '/live',
    ready: '/ready',
    providers: '/providers',
    stats: '/stats',
    requests: '/requests',
    usage: '/usage',
    keys: '/keys',
    steps: '/steps',
    config: '/config',
    metrics: '/metrics',
    dashboard: '/dashboard',
  },
}

const {
  providers: _p,
  stats: _s,
  requests: _r,
  usage: _u,
  keys: _k,
  steps: _t,
  config: _c,
  metrics: _m,
  dashboard: _d,
  ...forUsers
} = description.links

/** The same without the endpoints for operators, which are at another address. */
export const descriptionForUsers = { ...description, links: forUsers }
