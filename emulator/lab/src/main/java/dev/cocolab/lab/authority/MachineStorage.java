package dev.cocolab.lab.authority;

import dev.cocolab.blobstore.ServiceSas;
import dev.cocolab.blobstore.StorageAccount;
import dev.cocolab.image.StagingArea;
import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/**
 * The storage account of this machine's labs. Its key, and the moment it was made, are kept in one
 * file of mode 0600, so that the SAS in the workload's image stays the same from lab to lab.
 */
public final class MachineStorage {
  /** Account that the workload asks when nothing else is set. */
  public static final String ACCOUNT = "encrypteddatasets";

  public static final String CONTAINER = "data";
  public static final String BLOB = "dataset1.csv.enc";

  private static final Duration SAS_LIFE = Duration.ofDays(3650);

  /** The allowance that Azure documents for clocks that differ. */
  private static final Duration BACKDATED = Duration.ofMinutes(15);

  private final StorageAccount account;
  private final Instant made;

  private MachineStorage(StorageAccount account, Instant made) {
    this.account = account;
    this.made = made;
  }

  /**
   * Opens the account of a folder, making it on first use.
   *
   * @param staging on the same file system, for files that are not complete yet
   * @throws LabException {@link Reason#HOME_UNUSABLE} when its file cannot be written or read
   */
  public static MachineStorage open(
      Path directory, StagingArea staging, SecureRandom random, Instant now) {
    Objects.requireNonNull(random, "random");
    Path file = directory.resolve("storage-account");
    try {
      if (!Files.exists(file)) {
        make(directory, file, staging, StorageAccount.generate(ACCOUNT, random), now);
      }
      String[] lines = Files.readString(file).split("\n", -1);
      return new MachineStorage(
          StorageAccount.of(ACCOUNT, Base64.getDecoder().decode(lines[1])),
          Instant.parse(lines[0]));
    } catch (IOException | RuntimeException e) {
      throw new LabException(
          Reason.HOME_UNUSABLE,
          "cannot use the storage account in %s; remove the file, or set COCOLAB_HOME elsewhere"
              .formatted(file),
          e);
    }
  }

  public StorageAccount account() {
    return account;
  }

  /** What the SAS in the workload's image allows: read the one blob, over HTTPS. */
  public ServiceSas defaultSas() {
    return ServiceSas.readBlob(
        CONTAINER, BLOB, Optional.of(made.minus(BACKDATED)), made.plus(SAS_LIFE));
  }

  private static void make(
      Path directory, Path file, StagingArea staging, StorageAccount account, Instant now)
      throws IOException {
    Files.createDirectories(directory);
    String text = now.truncatedTo(ChronoUnit.SECONDS) + "\n" + account.keyBase64() + "\n";
    OnceFile.write(file, text, staging);
  }
}
