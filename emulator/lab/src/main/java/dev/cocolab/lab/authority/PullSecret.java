package dev.cocolab.lab.authority;

import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;

/**
 * The account that may read the private repository of this machine's labs. Its password is made
 * once per home folder and kept there in {@code registry-password}, mode 0600.
 */
public final class PullSecret {
  private static final String USER = "confidential-devhub+puller";
  private static final String REGISTRY = "quay.io";
  private static final int PASSWORD_BYTES = 24;

  private final String password;

  private PullSecret(String password) {
    this.password = password;
  }

  /**
   * Opens the account of a folder, making its password on first use.
   *
   * @param staging on the same file system, for files that are not complete yet
   * @throws LabException {@link Reason#HOME_UNUSABLE} when its file cannot be written or read
   */
  public static PullSecret open(Path directory, StagingArea staging, SecureRandom random) {
    Objects.requireNonNull(random, "random");
    Path file = directory.resolve("registry-password");
    try {
      if (!Files.exists(file)) {
        Files.createDirectories(directory);
        byte[] secret = new byte[PASSWORD_BYTES];
        random.nextBytes(secret);
        OnceFile.write(file, HexFormat.of().formatHex(secret) + "\n", staging);
      }
      return new PullSecret(Files.readString(file).strip());
    } catch (IOException e) {
      throw new LabException(
          Reason.HOME_UNUSABLE,
          "cannot use %s (%s); remove the file, or set COCOLAB_HOME elsewhere"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  public String user() {
    return USER;
  }

  public String password() {
    return password;
  }

  /** The registry auth file, as a {@code dockerconfigjson} holds it. */
  public String json() {
    byte[] pair = (USER + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
        .formatted(REGISTRY, Base64.getEncoder().encodeToString(pair));
  }

  /** Never the password. */
  @Override
  public String toString() {
    return "PullSecret[" + USER + "]";
  }
}
