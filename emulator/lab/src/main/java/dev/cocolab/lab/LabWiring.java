package dev.cocolab.lab;

import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.BootImage;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Parts of a lab that its owner may exchange: to run another pod VM image, or to show in a test
 * that the scenarios notice a part that does not do its work.
 *
 * @param verifiers from the verifiers that the broker would use to those that it uses
 * @param bootImage the pod VM image that machines boot, while the reference values stay those of
 *     {@link BootImage#defaultPodVm()}
 */
public record LabWiring(UnaryOperator<Map<Tee, EvidenceVerifier>> verifiers, BootImage bootImage) {
  public LabWiring {
    Objects.requireNonNull(verifiers, "verifiers");
    Objects.requireNonNull(bootImage, "bootImage");
  }

  /** Everything as it should be. */
  public static LabWiring regular() {
    return new LabWiring(UnaryOperator.identity(), BootImage.defaultPodVm());
  }
}
