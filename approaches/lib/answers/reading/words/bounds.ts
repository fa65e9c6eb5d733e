/** Words before a number that make it a bound or deny it, in other languages than English. */
export const foreignBounds = [
  'nicht|keine?n?|mindestens|höchstens|weniger|mehr als|außer|niet|geen|minstens|hoogstens|meer dan|minder dan|behalve',
  'más de|menos|al menos|como máximo|mais de|mais do que|pelo menos|no máximo|pas|moins|plus de|au moins|au plus',
  'meno|più di|almeno|al massimo|nu (?:este|sunt|are)|cel puțin|cel mult|mai mult de',
  'не|нет|более|менее|больше|меньше|кроме|як мінімум|щонайменше|понад|nie|co najmniej|mniej|więcej',
  'není|nejméně|alespoň|více|méně|kromě|inte|ikke|minst|mindst|högst|mer än|mere end|mindre än',
  'ei|vähintään|enintään|nem|legalább|legfeljebb|kevesebb|δεν|όχι|τουλάχιστον|το πολύ',
  'en az|en fazla|tidak|bukan|setidaknya|lebih dari|kurang dari|không|ít nhất|nhiều nhất|hơn|angalau|zaidi ya',
  'ليس|ليست|أكثر|أقل|لا|حداقل|حداکثر|بیش|کمتر|לא|אינו|לפחות|לכל היותר|יותר|פחות',
  'नहीं|कम से कम|अधिक|কমপক্ষে|অন্তত|বেশি|নয়',
].join('|')

/** The end of a sentence that denies, in languages whose verb comes last. */
export const deniedAtEnd =
  /(?:yok(?:tur)?|değil(?:dir)?|नहीं(?:\s\S{1,12})?|নেই|নয়|இல்லை|లేవు|లేదు|ない|ません|없습니다|없다|않습니다|않다|نہیں(?:\s\S{1,8})?|ندارد|نیست)[.。।۔]?$/u
