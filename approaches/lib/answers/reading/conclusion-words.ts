/** The words that begin a line that draws a conclusion. */
export const conclusion =
  /^(?:(?:so|therefore|thus|hence|in total|altogether|in conclusion|overall|consequently|finally|as a result|it follows that|we conclude that|also|donc|daher|folglich|por lo tanto|quindi)\b|∴|因此|所以)[,:\s]{0,3}/i
