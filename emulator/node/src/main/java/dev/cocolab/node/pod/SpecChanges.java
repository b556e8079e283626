package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What the API lets change in the spec of a running pod and this node does not act on. */
final class SpecChanges {
  private SpecChanges() {}

  /** One sentence for each such change, naming field and remedy. */
  static List<String> withoutEffect(Pod before, Pod after) {
    List<String> found = new ArrayList<>();
    List<Container> old = containers(before).toList();
    containers(after)
        .filter(
            container ->
                old.stream()
                    .filter(each -> each.getName().equals(container.getName()))
                    .anyMatch(each -> !Objects.equals(each.getImage(), container.getImage())))
        .map(
            container ->
                "The image of container "
                    + container.getName()
                    + " was changed, which this node does not apply to a pod that exists; delete"
                    + " the pod and create it anew")
        .forEach(found::add);
    if (!Objects.equals(
        before.getSpec().getActiveDeadlineSeconds(), after.getSpec().getActiveDeadlineSeconds())) {
      found.add("spec.activeDeadlineSeconds is not supported and has no effect");
    }
    return found;
  }

  private static Stream<Container> containers(Pod pod) {
    return Stream.concat(
        pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream());
  }
}
