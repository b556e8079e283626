package dev.cocolab.node.cluster;

import dev.cocolab.node.pod.EventSink;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events about pods; a repeated one raises the count of its object. Confined to one serial
 * executor.
 */
final class EventRecorder {
  private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
  private static final int REMEMBERED = 4096;
  private static final int MAX_MESSAGE = 1024;

  private record Key(String uid, String reason, String message, String fieldPath) {}

  private record Written(String name, int count) {}

  private final KubernetesClient client;
  private final String nodeName;
  private final Clock clock;
  private final Map<Key, Written> written =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Written> eldest) {
          return size() > REMEMBERED;
        }
      };
  private long sequence;

  EventRecorder(KubernetesClient client, String nodeName, Clock clock) {
    this.client = client;
    this.nodeName = nodeName;
    this.clock = clock;
  }

  void record(
      Pod pod,
      EventSink.Type type,
      String reason,
      String message,
      String fieldPath,
      String component) {
    String text = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
    Key key = new Key(pod.getMetadata().getUid(), reason, text, fieldPath);
    Written earlier = written.get(key);
    try {
      if (earlier != null && raise(pod, earlier)) {
        written.put(key, new Written(earlier.name(), earlier.count() + 1));
        return;
      }
      Event event = event(pod, type, reason, text, fieldPath, component);
      client.v1().events().inNamespace(pod.getMetadata().getNamespace()).resource(event).create();
      written.put(key, new Written(event.getMetadata().getName(), 1));
    } catch (KubernetesClientException e) {
      // A namespace that is going away takes no events.
      log.debug("event {} of {}: {}", reason, pod.getMetadata().getName(), e.getMessage());
    }
  }

  private boolean raise(Pod pod, Written earlier) {
    try {
      client
          .v1()
          .events()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(earlier.name())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"count\":" + (earlier.count() + 1) + ",\"lastTimestamp\":\"" + now() + "\"}");
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  private Event event(
      Pod pod,
      EventSink.Type type,
      String reason,
      String message,
      String fieldPath,
      String component) {
    Instant instant = clock.instant();
    String suffix =
        Long.toHexString(
            instant.getEpochSecond() * 1_000_000_000L + instant.getNano() + sequence++);
    String now = now();
    EventBuilder builder =
        new EventBuilder()
            .withNewMetadata()
            .withName(pod.getMetadata().getName() + "." + suffix)
            .withNamespace(pod.getMetadata().getNamespace())
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withNamespace(pod.getMetadata().getNamespace())
            .withUid(pod.getMetadata().getUid())
            .withResourceVersion(pod.getMetadata().getResourceVersion())
            .withFieldPath(fieldPath.isEmpty() ? null : fieldPath)
            .endInvolvedObject()
            .withType(type.word())
            .withReason(reason)
            .withMessage(message)
            .withNewSource(component, component.equals("kubelet") ? nodeName : null)
            .withReportingComponent(component)
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1);
    return builder.build();
  }

  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
