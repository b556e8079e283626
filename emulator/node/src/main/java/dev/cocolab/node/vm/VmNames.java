package dev.cocolab.node.vm;

import java.util.Locale;

/** Names of pod VMs (cloud-api-adaptor, GenerateInstanceName). */
final class VmNames {
  private static final int MAX = 63;
  private static final String PREFIX = "podvm-";
  private static final int ID_LENGTH = 8;

  private VmNames() {}

  /** {@code podvm-<pod>-<first 8 of the sandbox id>}; the pod's name is cut to keep it at 63. */
  static String of(String pod, String sandboxId) {
    String id = clean(sandboxId.substring(0, ID_LENGTH));
    String name = clean(pod);
    int room = MAX - PREFIX.length() - 1 - id.length();
    return PREFIX + name.substring(0, Math.min(room, name.length())) + "-" + id;
  }

  private static String clean(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
  }
}
