package dev.cocolab.azure.sweep;

import dev.cocolab.azure.AzureException;
import java.util.List;
import java.util.Optional;

/**
 * What a sweep did.
 *
 * @param items one for each VM and network card that was looked at
 */
public record SweepReport(List<Item> items) {
  /** What became of one. */
  public enum Outcome {
    DELETED,
    /** Not ours to delete. */
    KEPT,
    /** Without tags: a person must look. */
    UNTAGGED,
    FAILED
  }

  /**
   * One VM or network card.
   *
   * @param kind {@code VM} or {@code NIC}
   * @param detail why, in words
   * @param reason of a failure
   */
  public record Item(
      String name,
      String kind,
      Outcome outcome,
      String detail,
      Optional<AzureException.Reason> reason) {
    String line() {
      String word =
          switch (outcome) {
            case DELETED -> "deleted";
            case KEPT -> "kept";
            case UNTAGGED -> "not touched";
            case FAILED -> "FAILED";
          };
      return "%s %s %s: %s".formatted(word, kind, name, detail);
    }
  }

  /** Copies the items. */
  public SweepReport {
    items = List.copyOf(items);
  }

  /** Those with this outcome. */
  public List<Item> with(Outcome outcome) {
    return items.stream().filter(item -> item.outcome() == outcome).toList();
  }

  /** True when nothing that should be gone is still there. */
  public boolean clean() {
    return with(Outcome.FAILED).isEmpty();
  }

  /** One line an item, then the sum. */
  public List<String> lines() {
    return java.util.stream.Stream.concat(
            items.stream().map(Item::line),
            java.util.stream.Stream.of(
                "sweep: %d deleted, %d kept, %d without tags, %d failed"
                    .formatted(
                        with(Outcome.DELETED).size(),
                        with(Outcome.KEPT).size(),
                        with(Outcome.UNTAGGED).size(),
                        with(Outcome.FAILED).size())))
        .toList();
  }
}
