package dev.cocolab.broker;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One request of a guest to a plugin. Holds neither the resource nor a token.
 *
 * @param id number within its journal, from 1, counted together with appraisals
 * @param requestId value of the answer's header {@code x-cocolab-request-id}
 * @param at when it was answered
 * @param peer address of the caller
 * @param method HTTP method
 * @param path plugin and path, for instance {@code resource/default/key/1}
 * @param status HTTP status of the answer
 * @param outcome {@code Granted}, or the variant of the error, for instance {@code PolicyDeny}
 * @param cause the text of the log for an error, empty when granted
 * @param payload the payload of the verified token
 * @param data the policy's {@code data}
 * @param policy the evaluation of the resource policy, when it came to one
 * @param appraisal the appraisal that the token came from, when this broker still knows it
 */
public record Access(
    long id,
    String requestId,
    Instant at,
    String peer,
    String method,
    String path,
    int status,
    String outcome,
    String cause,
    Optional<KeptJson> payload,
    JsonNode data,
    Optional<PolicyRun> policy,
    Optional<Appraisal> appraisal) {

  /** The outcome of a request that was answered with the resource. */
  public static final String GRANTED = "Granted";

  /** Checks that nothing is missing. */
  public Access {
    Objects.requireNonNull(requestId, "requestId");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(peer, "peer");
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(appraisal, "appraisal");
  }

  /** What the verified token says, which is the policy's {@code input}. */
  public Optional<JsonNode> claims() {
    return payload.map(KeptJson::read);
  }

  /** Whether the resource was handed out. */
  public boolean granted() {
    return outcome.equals(GRANTED);
  }
}
