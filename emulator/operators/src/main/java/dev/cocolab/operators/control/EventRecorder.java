package dev.cocolab.operators.control;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events (core/v1) about objects. The same event again raises the count of the first one. An
 * event that cannot be written is lost, which is logged: events are comments, not state.
 */
public final class EventRecorder {

  private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
  private static final int REMEMBERED = 1024;

  private record Identity(String uid, String type, String reason, String message) {}

  private final KubernetesClient client;
  private final String component;
  private final Clock clock;
  private final Executor executor;
  private final Map<Identity, Event> recent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, Event> eldest) {
          return size() > REMEMBERED;
        }
      };

  public EventRecorder(KubernetesClient client, String component, Clock clock, Executor executor) {
    this.client = client;
    this.component = component;
    this.clock = clock;
    this.executor = executor;
  }

  public void normal(HasMetadata about, String reason, String message) {
    record(about, "Normal", reason, message);
  }

  public void warning(HasMetadata about, String reason, String message) {
    record(about, "Warning", reason, message);
  }

  private void record(HasMetadata about, String type, String reason, String message) {
    try {
      executor.execute(() -> write(about, type, reason, message));
    } catch (RejectedExecutionException e) {
      LOG.debug("event {} of {} dropped, the controller stops", reason, ObjectKey.of(about));
    }
  }

  private synchronized void write(HasMetadata about, String type, String reason, String message) {
    Identity identity = new Identity(about.getMetadata().getUid(), type, reason, message);
    Instant now = clock.instant();
    String stamp = now.truncatedTo(ChronoUnit.SECONDS).toString();
    Event known = recent.get(identity);
    try {
      if (known != null) {
        Event repeated =
            new EventBuilder(known)
                .withCount(known.getCount() + 1)
                .withLastTimestamp(stamp)
                .build();
        recent.put(identity, client.v1().events().resource(repeated).update());
      } else {
        recent.put(
            identity,
            client
                .v1()
                .events()
                .resource(first(about, type, reason, message, now, stamp))
                .create());
      }
    } catch (KubernetesClientException e) {
      recent.remove(identity);
      LOG.debug("event {} of {} not written: {}", reason, ObjectKey.of(about), e.getMessage());
    }
  }

  private Event first(
      HasMetadata about, String type, String reason, String message, Instant now, String stamp) {
    String namespace = about.getMetadata().getNamespace();
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    return new EventBuilder()
        .withNewMetadata()
        .withName(about.getMetadata().getName() + "." + Long.toHexString(nanos))
        .withNamespace(namespace == null ? "default" : namespace)
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(namespace)
        .withName(about.getMetadata().getName())
        .withUid(about.getMetadata().getUid())
        .withResourceVersion(about.getMetadata().getResourceVersion())
        .endInvolvedObject()
        .withType(type)
        .withReason(reason)
        .withMessage(message)
        .withNewSource()
        .withComponent(component)
        .endSource()
        .withReportingComponent(component)
        .withFirstTimestamp(stamp)
        .withLastTimestamp(stamp)
        .withCount(1)
        .build();
  }
}
