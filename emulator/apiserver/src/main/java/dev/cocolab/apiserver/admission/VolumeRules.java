package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of the volumes of a pod and of where containers mount them. */
final class VolumeRules {
  /** Sources in the order in which they are looked at, with the field that each must have. */
  private static final List<Map.Entry<String, String>> SOURCES =
      List.of(
          Map.entry("emptyDir", ""),
          Map.entry("hostPath", "path"),
          Map.entry("gitRepo", "repository"),
          Map.entry("secret", "secretName"),
          Map.entry("nfs", "server"),
          Map.entry("persistentVolumeClaim", "claimName"),
          Map.entry("downwardAPI", ""),
          Map.entry("configMap", "name"),
          Map.entry("projected", ""),
          Map.entry("csi", "driver"),
          Map.entry("ephemeral", ""),
          Map.entry("image", ""));

  private VolumeRules() {}

  /** Names of the volumes that are as they should be. */
  static Set<String> check(JsonNode spec, String path, List<Cause> causes) {
    Set<String> names = new HashSet<>();
    List<ObjectNode> volumes = Trees.objects(spec, "volumes");
    for (int i = 0; i < volumes.size(); i++) {
      String field = path + ".volumes[" + i + "]";
      List<Cause> own = new ArrayList<>();
      source(volumes.get(i), field, own);
      String name = Trees.textOrEmpty(volumes.get(i), "name");
      if (name.isEmpty()) {
        own.add(Cause.required(field + ".name", ""));
      } else {
        Names.label(name).ifPresent(text -> own.add(Cause.invalid(field + ".name", name, text)));
      }
      if (names.contains(name)) {
        own.add(Cause.duplicate(field + ".name", name));
      }
      if (own.isEmpty()) {
        names.add(name);
      }
      causes.addAll(own);
    }
    return names;
  }

  private static void source(ObjectNode volume, String field, List<Cause> causes) {
    boolean found = false;
    for (Map.Entry<String, String> source : SOURCES) {
      JsonNode content = volume.path(source.getKey());
      if (!content.isObject()) {
        continue;
      }
      String place = field + "." + source.getKey();
      if (found) {
        causes.add(Cause.forbidden(place, "may not specify more than 1 volume type"));
      } else if (!source.getValue().isEmpty() && Trees.text(content, source.getValue()).isEmpty()) {
        causes.add(Cause.required(place + "." + source.getValue(), ""));
      }
      found = true;
    }
  }

  static void mounts(ObjectNode container, String field, Set<String> volumes, List<Cause> causes) {
    Set<String> paths = new HashSet<>();
    List<ObjectNode> mounts = Trees.objects(container, "volumeMounts");
    for (int i = 0; i < mounts.size(); i++) {
      String mount = field + ".volumeMounts[" + i + "]";
      String volume = Trees.textOrEmpty(mounts.get(i), "name");
      String target = Trees.textOrEmpty(mounts.get(i), "mountPath");
      if (volume.isEmpty()) {
        causes.add(Cause.required(mount + ".name", ""));
      }
      if (!volumes.contains(volume)) {
        causes.add(Cause.notFound(mount + ".name", volume));
      }
      if (target.isEmpty()) {
        causes.add(Cause.required(mount + ".mountPath", ""));
      } else if (!paths.add(target)) {
        causes.add(Cause.invalid(mount + ".mountPath", target, "must be unique"));
      }
    }
  }
}
