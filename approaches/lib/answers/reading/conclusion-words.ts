/** The words that begin a line that draws a conclusion. */
export const conclusion =
  /^(?:(?:so|therefore|thus|hence|in total|altogether|in conclusion|overall|consequently|finally|as a result|it follows that|we conclude that|also|donc|ainsi|daher|damit|somit|folglich|insgesamt|por (?:lo )?tanto|portanto|en total|no total|assim|logo|quindi|in totale|dunque|dus|alltså|därför|zatem|więc|jadi|vậy)(?!\p{L})|(?:таким образом|итак|значит|следовательно|всего|отже|тож|إذن|لذلك|इसलिए|בסך הכל|לכן|άρα|συνεπώς|بنابراین)(?!\p{L})|∴|因此|所以|故|综上所述|よって|したがって|ゆえに|따라서|그러므로)[,:，、:\s]{0,3}/iu
