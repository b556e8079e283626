package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.SecretText;
import dev.cocolab.azure.blobs.RunContainer;
import dev.cocolab.fixtures.DatasetCipher;
import dev.cocolab.fixtures.FraudDataset;
import dev.cocolab.steps.targets.Blobs;
import dev.cocolab.steps.targets.DatasetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** The encrypted dataset in the container of the run. */
final class AroBlobs implements Blobs {
  private static final String BLOB = "dataset1.csv.enc";
  private static final int TRANSACTIONS = 2_000;
  private static final long SEED = 20_260_225L;
  private static final Duration EXPIRED = Duration.ofHours(1);

  private final RunContainer container;
  private final String account;
  private final Duration validity;
  private final SecureRandom random;
  private final Outage outage;
  private final GitHubMasks masks;

  /**
   * In a container that exists.
   *
   * @param validity of addresses, from now on
   */
  AroBlobs(
      RunContainer container,
      String account,
      Duration validity,
      SecureRandom random,
      Outage outage,
      GitHubMasks masks) {
    this.container = Objects.requireNonNull(container, "container");
    this.account = Objects.requireNonNull(account, "account");
    this.validity = Objects.requireNonNull(validity, "validity");
    this.random = Objects.requireNonNull(random, "random");
    this.outage = Objects.requireNonNull(outage, "outage");
    this.masks = Objects.requireNonNull(masks, "masks");
  }

  @Override
  public void putEncryptedDataset(byte[] key) {
    byte[] plain = FraudDataset.generate(SEED, TRANSACTIONS).csv();
    byte[] encrypted = DatasetCipher.encrypt(key, plain, random);
    outage.watch(
        () -> {
          container.put(BLOB, encrypted);
          return true;
        });
  }

  @Override
  public void deleteEncryptedDataset() {
    outage.watch(
        () -> {
          container.remove(BLOB);
          return true;
        });
  }

  @Override
  public String expiredAddress() {
    return signed(() -> container.expiredSignature(BLOB, EXPIRED));
  }

  @Override
  public Optional<DatasetAddress> address() {
    return Optional.of(
        new DatasetAddress(
            account,
            container.name(),
            BLOB,
            signed(() -> container.readSignature(BLOB, validity))));
  }

  private String signed(Supplier<SecretText> signature) {
    String sas = outage.watch(signature).reveal();
    masks.hide(sas);
    return sas;
  }

  @Override
  public int transactions() {
    return TRANSACTIONS;
  }
}
