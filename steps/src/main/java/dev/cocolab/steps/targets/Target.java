package dev.cocolab.steps.targets;

import java.util.Objects;
import java.util.Set;

/**
 * The place a scenario runs on. What differs between an emulator and a real cluster is behind these
 * ports; scenarios and steps never ask for the name.
 *
 * @param name shown in the report
 * @param clients one Kubernetes client a persona
 * @param trustee what can be learnt from the broker beside its log
 * @param podVms the virtual machines behind confidential pods
 * @param registry where the workload's images are
 * @param blobs the object store that holds the encrypted dataset
 * @param keyServers the plain servers of the traditional twin
 * @param timeouts how long to wait here
 * @param capabilities what this place can do beyond the minimum
 * @param closing gives everything back
 */
public record Target(
    String name,
    Clients clients,
    TrusteeState trustee,
    PodVms podVms,
    Registry registry,
    Blobs blobs,
    KeyServers keyServers,
    Timeouts timeouts,
    Set<Capability> capabilities,
    Runnable closing)
    implements AutoCloseable {
  public Target {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(clients, "clients");
    Objects.requireNonNull(trustee, "trustee");
    Objects.requireNonNull(podVms, "podVms");
    Objects.requireNonNull(registry, "registry");
    Objects.requireNonNull(blobs, "blobs");
    Objects.requireNonNull(keyServers, "keyServers");
    Objects.requireNonNull(timeouts, "timeouts");
    capabilities = Set.copyOf(capabilities);
    Objects.requireNonNull(closing, "closing");
  }

  @Override
  public void close() {
    closing.run();
  }
}
