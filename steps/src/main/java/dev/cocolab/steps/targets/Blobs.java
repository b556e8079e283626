package dev.cocolab.steps.targets;

/** The storage account that holds the encrypted dataset. */
public interface Blobs {
  /** Encrypts a dataset with this key and puts it where the workload's defaults look for it. */
  void putEncryptedDataset(byte[] key);

  void deleteEncryptedDataset();

  /** A query string that once gave read access to the dataset and has expired for an hour. */
  String expiredAddress();

  /** Number of transactions in the dataset. */
  int transactions();
}
