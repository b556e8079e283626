package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of {@code metadata}, the same for every kind. */
final class MetadataRules {
  private static final int MAX_ANNOTATIONS = 256 * 1024;

  private static final Set<String> STANDARD_FINALIZERS =
      Set.of("kubernetes", "orphan", "foregroundDeletion");

  private MetadataRules() {}

  static void check(ResourceType type, ObjectNode object, List<Cause> causes) {
    JsonNode metadata = object.path("metadata");
    String name = Trees.textOrEmpty(metadata, "name");
    if (name.isEmpty()) {
      causes.add(Cause.required("metadata.name", "name or generateName is required"));
    } else {
      Names.object(type.storageName(), name)
          .ifPresent(text -> causes.add(Cause.invalid("metadata.name", name, text)));
    }
    for (Map.Entry<String, JsonNode> label : metadata.path("labels").properties()) {
      String value = label.getValue().stringValue("");
      Names.qualified(label.getKey())
          .ifPresent(text -> causes.add(Cause.invalid("metadata.labels", label.getKey(), text)));
      Names.labelValue(value)
          .ifPresent(text -> causes.add(Cause.invalid("metadata.labels", value, text)));
    }
    long size = 0;
    for (Map.Entry<String, JsonNode> annotation : metadata.path("annotations").properties()) {
      Names.qualified(annotation.getKey().toLowerCase(java.util.Locale.ROOT))
          .ifPresent(
              text -> causes.add(Cause.invalid("metadata.annotations", annotation.getKey(), text)));
      size += annotation.getKey().length() + annotation.getValue().stringValue("").length();
    }
    if (size > MAX_ANNOTATIONS) {
      causes.add(
          new Cause(
              "FieldValueTooLong",
              "Too long: may not be more than 262144 bytes",
              "metadata.annotations"));
    }
    owners(metadata, causes);
    finalizers(type, metadata, causes);
  }

  private static void owners(JsonNode metadata, List<Cause> causes) {
    String field = "metadata.ownerReferences";
    List<String> controllers = new ArrayList<>();
    for (ObjectNode owner : Trees.objects(metadata, "ownerReferences")) {
      for (String part : new String[] {"apiVersion", "kind", "name", "uid"}) {
        if (Trees.text(owner, part).isEmpty()) {
          String said = part.equals("apiVersion") ? "version" : part;
          causes.add(Cause.invalid(field + "." + part, "", said + " must not be empty"));
        }
      }
      if (Trees.textOrEmpty(owner, "kind").equals("Event")
          && Trees.textOrEmpty(owner, "apiVersion").equals("v1")) {
        causes.add(
            new Cause(
                "FieldValueInvalid",
                "Invalid value: "
                    + GoText.ownerReference(owner)
                    + ": /v1, Kind=Event is disallowed from being an owner",
                field));
      }
      if (owner.path("controller").booleanValue(false)) {
        controllers.add(Trees.textOrEmpty(owner, "kind") + "/" + Trees.textOrEmpty(owner, "name"));
      }
    }
    if (controllers.size() > 1) {
      causes.add(
          new Cause(
              "FieldValueInvalid",
              "Invalid value: "
                  + GoText.ownerReferences(Trees.objects(metadata, "ownerReferences"))
                  + ": Only one reference can have Controller set to true. Found \"true\" in references for "
                  + controllers.get(0)
                  + " and "
                  + controllers.get(1),
              field));
    }
  }

  /** Whoever holds an object is named with a domain. */
  private static void finalizers(ResourceType type, JsonNode metadata, List<Cause> causes) {
    List<String> finalizers = Trees.texts(metadata, "finalizers");
    for (String finalizer : finalizers) {
      Names.qualified(finalizer)
          .ifPresent(text -> causes.add(Cause.invalid("metadata.finalizers", finalizer, text)));
    }
    for (int i = 0; i < finalizers.size() && type.custom().isEmpty(); i++) {
      String finalizer = finalizers.get(i);
      if (!finalizer.contains("/") && !STANDARD_FINALIZERS.contains(finalizer)) {
        causes.add(
            Cause.invalid(
                "metadata.finalizers[" + i + "]",
                finalizer,
                "name is neither a standard finalizer name nor is it fully qualified"));
      }
    }
  }
}
