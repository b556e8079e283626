package dev.cocolab.garbage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes paths and queries worse. All results can stand in a request line. */
final class PathGarbage {
  private static final List<String> SEGMENTS =
      List.of(
          "..",
          ".",
          "%2e%2e",
          "%2F",
          "%00",
          "%ff",
          "%zz",
          "%",
          "",
          "a%0d%0ab",
          "~",
          "*",
          "x;y=z",
          "status",
          "scale",
          "namespaces",
          "default",
          "v1",
          "v2",
          "api",
          "apis",
          "%E2%82%AC",
          "+",
          "%252e",
          "@",
          "{}",
          "log",
          "\u00e9");
  private static final List<String> COMMON =
      List.of("limit", "continue", "timeout", "pretty", "x", "%00", "");
  private static final List<String> VALUES =
      List.of(
          "-1",
          "0",
          "1",
          "2",
          "x",
          "",
          "true",
          "false",
          "True",
          "yes",
          "99999999999999999999",
          "9223372036854775807",
          "2147483648",
          "1e3",
          "0x10",
          "All",
          "None",
          "a%3Db",
          "((",
          "a%20in%20(b%2C",
          "!",
          "metadata.name%3Dx",
          "status.phase%21%3DRunning",
          "garbage%3D",
          "%00",
          "%ff%fe",
          "%zz",
          "%",
          "+",
          "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTF9",
          "e30",
          "W10",
          "..%2f..%2fetc%2fpasswd",
          "%22",
          "2020-13-45T99:99:99Z",
          "Strict",
          "Ignore",
          "Foreground",
          "NotOlderThan",
          "Exact",
          "sh",
          "%0a");
  private static final int[] LENGTHS = {64, 254, 300, 4_000};

  private final Random random;

  PathGarbage(Random random) {
    this.random = random;
  }

  /** A target, worse than the route's at one to three places. */
  String target(Route route) {
    int question = route.path().indexOf('?');
    String path = question < 0 ? route.path() : route.path().substring(0, question);
    String query = question < 0 ? "" : route.path().substring(question + 1);
    if (random.nextInt(10) < 4) {
      for (int i = random.nextInt(2); i >= 0; i--) {
        path = worse(path);
      }
    }
    if (random.nextInt(10) < 5) {
      query = random.nextInt(4) == 0 || query.isEmpty() ? query(route) : query + "&" + query(route);
    }
    return query.isEmpty() ? path : path + "?" + query;
  }

  private String worse(String path) {
    List<String> parts = new ArrayList<>(Arrays.asList(path.substring(1).split("/", -1)));
    int at = random.nextInt(parts.size());
    switch (random.nextInt(11)) {
      case 0 -> parts.remove(at);
      case 1 -> parts.add(at, parts.get(at));
      case 2 -> parts.set(at, any(SEGMENTS));
      case 3 -> parts.add(at, any(SEGMENTS));
      case 4 -> parts.set(at, encoded(parts.get(at)));
      case 5 -> parts.add("");
      case 6 -> parts.add(any(SEGMENTS));
      case 7 -> parts.set(at, flipped(parts.get(at)));
      case 8 -> parts.set(at, "a".repeat(LENGTHS[random.nextInt(LENGTHS.length)]));
      case 9 -> parts.set(at, parts.get(at) + any(SEGMENTS));
      default -> {
        String moved = parts.remove(at);
        parts.add(random.nextInt(parts.size() + 1), moved);
      }
    }
    return "/" + String.join("/", parts);
  }

  private static String encoded(String part) {
    StringBuilder out = new StringBuilder();
    for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
      out.append(String.format("%%%02X", b));
    }
    return out.toString();
  }

  private String flipped(String part) {
    if (part.isEmpty()) {
      return "x";
    }
    char[] letters = part.toCharArray();
    letters[random.nextInt(letters.length)] = (char) ('!' + random.nextInt(94));
    // a fragment or a query would end the path
    return new String(letters).replace('#', '_').replace('?', '_').replace('/', '_');
  }

  private String query(Route route) {
    List<String> pairs = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      boolean known = !route.parameters().isEmpty() && random.nextInt(5) > 0;
      String name = any(known ? route.parameters() : COMMON);
      String value = random.nextInt(40) == 0 ? "v".repeat(LENGTHS[random.nextInt(3)]) : any(VALUES);
      pairs.add(random.nextInt(20) == 0 ? name : name + "=" + value);
    }
    return String.join("&", pairs);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
