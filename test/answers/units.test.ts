import t from 'tap'
import { answerKeys } from '../../src/answers/answer-keys.ts'

/** Pairs of different amounts, by the rule that keeps them apart. */
const apart: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'a unit with a rare prefix is not the one whose letters it shares': [
    ['5 pA', '5 Pa'],
    ['5 mHz', '5 MHz'],
    ['5 mWh', '5 MWh'],
    ['5 mBq', '5 MBq'],
    ['5 pS', '5 ps'],
    ['5 fT', '5 ft'],
    ['5 cM', '5 cm'],
    ['5 nt', '5 nT'],
    ['5 PS', '5 ps'],
  ],
  'units of small letters are not those of capitals': [
    ['5 kn', '5 kN'],
    ['5 pc', '5 pC'],
    ['5 mt', '5 mT'],
    ['5 gt', '5 GT'],
  ],
  'a rate of data is in bits or bytes, and not an amount of money': [
    ['10 Gbps', '£10'],
    ['10 Gbps', '10 GBps'],
    ['10 Mbps', '10 MBps'],
  ],
  'a time of day with a point is no length': [
    ['3.30 pm', '3.3 picometres'],
    ['3.30 pm', '3.30 am'],
    ['3.30 pm', '3.3'],
    ['It is 3 pm.', 'It is 3 am.'],
    ['So they meet at 9 p.m.', 'So they meet at 9 a.m.'],
  ],
}

/** Pairs of equal amounts. */
const together: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'a time of day may have a point or a colon': [
    ['3.30 pm', '15:30'],
    ['3.30 p.m.', '3:30 pm'],
    ['11.45am', '11:45 AM'],
    ['The train leaves at 3.30 pm.', '3:30 pm'],
    ['It is 3.30 pm.', '3:30 pm'],
    ['So they meet at 3 pm.', '15:00'],
    ['150 pm', '0.15 nm'],
  ],
  'knots, parsecs, megatonnes and rates of data have several names': [
    ['20 kn', '20 knots'],
    ['1.852 km/h', '1 knot'],
    ['3 pc', '3 parsecs'],
    ['2 Mpc', '2 megaparsecs'],
    ['2 Mt', '2000 kt'],
    ['10 Gbps', '10 Gb/s'],
    ['10 mbps', '10 Mb/s'],
    ['10 MBps', '10 MB/s'],
  ],
}

for (const [rule, pairs] of Object.entries(apart)) {
  t.test(rule, async t => {
    for (const pair of pairs) t.equal(new Set(answerKeys(pair)).size, 2, pair.join(' | '))
  })
}

for (const [rule, pairs] of Object.entries(together)) {
  t.test(rule, async t => {
    for (const pair of pairs) t.equal(new Set(answerKeys(pair)).size, 1, pair.join(' | '))
  })
}
