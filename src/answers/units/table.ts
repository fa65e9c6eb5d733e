/** A unit as the tables know it. */
export interface Unit {
  /** Symbols of the prefixes that it takes. */
  readonly prefixes: readonly string[]
  /** How many of the product of other units it is, as in "60 s"; empty for one that is not expressed in others. */
  readonly size: string
  /** Its English names in the singular. */
  readonly names: readonly string[]
}

/** Prefixes by symbol, with their powers of ten and their English names. */
export const prefixes: ReadonlyMap<string, readonly [power: number, name: string]> = new Map(
  Object.entries({
    p: [-12, 'pico'],
    n: [-9, 'nano'],
    μ: [-6, 'micro'],
    m: [-3, 'milli'],
    c: [-2, 'centi'],
    d: [-1, 'deci'],
    h: [2, 'hecto'],
    k: [3, 'kilo'],
    M: [6, 'mega'],
    G: [9, 'giga'],
    T: [12, 'tera'],
  }),
)

/** Units by symbol: prefixes, size in other units, names. */
const rows = `
m     | p n μ m c d k M | | meter, metre
g     | n μ m k M     | | gram, gramme
s     | p n μ m       | | second, sec
A     | n μ m k       | | ampere, amp
K     | m             | | kelvin
mol   | n μ m k       | | mole, mol
cd    |               | | candela
rad   | m             | | radian
°     |               | | degree, deg
°C    |               | | degree celsius, degree c, celsius
°F    |               | | degree fahrenheit, degree f, fahrenheit
min   |               | 60 s | minute, min, mins
h     |               | 3600 s | hour, hr, hrs
day   |               | 86400 s | day
week  |               | 604800 s | week, wk
month |               | | month
year  |               | | year, yr
l     | μ m c d k h   | 1/1000 m^3 | liter, litre
t     | k M G         | 1000000 g | tonne, metric ton
Hz    | k M G T       | | hertz
N     | μ m k M       | 1000 g*m/s^2 | newton
Pa    | m h k M G     | 1000 g*m^-1*s^-2 | pascal
J     | n μ m k M G   | 1000 g*m^2/s^2 | joule
W     | n μ m k M G T | 1000 g*m^2/s^3 | watt
Wh    | k M G T       | 3600000 g*m^2/s^2 | watt hour, watt-hour
eV    | m k M G T     | 1602176634/10000000000000000000000000 g*m^2/s^2 | electronvolt, electron volt, electron-volt
cal   | k             | 4184 g*m^2/s^2 | calorie
bar   | m             | 100000000 g*m^-1*s^-2 | bar
atm   |               | 101325000 g*m^-1*s^-2 | atmosphere
C     | p n μ m       | 1 A*s | coulomb
V     | n μ m k M     | 1000 g*m^2*s^-3*A^-1 | volt
Ω     | m k M G       | 1000 g*m^2*s^-3*A^-2 | ohm
F     | p n μ m       | 1/1000 A^2*s^4*g^-1*m^-2 | farad
H     | n μ m         | 1000 g*m^2*s^-2*A^-2 | henry, henrie
S     | n μ m         | 1/1000 A^2*s^3*g^-1*m^-2 | siemen, siemens
T     | n μ m         | 1000 g*s^-2*A^-1 | tesla
Wb    | m             | 1000 g*m^2*s^-2*A^-1 | weber
M     | p n μ m       | 1000 mol*m^-3 | molar
Nm    | k             | 1000 g*m^2/s^2 | newton meter, newton metre, newton-meter, newton-metre
lm    |               | | lumen
lx    |               | | lux
Bq    | k M           | | becquerel
Gy    | m             | | gray
Sv    | μ m           | | sievert
dB    |               | | decibel
b     | k M G T       | | bit
B     | k M G T       | | byte
KiB   |               | | kibibyte
MiB   |               | | mebibyte
GiB   |               | | gibibyte
TiB   |               | | tebibyte
in    |               | 127/5000 m | inch, inche
ft    |               | 381/1250 m | foot, feet
yd    |               | 1143/1250 m | yard
mi    |               | 201168/125 m | mile, mi
mph   |               | 1397/3125 m/s | mph, mile per hour
kn    |               | 463/900 m/s | knot
pc    | k M G         | | parsec
lb    |               | 45359237/100000 g | pound, lbs
oz    |               | 45359237/1600000 g | ounce
cent  |               | 1/100 $ | cent
$     |               | | dollar, us dollar, usd, us$
€     |               | | euro, eur
£     |               | | gbp, pound sterling, pounds sterling
¥     |               | | yen, jpy
₹     |               | | rupee, inr, rs
₽     |               | | ruble, rouble, rub
₺     |               | | tl, lira
r$    |               | | brl, reai
zł    |               | |
kr    |               | |
kč    |               | |
%     |               | | percent, per cent, pct, percentage, per hundred
‰     |               | | per mille, permille, per mil, per thousand
`

/** Units by symbol. */
export const units: ReadonlyMap<string, Unit> = new Map(
  rows
    .trim()
    .split('\n')
    .map(row => {
      const [symbol = '', taken = '', size = '', names = ''] = row.split('|').map(cell => cell.trim())
      return [symbol, { prefixes: wordsOf(taken, ' '), size, names: wordsOf(names, ', ') }] as const
    }),
)

/** Units whose prefixes are powers of ten for some and of two for others. */
export const unscaled: ReadonlySet<string> = new Set(['b', 'B'])

/** The units that take prefixes, with each of them: symbol, unit, power of ten and the name of the prefix. */
export const prefixed: readonly (readonly [symbol: string, unit: string, power: number, name: string])[] = [
  ...units,
].flatMap(([unit, { prefixes: taken }]) =>
  taken.map(prefix => [`${prefix}${unit}`, unit, ...prefixes.get(prefix)!] as const),
)

/** All symbols, with and without prefixes. */
export const symbols: ReadonlySet<string> = new Set([...units.keys(), ...prefixed.map(([symbol]) => symbol)])

function wordsOf(text: string, separator: string): readonly string[] {
  return text === '' ? [] : text.split(separator)
}
