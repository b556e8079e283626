package dev.cocolab.load;

import dev.cocolab.evidence.Tee;
import dev.cocolab.load.LoadException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a process that drives a broker is told.
 *
 * @param target the broker
 * @param tee the kind of evidence
 * @param evidenceVersion the encoding of Azure evidence, 1 or 2
 * @param demand how much load
 * @param warmup how long load is made before anything counts
 * @param length how long is measured
 * @param resource {@code repository/type/tag} of what each attestation asks for
 * @param caPem certificates to trust, PEM; those of the Java runtime when absent
 * @param reconnect a connection for each attestation, rather than for each client
 * @param timeout how long one answer may take
 * @param platform folder of this machine's emulated hardware
 */
public record LoadPlan(
    KbsAddress target,
    Tee tee,
    int evidenceVersion,
    Demand demand,
    Duration warmup,
    Duration length,
    String resource,
    Optional<String> caPem,
    boolean reconnect,
    Duration timeout,
    Path platform) {
  /** The kinds of evidence that can be made. */
  public static final Set<Tee> TEES = EvidenceSource.TEES;

  /** As many clients as one process runs at most. */
  public static final int MOST_CLIENTS = 1024;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Checks that nothing is missing. */
  public LoadPlan {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(tee, "tee");
    Objects.requireNonNull(demand, "demand");
    Objects.requireNonNull(warmup, "warmup");
    Objects.requireNonNull(length, "length");
    Objects.requireNonNull(resource, "resource");
    Objects.requireNonNull(caPem, "caPem");
    Objects.requireNonNull(timeout, "timeout");
    Objects.requireNonNull(platform, "platform");
  }

  /** The same with emulated hardware in another folder. */
  LoadPlan withPlatform(Path other) {
    return new LoadPlan(
        target,
        tee,
        evidenceVersion,
        demand,
        warmup,
        length,
        resource,
        caPem,
        reconnect,
        timeout,
        other);
  }

  /** The same with another load. */
  public LoadPlan withDemand(Demand other) {
    return new LoadPlan(
        target,
        tee,
        evidenceVersion,
        other,
        warmup,
        length,
        resource,
        caPem,
        reconnect,
        timeout,
        platform);
  }

  /** One line of JSON, for another process. */
  public String toJson() {
    ObjectNode out = JSON.createObjectNode();
    out.put("url", target.toString());
    out.put("tee", tee.wireName());
    out.put("evidence_version", evidenceVersion);
    if (demand instanceof Demand.Clients clients) {
      out.put("clients", clients.count());
    } else {
      out.put("rate", ((Demand.Rate) demand).perSecond());
    }
    out.put("warmup_ms", warmup.toMillis());
    out.put("length_ms", length.toMillis());
    out.put("resource", resource);
    caPem.ifPresent(pem -> out.put("ca", pem));
    out.put("reconnect", reconnect);
    out.put("timeout_ms", timeout.toMillis());
    out.put("platform", platform.toString());
    return out.toString();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws LoadException BAD_INPUT
   */
  public static LoadPlan parse(String json) {
    try {
      JsonNode in = JSON.readTree(json);
      return new LoadPlan(
          KbsAddress.parse(in.path("url").asString("")),
          Tee.ofWireName(in.path("tee").asString("")).orElseThrow(() -> bad(null)),
          in.path("evidence_version").asInt(),
          in.has("rate")
              ? new Demand.Rate(in.path("rate").asDouble())
              : new Demand.Clients(in.path("clients").asInt()),
          Duration.ofMillis(in.path("warmup_ms").asLong()),
          Duration.ofMillis(in.path("length_ms").asLong()),
          in.path("resource").asString(""),
          in.has("ca") ? Optional.of(in.path("ca").asString()) : Optional.empty(),
          in.path("reconnect").asBoolean(),
          Duration.ofMillis(in.path("timeout_ms").asLong()),
          Path.of(in.path("platform").asString("")));
    } catch (JacksonException e) {
      throw bad(e);
    }
  }

  private static LoadException bad(Exception cause) {
    return new LoadException(Reason.BAD_INPUT, "the plan of a load cannot be read", cause);
  }
}
