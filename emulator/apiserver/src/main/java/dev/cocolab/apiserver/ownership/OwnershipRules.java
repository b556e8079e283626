package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.ownership.ConflictException.Conflict;
import dev.cocolab.apiserver.ownership.Ownership.Share;
import dev.cocolab.apiserver.schema.TypeShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * How writes change who owns what. Holds for one kind in one version.
 *
 * @param shape what is known about the kind
 * @param apiVersion the version of the request, in which new fields are named
 * @param own drops the fields that this kind of request cannot set, so that it does not own them
 * @param comparable brings an object into the form in which it is compared with another
 */
public record OwnershipRules(
    TypeShape shape,
    String apiVersion,
    UnaryOperator<FieldSet> own,
    UnaryOperator<JsonNode> comparable) {

  /** Fields of every object that nobody owns. */
  private static final FieldSet UNOWNED =
      FieldSet.of(
          FieldPath.of("apiVersion"),
          FieldPath.of("kind"),
          FieldPath.of("metadata"),
          FieldPath.of("metadata", "name"),
          FieldPath.of("metadata", "namespace"),
          FieldPath.of("metadata", "creationTimestamp"),
          FieldPath.of("metadata", "selfLink"),
          FieldPath.of("metadata", "uid"),
          FieldPath.of("metadata", "clusterName"),
          FieldPath.of("metadata", "generation"),
          FieldPath.of("metadata", "managedFields"),
          FieldPath.of("metadata", "resourceVersion"));

  /** Update owners beyond this number are put together, the oldest first. */
  private static final int MOST_UPDATERS = 10;

  /** The subresource whose owners are translated on the way, which loses their times. */
  private static final String UNTIMED = "scale";

  private static final String OLD_UPDATERS = "ancient-changes";

  /**
   * Result of an apply.
   *
   * @param object the merged object, in the form it had when it came, without defaults
   * @param ownership who owns what now
   */
  public record Applied(JsonNode object, Ownership ownership) {}

  /** Owners after a write that is no apply: the writer owns what it changed. */
  public Ownership update(
      Ownership present, Owner owner, JsonNode before, JsonNode after, String now) {
    Comparison whole = compare(before, after);
    TreeMap<Owner, Share> shares = new TreeMap<>(present.shares());
    Comparison comparison = whole.filtered(own);
    shares.replaceAll(
        (other, share) ->
            share.with(share.fields().minus(comparison.taken()).minus(comparison.removed())));
    FieldSet taken = own.apply(whole.taken()).minus(UNOWNED);
    if (!taken.isEmpty()) {
      FieldSet had = shares.containsKey(owner) ? shares.get(owner).fields() : FieldSet.EMPTY;
      String time = owner.subresource().equals(UNTIMED) ? "" : now;
      shares.put(owner, new Share(had.union(taken), apiVersion, time));
    }
    return cap(Ownership.of(shares));
  }

  private Comparison compare(JsonNode before, JsonNode after) {
    return Comparison.of(shape, comparable.apply(before), comparable.apply(after));
  }

  /** What is wrong with the shape of an applied object; empty when nothing is. */
  public java.util.Optional<String> check(JsonNode applied) {
    return ShapeCheck.check(shape, applied);
  }

  /** The fields that an object mentions. */
  public FieldSet fields(JsonNode object) {
    return FieldCollector.collect(shape, object);
  }

  /** The fields of the first object that are the same in the second. */
  public FieldSet agreed(JsonNode said, JsonNode live) {
    Comparison comparison = compare(said, live);
    return fields(said)
        .minus(comparison.modified())
        .minus(comparison.added())
        .minus(comparison.removed());
  }

  /**
   * Server-side apply.
   *
   * @param live the object as it is; an empty object for a new one
   * @param applied what the applier says
   * @param force whether fields of others are taken from them
   * @throws ConflictException when it does not, and others own fields that change
   */
  public Applied apply(
      Ownership present, Owner owner, JsonNode live, JsonNode applied, boolean force, String now) {
    FieldSet last = present.fields(owner);
    TreeMap<Owner, Share> shares = new TreeMap<>(present.shares());
    String lastTime = shares.containsKey(owner) ? shares.get(owner).time() : "";
    shares.put(owner, new Share(own.apply(fields(applied)), apiVersion, lastTime));
    JsonNode merged = StructuredMerge.merge(shape, live, applied);
    JsonNode object = last.isEmpty() ? merged : prune(merged, last, shares);

    Comparison comparison = compare(live, object).filtered(own);
    SortedMap<Owner, FieldSet> disputed = new TreeMap<>();
    shares.forEach(
        (other, share) -> {
          FieldSet conflict = share.fields().intersection(comparison.taken());
          if (!other.equals(owner) && !conflict.isEmpty()) {
            disputed.put(other, conflict);
          }
        });
    if (!force && !disputed.isEmpty()) {
      throw new ConflictException(conflicts(disputed));
    }
    shares.replaceAll(
        (other, share) ->
            other.equals(owner)
                ? share
                : share.with(
                    share
                        .fields()
                        .minus(disputed.getOrDefault(other, FieldSet.EMPTY))
                        .minus(comparison.removed())));
    boolean changed = !PlainValues.same(comparable.apply(live), comparable.apply(object));
    Share mine = shares.get(owner);
    shares.put(
        owner, new Share(mine.fields().minus(UNOWNED), apiVersion, changed ? now : mine.time()));
    return new Applied(object, Ownership.of(shares));
  }

  private static List<Conflict> conflicts(SortedMap<Owner, FieldSet> disputed) {
    List<Conflict> conflicts = new ArrayList<>();
    disputed.forEach(
        (other, fields) ->
            fields.paths().forEach(path -> conflicts.add(new Conflict(other, path))));
    return conflicts;
  }

  /** Removes what the applier said last time and says no more, where nobody else owns it. */
  private JsonNode prune(JsonNode merged, FieldSet last, Map<Owner, Share> shares) {
    FieldSet owned = FieldSet.EMPTY;
    for (Share share : shares.values()) {
      owned = owned.union(share.fields());
    }
    FieldSet everything = named(fields(merged));
    JsonNode pruned = ItemRemoval.remove(shape, merged, named(last));
    FieldSet kept = named(fields(pruned)).union(named(owned));
    JsonNode withOwned = ItemRemoval.remove(shape, merged, everything.minus(kept));
    FieldSet gone = everything.minus(named(fields(withOwned))).intersection(named(last));
    return ItemRemoval.remove(shape, merged, gone);
  }

  /** With the fields of structures that lead to the fields of the set. */
  private FieldSet named(FieldSet set) {
    return set.withNamed((path, step) -> FieldCollector.declares(shape, path.elements(), step));
  }

  private Ownership cap(Ownership ownership) {
    List<Map.Entry<Owner, Share>> updaters =
        new ArrayList<>(
            ownership.shares().entrySet().stream().filter(e -> !e.getKey().applies()).toList());
    if (updaters.size() <= MOST_UPDATERS) {
      return ownership;
    }
    updaters.sort(
        java.util.Comparator.comparing((Map.Entry<Owner, Share> e) -> e.getValue().time())
            .thenComparing(Map.Entry::getKey));
    TreeMap<Owner, Share> shares = new TreeMap<>(ownership.shares());
    int excess = updaters.size() - MOST_UPDATERS;
    SortedMap<String, Owner> first = new TreeMap<>();
    for (Map.Entry<Owner, Share> updater : updaters) {
      String version = updater.getValue().apiVersion();
      Owner bucket = new Owner(OLD_UPDATERS, Owner.Operation.UPDATE, version, "");
      Owner before = first.putIfAbsent(version, updater.getKey());
      if (excess > 0 && before != null) {
        if (!shares.containsKey(bucket)) {
          shares.put(bucket, shares.remove(before));
        }
        FieldSet together = shares.get(bucket).fields().union(updater.getValue().fields());
        shares.remove(updater.getKey());
        shares.put(bucket, new Share(together, version, updater.getValue().time()));
        excess--;
      }
    }
    return Ownership.of(shares);
  }
}
