package dev.cocolab.broker;

import dev.cocolab.protocol.RuntimeData;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/**
 * One {@code POST /attest} with everything that went into it. Holds no token and no secret.
 *
 * @param id number within its journal, from 1
 * @param requestId value of the answer's header {@code x-cocolab-request-id}
 * @param at when it was answered
 * @param peer address of the guest
 * @param tee wire name of the TEE; empty when the session is unknown
 * @param message the body of the request; empty when it did not parse or is too long to be kept
 * @param referenceValues every reference value that was stored at that moment
 * @param submods the appraisal of each TEE class; empty when refused
 * @param refusal why no token was issued
 */
public record Appraisal(
    long id,
    String requestId,
    Instant at,
    String peer,
    String tee,
    Optional<KeptJson> message,
    Map<String, JsonNode> referenceValues,
    List<Submod> submods,
    Optional<Refusal> refusal) {

  /** Checks that nothing is missing. */
  public Appraisal {
    Objects.requireNonNull(requestId, "requestId");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(peer, "peer");
    Objects.requireNonNull(tee, "tee");
    Objects.requireNonNull(message, "message");
    referenceValues = Map.copyOf(referenceValues);
    submods = List.copyOf(submods);
    Objects.requireNonNull(refusal, "refusal");
  }

  /**
   * The appraisal of one TEE.
   *
   * @param name for instance {@code cpu0}
   * @param inputName key of its claims in the policy input, for instance {@code az-snp-vtpm}
   * @param status {@code affirming}, {@code warning}, {@code contraindicated} or {@code none}
   * @param trustVector the claims that the policy set, by their AR4SI names
   * @param input the policy input
   * @param policy the evaluation
   */
  public record Submod(
      String name,
      String inputName,
      String status,
      Map<String, Integer> trustVector,
      KeptJson input,
      PolicyRun policy) {

    /** Checks that nothing is missing. */
    public Submod {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(inputName, "inputName");
      Objects.requireNonNull(status, "status");
      trustVector = Map.copyOf(trustVector);
      Objects.requireNonNull(input, "input");
      Objects.requireNonNull(policy, "policy");
    }

    /** The policy input: the claims of the TEE and what they are bound to. */
    public JsonNode claims() {
      return input.read();
    }
  }

  /**
   * Why no token was issued.
   *
   * @param kind which stage refused, for instance {@code EVIDENCE} or {@code HANDSHAKE}
   * @param reason the stage's own reason, for instance {@code QUOTE_NONCE}
   * @param text upstream's texts, outermost first
   * @param mismatch the two values that differ, where it was a comparison
   * @param policy the evaluation that failed, where it was a policy
   */
  public record Refusal(
      String kind,
      String reason,
      String text,
      Optional<Mismatch> mismatch,
      Optional<PolicyRun> policy) {

    /** Checks that nothing is missing. */
    public Refusal {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(text, "text");
      Objects.requireNonNull(mismatch, "mismatch");
      Objects.requireNonNull(policy, "policy");
    }
  }

  /**
   * Two values that should have been equal.
   *
   * @param field in the words of the format, for instance {@code pcr08}
   * @param expected lower-case hex for bytes
   * @param found likewise
   */
  public record Mismatch(String field, String expected, String found) {
    /** Checks that nothing is missing. */
    public Mismatch {
      Objects.requireNonNull(field, "field");
      Objects.requireNonNull(expected, "expected");
      Objects.requireNonNull(found, "found");
    }
  }

  /** The primary evidence as sent; null node when the message is not kept. */
  public JsonNode evidence() {
    return message
        .map(kept -> kept.read().path("tee-evidence").path("primary_evidence"))
        .orElse(NullNode.getInstance());
  }

  /** The object that the primary evidence must be bound to; null node likewise. */
  public JsonNode runtimeData() {
    return message
        .map(KeptJson::read)
        .map(
            sent ->
                (JsonNode)
                    RuntimeData.parse(sent.path("runtime-data"))
                        .claims(sent.path("tee-evidence").path("additional_evidence").asString("")))
        .orElse(NullNode.getInstance());
  }

  /** The initdata text of the message; peer pods send none. */
  public Optional<String> initData() {
    return message
        .map(kept -> kept.read().path("init-data").path("body"))
        .filter(JsonNode::isString)
        .map(JsonNode::asString);
  }

  /** Whether a token was issued. */
  public boolean accepted() {
    return refusal.isEmpty();
  }

  /** Whether a token was issued and every submod's status is {@code affirming}. */
  public boolean affirming() {
    return accepted() && submods.stream().allMatch(s -> s.status().equals("affirming"));
  }
}
