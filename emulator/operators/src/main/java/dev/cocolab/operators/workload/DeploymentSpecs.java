package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import java.util.Optional;

/**
 * A Deployment's numbers, with the defaults of apps/v1 where the API server has not filled them in.
 */
final class DeploymentSpecs {

  private static final int DEFAULT_HISTORY = 10;
  private static final IntOrString QUARTER = new IntOrString("25%");

  private DeploymentSpecs() {}

  static int replicas(Deployment d) {
    return d.getSpec().getReplicas() == null ? 1 : d.getSpec().getReplicas();
  }

  static boolean paused(Deployment d) {
    return Boolean.TRUE.equals(d.getSpec().getPaused());
  }

  static boolean recreates(Deployment d) {
    return d.getSpec().getStrategy() != null
        && "Recreate".equals(d.getSpec().getStrategy().getType());
  }

  static int historyLimit(Deployment d) {
    return d.getSpec().getRevisionHistoryLimit() == null
        ? DEFAULT_HISTORY
        : d.getSpec().getRevisionHistoryLimit();
  }

  static int minReadySeconds(Deployment d) {
    return d.getSpec().getMinReadySeconds() == null ? 0 : d.getSpec().getMinReadySeconds();
  }

  /** Empty means that progress has no deadline. */
  static Optional<Integer> progressDeadlineSeconds(Deployment d) {
    Integer seconds = d.getSpec().getProgressDeadlineSeconds();
    return seconds == null || seconds == Integer.MAX_VALUE
        ? Optional.empty()
        : Optional.of(seconds);
  }

  static int maxSurge(Deployment d) {
    if (recreates(d)) {
      return 0;
    }
    return resolve(
        rolling(d).map(RollingUpdateDeployment::getMaxSurge).orElse(QUARTER), replicas(d), true);
  }

  static int maxUnavailable(Deployment d) {
    if (recreates(d) || replicas(d) == 0) {
      return 0;
    }
    int unavailable =
        resolve(
            rolling(d).map(RollingUpdateDeployment::getMaxUnavailable).orElse(QUARTER),
            replicas(d),
            false);
    if (unavailable == 0 && maxSurge(d) == 0) {
      return 1;
    }
    return Math.min(unavailable, replicas(d));
  }

  private static Optional<RollingUpdateDeployment> rolling(Deployment d) {
    return Optional.ofNullable(d.getSpec().getStrategy()).map(s -> s.getRollingUpdate());
  }

  /** Percentages round up for surge and down for unavailability. */
  private static int resolve(IntOrString value, int of, boolean up) {
    Object raw = value.getValue();
    if (raw instanceof Integer number) {
      return number;
    }
    String text = String.valueOf(raw);
    if (!text.endsWith("%")) {
      return Integer.parseInt(text);
    }
    int percent = Integer.parseInt(text.substring(0, text.length() - 1));
    int product = percent * of;
    return up ? (product + 99) / 100 : product / 100;
  }
}
