package dev.cocolab.reports;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a claim stands for, in words of people who do not read evidence. */
final class ClaimWords {
  private static final Pattern REGISTER = Pattern.compile("(?:.*\\.)?pcr(\\d{2})");

  /** What a pod VM measures into its registers; the others are the firmware's. */
  private static final Map<Integer, String> MEASURED =
      Map.of(
          3, "firmware and boot configuration",
          8, "the pod's initdata",
          9, "initial RAM disk",
          11, "kernel image",
          12, "kernel command line");

  private ClaimWords() {}

  /**
   * {@code PCR 8: the pod's initdata} for {@code tpm.pcr08}; empty for claims that name themselves.
   */
  static Optional<String> of(String claim) {
    Matcher matcher = REGISTER.matcher(claim);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int register = Integer.parseInt(matcher.group(1));
    String meaning = MEASURED.get(register);
    return Optional.of("PCR " + register + (meaning == null ? "" : ": " + meaning));
  }
}
