package dev.cocolab.apiserver.kubelet;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Which container of a pod a request means. */
final class Containers {
  private Containers() {}

  /**
   * The container that was asked for, or the only one.
   *
   * @param wanted may be null or empty
   * @throws ApiException BAD_REQUEST if the choice is open or there is no such container
   */
  static String choose(ObjectNode pod, String wanted) {
    List<String> names = names(pod, "containers");
    List<String> init = names(pod, "initContainers");
    String podName = Trees.textOrEmpty(pod, "metadata", "name");
    if (wanted == null || wanted.isEmpty()) {
      if (names.size() == 1) {
        return names.get(0);
      }
      List<String> all = new ArrayList<>(init);
      all.addAll(names);
      throw ApiException.badRequest(
          "a container name must be specified for pod "
              + podName
              + ", choose one of: ["
              + String.join(" ", all)
              + "]");
    }
    if (!names.contains(wanted) && !init.contains(wanted)) {
      throw ApiException.badRequest("container " + wanted + " is not valid for pod " + podName);
    }
    return wanted;
  }

  private static List<String> names(ObjectNode pod, String list) {
    List<String> names = new ArrayList<>();
    Trees.objects(pod, "spec", list)
        .forEach(container -> names.add(Trees.textOrEmpty(container, "name")));
    return names;
  }
}
