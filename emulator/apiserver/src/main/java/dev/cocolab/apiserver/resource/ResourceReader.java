package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.selector.FieldSelector;
import dev.cocolab.apiserver.selector.LabelSelector;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Reads objects and lists. What it returns belongs to the store: copy before changing. */
public final class ResourceReader {
  private final ObjectStore store;

  public ResourceReader(ObjectStore store) {
    this.store = store;
  }

  /**
   * What to list.
   *
   * @param labels label selector
   * @param fields field selector
   * @param limit most objects to return, 0 for all
   * @param continueToken where the page before ended, empty for the first page
   * @param resourceVersion as in the query, may be empty
   * @param match {@code Exact}, {@code NotOlderThan} or empty
   */
  public record ListQuery(
      LabelSelector labels,
      FieldSelector fields,
      int limit,
      String continueToken,
      String resourceVersion,
      String match) {
    public ListQuery {
      Objects.requireNonNull(labels, "labels");
      Objects.requireNonNull(fields, "fields");
    }

    /** Whether not every object is shown. */
    boolean selects() {
      return !labels.requirements().isEmpty() || !fields.terms().isEmpty();
    }

    public boolean matches(ObjectNode object) {
      return labels.matches(object) && fields.matches(object);
    }
  }

  /**
   * One page.
   *
   * @param objects in order of namespace and name
   * @param revision revision at which they were so
   * @param continueToken where the next page starts; empty when this is the last
   * @param remaining objects after this page, if known
   */
  public record Page(
      List<ObjectNode> objects, long revision, String continueToken, OptionalLong remaining) {
    public Page {
      objects = List.copyOf(objects);
      Objects.requireNonNull(continueToken, "continueToken");
      Objects.requireNonNull(remaining, "remaining");
    }
  }

  /** The object; throws 404. */
  public ObjectNode get(Target target) {
    return inVersion(target.type(), require(target).json());
  }

  StoredObject require(Target target) {
    return store.get(target.key()).orElseThrow(target::notFound);
  }

  /**
   * One page of a list; throws 410 for a past that is forgotten, 504 for a future that has not
   * come.
   */
  public Page list(ResourceType type, String namespace, ListQuery query) {
    if (!query.match().isEmpty() && query.resourceVersion().isEmpty()) {
      throw ApiException.invalid(
          new ApiException.Subject("meta.k8s.io", "ListOptions", ""),
          List.of(
              Cause.forbidden(
                  "resourceVersionMatch",
                  "resourceVersionMatch is forbidden unless resourceVersion is provided")));
    }
    if (!Set.of("", "Exact", "NotOlderThan").contains(query.match())) {
      throw ApiException.invalid(
          new ApiException.Subject("meta.k8s.io", "ListOptions", ""),
          List.of(
              Cause.notSupported(
                  "resourceVersionMatch", query.match(), List.of("Exact", "NotOlderThan", ""))));
    }
    boolean versioned = !query.resourceVersion().isEmpty() && !query.resourceVersion().equals("0");
    if (!query.continueToken().isEmpty() && versioned) {
      throw ApiException.badRequest(
          "specifying resource version is not allowed when using continue");
    }
    Optional<ContinueToken> from = ContinueToken.parse(query.continueToken());
    OptionalLong revision =
        from.map(t -> OptionalLong.of(t.revision())).orElseGet(() -> pastRevision(query));
    ObjectStore.Snapshot snapshot = snapshot(type, namespace, revision, from.isPresent());
    List<ObjectNode> page = new ArrayList<>();
    StoredObject last = null;
    long left = 0;
    for (StoredObject object : snapshot.objects()) {
      boolean seen =
          from.isPresent() && object.key().compareTo(from.get().after(type.storageName())) <= 0;
      if (seen || !query.matches(object.json())) {
        continue;
      }
      if (query.limit() > 0 && page.size() == query.limit()) {
        left++;
      } else {
        page.add(inVersion(type, object.json()));
        last = object;
      }
    }
    String next =
        left == 0 || last == null
            ? ""
            : new ContinueToken(snapshot.revision(), last.key().namespace(), last.key().name())
                .text();
    return new Page(
        page,
        snapshot.revision(),
        next,
        left == 0 || query.selects() ? OptionalLong.empty() : OptionalLong.of(left));
  }

  private ObjectStore.Snapshot snapshot(
      ResourceType type, String namespace, OptionalLong revision, boolean continued) {
    try {
      return store.list(type.storageName(), namespace, revision);
    } catch (ObjectStore.ExpiredRevision e) {
      throw ApiException.expired(
          continued
              ? "The provided continue parameter is too old to display a consistent list result. You can start a new list without"
                  + " the continue parameter."
              : "The resourceVersion for the provided list is too old.");
    }
  }

  private OptionalLong pastRevision(ListQuery query) {
    if (query.resourceVersion().isEmpty()) {
      return OptionalLong.empty();
    }
    long wanted = parseRevision(query.resourceVersion());
    long now = store.revision();
    if (wanted > now) {
      throw ApiException.tooLargeRevision(wanted, now);
    }
    boolean exact = query.match().equals("Exact") && wanted > 0;
    return exact ? OptionalLong.of(wanted) : OptionalLong.empty();
  }

  /** Parses a resource version of a query; throws 400. */
  public static long parseRevision(String text) {
    if (!text.matches("\\d{1,18}")) {
      throw ApiException.badRequest(
          "resourceVersion: Invalid value: \""
              + text
              + "\": strconv.ParseUint: parsing \""
              + text
              + "\": invalid syntax");
    }
    return Long.parseLong(text);
  }

  /** The object as the version shows it; versions differ in nothing but their name. */
  public static ObjectNode inVersion(ResourceType type, ObjectNode object) {
    if (type.custom().isEmpty()
        || Trees.textOrEmpty(object, "apiVersion").equals(type.apiVersion())) {
      return object;
    }
    ObjectNode copy = object.deepCopy();
    copy.put("apiVersion", type.apiVersion());
    return copy;
  }
}
