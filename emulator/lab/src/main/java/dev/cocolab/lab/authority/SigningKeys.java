package dev.cocolab.lab.authority;

import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The keys that sign images of this machine's labs, EC on P-256 as cosign makes them: the
 * workshop's, one that nobody trusts, and one in the place of the vendor's. Made once per home
 * folder and kept there in {@code signing-keys.pem}; the workshop's public key lies beside it in
 * {@code cosign.pub}. Both have mode 0600.
 */
public final class SigningKeys {

  private static final int WORKSHOP = 0;
  private static final int FOREIGN = 1;
  private static final int VENDOR = 2;
  private static final int COUNT = 3;

  private final List<KeyPair> pairs;

  private SigningKeys(List<KeyPair> pairs) {
    this.pairs = List.copyOf(pairs);
  }

  /**
   * Opens the keys of a folder, making them on first use. Of several processes that do so at once,
   * one wins and all use its keys.
   *
   * @param staging on the same file system, for files that are not complete yet
   * @throws LabException {@link Reason#HOME_UNUSABLE} when a file cannot be written or read
   */
  public static SigningKeys open(Path directory, StagingArea staging, SecureRandom random) {
    Objects.requireNonNull(random, "random");
    Path file = directory.resolve("signing-keys.pem");
    try {
      if (!Files.exists(file)) {
        make(directory, file, staging, random);
      }
      SigningKeys keys = new SigningKeys(P256.parse(Files.readString(file), COUNT));
      keys.publish(directory.resolve("cosign.pub"), staging);
      return keys;
    } catch (IOException e) {
      throw new LabException(
          Reason.HOME_UNUSABLE,
          "cannot use the signing keys in %s (%s); remove the file, or set COCOLAB_HOME elsewhere"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** Signs the workshop's images. */
  public PrivateKey workshop() {
    return pairs.get(WORKSHOP).getPrivate();
  }

  /** Signs what a policy must not accept. */
  public PrivateKey foreign() {
    return pairs.get(FOREIGN).getPrivate();
  }

  /** {@code cosign.pub}: PEM text of the workshop's public key. */
  public String workshopPublicPem() {
    return PemText.of(pairs.get(WORKSHOP).getPublic());
  }

  /** PEM text of the public key that stands for the vendor's release key. */
  public String vendorPublicPem() {
    return PemText.of(pairs.get(VENDOR).getPublic());
  }

  private static void make(Path directory, Path file, StagingArea staging, SecureRandom random)
      throws IOException {
    Files.createDirectories(directory);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < COUNT; i++) {
      text.append(P256.pem(P256.keyPair(random)));
    }
    OnceFile.write(file, text.toString(), staging);
  }

  /** Follows the keys, also when somebody removed their file so that new ones were made. */
  private void publish(Path file, StagingArea staging) throws IOException {
    byte[] text = workshopPublicPem().getBytes(StandardCharsets.US_ASCII);
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), text)) {
      return;
    }
    Path fresh = staging.begin().resolve("cosign.pub");
    OnceFile.write(fresh, new String(text, StandardCharsets.US_ASCII), staging);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
