package dev.cocolab.azure;

import java.util.regex.Pattern;

/**
 * Takes out of a text what looks like a secret of Azure's. The last line of defence, not the first.
 */
public final class Redaction {
  private static final int LONGEST = 1500;

  /** JSON web tokens, signatures of shared access, keys in connection strings, bearer headers. */
  private static final Pattern SECRETS =
      Pattern.compile(
          "eyJ[A-Za-z0-9_-]{8,}(\\.[A-Za-z0-9_-]*){0,2}"
              + "|(?<=[?&;]sig=)[^&\\s\"']+|(?<=^sig=)[^&\\s\"']+"
              + "|(?<=(?i:AccountKey=))[^;\\s\"']+"
              + "|(?<=(?i:Bearer ))[^\\s\"',]+"
              + "|(?<=client_(?i:assertion|secret)=)[^&\\s\"']+");

  private Redaction() {}

  /** The text with secrets replaced by {@code (secret)}, cut after 1,500 characters. */
  public static String clean(String text) {
    String bounded = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " …";
    return SECRETS.matcher(bounded).replaceAll("(secret)");
  }
}
