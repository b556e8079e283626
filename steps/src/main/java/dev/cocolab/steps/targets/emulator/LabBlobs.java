package dev.cocolab.steps.targets.emulator;

import dev.cocolab.lab.Lab;
import dev.cocolab.steps.targets.Blobs;
import dev.cocolab.steps.targets.DatasetAddress;
import java.time.Duration;
import java.util.Optional;

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
  public Optional<DatasetAddress> address() {
    return Optional.empty();
  }

  @Override
  public int transactions() {
    return lab.datasets().transactions();
  }
}
