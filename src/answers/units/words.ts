/**
 * Words for units in other languages than English, by symbol; English ones are in the table of units.
 */
/** Prefixes of units in several languages, by symbol. */
const prefixWords: Readonly<Record<string, string>> = {
  '': '',
  k: 'kilo chilo quilo quilô quiló kiló кило кіло',
  c: 'centi zenti centí сенти санти',
  m: 'milli mili milí милли мілі',
  d: 'deci dezi decí деци',
}
/** Words for units that take these prefixes, by symbol, in singular, plural and the cases that follow a number. */
const stems: Readonly<Record<string, string>> = {
  m: 'meter meters metern metre metres mètre mètres metro metros metri metr metry metrów metru metrů metra métre metriä метр метра метров метрів метри',
  g: 'gram grams gramm gramme grammes grammo grammi gramo gramos grama gramas gramy gramów gramů grammaa грамм грамма граммов грам грамів',
  l: 'liter liters litre litres litro litros litri litr litry litrów litru litrů litraa литр литра литров літр літрів літри',
}
/** Other units, by symbol; in scripts without blanks, they follow the number at once. */
const others: Readonly<Record<string, string>> = {
  h: '小时 時間 시간 ч stunde stunden heure heures hora horas ora ore uur uren timme timmar timer tuntia godzina godziny godzin godzinę hodina hodiny hodin óra час часа часов година години годин saat jam giờ घंटा घंटे ساعة ساعات ساعت שעות שעה ชั่วโมง',
  min: '分钟 분 мин minute minutes minuten minuto minutos minuti minuut minuter minutter minuuttia minuta minuty minut minutę perc минута минуты минут хвилин хвилини dakika menit phút मिनट دقيقة دقائق دقیقه דקות นาที',
  s: '秒 초 с second seconds sekunde sekunden seconde secondes segundo segundos secondo secondi seconden sekund sekunder sekuntia sekundy секунда секунды секунд saniye detik giây सेकंड ثانية ثوان ثانیه שניות วินาที',
  km: '公里 千米 キロメートル 킬로미터 км किमी किलोमीटर كم كيلومتر کیلومتر קמ กิโลเมตร กม',
  m: '米 メートル 미터 м मीटर متر מטר เมตร mét',
  cm: '厘米 センチメートル センチ 센티미터 см सेमी سم سنتيمتر سانتی‌متر סמ เซนติเมตร ซม',
  kg: '公斤 千克 キログラム 킬로그램 кг kilo kilos kilogramm किलो किग्रा كغ كيلوغرام کیلوگرم קג กิโลกรัม กก кілограмів кілограми килограммов килограмма килограмм',
  day: '天 日間 일간 tag tage tagen jour jours día días giorno giorni dag dagen dagar dage dia dias dzień dni den dny dnů день дня дней днів дні gün hari ngày दिन يوم أيام روز ימים วัน',
  week: 'woche wochen semaine semaines semana semanas settimana settimane vecka veckor uge uger tydzień tygodnie tygodni týden týdny týdnů неделя недели недель тиждень тижні тижнів hafta minggu tuần',
  month:
    'monat monate monaten mois mes meses mese mesi maand maanden månad månader måned måneder miesiąc miesiące miesięcy měsíc měsíce měsíců месяц месяца месяцев місяць місяці місяців ay bulan tháng',
  year: 'jahr jahre jahren ans année années año años anno anni ano anos jaar jaren år rok lata lat roky let год года лет рік роки років yıl tahun năm वर्ष साल سنة سنوات سال שנים ปี',
  mm: '毫米 ミリメートル 밀리미터 мм',
  dm: 'дм',
  g: '克 グラム 그램 г',
  t: 'т',
  l: '升 リットル 리터 л',
  ml: '毫升 ミリリットル 밀리리터 мл',
  '°': '度 grad grado degré degrés grados gradi graden градус градуса градусов',
  $: 'đô_la dólar dólares доллар доллара долларов ドル 美元 달러',
  '€': '欧元 유로 евро euron',
  '¥': '円 日元 엔',
  '₽': 'рубль рубля рублей руб',
  zł: 'złotych złote złoty',
  kr: 'kronor kroner',
  kč: 'korun koruny koruna',
  '%': 'prozent процентов процента процент pour_cent por_ciento por_cento per_cento procent prosenttia procento procenta percento',
}
/** Words for a speed, and other ways to write one behind a length. */
const speeds: Readonly<Record<string, string>> = {
  'km/h':
    'kilometer pro stunde, kilomètres par heure, kilomètres heure, km por hora, kilómetros por hora, quilômetros por hora, quilómetros por hora, chilometri all ora, kilometer per uur, kilometer per timme, kilometer i timmen, kilometer i timen, km na godzinę, kilometrów na godzinę, kilometrů za hodinu, километров в час, километра в час, км в час, кілометрів на годину, kilometre saat, km jam, km per jam, km mỗi giờ, किलोमीटर प्रति घंटा, किमी प्रति घंटा, 千米每小时, 公里每小时',
  'm/s':
    'meter pro sekunde, mètres par seconde, metros por segundo, metri al secondo, meter per seconde, meter per sekund, metrów na sekundę, метров в секунду',
}
/** The second part of "km/u" and the like, by symbol. */
const perTime: Readonly<Record<string, string>> = {
  h: 'h hr std stunde heure hora ora u uur t timme time godz godzina hod hodina ч час год година óra ó sa saat jam giờ 时 時 小时 小時 時間 시간 घंटा घंटे ساعة ساعت س שעה ชม ชั่วโมง',
  s: 's sec sek seg с сек 秒 초 ثانية ثانیه שנייה',
  min: 'min мин 分 分钟 분 dk dakika',
}

/** Units written out in other languages than English, in small letters, and their symbols. */
export const foreignWords: ReadonlyMap<string, string> = new Map([
  ...Object.entries(stems).flatMap(([symbol, words]) =>
    Object.entries(prefixWords).flatMap(([prefix, names]) =>
      names
        .split(' ')
        .flatMap(name => words.split(' ').map(stem => [`${name}${stem}`, `${prefix}${symbol}`] as const)),
    ),
  ),
  ...entriesOf(others, ' ').map(([word, symbol]) => [word.replaceAll('_', ' '), symbol] as const),
  ...entriesOf(speeds, ', '),
])

/** The words for a time behind a stroke, as in "km/u", and their symbols. */
export const timesBelow: ReadonlyMap<string, string> = new Map(entriesOf(perTime, ' '))

/** Pairs of a word and its symbol. */
function entriesOf(
  lists: Readonly<Record<string, string>>,
  separator: string,
): (readonly [string, string])[] {
  return Object.entries(lists).flatMap(([symbol, words]) =>
    words.split(separator).map(word => [word, symbol] as const),
  )
}
