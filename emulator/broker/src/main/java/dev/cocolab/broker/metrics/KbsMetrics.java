package dev.cocolab.broker.metrics;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a broker counts, under upstream's names. Counters start at zero with the broker. Safe for
 * use by several threads.
 *
 * <p>Two differences. Upstream observes sizes of answers as sizes of requests and leaves the
 * histogram of answers empty; here each goes where its name says. Upstream counts neither expired
 * sessions nor wrong nonces as attestation errors; here they are.
 */
public final class KbsMetrics {
  /** Bounds of the families that measure bytes. */
  private static final double[] BYTES = {32, 128, 512, 2048, 8192};

  private final Family.LabelledCounter reads =
      new Family.LabelledCounter(
          "kbs_resource_reads_total", "Requests to read a resource", "resource_path");
  private final Family.LabelledCounter writes =
      new Family.LabelledCounter(
          "kbs_resource_writes_total", "Requests to write a resource", "resource_path");
  private final Family.LabelledCounter deletes =
      new Family.LabelledCounter(
          "kbs_resource_deletes_total", "Requests to delete a resource", "resource_path");
  private final Family.Counter requests =
      new Family.Counter("kbs_http_requests_total", "Requests below /kbs");
  private final Family.Histogram durations =
      new Family.Histogram(
          "kbs_http_request_duration_seconds",
          "Seconds from a request to its answer",
          0.0005,
          0.001,
          0.005,
          0.01,
          0.05,
          0.5,
          1);
  private final Family.Histogram requestSizes =
      new Family.Histogram("kbs_http_request_size_bytes", "Sizes of request bodies", BYTES);
  private final Family.Histogram responseSizes =
      new Family.Histogram("kbs_http_response_size_bytes", "Sizes of response bodies", BYTES);
  private final Family.Gauge active =
      new Family.Gauge("kbs_http_active_connections", "Requests below /kbs in progress");
  private final Family.Counter evaluations =
      new Family.Counter("kbs_policy_evaluations_total", "Evaluations of the resource policy");
  private final Family.Counter approvals =
      new Family.Counter("kbs_policy_approvals_total", "Requests that the policy let pass");
  private final Family.Counter violations =
      new Family.Counter("kbs_policy_violations_total", "Requests that the policy denied");
  private final Family.Counter policyErrors =
      new Family.Counter(
          "kbs_policy_errors_total", "Evaluations that failed or gave neither true nor false");
  private final Family.Counter attestations =
      new Family.Counter("kbs_attestation_requests_total", "Requests to attest");
  private final Family.LabelledCounter attested =
      new Family.LabelledCounter(
          "kbs_attestation_successes_total", "Evidence that was accepted", "tee_type");
  private final Family.LabelledCounter refused =
      new Family.LabelledCounter(
          "kbs_attestation_failures_total", "Evidence that was refused", "tee_type");
  private final Family.Counter attestationErrors =
      new Family.Counter(
          "kbs_attestation_errors_total", "Attestations that never got as far as their evidence");
  private final Family.Counter auths =
      new Family.Counter("kbs_auth_requests_total", "Requests for a challenge");
  private final Family.Counter challenges =
      new Family.Counter("kbs_auth_successes_total", "Challenges that were given");
  private final Family.Counter authErrors =
      new Family.Counter("kbs_auth_errors_total", "Requests for a challenge that were refused");
  private final Family.LabelledCounter pluginRequests =
      new Family.LabelledCounter(
          "kbs_plugin_requests_total", "Calls of external plugins", "plugin_name");
  private final Family.LabelledCounter pluginErrors =
      new Family.LabelledCounter(
          "kbs_plugin_errors_total", "Calls of external plugins that failed", "plugin_name");
  private final Family.LabelledHistogram pluginDurations =
      new Family.LabelledHistogram(
          "kbs_plugin_request_duration_seconds",
          "Seconds from a call of an external plugin to its answer",
          "plugin_name",
          0.001,
          0.005,
          0.01,
          0.05,
          0.1,
          0.5,
          1);
  private final List<Family> families;

  /** Counters at zero for a build of this version. */
  public KbsMetrics(BuildInfo build) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("version", build.version());
    labels.put("git_hash", build.gitHash());
    labels.put("build_date", build.date());
    Family info = new Family.Info("kbs_build_info", "The build of this broker", labels);
    this.families =
        Stream.<Family>of(
                reads,
                writes,
                deletes,
                requests,
                durations,
                requestSizes,
                responseSizes,
                active,
                evaluations,
                approvals,
                violations,
                policyErrors,
                attestations,
                attested,
                refused,
                attestationErrors,
                auths,
                challenges,
                authErrors,
                pluginRequests,
                pluginErrors,
                pluginDurations,
                info)
            .sorted(Comparator.comparing(Family::name))
            .toList();
  }

  /** All families that have a sample, by name, in the Prometheus text format 0.0.4. */
  public String exposition() {
    StringBuilder out = new StringBuilder();
    for (Family family : families) {
      List<String> samples = family.samples();
      if (!samples.isEmpty()) {
        out.append("# HELP ").append(family.name()).append(' ').append(family.help()).append('\n');
        out.append("# TYPE ").append(family.name()).append(' ').append(family.type()).append('\n');
        samples.forEach(sample -> out.append(sample).append('\n'));
      }
    }
    return out.toString();
  }

  /** A request for a resource, also for one that is not there. */
  public void resourceRead(String path) {
    reads.increment(path);
  }

  /** A request to write a resource, before it is written. */
  public void resourceWritten(String path) {
    writes.increment(path);
  }

  /** A request to delete a resource, also for one that is not there. */
  public void resourceDeleted(String path) {
    deletes.increment(path);
  }

  /** The head of a request below {@code /kbs} has arrived. */
  public void requestBegun(long bodyBytes) {
    active.value().increment();
    requests.increment();
    requestSizes.observe((double) bodyBytes);
  }

  /** A request below {@code /kbs} has been answered. */
  public void requestEnded(long bodyBytes, long nanos) {
    durations.observe(nanos / 1e9);
    responseSizes.observe((double) bodyBytes);
    active.value().decrement();
  }

  /** The resource policy is asked. */
  public void policyAsked() {
    evaluations.increment();
  }

  /** The resource policy let a request pass. */
  public void policyApproved() {
    approvals.increment();
  }

  /** The resource policy denied a request. */
  public void policyViolated() {
    violations.increment();
  }

  /** The resource policy failed, or gave neither true nor false. */
  public void policyFailed() {
    policyErrors.increment();
  }

  /** A request for a challenge has arrived. */
  public void authAsked() {
    auths.increment();
  }

  /** A challenge was given. */
  public void authSucceeded() {
    challenges.increment();
  }

  /** A challenge was refused. */
  public void authFailed() {
    authErrors.increment();
  }

  /** A request to attest has arrived. */
  public void attestationAsked() {
    attestations.increment();
  }

  /** Evidence was accepted. */
  public void attestationSucceeded(String tee) {
    attested.increment(tee);
  }

  /** Evidence was refused. */
  public void attestationRefused(String tee) {
    refused.increment(tee);
  }

  /** A request to attest, or the look for a session, went wrong before any evidence was judged. */
  public void attestationFailed() {
    attestationErrors.increment();
  }

  /** An external plugin was called. */
  public void pluginCalled(String name) {
    pluginRequests.increment(name);
  }

  /** An external plugin has answered or failed to. */
  public void pluginAnswered(String name, long nanos) {
    pluginDurations.observe(name, nanos / 1e9);
  }

  /** A call of an external plugin failed. */
  public void pluginFailed(String name) {
    pluginErrors.increment(name);
  }
}
