/** Words that make the number before them a measure; those of things that are counted are left out. */
const unit =
  /^(?:\s{0,2}°[CF]?|\s?[€£¥₽](?![\p{L}\d])|\s?(?:°[CF]?|\\?%|per cent|percent|[kcmµn]?m(?:\^?[23²³])?|[kmcd]?[gGlLsVWNJ]|kWh|kJ|eV|[kM]eV|Hz|[kM]Hz|k?Pa|mol|min|h|mph|km\/h|m\/s(?:\^?2|²)?|cents?|dollars?|euros?|pounds?|(?:milli|micro|nano)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|(?:kilo|centi|milli)?met(?:er|re)s?|inch(?:es)?|feet|foot|yards?|miles?|(?:kilo|milli)?grams?|ounces?|tons?|tonnes?|(?:milli)?lit(?:er|re)s?|gallons?|cups?|degrees?|radians?|Stunden?|Minuten?|Sekunden?|Meter|Grad|Euro|heures?|horas?|minutos?|часов|часа|час|минут|км\/ч|км|кг|см|руб(?:лей|ля)?|₽|원|円|元|square \p{L}{3,12}|cubic \p{L}{3,12}|thousand|million|billion|trillion|times|dozen|percentage points?)(?![\p{L}\d])(?:\s?\/\s?\p{L}{1,10}(?:\^?[23]|[²³])?|\sper\s(?:square |cubic )?\p{L}{3,10}){0,2})/u

/** The unit that follows a number, with the blank before it; empty without a unit. */
export function unitAt(rest: string): string {
  return unit.exec(rest.replace(/^\\[,;: ]/, ' '))?.[0] ?? ''
}
