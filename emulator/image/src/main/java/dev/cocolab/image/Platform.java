package dev.cocolab.image;

import java.util.Locale;
import java.util.Objects;

/**
 * Operating system and processor in Go's names, as an index lists them: {@code linux}, {@code
 * amd64}.
 */
public record Platform(String os, String architecture) {

  public Platform {
    Objects.requireNonNull(os, "os");
    Objects.requireNonNull(architecture, "architecture");
  }

  /** Linux on the processor of this machine. */
  public static Platform ofThisMachine() {
    return linux(System.getProperty("os.arch"));
  }

  static Platform linux(String javaArchitecture) {
    String arch = javaArchitecture.toLowerCase(Locale.ROOT);
    return new Platform(
        "linux",
        switch (arch) {
          case "amd64", "x86_64" -> "amd64";
          case "aarch64", "arm64" -> "arm64";
          default -> arch;
        });
  }

  @Override
  public String toString() {
    return os + "/" + architecture;
  }
}
