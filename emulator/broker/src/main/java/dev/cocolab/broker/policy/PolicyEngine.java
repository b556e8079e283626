package dev.cocolab.broker.policy;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.storage.KeyValueStore;
import dev.cocolab.protocol.Profile.RegoSyntax;
import dev.cocolab.rego.RegoDialect;
import dev.cocolab.rego.RegoEngine;
import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.RegoExtension;
import dev.cocolab.rego.RegoResult;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Evaluates policies of one namespace. A policy is read and compiled anew for each evaluation, as
 * upstream does: what an operator puts there counts from the next request on.
 */
public final class PolicyEngine {
  /** The extension function of attestation policies. */
  public static final String QUERY_REFERENCE_VALUE = "query_reference_value";

  private static final String SUFFIX = ".rego";

  private final KeyValueStore store;
  private final RegoDialect dialect;
  private final Optional<RegoExtension> unanswered;

  /**
   * Evaluates policies of {@code store}.
   *
   * @param knowsReferenceValues whether its policies may call {@code query_reference_value}
   */
  public PolicyEngine(KeyValueStore store, RegoSyntax syntax, boolean knowsReferenceValues) {
    this.store = store;
    this.unanswered =
        knowsReferenceValues
            ? Optional.of(args -> JsonNodeFactory.instance.nullNode())
            : Optional.empty();
    this.dialect = syntax == RegoSyntax.V0 ? RegoDialect.V0 : RegoDialect.V1;
  }

  /** Stores a built-in policy unless one of this name is there. */
  public void seed(String id, String source) {
    if (store.get(id + SUFFIX).isEmpty()) {
      store.set(id + SUFFIX, source.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Stores a policy, replacing what is there; the text is checked where the caller wants it. */
  public void set(String id, String source) {
    store.set(id + SUFFIX, source.getBytes(StandardCharsets.UTF_8));
  }

  /** The ids of all stored policies, sorted. */
  public List<String> ids() {
    return store.keys().stream()
        .filter(key -> key.endsWith(SUFFIX))
        .map(key -> key.substring(0, key.length() - SUFFIX.length()))
        .toList();
  }

  /**
   * Checks the grammar of a text; names are looked at when it is evaluated, as upstream does.
   *
   * @throws BrokerException POLICY_SYNTAX
   */
  public void check(String file, String source) {
    try {
      compile(file, source, unanswered);
    } catch (BrokerException e) {
      if (e.reason() == Reason.POLICY_SYNTAX) {
        throw e;
      }
    }
  }

  /** What will keep a stored policy from being evaluated; empty when it is absent or fine. */
  public Optional<BrokerException> problem(String id) {
    try {
      Optional<String> source = source(id);
      source.ifPresent(text -> compile(id + SUFFIX, text, unanswered));
      return Optional.empty();
    } catch (BrokerException e) {
      return Optional.of(e);
    }
  }

  /**
   * Evaluates rules of a stored policy. Never throws for what the policy holds: a failure is part
   * of the answer.
   *
   * @param referenceValues what {@code query_reference_value} answers; absent: no such function
   */
  public Evaluation evaluate(
      String id,
      List<String> rules,
      JsonNode input,
      JsonNode data,
      Optional<RegoExtension> referenceValues) {
    String file = id + SUFFIX;
    String source = "";
    try {
      source =
          source(id)
              .orElseThrow(
                  () ->
                      new BrokerException(Reason.POLICY_ABSENT, "Policy `" + file + "` not found"));
      RegoEngine engine = compile(file, source, referenceValues);
      Map<String, RegoResult> results = new LinkedHashMap<>();
      for (String rule : rules) {
        results.put(rule, engine.evaluate(rule, input, data));
      }
      return new Evaluation(file, source, results, Optional.empty());
    } catch (RegoException e) {
      BrokerException failure =
          new BrokerException(
              Reason.POLICY_EVALUATION, "Failed to eval policy: " + e.getMessage(), e);
      return new Evaluation(file, source, Map.of(), Optional.of(failure));
    } catch (BrokerException e) {
      return new Evaluation(file, source, Map.of(), Optional.of(e));
    }
  }

  private Optional<String> source(String id) {
    return store
        .get(id + SUFFIX)
        .map(
            bytes -> {
              try {
                return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
              } catch (CharacterCodingException e) {
                throw new BrokerException(
                    Reason.POLICY_SYNTAX, "Policy `" + id + SUFFIX + "` is not UTF-8", e);
              }
            });
  }

  private RegoEngine compile(String file, String source, Optional<RegoExtension> referenceValues) {
    try {
      RegoEngine.Builder builder =
          RegoEngine.builder().dialect(dialect).strictBuiltinErrors(true).module(file, source);
      referenceValues.ifPresent(f -> builder.extension(QUERY_REFERENCE_VALUE, 1, f));
      return builder.build();
    } catch (RegoException e) {
      // Upstream resolves names while it evaluates, so only the grammar counts as loading.
      Reason reason =
          e.reason() == RegoException.Reason.PARSE
              ? Reason.POLICY_SYNTAX
              : Reason.POLICY_EVALUATION;
      String what =
          reason == Reason.POLICY_SYNTAX ? "Failed to load policy: " : "Failed to eval policy: ";
      throw new BrokerException(reason, what + e.getMessage(), e);
    }
  }
}
