package dev.cocolab.lab.joined;

import dev.cocolab.lab.joined.NamespaceContents.Item;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells what a dead lab made in its namespaces from what others made there after it. Objects that
 * belong to others go with them. Of the rest the lab's are those that were made while it held the
 * lease, when the namespaces were its own, and those that only its clients wrote, whose user agent
 * the API server notes as field manager. Whatever else there is may be somebody's.
 */
final class Remains {
  private static final Duration STAMP = Duration.ofSeconds(1);
  private static final Set<String> WRITERS =
      Set.of(Marker.USER_AGENT, "kube-controller-manager", "kube-scheduler");

  /**
   * While a lab had the lease: from when it took it to when it last renewed it.
   *
   * @param from first instant
   * @param to last instant
   */
  record Life(Instant from, Instant to) {
    /** Stamps are cut to the second; one in which the life begins or ends shows nothing. */
    private boolean holds(Instant stamp) {
      return !stamp.isBefore(from) && !stamp.plus(STAMP).isAfter(to);
    }
  }

  private final Optional<Life> life;
  private final Set<String> uids = new HashSet<>();
  private final Set<String> services = new HashSet<>();

  Remains(Optional<Life> life) {
    this.life = life;
  }

  /** Those of all present that the lab made; remembers them, for what goes with them. */
  List<Item> among(List<Item> present) {
    Set<String> there = new HashSet<>();
    present.forEach(item -> there.add(item.object().getMetadata().getUid()));
    int known;
    do {
      known = uids.size();
      present.stream().filter(item -> isLabs(item, there, present)).forEach(this::remember);
    } while (uids.size() > known);
    return present.stream()
        .filter(item -> uids.contains(item.object().getMetadata().getUid()))
        .toList();
  }

  private void remember(Item item) {
    uids.add(item.object().getMetadata().getUid());
    if (item.kind().kind().equals("Service")) {
      services.add(item.namespace() + "/" + item.name());
    }
  }

  private boolean isLabs(Item item, Set<String> there, List<Item> present) {
    ObjectMeta meta = item.object().getMetadata();
    List<String> owners =
        meta.getOwnerReferences().stream()
            .map(OwnerReference::getUid)
            .filter(uid -> there.contains(uid) || uids.contains(uid))
            .toList();
    if (!owners.isEmpty()) {
      return uids.containsAll(owners);
    }
    if (item.kind().kind().equals("Endpoints")) {
      if (services.contains(item.namespace() + "/" + item.name())) {
        return true;
      }
      if (present.stream()
          .anyMatch(
              other ->
                  other.kind().kind().equals("Service")
                      && other.namespace().equals(item.namespace())
                      && other.name().equals(item.name()))) {
        return false;
      }
    }
    return isOfItsLife(meta) || isItsWriting(meta);
  }

  private boolean isOfItsLife(ObjectMeta meta) {
    if (meta.getCreationTimestamp() == null) {
      return false;
    }
    try {
      Instant made = Instant.parse(meta.getCreationTimestamp());
      return life.filter(span -> span.holds(made)).isPresent();
    } catch (DateTimeException e) {
      return false;
    }
  }

  /** Statuses do not count: the lab's node writes those of everybody's pods. */
  private static boolean isItsWriting(ObjectMeta meta) {
    List<String> writers =
        meta.getManagedFields().stream()
            .filter(entry -> entry.getSubresource() == null || entry.getSubresource().isEmpty())
            .map(ManagedFieldsEntry::getManager)
            .toList();
    return writers.contains(Marker.USER_AGENT) && WRITERS.containsAll(writers);
  }
}
