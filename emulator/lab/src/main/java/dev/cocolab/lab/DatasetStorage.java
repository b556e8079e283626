package dev.cocolab.lab;

import dev.cocolab.blobstore.BlobServer;
import dev.cocolab.fixtures.DatasetCipher;
import dev.cocolab.fixtures.FraudDataset;
import dev.cocolab.lab.authority.MachineStorage;
import java.security.SecureRandom;
import java.util.Objects;

/** The encrypted dataset in the account that the workload asks by default. */
public final class DatasetStorage {
  private static final int TRANSACTIONS = 2_000;
  private static final long SEED = 20_260_225L;

  private final BlobServer blobs;
  private final SecureRandom random;

  DatasetStorage(BlobServer blobs, SecureRandom random) {
    this.blobs = Objects.requireNonNull(blobs, "blobs");
    this.random = Objects.requireNonNull(random, "random");
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

  /** Number of transactions in the dataset. */
  public int transactions() {
    return TRANSACTIONS;
  }
}
