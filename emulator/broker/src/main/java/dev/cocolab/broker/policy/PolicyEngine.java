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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Evaluates policies of one namespace. A policy is read for each evaluation, so that what an
 * operator puts there counts from the next request on; it is compiled anew only when its bytes have
 * changed. Safe for use by several threads.
 */
public final class PolicyEngine {
  /** The extension function of attestation policies. */
  public static final String QUERY_REFERENCE_VALUE = "query_reference_value";

  /** How many compiled policies are kept; a broker asks for two or three. */
  static final int KEPT = 16;

  private static final String SUFFIX = ".rego";

  private final KeyValueStore store;
  private final RegoDialect dialect;
  private final Optional<RegoExtension> unanswered;
  private final Map<String, Compiled> compiled =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Compiled> eldest) {
          return size() > KEPT;
        }
      };

  /** A policy, and the bytes that it was compiled from. */
  @SuppressWarnings("ArrayRecordComponent") // neither changed nor compared as a record
  private record Compiled(byte[] bytes, String source, RegoEngine engine) {}

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
      compile(file, source);
    } catch (BrokerException e) {
      if (e.reason() == Reason.POLICY_SYNTAX) {
        throw e;
      }
    }
  }

  /** What will keep a stored policy from being evaluated; empty when it is absent or fine. */
  public Optional<BrokerException> problem(String id) {
    try {
      store.get(id + SUFFIX).ifPresent(bytes -> compile(id + SUFFIX, text(id + SUFFIX, bytes)));
      return Optional.empty();
    } catch (BrokerException e) {
      return Optional.of(e);
    }
  }

  /**
   * Evaluates rules of a stored policy. Never throws for what the policy holds: a failure is part
   * of the answer.
   *
   * @param referenceValues what {@code query_reference_value} answers, where policies may call it;
   *     absent: null
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
      byte[] bytes =
          store
              .get(file)
              .orElseThrow(
                  () ->
                      new BrokerException(Reason.POLICY_ABSENT, "Policy `" + file + "` not found"));
      Optional<Compiled> known = compiled(file, bytes);
      source = known.isPresent() ? known.get().source() : text(file, bytes);
      RegoEngine engine =
          known.isPresent() ? known.get().engine() : remembered(file, bytes, source);
      Map<String, RegoExtension> extensions =
          referenceValues.map(f -> Map.of(QUERY_REFERENCE_VALUE, f)).orElse(Map.of());
      Map<String, RegoResult> results = engine.evaluate(rules, input, data, extensions);
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

  /** What was compiled from exactly these bytes. */
  private Optional<Compiled> compiled(String file, byte[] bytes) {
    synchronized (compiled) {
      return Optional.ofNullable(compiled.get(file))
          .filter(known -> Arrays.equals(known.bytes(), bytes));
    }
  }

  private RegoEngine remembered(String file, byte[] bytes, String source) {
    RegoEngine engine = compile(file, source);
    synchronized (compiled) {
      compiled.put(file, new Compiled(bytes, source, engine));
    }
    return engine;
  }

  private static String text(String file, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BrokerException(Reason.POLICY_SYNTAX, "Policy `" + file + "` is not UTF-8", e);
    }
  }

  private RegoEngine compile(String file, String source) {
    try {
      RegoEngine.Builder builder =
          RegoEngine.builder().dialect(dialect).strictBuiltinErrors(true).module(file, source);
      unanswered.ifPresent(f -> builder.extension(QUERY_REFERENCE_VALUE, 1, f));
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
