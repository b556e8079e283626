package dev.cocolab.broker.metrics;

import java.util.Objects;

/**
 * What a broker says of its build.
 *
 * @param version version of the program
 * @param gitHash the commit, ten hex digits; {@code unknown} where the build does not know it
 * @param date day of the build, {@code YYYY-MM-DD}; {@code unknown} likewise
 */
public record BuildInfo(String version, String gitHash, String date) {
  /** Checks that nothing is missing. */
  public BuildInfo {
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(gitHash, "gitHash");
    Objects.requireNonNull(date, "date");
  }

  /** What the archive that this class was loaded from says. */
  public static BuildInfo ofThisProgram() {
    String version = BuildInfo.class.getPackage().getImplementationVersion();
    return new BuildInfo(version == null ? "0.1.0" : version, "unknown", "unknown");
  }
}
