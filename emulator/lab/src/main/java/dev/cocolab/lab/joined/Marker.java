package dev.cocolab.lab.joined;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;

/** The label of everything that a lab makes on a joined cluster outside of its namespaces. */
public final class Marker {
  static final String LABEL = "cocolab.dev/lab";
  static final String VALUE = "joined";

  /** Of the lab's clients; the API server notes it as the manager of the fields that they write. */
  public static final String USER_AGENT = "cocolab-lab";

  private Marker() {}

  /** The label. */
  public static Map<String, String> labels() {
    return Map.of(LABEL, VALUE);
  }

  static boolean isOn(HasMetadata object) {
    return object.getMetadata().getLabels() != null
        && VALUE.equals(object.getMetadata().getLabels().get(LABEL));
  }
}
