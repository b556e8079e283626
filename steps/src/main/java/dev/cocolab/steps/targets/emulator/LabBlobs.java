package dev.cocolab.steps.targets.emulator;

import dev.cocolab.lab.Lab;
import dev.cocolab.steps.targets.Blobs;

record LabBlobs(Lab lab) implements Blobs {
  @Override
  public void putEncryptedDataset(byte[] key) {
    lab.datasets().put(key);
  }

  @Override
  public void deleteEncryptedDataset() {
    lab.datasets().delete();
  }

  @Override
  public int transactions() {
    return lab.datasets().transactions();
  }
}
