package dev.cocolab.lab;

import dev.cocolab.blobstore.BlobServer;
import dev.cocolab.blobstore.ServiceSas;
import dev.cocolab.fixtures.DatasetCipher;
import dev.cocolab.fixtures.FraudDataset;
import dev.cocolab.lab.authority.MachineStorage;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** The encrypted dataset in the account that the workload asks by default. */
public final class DatasetStorage {
  private static final int TRANSACTIONS = 2_000;
  private static final long SEED = 20_260_225L;

  private final BlobServer blobs;
  private final SecureRandom random;
  private final Clock clock;

  DatasetStorage(BlobServer blobs, SecureRandom random, Clock clock) {
    this.blobs = Objects.requireNonNull(blobs, "blobs");
    this.random = Objects.requireNonNull(random, "random");
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /** Encrypts the dataset with this key file's content and stores it, replacing an older one. */
  public void put(byte[] keyFile) {
    byte[] plain = FraudDataset.generate(SEED, TRANSACTIONS).csv();
    blobs.put(
        MachineStorage.ACCOUNT,
        MachineStorage.CONTAINER,
        MachineStorage.BLOB,
        DatasetCipher.encrypt(keyFile, plain, random));
  }

  public void delete() {
    blobs.delete(MachineStorage.ACCOUNT, MachineStorage.CONTAINER, MachineStorage.BLOB);
  }

  /** A SAS for the dataset, without question mark, that has been invalid for this long. */
  public String addressExpiredFor(Duration age) {
    Instant expiry = clock.instant().minus(age);
    return blobs.sas(
        MachineStorage.ACCOUNT,
        ServiceSas.readBlob(
            MachineStorage.CONTAINER, MachineStorage.BLOB, Optional.of(expiry.minus(age)), expiry));
  }

  /** Number of transactions in the dataset. */
  public int transactions() {
    return TRANSACTIONS;
  }
}
