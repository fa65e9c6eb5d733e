const atoms = /^(?:\d{0,2}(?:[A-Z][a-z]?(?:_?\d{1,3})?|\((?=[A-Z])|\)(?:_?\d{1,2})?))+$/
/** A charge behind a formula, as a power or at its end: `Fe^{3+}`, `NH4+`, `SO4^2-`. */
const charged = /^(.{1,30}?)(?:\^\{?(\d?)([+-])\}?|(?<=[A-Za-z\d)])([+-]))$/
/** An element whose digits before a sign are its charge: Fe3+. */
const oneElement = /^([A-Z][a-z]?)(\d)$/
/** Symbols of elements without numbers, at least two. */
const symbolsOnly = /^(?:[HBCNOFPSKVYIWU]{2,4}|(?=.{3,8}$)(?=.*[a-z])(?:[A-Z][a-z]?){2,5})$/
const isotope = /^(?:(?:\{\})?\^\{?(\d{1,3})\}?\s?([A-Z][a-z]?)|([A-Z][a-z]?)-(\d{1,3}))$/
/** The electrons of an atom by shell: 1s^2 2s^2. */
const shells = /^(?:\[[A-Z][a-z]\]\s?)?(?:\d[spdf](?:\^?\d{1,2}|\^\{\d{1,2}\})\s?){1,19}$/

/** The key of a formula, an ion, an isotope, the shells of an atom or a reaction; undefined for any other text. */
export function chemistryKey(term: string): string | undefined {
  const reaction = reactionKey(term)
  if (reaction !== undefined || term.length > 60 || !/[A-Z]|\d[spdf]/.test(term)) return reaction
  return formulaKey(term) ?? ionKey(term) ?? isotopeKey(term) ?? shellsKey(term)
}

/** The key of a balanced equation of chemistry; the order on each side does not count. Undefined for any other text. */
export function reactionKey(term: string): string | undefined {
  const sides = term.length > 150 || !term.includes('→') ? [] : term.split('→')
  if (sides.length !== 2) return undefined
  const parts = sides.map(side =>
    side.split(/\s\+\s|\+(?=\s?\d{0,2}\s?[A-Z])/).map(part => part.replaceAll(/[\s_]/g, '')),
  )
  const areFormulas = parts.flat().every(part => part !== '' && atoms.test(part))
  return areFormulas ? `reaction:${parts.map(side => side.toSorted().join('+')).join('→')}` : undefined
}

/** Case counts: Co is a metal and CO a gas. */
function formulaKey(term: string): string | undefined {
  const isFormula =
    /[A-Z][a-z]?_?\d|\)_?\d/.test(term) && /[A-Z].*[A-Z]|_\d|^[A-Z][a-z]?\d$/.test(term) && atoms.test(term)
  const isSymbols = symbolsOnly.test(term) && !/^[IVX]+$/.test(term)
  return isFormula || isSymbols ? `formula:${term.replaceAll('_', '')}` : undefined
}

function ionKey(term: string): string | undefined {
  const [, formula = '', digit, power, sign = power] = charged.exec(term.replaceAll(/\s/g, '')) ?? []
  if (!atoms.test(formula)) return undefined
  const [, element, count] = digit === undefined ? (oneElement.exec(formula) ?? []) : []
  const [bare, charge] = element === undefined ? [formula, digit] : [element, count]
  return `ion:${bare.replaceAll('_', '')}^${charge ?? ''}${sign}`
}

function isotopeKey(term: string): string | undefined {
  const [, mass, element, name = element, number = mass] = isotope.exec(term) ?? []
  return name === undefined ? undefined : `isotope:${name}-${number}`
}

function shellsKey(term: string): string | undefined {
  return shells.test(term) ? `shells:${term.replaceAll(/[\s^{}]/g, '')}` : undefined
}
