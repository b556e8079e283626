package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.registry.ScalePaths;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Parts of objects with a path of their own: scale, binding, finalize. */
public final class Subresources {
  private final ObjectStore store;
  private final ResourceReader reader;
  private final ResourceWriter writer;
  private final Removal removal;
  private final ObjectIdentity identity;
  private final Intake intake;

  Subresources(
      ObjectStore store,
      ResourceReader reader,
      ResourceWriter writer,
      Removal removal,
      ObjectIdentity identity,
      Intake intake) {
    this.store = store;
    this.reader = reader;
    this.writer = writer;
    this.removal = removal;
    this.identity = identity;
    this.intake = intake;
  }

  /** The {@code autoscaling/v1 Scale} of an object. */
  public ObjectNode scale(Target target) {
    return scaleOf(target, present(target));
  }

  /** What is not there has no scale. */
  private ObjectNode present(Target target) {
    if (store.get(target.key()).isEmpty()) {
      ResourceType type = target.type();
      throw ApiException.notFound(
          new ApiException.Subject(type.group(), type.plural() + "/scale", target.name()));
    }
    return reader.get(target);
  }

  /** Changes the number of replicas through its Scale; returns the new Scale. */
  public ObjectNode changeScale(
      Target target, UnaryOperator<ObjectNode> edit, WriteOptions options) {
    ScalePaths paths = paths(target.type());
    ObjectNode after =
        writer.patch(
            target,
            Part.SCALE,
            object -> {
              ObjectNode wanted = edit.apply(scaleOf(target, object));
              JsonNode replicas = Trees.at(wanted, "spec", "replicas");
              if (replicas.isIntegralNumber() && !replicas.canConvertToLong()) {
                throw ApiException.badRequest("spec.replicas is no number of 64 bits");
              }
              if (!replicas.isMissingNode()
                  && (!replicas.isIntegralNumber() || replicas.longValue() < 0)) {
                throw ApiException.invalid(
                    new ApiException.Subject("autoscaling", "Scale", target.name()),
                    List.of(
                        Cause.invalid(
                            "spec.replicas",
                            replicas.isNumber() ? replicas.numberValue() : replicas.asString(""),
                            "must be greater than or equal to 0")));
              }
              String seen = Trees.textOrEmpty(wanted, "metadata", "resourceVersion");
              if (!seen.isEmpty()) {
                Trees.child(object, "metadata").put("resourceVersion", seen);
              }
              String[] path = split(paths.specReplicas());
              ObjectNode parent = object;
              for (int i = 0; i < path.length - 1; i++) {
                parent = Trees.child(parent, path[i]);
              }
              parent.set(path[path.length - 1], Trees.integer(replicas.longValue(0)));
              return object;
            },
            options);
    return scaleOf(target, after);
  }

  private static ScalePaths paths(ResourceType type) {
    return type.scale().orElseThrow(ApiException::unknownPath);
  }

  private static String[] split(String path) {
    return path.substring(1).split("\\.", -1);
  }

  private static ObjectNode scaleOf(Target target, ObjectNode object) {
    ScalePaths paths = paths(target.type());
    ObjectNode scale = Trees.object().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    ObjectNode metadata = scale.putObject("metadata");
    for (String field :
        List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      JsonNode value = Trees.at(object, "metadata", field);
      if (!value.isMissingNode()) {
        metadata.set(field, value);
      }
    }
    ObjectNode spec = scale.putObject("spec");
    Trees.number(object, split(paths.specReplicas()))
        .ifPresent(count -> spec.put("replicas", count));
    ObjectNode status = scale.putObject("status");
    status.put("replicas", Trees.number(object, split(paths.statusReplicas())).orElse(0));
    if (!paths.selector().isEmpty()) {
      String selector = selectorText(Trees.at(object, split(paths.selector())));
      if (!selector.isEmpty()) {
        status.put("selector", selector);
      }
    }
    return scale;
  }

  private static String selectorText(JsonNode selector) {
    if (selector.isString()) {
      return selector.stringValue();
    }
    List<String> terms = new ArrayList<>();
    for (Map.Entry<String, JsonNode> label : selector.path("matchLabels").properties()) {
      terms.add(label.getKey() + "=" + label.getValue().stringValue(""));
    }
    for (ObjectNode expression : Trees.objects(selector, "matchExpressions")) {
      String key = Trees.textOrEmpty(expression, "key");
      String values = String.join(",", Trees.texts(expression, "values"));
      terms.add(
          switch (Trees.textOrEmpty(expression, "operator")) {
            case "In" -> key + " in (" + values + ")";
            case "NotIn" -> key + " notin (" + values + ")";
            case "Exists" -> key;
            default -> "!" + key;
          });
    }
    return String.join(",", terms);
  }

  /** Puts a pod on a node; throws 409 when it is on one already. */
  public void bind(Target pod, JsonNode binding, WriteOptions options) {
    String node = Trees.textOrEmpty(binding, "target", "name");
    if (node.isEmpty()) {
      throw ApiException.invalid(
          new ApiException.Subject("", "Binding", pod.name()),
          List.of(Cause.required("target.name", "")));
    }
    StoredObject stored = reader.require(pod);
    String present = Trees.textOrEmpty(stored.json(), "spec", "nodeName");
    if (!present.isEmpty()) {
      throw ApiException.conflict(
          new ApiException.Subject("", "pods/binding", pod.name()),
          "pod " + pod.name() + " is already assigned to node \"" + present + "\"");
    }
    if (stored.json().path("metadata").has("deletionTimestamp")) {
      throw ApiException.conflict(
          new ApiException.Subject("", "pods/binding", pod.name()),
          "pod " + pod.name() + " is being deleted, cannot be assigned to a host");
    }
    ObjectNode after = stored.json().deepCopy();
    Trees.child(after, "spec").put("nodeName", node);
    ObjectNode scheduled =
        Trees.object()
            .putNull("lastProbeTime")
            .put("lastTransitionTime", identity.now())
            .put("status", "True")
            .put("type", "PodScheduled");
    ObjectNode status = Trees.child(after, "status");
    if (Trees.objects(status, "conditions").stream()
        .noneMatch(condition -> Trees.textOrEmpty(condition, "type").equals("PodScheduled"))) {
      status.withArrayProperty("conditions").add(scheduled);
    }
    if (!options.dryRun() && store.write(pod.key(), stored.revision(), after).isEmpty()) {
      throw ApiException.modified(pod.type().about(pod.name()));
    }
  }

  /**
   * Sets the finalizers of a namespace's specification, which nothing else may do; without any, a
   * dying namespace goes.
   */
  public ObjectNode finalizeNamespace(Target namespace, DecodedBody body, WriteOptions options) {
    ObjectNode wanted = intake.accept(namespace.type(), body, options);
    StoredObject stored = reader.require(namespace);
    String seen = Trees.textOrEmpty(wanted, "metadata", "resourceVersion");
    if (!seen.isEmpty() && !seen.equals(Long.toString(stored.revision()))) {
      throw ApiException.modified(namespace.type().about(namespace.name()));
    }
    ObjectNode after = stored.json().deepCopy();
    List<String> finalizers = Trees.texts(wanted, "spec", "finalizers");
    ObjectNode spec = Trees.child(after, "spec");
    if (finalizers.isEmpty()) {
      spec.remove("finalizers");
    } else {
      spec.set("finalizers", Trees.strings(finalizers));
    }
    if (options.dryRun()) {
      return after;
    }
    SizeLimit.require(namespace.type(), after);
    Optional<ObjectNode> written =
        removal.isDone(after)
            ? removal.remove(namespace, stored, after)
            : store.write(namespace.key(), stored.revision(), after).map(StoredObject::json);
    return written.orElseThrow(
        () -> ApiException.modified(namespace.type().about(namespace.name())));
  }
}
