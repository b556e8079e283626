package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;

/** Tells the API server what becomes of a pod. Calls do not block; their order is kept. */
public interface PodReporter {
  /** Replaces the status of the pod object with this uid. */
  void status(Pod pod, PodStatus status);

  /** Records an event about the pod. */
  void event(Pod pod, EventSink.Type type, String reason, String message, String fieldPath);

  /** Removes the object of a pod that has ended, with a precondition on its uid. */
  void delete(Pod pod);
}
