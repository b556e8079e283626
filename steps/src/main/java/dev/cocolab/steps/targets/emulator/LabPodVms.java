package dev.cocolab.steps.targets.emulator;

import dev.cocolab.lab.Lab;
import dev.cocolab.steps.targets.PodVms;
import java.util.List;

record LabPodVms(Lab lab) implements PodVms {
  @Override
  public List<String> guestLog() {
    return lab.guestLog();
  }

  @Override
  public List<PodVm> list() {
    return lab.podVms().podVms().stream().map(vm -> new PodVm(vm.name(), vm.size())).toList();
  }
}
