package dev.cocolab.steps.targets.emulator;

import dev.cocolab.lab.Lab;
import dev.cocolab.steps.targets.Registry;

record LabRegistry(Lab lab) implements Registry {
  @Override
  public String pullSecret() {
    return lab.pullSecret();
  }
}
