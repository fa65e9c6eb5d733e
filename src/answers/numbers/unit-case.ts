/** Symbols in spellings that mean no other unit than their small letters do. */
const spellings = [
  'KM Km CM Cm KG Kg L dL cL mL kL μL W kW KW mW GW TW V kV KV mV Hz HZ kHz KHz KHZ GHz THz Pa kPa KPa KPA hPa GPa',
  'Wh kWh KWh KWH Kwh GWh N kN KN J kJ KJ mJ GJ A mA Min MIN Hr HR FT Ft LB Lb OZ Oz IN In YD Yd MI Mi MPH Mph Mol MOL',
  'TL Tl KR Kr RS Rs US AM PM',
].join(' ')
/** Symbols in the spelling that other modules know, by their usual ones. */
const symbols: ReadonlyMap<string, string> = new Map([
  ...spellings.split(' ').map(spelling => [spelling, spelling.toLowerCase()] as const),
  ...['MW', 'MV', 'MHz', 'MPa', 'MJ', 'MWh'].map(mega => [mega, `M${mega.slice(1).toLowerCase()}`] as const),
  ['KB', 'kB'],
  ['Kb', 'kb'],
])
const letters = /(?<before>°?)(?<run>[\p{L}\p{M}]+)(?<after>\$?)/gu
/** Words of three letters or more that begin with a capital or consist of capitals, and no symbols such as Mbps and MHZ. */
const word =
  /^(?!Cal$|[MGTP](?:bits?|bytes?|bps|cal|mol|bar|pc)$)[A-Z][a-z]{2,}$|^(?![MGTP]?(?:HZ|PA|WH|BPS|EV)$)[A-Z]{3,}$/

/**
 * A unit in small letters, except for symbols that differ from others by their case alone: H is henry and h an hour, Mg a
 * megagram and mg a milligram, MB megabytes and Mb megabits.
 */
export function withoutIdleCase(unit: string): string {
  if (!/\p{Lu}/u.test(unit)) return unit
  if (/^(?:degrees? [CF]|km\/h)$/i.test(unit)) return unit.toLowerCase()
  return unit.replaceAll(letters, (all, before: string, run: string, after: string) => {
    const isWord = before !== '' || after !== '' || word.test(run) || /[^A-Za-zμ]/.test(run)
    return isWord ? all.toLowerCase() : (symbols.get(run) ?? run)
  })
}
