package dev.cocolab.steps.targets;

import java.util.Optional;

/** The storage account that holds the encrypted dataset. */
public interface Blobs {
  /** Encrypts a dataset with this key and puts it where the workload looks for it. */
  void putEncryptedDataset(byte[] key);

  void deleteEncryptedDataset();

  /** A query string that once gave read access to the dataset and has expired for an hour. */
  String expiredAddress();

  /** Where the dataset is; empty where the workload's defaults lead there. */
  Optional<DatasetAddress> address();

  /** Number of transactions in the dataset. */
  int transactions();
}
