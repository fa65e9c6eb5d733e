import type { FastifyRequest } from 'fastify'
import type { ChainRequest, OwnFields } from '../../chain/request.ts'
import type { PassedRequest } from '../../chat/passed-request.ts'
import { HulumanageError } from '../../contract/index.ts'

/** Selects the provider of a request, instead of the configuration. */
const providerHeader = 'x-hulumanage-provider'

/** The parts of a request that a provider gets unchanged. */
export interface PassedParts {
  readonly passed: Omit<PassedRequest, 'contentType' | 'accept'>
  /** Empty if the request names none. */
  readonly model: string
  readonly own: OwnFields
  /** Other models that the request names, if its client may use only some. */
  readonly otherModels?: readonly string[]
  /** The only provider that can answer, known from an id in the body. */
  readonly provider?: string | undefined
}

/** A request to a chain that sends the client's own request on to a provider. */
export function passedChainRequest(
  { headers }: Pick<FastifyRequest, 'headers'>,
  { passed, model, own, otherModels = [], provider }: PassedParts,
): ChainRequest {
  const request = { model, messages: [] }
  const named = fitting(headers[providerHeader])
  return {
    request,
    source: {
      dialect: 'pass_through',
      request,
      passed: {
        ...passed,
        contentType: fitting(headers['content-type']),
        accept: fitting(headers.accept) ?? '*/*',
      },
      only: new HulumanageError('invalid_value', 'Requests that are passed on take no approach'),
      provider: provider ?? named,
    },
    // Only the proxy knows providers by name.
    own: named === undefined ? own : { approach: 'proxy', ...own },
    otherModels,
    operation: 'pass_through',
  }
}

/** A header that can be sent on; undefined for any other. */
function fitting(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[\x20-\x7e]{1,512}$/.test(value) ? value : undefined
}
