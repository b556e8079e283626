package dev.cocolab.operators;

import java.time.Clock;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What the operator's own Deployment gives it: where it works and which images it deploys.
 *
 * @param namespace the one namespace it watches ({@code POD_NAMESPACE})
 * @param kbsImage image of the container {@code kbs} ({@code KBS_IMAGE_NAME})
 * @param operatorImage image of the init container {@code secret-converter} ({@code
 *     OPERATOR_IMAGE_NAME})
 * @param restart whether an edited ConfigMap restarts Trustee by itself
 * @param healthProbes whether the container gets probes on {@code /healthz}: upstream's does, that
 *     of Red Hat 1.2 does not. The readiness probe waits five seconds before it asks for the first
 *     time
 * @param clock stamps events and log lines
 * @param log receives the operator's log, one line a call, without line end
 */
public record TrusteeOperatorOptions(
    String namespace,
    String kbsImage,
    String operatorImage,
    RestartRule restart,
    boolean healthProbes,
    Clock clock,
    Consumer<String> log) {

  public TrusteeOperatorOptions {
    requireText(namespace, "namespace");
    requireText(kbsImage, "KBS_IMAGE_NAME");
    requireText(operatorImage, "OPERATOR_IMAGE_NAME");
    Objects.requireNonNull(restart, "restart");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(log, "log");
  }

  private static void requireText(String value, String name) {
    if (value == null || value.isBlank()) {
      throw new OperatorException(OperatorException.Reason.CONFIGURATION, name + " is not set");
    }
  }

  /** When Trustee is rolled out anew after a ConfigMap it uses has changed. */
  public enum RestartRule {
    /** Red Hat 1.1: never; the user runs {@code rollout restart}. */
    MANUAL,
    /**
     * Red Hat 1.2 and upstream: at once, because the pod template names the ConfigMaps' versions.
     */
    ON_CONFIG_CHANGE
  }
}
