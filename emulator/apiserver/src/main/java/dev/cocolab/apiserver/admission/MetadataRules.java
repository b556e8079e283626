package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of {@code metadata}, the same for every kind. */
final class MetadataRules {
  private static final int MAX_ANNOTATIONS = 256 * 1024;

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
  }

  private static void owners(JsonNode metadata, List<Cause> causes) {
    int controllers = 0;
    List<ObjectNode> owners = Trees.objects(metadata, "ownerReferences");
    for (int i = 0; i < owners.size(); i++) {
      ObjectNode owner = owners.get(i);
      String field = "metadata.ownerReferences[" + i + "]";
      for (String part : new String[] {"apiVersion", "kind", "name", "uid"}) {
        if (Trees.text(owner, part).isEmpty()) {
          causes.add(Cause.invalid(field + "." + part, "", part + " must not be empty"));
        }
      }
      if (owner.path("controller").booleanValue(false)) {
        controllers++;
      }
    }
    if (controllers > 1) {
      causes.add(
          Cause.invalid(
              "metadata.ownerReferences",
              controllers,
              "Only one reference can have Controller set to true"));
    }
  }
}
