package dev.cocolab.azure.control;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What pods have left, or have, in the managed resource group.
 *
 * @param machines VMs whose name starts with {@link #PREFIX}
 * @param cards network cards whose name starts with it
 */
public record PodMachines(List<PodMachine> machines, List<PodCard> cards) {
  /** Names of pod VMs and their network cards start so. */
  public static final String PREFIX = "podvm-";

  /** Copies both. */
  public PodMachines {
    machines = List.copyOf(machines);
    cards = List.copyOf(cards);
  }

  /** What VM and card have in common: all that decides on deletion. */
  public sealed interface PodResource permits PodMachine, PodCard {
    ResourceId id();

    Map<String, String> tags();

    /** ARM id of the subnet; empty where it cannot be found out. */
    Optional<String> subnet();

    default String name() {
      return id().name();
    }
  }

  /**
   * A pod VM.
   *
   * @param size e.g. {@code Standard_DC2as_v5}
   * @param confidential true when Azure says that it is a confidential VM
   * @param created when; empty where Azure does not say
   */
  public record PodMachine(
      ResourceId id,
      String size,
      Map<String, String> tags,
      Optional<String> subnet,
      boolean confidential,
      Optional<Instant> created)
      implements PodResource {
    /** Copies the tags. */
    public PodMachine {
      tags = Map.copyOf(tags);
    }
  }

  /**
   * A network card of a pod VM.
   *
   * @param attached true while a VM has it
   */
  public record PodCard(
      ResourceId id, Map<String, String> tags, Optional<String> subnet, boolean attached)
      implements PodResource {
    /** Copies the tags. */
    public PodCard {
      tags = Map.copyOf(tags);
    }
  }
}
