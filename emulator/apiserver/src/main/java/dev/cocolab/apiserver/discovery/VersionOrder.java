package dev.cocolab.apiserver.discovery;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Order of versions by stability: v2, v1, v1beta2, v1beta1, v1alpha1, then others by name. */
final class VersionOrder {
  private static final Pattern VERSION = Pattern.compile("v(\\d{1,9})(?:(alpha|beta)(\\d{1,9}))?");

  static final Comparator<String> NEWEST_FIRST =
      Comparator.comparingLong(VersionOrder::rank)
          .reversed()
          .thenComparing(Comparator.naturalOrder());

  private VersionOrder() {}

  private static long rank(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      return -1;
    }
    long stage = matcher.group(2) == null ? 2 : matcher.group(2).equals("beta") ? 1 : 0;
    long minor = matcher.group(3) == null ? 0 : Long.parseLong(matcher.group(3));
    return stage << 60 | Long.parseLong(matcher.group(1)) << 30 | minor;
  }
}
