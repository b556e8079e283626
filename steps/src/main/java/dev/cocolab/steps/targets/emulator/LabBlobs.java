package dev.cocolab.steps.targets.emulator;

import dev.cocolab.lab.Lab;
import dev.cocolab.steps.targets.Blobs;
import java.time.Duration;

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
  public String expiredAddress() {
    return lab.datasets().addressExpiredFor(Duration.ofHours(1));
  }

  @Override
  public int transactions() {
    return lab.datasets().transactions();
  }
}
