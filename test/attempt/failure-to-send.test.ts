import t from 'tap'
import { failureToSend } from '../../src/attempt/transport-failure.ts'
import { HulumanageError } from '../../src/contract/index.ts'

t.test(
  'what fails before anything was sent says nothing about the provider, and another one is asked',
  async t => {
    const faults = [new TypeError('of ours'), new HulumanageError('invalid_value', 'It has no form there')]
    for (const cause of faults) {
      const failure = failureToSend('p', cause)
      t.match(failure, { provider: 'p', counts: false, retryable: true })
      t.equal(failure.cause, cause)
    }
    t.equal(failureToSend('p', faults[0]).status, 502)
  },
)
