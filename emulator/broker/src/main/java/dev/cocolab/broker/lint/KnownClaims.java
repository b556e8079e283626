package dev.cocolab.broker.lint;

import dev.cocolab.rego.PolicyReading;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The claims that evidence or a token can carry, as a tree. A member that is computed fits every
 * member there is.
 */
final class KnownClaims {
  private static final String REST = "**";
  private static final String ANNOTATED = "ear.veraison.annotated-evidence";
  private static final Pattern CHOICE = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern RANGE = Pattern.compile("(\\d+)\\.\\.(\\d+)");

  private final Map<String, KnownClaims> members = new LinkedHashMap<>();
  private boolean open;

  private KnownClaims() {}

  /** What the policy of the attestation service sees. */
  static KnownClaims ofEvidence() {
    KnownClaims root = new KnownClaims();
    lines("claims.txt").forEach(line -> root.add(List.of(line.split("/", -1))));
    return root;
  }

  /**
   * What the policy for resources sees.
   *
   * @param extended whether the other policy adds claims of its own to each submodule
   */
  static KnownClaims ofToken(boolean extended) {
    KnownClaims root = new KnownClaims();
    lines("token.txt").forEach(line -> root.add(List.of(line.split("/", -1))));
    KnownClaims submod = root.members.get("submods").members.get(PolicyReading.ANY);
    submod.members.put(ANNOTATED, ofEvidence());
    submod.open = extended;
    return root;
  }

  private static List<String> lines(String file) {
    try (InputStream in = KnownClaims.class.getResourceAsStream(file)) {
      String text =
          new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
      List<String> out = new ArrayList<>();
      text.lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(line -> expand(line, out));
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void expand(String line, List<String> out) {
    Matcher choice = CHOICE.matcher(line);
    if (!choice.find()) {
      out.add(line);
      return;
    }
    List<String> values = new ArrayList<>();
    Matcher range = RANGE.matcher(choice.group(1));
    if (range.matches()) {
      int last = Integer.parseInt(range.group(2));
      for (int i = Integer.parseInt(range.group(1)); i <= last; i++) {
        values.add("%02d".formatted(i));
      }
    } else {
      values.addAll(List.of(choice.group(1).split(",", -1)));
    }
    values.forEach(
        value ->
            expand(line.substring(0, choice.start()) + value + line.substring(choice.end()), out));
  }

  private void add(List<String> path) {
    KnownClaims at = this;
    for (String member : path) {
      if (member.equals(REST)) {
        at.open = true;
        return;
      }
      at = at.members.computeIfAbsent(member, name -> new KnownClaims());
    }
  }

  /**
   * Why a path leads nowhere.
   *
   * @param path members below {@code input}
   * @return empty when a token can have it
   */
  Optional<Unknown> unknown(List<String> path) {
    return unknown(path, 0);
  }

  private Optional<Unknown> unknown(List<String> path, int index) {
    if (open || index == path.size()) {
      return Optional.empty();
    }
    String member = path.get(index);
    if (member.equals(PolicyReading.ANY)) {
      Optional<Unknown> last = Optional.empty();
      for (KnownClaims next : members.values()) {
        last = next.unknown(path, index + 1);
        if (last.isEmpty()) {
          return last;
        }
      }
      return members.isEmpty() ? Optional.of(new Unknown(index, Optional.empty())) : last;
    }
    KnownClaims next = members.get(member);
    if (next == null) {
      next = members.get(PolicyReading.ANY);
    }
    return next == null
        ? Optional.of(new Unknown(index, nearest(member)))
        : next.unknown(path, index + 1);
  }

  private Optional<String> nearest(String member) {
    return members.keySet().stream()
        .filter(name -> !name.equals(PolicyReading.ANY))
        .min(Comparator.comparingInt(name -> Distance.between(name, member)))
        .filter(name -> Distance.between(name, member) <= Math.max(2, member.length() / 3));
  }

  /**
   * A member that is not there.
   *
   * @param index of the member in the path
   * @param nearest the known one that is spelt most alike, when one is
   */
  record Unknown(int index, Optional<String> nearest) {}
}
