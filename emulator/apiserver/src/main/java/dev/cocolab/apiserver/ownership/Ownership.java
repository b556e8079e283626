package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.json.Trees;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All owners of fields of one object. Does not change once it is made. */
public final class Ownership {
  public static final Ownership NONE = new Ownership(new TreeMap<>());
  private static final String FIELDS_TYPE = "FieldsV1";

  /**
   * What an owner has.
   *
   * @param fields the fields
   * @param apiVersion version in which the fields are named
   * @param time when the owner last changed one, RFC 3339 in whole seconds; empty when it never did
   */
  record Share(FieldSet fields, String apiVersion, String time) {
    Share with(FieldSet others) {
      return new Share(others, apiVersion, time);
    }
  }

  private final SortedMap<Owner, Share> shares;

  private Ownership(SortedMap<Owner, Share> shares) {
    this.shares = shares;
  }

  /** Owners without a field are left out. */
  static Ownership of(Map<Owner, Share> shares) {
    TreeMap<Owner, Share> kept = new TreeMap<>(shares);
    kept.values().removeIf(share -> share.fields().isEmpty());
    return new Ownership(kept);
  }

  SortedMap<Owner, Share> shares() {
    return Collections.unmodifiableSortedMap(shares);
  }

  public boolean isEmpty() {
    return shares.isEmpty();
  }

  /** The fields of one owner; empty when it has none. */
  public FieldSet fields(Owner owner) {
    return Optional.ofNullable(shares.get(owner)).map(Share::fields).orElse(FieldSet.EMPTY);
  }

  /**
   * Whether a client asks to forget all owners: an empty list, or a list of one empty entry.
   *
   * @param managedFields value of {@code metadata.managedFields}
   */
  public static boolean isReset(JsonNode managedFields) {
    return managedFields.isArray()
        && (managedFields.isEmpty()
            || (managedFields.size() == 1
                && managedFields.get(0).isObject()
                && managedFields.get(0).isEmpty()));
  }

  /**
   * Reads {@code metadata.managedFields}.
   *
   * @throws MalformedFieldsException for what cannot be read
   */
  public static Ownership read(JsonNode managedFields) {
    TreeMap<Owner, Share> shares = new TreeMap<>();
    for (JsonNode entry : managedFields) {
      Owner.Operation operation =
          switch (Trees.textOrEmpty(entry, "operation")) {
            case "Apply" -> Owner.Operation.APPLY;
            case "Update" -> Owner.Operation.UPDATE;
            default -> throw new MalformedFieldsException("operation must be `Apply` or `Update`");
          };
      String apiVersion = Trees.textOrEmpty(entry, "apiVersion");
      if (apiVersion.isEmpty()) {
        throw new MalformedFieldsException("apiVersion must not be empty");
      }
      if (!Trees.textOrEmpty(entry, "fieldsType").equals(FIELDS_TYPE)) {
        throw new MalformedFieldsException("fieldsType must be " + FIELDS_TYPE);
      }
      Owner owner =
          new Owner(
              Trees.textOrEmpty(entry, "manager"),
              operation,
              apiVersion,
              Trees.textOrEmpty(entry, "subresource"));
      shares.put(
          owner,
          new Share(
              FieldsV1.read(entry.path("fieldsV1")), apiVersion, Trees.textOrEmpty(entry, "time")));
    }
    return of(shares);
  }

  /** The entries as {@code metadata.managedFields} has them: appliers first, then by time. */
  public ArrayNode write() {
    List<Map.Entry<Owner, Share>> entries = new ArrayList<>(shares.entrySet());
    entries.sort(
        Comparator.comparing((Map.Entry<Owner, Share> e) -> e.getKey().operation())
            .thenComparing(e -> e.getValue().time())
            .thenComparing(e -> e.getKey().name())
            .thenComparing(e -> e.getValue().apiVersion())
            .thenComparing(e -> e.getKey().subresource()));
    ArrayNode list = Trees.array();
    for (Map.Entry<Owner, Share> entry : entries) {
      Owner owner = entry.getKey();
      Share share = entry.getValue();
      ObjectNode node = list.addObject();
      node.put("apiVersion", share.apiVersion()).put("fieldsType", FIELDS_TYPE);
      node.set("fieldsV1", FieldsV1.write(share.fields()));
      node.put("manager", owner.name()).put("operation", owner.operation().wireName());
      if (!owner.subresource().isEmpty()) {
        node.put("subresource", owner.subresource());
      }
      if (!share.time().isEmpty()) {
        node.put("time", share.time());
      }
    }
    return list;
  }

  @Override
  public String toString() {
    return shares.toString();
  }
}
