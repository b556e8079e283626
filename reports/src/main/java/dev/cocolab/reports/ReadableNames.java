package dev.cocolab.reports;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns the names that programs give into names that people read. */
final class ReadableNames {

  private static final Pattern METHOD = Pattern.compile("^(?:[\\w$]+\\.)+([a-z]\\w*)\\(.*\\)$");
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  private ReadableNames() {}

  /**
   * A hook named after its Java method becomes words: {@code a.b.Hooks.collectLogs(x.Y)} is
   * "collect logs".
   */
  static String step(String name, String part) {
    Matcher method = METHOD.matcher(name);
    if (part.isEmpty() || !method.matches()) {
      return name;
    }
    return HUMP.matcher(method.group(1)).replaceAll(" ").toLowerCase(Locale.ROOT);
  }

  /**
   * Where a scenario stands, without the folders of the machine: {@code
   * features/attestation/key.feature:12}.
   */
  static String location(String fullName) {
    String path = fullName.replaceFirst("^(?:file|classpath):/*", "/").replace('\\', '/');
    int features = path.indexOf("/features/");
    if (features >= 0) {
      return path.substring(features + 1);
    }
    boolean absolute = fullName.startsWith("/") || fullName.startsWith("file:");
    return absolute ? path.substring(path.lastIndexOf('/') + 1) : path.replaceFirst("^/", "");
  }
}
