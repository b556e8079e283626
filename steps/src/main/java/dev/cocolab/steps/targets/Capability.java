package dev.cocolab.steps.targets;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a scenario may need beyond the minimum, each with its tag. */
public enum Capability {
  /** Faults can be injected. */
  FAULTS,
  /** The broker's appraisals can be read and explained. */
  EXPLANATIONS,
  /** What the components inside a pod VM log can be read from outside. */
  GUEST_LOG,
  /** The virtual machines behind pods can be listed, with their sizes. */
  POD_VMS,
  /** There is an object store for the encrypted dataset, and pods reach it. */
  BLOBS,
  /** Plain key servers for traditional pods can be had. */
  KEY_SERVERS,
  /** The registry keeps a private repository, and its credentials are known. */
  PRIVATE_REGISTRY,
  /** The registry serves images beside the workshop's own, made to be refused. */
  MADE_IMAGES,
  /** Evidence that Trustee accepts can be made on this machine, outside of any pod. */
  EVIDENCE,
  /** Memory is really encrypted. */
  REAL_TEE,
  /** Azure's own APIs are there. */
  AZURE;

  /** {@code @needs-real-tee} for {@link #REAL_TEE}. */
  public String tag() {
    return "@needs-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The capability that a scenario's tag asks for; empty for tags that ask for none. */
  public static Optional<Capability> ofTag(String tag) {
    return Arrays.stream(values()).filter(capability -> capability.tag().equals(tag)).findFirst();
  }
}
