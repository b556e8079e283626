package dev.cocolab.operators.trustee;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Tells whether an object in the cluster still is what the operator wants, given that the API
 * server fills in defaults. A member that is wanted must be there with its value; a member that is
 * not wanted must be absent, empty, or one of the defaults.
 */
final class Drift {

  /** Defaults of core/v1 for pod templates and Services, by member name. */
  private static final Map<String, Set<Object>> DEFAULTS =
      Map.ofEntries(
          Map.entry("restartPolicy", Set.of("Always")),
          Map.entry("terminationGracePeriodSeconds", Set.of(30L)),
          Map.entry("dnsPolicy", Set.of("ClusterFirst")),
          Map.entry("schedulerName", Set.of("default-scheduler")),
          Map.entry("enableServiceLinks", Set.of(true)),
          Map.entry("terminationMessagePath", Set.of("/dev/termination-log")),
          Map.entry("terminationMessagePolicy", Set.of("File")),
          Map.entry("imagePullPolicy", Set.of("IfNotPresent", "Always")),
          Map.entry("protocol", Set.of("TCP")),
          Map.entry("successThreshold", Set.of(1L)),
          Map.entry("defaultMode", Set.of(420L)),
          Map.entry("scheme", Set.of("HTTP")));

  private Drift() {}

  /** Both are JSON values as maps, lists, texts, numbers and booleans. */
  static boolean between(Object wanted, Object actual) {
    if (wanted instanceof Map<?, ?> w) {
      return !(actual instanceof Map<?, ?> a) || between(w, a);
    }
    if (wanted instanceof List<?> w) {
      return !(actual instanceof List<?> a) || between(w, a);
    }
    return !Objects.equals(plain(wanted), plain(actual));
  }

  private static boolean between(Map<?, ?> wanted, Map<?, ?> actual) {
    for (Map.Entry<?, ?> entry : wanted.entrySet()) {
      Object value = actual.get(entry.getKey());
      if (!isEmpty(entry.getValue()) && between(entry.getValue(), value)) {
        return true;
      }
    }
    return actual.entrySet().stream()
        .filter(e -> isEmpty(wanted.get(e.getKey())))
        .anyMatch(
            e ->
                !isEmpty(e.getValue())
                    && !DEFAULTS
                        .getOrDefault(String.valueOf(e.getKey()), Set.of())
                        .contains(plain(e.getValue())));
  }

  private static boolean between(List<?> wanted, List<?> actual) {
    if (wanted.size() != actual.size()) {
      return true;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (between(wanted.get(i), actual.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Numbers compare by value: the typed models mix int and long. */
  private static Object plain(Object value) {
    return value instanceof Integer number ? (Object) number.longValue() : value;
  }

  private static boolean isEmpty(Object value) {
    return value == null
        || (value instanceof Map<?, ?> map && map.isEmpty())
        || (value instanceof List<?> list && list.isEmpty());
  }
}
