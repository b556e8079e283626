package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.ownership.ConflictException;
import dev.cocolab.apiserver.ownership.ConflictException.Conflict;
import dev.cocolab.apiserver.ownership.FieldSet;
import dev.cocolab.apiserver.ownership.Owner;
import dev.cocolab.apiserver.ownership.Ownership;
import dev.cocolab.apiserver.ownership.OwnershipRules;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.resource.ResourceWriter.Wanted;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.status.Reason;
import dev.cocolab.apiserver.store.ObjectStore;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Server-side apply: the applier says which fields it wants, and owns them. What it said before and
 * says no more goes, unless somebody else owns it too.
 */
public final class Applies {
  /** Media type of an apply; the body is YAML, of which JSON is a part. */
  public static final String MEDIA_TYPE = "application/apply-patch+yaml";

  private static final int ATTEMPTS = 8;

  private final ObjectStore store;
  private final ResourceWriter writer;
  private final Intake intake;
  private final FieldTracking tracking;
  private final BodyDecoder decoder;

  /**
   * Result of an apply.
   *
   * @param object the object as it is now
   * @param created whether it was not there before
   */
  public record Applied(ObjectNode object, boolean created) {}

  Applies(
      ObjectStore store,
      ResourceWriter writer,
      Intake intake,
      FieldTracking tracking,
      BodyDecoder decoder) {
    this.store = store;
    this.writer = writer;
    this.intake = intake;
    this.tracking = tracking;
    this.decoder = decoder;
  }

  /**
   * Applies; makes the object when it is not there.
   *
   * @throws ApiException 400 for what is no object of the kind, 404 for the status of a missing
   *     object, 409 for fields of others and for another version than the one named, 422 for an
   *     object that breaks rules, 500 with the reason for fields that the kind does not have
   */
  public Applied apply(Target target, Part part, byte[] body, WriteOptions options) {
    DecodedBody decoded = decoder.yaml(body);
    ObjectNode applied = accept(target, decoded, options);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (part == Part.MAIN && store.get(target.key()).isEmpty()) {
        Optional<ObjectNode> created = create(target, applied, options);
        if (created.isPresent()) {
          return new Applied(created.get(), true);
        }
      } else {
        ObjectNode object =
            writer.change(
                target, part, live -> merged(target, part, live, applied, options), options);
        return new Applied(object, false);
      }
    }
    throw ApiException.modified(target.type().about(target.name()));
  }

  private ObjectNode accept(Target target, DecodedBody decoded, WriteOptions options) {
    ResourceType type = target.type();
    if (!(decoded.root() instanceof ObjectNode applied)) {
      throw ApiException.badRequest(
          "error decoding YAML: error unmarshaling JSON: the body is no object");
    }
    String apiVersion = Trees.textOrEmpty(applied, "apiVersion");
    String kind = Trees.textOrEmpty(applied, "kind");
    if (!apiVersion.equals(type.apiVersion()) || !kind.equals(type.kind())) {
      throw ApiException.badRequest("invalid object type: " + versionAndKind(apiVersion, kind));
    }
    if (applied.path("metadata").hasNonNull("managedFields")) {
      throw ApiException.badRequest("metadata.managedFields must be nil");
    }
    tracking
        .rules(type, Part.MAIN)
        .check(applied)
        .ifPresent(
            finding -> {
              throw ApiException.unknown(
                  "failed to create typed patch object ("
                      + Trees.textOrEmpty(applied, "metadata", "namespace")
                      + "/"
                      + Trees.textOrEmpty(applied, "metadata", "name")
                      + "; "
                      + versionAndKind(apiVersion, kind)
                      + "): "
                      + finding);
            });
    duplicates(decoded, options);
    return applied;
  }

  private static void duplicates(DecodedBody decoded, WriteOptions options) {
    if (decoded.duplicateLines().isEmpty()) {
      return;
    }
    String finding =
        "error converting YAML to JSON: yaml: unmarshal errors:\n  "
            + String.join("\n  ", decoded.duplicateLines());
    switch (options.fieldValidation()) {
      case STRICT -> throw ApiException.badRequest("error strict decoding YAML: " + finding);
      case WARN -> options.warnings().accept(finding);
      case IGNORE -> {
        // the last one counts
      }
    }
  }

  private static String versionAndKind(String apiVersion, String kind) {
    return (apiVersion.contains("/") ? apiVersion : "/" + apiVersion) + ", Kind=" + kind;
  }

  private Optional<ObjectNode> create(Target target, ObjectNode applied, WriteOptions options) {
    if (Trees.text(applied, "metadata", "name").isEmpty()) {
      throw ApiException.badRequest("name must be provided");
    }
    ResourceWriter.checkName(target, applied);
    String uid = Trees.textOrEmpty(applied, "metadata", "uid");
    if (!uid.isEmpty()) {
      throw ApiException.conflict(
          target.type().about(target.name()),
          "uid mismatch: the provided object specified uid "
              + uid
              + ", and no existing object was found");
    }
    ObjectNode nothing = Trees.object();
    OwnershipRules rules = tracking.rules(target.type(), Part.MAIN);
    OwnershipRules.Applied result =
        rules.apply(
            Ownership.NONE,
            applier(target, Part.MAIN, options),
            nothing,
            applied,
            options.force(),
            tracking.now());
    ObjectNode object = conform(target, result, applied, options);
    // of an object that is not there any version will do
    Trees.child(object, "metadata").remove("resourceVersion");
    try {
      return Optional.of(
          writer.create(
              target.named(""), new Wanted(object, Optional.of(result.ownership())), options));
    } catch (ApiException e) {
      if (e.reason() == Reason.ALREADY_EXISTS) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Wanted merged(
      Target target, Part part, ObjectNode live, ObjectNode applied, WriteOptions options) {
    OwnershipRules rules = tracking.rules(target.type(), part);
    Owner applier = applier(target, part, options);
    Ownership present = tracking.beforeApply(target.type(), part, live);
    OwnershipRules.Applied result;
    try {
      result = rules.apply(present, applier, live, applied, options.force(), tracking.now());
    } catch (ConflictException e) {
      List<Conflict> left = e.conflicts();
      if (LastApplied.concerns(options.fieldManager())) {
        FieldSet allowed = LastApplied.agreed(rules, target.type().apiVersion(), live);
        left = left.stream().filter(conflict -> !allowed.has(conflict.path())).toList();
      }
      if (!left.isEmpty()) {
        throw refused(left);
      }
      result = rules.apply(present, applier, live, applied, true, tracking.now());
    }
    return new Wanted(conform(target, result, applied, options), Optional.of(result.ownership()));
  }

  private static Owner applier(Target target, Part part, WriteOptions options) {
    return new Owner(
        options.fieldManager(),
        Owner.Operation.APPLY,
        target.type().apiVersion(),
        part.subresource());
  }

  /**
   * The merged object in the form of its kind, with the annotation of client-side apply in step.
   */
  private ObjectNode conform(
      Target target, OwnershipRules.Applied result, ObjectNode applied, WriteOptions options) {
    ObjectNode object = (ObjectNode) result.object().deepCopy();
    if (LastApplied.concerns(options.fieldManager())) {
      LastApplied.follow(object, applied);
    }
    intake.conform(target.type(), object);
    Trees.child(object, "metadata").remove("managedFields");
    return object;
  }

  private static ApiException refused(List<Conflict> conflicts) {
    return ApiException.withCauses(
        Reason.CONFLICT,
        ConflictException.message(conflicts),
        conflicts.stream()
            .map(
                conflict ->
                    new Cause(
                        "FieldManagerConflict", conflict.described(), conflict.path().toString()))
            .toList());
  }
}
