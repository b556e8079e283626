package dev.cocolab.azure.preflight;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of OpenShift. */
record OpenShiftVersion(int major, int minor, int patch) implements Comparable<OpenShiftVersion> {
  /** The first with which the workshop works. */
  static final OpenShiftVersion OLDEST = new OpenShiftVersion(4, 18, 30);

  private static final Pattern FORM =
      Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,6})([-+].*)?");

  static Optional<OpenShiftVersion> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new OpenShiftVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  @Override
  public int compareTo(OpenShiftVersion other) {
    return java.util.Comparator.comparingInt(OpenShiftVersion::major)
        .thenComparingInt(OpenShiftVersion::minor)
        .thenComparingInt(OpenShiftVersion::patch)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
