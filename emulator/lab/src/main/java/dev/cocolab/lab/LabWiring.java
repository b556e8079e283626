package dev.cocolab.lab;

import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.Tee;
import dev.cocolab.guest.InitdataMeasurement;
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
 * @param initdataMeasurement how that image measures the initdata of a pod
 * @param unsealsSecrets whether that image's agent exchanges sealed secrets
 */
public record LabWiring(
    UnaryOperator<Map<Tee, EvidenceVerifier>> verifiers,
    BootImage bootImage,
    InitdataMeasurement initdataMeasurement,
    boolean unsealsSecrets) {
  public LabWiring {
    Objects.requireNonNull(verifiers, "verifiers");
    Objects.requireNonNull(bootImage, "bootImage");
    Objects.requireNonNull(initdataMeasurement, "initdataMeasurement");
  }

  /** Everything as it should be. */
  public static LabWiring regular() {
    return new LabWiring(
        UnaryOperator.identity(), BootImage.defaultPodVm(), InitdataMeasurement.intoPcr8(), true);
  }

  /** The same with other verifiers in the broker. */
  public LabWiring withVerifiers(UnaryOperator<Map<Tee, EvidenceVerifier>> chosen) {
    return new LabWiring(chosen, bootImage, initdataMeasurement, unsealsSecrets);
  }

  /** The same with a VM image that measures initdata in another way. */
  public LabWiring withInitdataMeasurement(InitdataMeasurement chosen) {
    return new LabWiring(verifiers, bootImage, chosen, unsealsSecrets);
  }

  /** The same with a VM image whose agent leaves sealed secrets as they are. */
  public LabWiring withoutUnsealing() {
    return new LabWiring(verifiers, bootImage, initdataMeasurement, false);
  }
}
