package dev.cocolab.steps.targets.emulator;

import dev.cocolab.lab.Lab;
import dev.cocolab.steps.targets.KeyServers;

record LabKeyServers(Lab lab) implements KeyServers {
  @Override
  public void serve(byte[] key) {
    lab.keyServer().put("default/fraud-dataset/dataset_key", key);
  }

  @Override
  public int handedOut() {
    return lab.keyServer().handedOut();
  }
}
