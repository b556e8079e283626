package dev.cocolab.apiserver.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a name may look like (RFC 1123, RFC 1035), with the sentences that a real server answers.
 */
final class Names {
  private static final int MAX_LABEL = 63;
  private static final int MAX_PORT = 15;
  private static final int MAX_SUBDOMAIN = 253;
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern RFC1035 = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern QUALIFIED =
      Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");
  private static final Pattern CONFIG_KEY = Pattern.compile("[-._a-zA-Z0-9]+");

  private static final String SUBDOMAIN_TEXT =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with"
          + " an alphanumeric character (e.g. 'example.com', regex used for validation is"
          + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  private static final String LABEL_TEXT =
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an"
          + " alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is"
          + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
  private static final String RFC1035_TEXT =
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end"
          + " with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is"
          + " '[a-z]([-a-z0-9]*[a-z0-9])?')";

  private static final String QUALIFIED_TEXT =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g."
          + " 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
          + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

  /** Kinds whose names are path segments only. */
  private static final Set<String> FREE =
      Set.of(
          "roles.rbac.authorization.k8s.io",
          "rolebindings.rbac.authorization.k8s.io",
          "clusterroles.rbac.authorization.k8s.io",
          "clusterrolebindings.rbac.authorization.k8s.io");

  private Names() {}

  /** What is wrong with the name of an object, if anything. */
  static Optional<String> object(String storageName, String name) {
    if (storageName.equals("services")) {
      return matches(name, RFC1035, MAX_LABEL, RFC1035_TEXT);
    }
    if (storageName.equals("namespaces")) {
      return name.contains(".") && subdomain(name).isEmpty()
          ? Optional.of("must not contain dots")
          : label(name);
    }
    if (FREE.contains(storageName)) {
      boolean segment =
          !name.equals(".") && !name.equals("..") && !name.contains("/") && !name.contains("%");
      return segment
          ? Optional.empty()
          : Optional.of("may not be '.' or '..' or contain '/' or '%'");
    }
    return subdomain(name);
  }

  static Optional<String> subdomain(String name) {
    return matches(name, SUBDOMAIN, MAX_SUBDOMAIN, SUBDOMAIN_TEXT);
  }

  static Optional<String> label(String name) {
    return matches(name, LABEL, MAX_LABEL, LABEL_TEXT);
  }

  private static Optional<String> matches(String name, Pattern pattern, int max, String text) {
    if (name.length() > max) {
      return Optional.of("must be no more than " + max + " characters");
    }
    return pattern.matcher(name).matches() ? Optional.empty() : Optional.of(text);
  }

  /** Key of a label or annotation: an optional DNS prefix and a name of at most 63 characters. */
  static Optional<String> qualified(String key) {
    int slash = key.indexOf('/');
    if (slash != key.lastIndexOf('/')) {
      return Optional.of(
          "a qualified name "
              + QUALIFIED_TEXT
              + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    }
    if (slash == 0) {
      return Optional.of("prefix part must be non-empty");
    }
    if (slash > 0) {
      Optional<String> wrong = subdomain(key.substring(0, slash));
      if (wrong.isPresent()) {
        return Optional.of("prefix part " + wrong.get());
      }
    }
    String name = key.substring(slash + 1);
    if (name.isEmpty()) {
      return Optional.of("name part must be non-empty");
    }
    if (name.length() > MAX_LABEL) {
      return Optional.of("name part must be no more than 63 characters");
    }
    return QUALIFIED.matcher(name).matches()
        ? Optional.empty()
        : Optional.of("name part " + QUALIFIED_TEXT);
  }

  /** What is wrong with the name of a port (RFC 6335). */
  static List<String> port(String name) {
    List<String> wrong = new ArrayList<>();
    if (name.length() > MAX_PORT) {
      wrong.add("must be no more than 15 characters");
    }
    if (!name.matches("[-a-z0-9]+")) {
      wrong.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if (!name.matches(".*[a-z].*")) {
      wrong.add("must contain at least one letter (a-z)");
    }
    if (name.contains("--")) {
      wrong.add("must not contain consecutive hyphens");
    }
    if (name.startsWith("-") || name.endsWith("-")) {
      wrong.add("must not begin or end with a hyphen");
    }
    return wrong;
  }

  static Optional<String> labelValue(String value) {
    if (value.length() > MAX_LABEL) {
      return Optional.of("must be no more than 63 characters");
    }
    return LABEL_VALUE.matcher(value).matches()
        ? Optional.empty()
        : Optional.of(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end"
                + " with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is"
                + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
  }

  /** Key of a Secret or ConfigMap. */
  static Optional<String> configKey(String key) {
    if (key.length() > MAX_SUBDOMAIN) {
      return Optional.of("must be no more than 253 characters");
    }
    if (key.equals(".") || key.equals("..")) {
      return Optional.of("must not be '" + key + "'");
    }
    if (key.startsWith("..")) {
      return Optional.of("must not start with '..'");
    }
    return CONFIG_KEY.matcher(key).matches()
        ? Optional.empty()
        : Optional.of(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or"
                + " 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
  }
}
