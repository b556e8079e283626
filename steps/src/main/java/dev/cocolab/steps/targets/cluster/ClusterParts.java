package dev.cocolab.steps.targets.cluster;

import dev.cocolab.steps.targets.Blobs;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.DatasetAddress;
import dev.cocolab.steps.targets.KeyServers;
import dev.cocolab.steps.targets.PodVms;
import dev.cocolab.steps.targets.Registry;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a cluster can offer beside Kubernetes, each with its capability.
 *
 * @param capabilities what the other parts can do
 */
public record ClusterParts(
    PodVms podVms,
    Registry registry,
    Blobs blobs,
    KeyServers keyServers,
    Set<Capability> capabilities) {
  public ClusterParts {
    capabilities = Set.copyOf(capabilities);
  }

  /** None of it: a scenario that needs some says so by its tags, and is skipped. */
  public static ClusterParts none() {
    return new ClusterParts(new NoVms(), () -> "", new NoBlobs(), new NoKeyServers(), Set.of());
  }

  private static AssertionError missing(Capability capability) {
    return new AssertionError(
        "this target does not offer %s; the scenario needs the tag %s"
            .formatted(capability, capability.tag()));
  }

  private record NoVms() implements PodVms {
    @Override
    public List<PodVm> list() {
      throw missing(Capability.POD_VMS);
    }

    @Override
    public List<String> guestLog() {
      return List.of();
    }
  }

  private record NoBlobs() implements Blobs {
    @Override
    public void putEncryptedDataset(byte[] key) {
      throw missing(Capability.BLOBS);
    }

    @Override
    public void deleteEncryptedDataset() {
      throw missing(Capability.BLOBS);
    }

    @Override
    public String expiredAddress() {
      throw missing(Capability.BLOBS);
    }

    @Override
    public Optional<DatasetAddress> address() {
      return Optional.empty();
    }

    @Override
    public int transactions() {
      throw missing(Capability.BLOBS);
    }
  }

  private record NoKeyServers() implements KeyServers {
    @Override
    public void serve(byte[] key) {
      throw missing(Capability.KEY_SERVERS);
    }

    @Override
    public int handedOut() {
      throw missing(Capability.KEY_SERVERS);
    }
  }
}
