package dev.cocolab.lab.joined;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second lab off a cluster: the Lease {@code kube-system/cocolab-lab}, whose holder is a
 * process. A holder that has not renewed for 40 s, or is known to be gone from this machine, does
 * not count.
 */
public final class JoinLease implements AutoCloseable {
  static final String NAMESPACE = "kube-system";
  static final String NAME = "cocolab-lab";

  private static final Logger LOG = LoggerFactory.getLogger(JoinLease.class);
  private static final Duration LIFE = Duration.ofSeconds(40);
  private static final long BEAT_SECONDS = 2;
  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final Clock clock;
  private Optional<Remains.Life> before = Optional.empty();
  private final ScheduledExecutorService beat =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "lab-join-lease");
            thread.setDaemon(true);
            return thread;
          });

  private JoinLease(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * Takes it.
   *
   * @throws LabException CLUSTER_IN_USE while somebody else has it
   */
  public static JoinLease take(KubernetesClient client, Clock clock) {
    JoinLease lease = new JoinLease(client, clock);
    try {
      lease.take();
    } catch (KubernetesClientException e) {
      lease.beat.shutdownNow();
      if (e.getCode() == CONFLICT) {
        throw inUse("another lab", LIFE);
      }
      throw e;
    } catch (LabException e) {
      lease.beat.shutdownNow();
      throw e;
    }
    var unused =
        lease.beat.scheduleWithFixedDelay(
            lease::renew, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
    return lease;
  }

  private void take() {
    Lease present = client.leases().inNamespace(NAMESPACE).withName(NAME).get();
    if (present == null) {
      client.leases().inNamespace(NAMESPACE).resource(mine(null)).create();
      return;
    }
    String holder = String.valueOf(present.getSpec().getHolderIdentity());
    ZonedDateTime renewed = present.getSpec().getRenewTime();
    Duration left =
        renewed == null
            ? Duration.ZERO
            : Duration.between(clock.instant(), renewed.toInstant().plus(LIFE));
    if (left.compareTo(Duration.ZERO) > 0 && !isGone(holder)) {
      throw inUse(holder, left);
    }
    before = life(present);
    client
        .leases()
        .inNamespace(NAMESPACE)
        .resource(mine(present.getMetadata().getResourceVersion()))
        .update();
  }

  private Optional<Remains.Life> life(Lease lease) {
    ZonedDateTime from = lease.getSpec().getAcquireTime();
    ZonedDateTime to = lease.getSpec().getRenewTime();
    if (from == null || to == null || to.toInstant().isAfter(clock.instant())) {
      return Optional.empty();
    }
    return Optional.of(new Remains.Life(from.toInstant(), to.toInstant()));
  }

  /**
   * While the dead lab whose lease this was had it; empty when there was none or it does not say.
   */
  Optional<Remains.Life> before() {
    return before;
  }

  private static LabException inUse(String holder, Duration left) {
    return new LabException(
        Reason.CLUSTER_IN_USE,
        "a lab is on this cluster already (%s); end it, or wait %d s if it is gone"
            .formatted(holder, Math.max(1, left.toSeconds() + 1)));
  }

  private Lease mine(String resourceVersion) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(NAME)
        .withNamespace(NAMESPACE)
        .withLabels(Marker.labels())
        .withResourceVersion(resourceVersion)
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(holder(ProcessHandle.current()))
        .withLeaseDurationSeconds((int) LIFE.toSeconds())
        .withAcquireTime(now())
        .withRenewTime(now())
        .endSpec()
        .build();
  }

  private ZonedDateTime now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
  }

  private void renew() {
    try {
      client
          .leases()
          .inNamespace(NAMESPACE)
          .withName(NAME)
          .edit(
              lease -> {
                if (!isMine(lease)) {
                  throw new IllegalStateException(
                      "it is held by " + lease.getSpec().getHolderIdentity());
                }
                return new LeaseBuilder(lease).editSpec().withRenewTime(now()).endSpec().build();
              });
    } catch (RuntimeException e) {
      LOG.warn("the lease {} could not be renewed: {}", NAME, e.getMessage());
    }
  }

  /** Who was silent for too long may have lost it to another. */
  private static boolean isMine(Lease lease) {
    return holder(ProcessHandle.current()).equals(lease.getSpec().getHolderIdentity());
  }

  /** {@code HOST/PID/START}, START in seconds since 1970. */
  private static String holder(ProcessHandle process) {
    return "%s/%d/%d"
        .formatted(
            host(),
            process.pid(),
            process.info().startInstant().map(Instant::getEpochSecond).orElse(0L));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown-host";
    }
  }

  private static boolean isGone(String holder) {
    List<String> parts = List.of(holder.split("/", -1));
    if (parts.size() != 3 || !parts.get(0).equals(host()) || !parts.get(1).matches("\\d{1,9}")) {
      return false;
    }
    return ProcessHandle.of(Long.parseLong(parts.get(1)))
        .filter(ProcessHandle::isAlive)
        .filter(process -> holder(process).equals(holder))
        .isEmpty();
  }

  /** Gives it back, unless it is another's by now. */
  @Override
  public void close() {
    beat.shutdownNow();
    Lease present = client.leases().inNamespace(NAMESPACE).withName(NAME).get();
    if (present != null && isMine(present)) {
      client.resource(present).delete();
    }
  }
}
