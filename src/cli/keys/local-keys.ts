import { pino } from 'pino'
import { Planner } from '../../chain/plan/planner.ts'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { ClientKeeper } from '../../server/access/clients/client-keeper.ts'
import { withLedger } from '../ledger/with-ledger.ts'
import { readConfig } from '../read-config.ts'
import { withSteps } from '../with-steps.ts'
import type { KeyService } from './key-service.ts'

/** The clients in the ledger of a configuration. Servers that use it learn of a change within seconds. */
export function localKeys(flags: FlagValues): KeyService {
  const loaded = readConfig(flags)
  const { config } = loaded
  const log = pino({ level: 'silent' })
  const keep = async <T>(
    work: (keeper: ClientKeeper) => Promise<T>,
    checkChain: (chain: string) => void = () => {},
  ): Promise<T> =>
    await withLedger(
      flags,
      ledger => work(new ClientKeeper({ ledger, config, checkChain, mayLeaveNoOperator: true })),
      'clients',
    )
  return {
    list: async () => await keep(keeper => keeper.list()),
    create: async fields => {
      if (!('chains' in fields)) return await keep(keeper => keeper.create(fields))
      return await withSteps({ loaded, log }, async ({ steps, currentConfig }) => {
        const planner = new Planner(steps, { ...currentConfig.value, approach: 'auto' })
        const checkChain = (approach: string): void => {
          planner.plan({ model: 'any', approach, wrap: undefined, tag: undefined })
        }
        return await keep(keeper => keeper.create(fields), checkChain)
      })
    },
    rotate: async (name, fields) => await keep(keeper => keeper.rotate(name, fields)),
    revoke: async name => await keep(keeper => keeper.revoke(name)),
  }
}
