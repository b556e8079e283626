package dev.cocolab.steps.targets;

import java.util.List;

/** The virtual machines behind confidential pods. */
public interface PodVms {
  List<PodVm> list();

  /** What the guests have logged, oldest first; empty without {@link Capability#GUEST_LOG}. */
  List<String> guestLog();

  /**
   * A pod VM.
   *
   * @param name {@code podvm-<pod>-<8 hex>}
   * @param size the cloud's size name
   */
  record PodVm(String name, String size) {}
}
