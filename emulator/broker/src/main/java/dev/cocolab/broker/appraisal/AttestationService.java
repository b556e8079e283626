package dev.cocolab.broker.appraisal;

import dev.cocolab.broker.config.KbsConfig;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.log.LogLevel;
import dev.cocolab.broker.policy.Evaluation;
import dev.cocolab.broker.policy.PolicyEngine;
import dev.cocolab.broker.storage.ReferenceValues;
import dev.cocolab.broker.token.TokenSigner;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.protocol.Profile;
import dev.cocolab.protocol.Profile.LogStyle;
import dev.cocolab.rego.RegoExtension;
import dev.cocolab.rego.RegoResult;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Verifies evidence, appraises its claims and issues tokens. All evidence is verified before any of
 * it is appraised; the first failure ends the call, and there is no partial token.
 */
public final class AttestationService {
  private static final String TARGET = "attestation_service";
  private static final String BROKER = TARGET + "::ear_token::broker";

  /** The policy id that the Key Broker Service asks for. */
  public static final String DEFAULT_POLICY = "default";

  private static final String TRUST_CLAIMS = "data.policy.trust_claims";
  private static final String EXTENSIONS = "data.policy.extensions";

  private final Map<Tee, EvidenceVerifier> verifiers;
  private final Optional<String> emulatedRoots;
  private final PolicyEngine policies;
  private final ReferenceValues referenceValues;
  private final TokenSigner signer;
  private final KbsConfig.Attestation config;
  private final Profile profile;
  private final Clock clock;
  private final KbsLog log;

  /** A service with everything it needs. */
  public AttestationService(
      Map<Tee, EvidenceVerifier> verifiers,
      Optional<String> emulatedRoots,
      PolicyEngine policies,
      ReferenceValues referenceValues,
      TokenSigner signer,
      KbsConfig.Attestation config,
      Profile profile,
      Clock clock,
      KbsLog log) {
    this.verifiers = Map.copyOf(verifiers);
    this.emulatedRoots = Objects.requireNonNull(emulatedRoots, "emulatedRoots");
    this.policies = Objects.requireNonNull(policies, "policies");
    this.referenceValues = Objects.requireNonNull(referenceValues, "referenceValues");
    this.signer = Objects.requireNonNull(signer, "signer");
    this.config = Objects.requireNonNull(config, "config");
    this.profile = Objects.requireNonNull(profile, "profile");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.log = Objects.requireNonNull(log, "log");
  }

  private record Verified(TeeClaims claims, JsonNode runtimeData, JsonNode initDataClaims) {}

  /**
   * Judges evidence. Never throws for what the evidence, policies or reference values hold.
   *
   * @param requests at least one
   * @param policyIds of which the first counts, completed by the TEE's class
   */
  public Verdict evaluate(List<VerificationRequest> requests, List<String> policyIds) {
    if (requests.isEmpty()) {
      return refused("No verification requests provided.");
    }
    emulatedRoots.ifPresent(
        roots ->
            log.warn(
                TARGET,
                "Emulated roots of trust are trusted ("
                    + roots
                    + "): this attestation says nothing about real hardware."));
    List<Verified> verified = new ArrayList<>();
    try {
      for (VerificationRequest request : requests) {
        verified.addAll(verify(request));
      }
    } catch (BrokerException e) {
      return new Verdict.Refused(e, Optional.empty());
    }
    if (policyIds.isEmpty()) {
      return refused("No policy is given for EAR token generation.");
    }
    if (policyIds.size() > 1) {
      log.warn(BROKER, "EAR token only accepts the first policy. The rest will be ignored.");
    }
    return appraise(verified, policyIds.get(0));
  }

  private static Verdict refused(String text) {
    return new Verdict.Refused(new BrokerException(Reason.HANDSHAKE, text), Optional.empty());
  }

  /** Whether evidence of a TEE can be judged. */
  public boolean knows(Tee tee) {
    return verifiers.containsKey(tee);
  }

  private List<Verified> verify(VerificationRequest request) {
    Tee tee = request.tee();
    EvidenceVerifier verifier = verifiers.get(tee);
    if (verifier == null) {
      throw new BrokerException(
          Reason.UNSUPPORTED_TEE,
          "feature `" + tee.wireName() + "-verifier` is not enabled for this broker");
    }
    Optional<byte[]> reportData = request.runtimeData().map(RuntimeInput::reportData);
    JsonNode runtimeClaims =
        request.runtimeData().map(RuntimeInput::claims).orElse(JsonNodeFactory.instance.nullNode());
    InitDataClaims initData = InitDataClaims.of(request.initData());
    List<TeeClaims> claims;
    try {
      claims =
          verifier.verify(request.evidence(), new ExpectedBinding(reportData, initData.digest()));
    } catch (EvidenceException e) {
      throw new BrokerException(Reason.EVIDENCE, "Verifier evaluate failed", e);
    }
    List<Verified> out = new ArrayList<>();
    for (TeeClaims one : claims) {
      logPassed(one);
      out.add(new Verified(one, runtimeClaims, initData.claims()));
    }
    return out;
  }

  private void logPassed(TeeClaims claims) {
    if (log.style() == LogStyle.BRACKETS) {
      log.info(TARGET, claims.tee().logName() + " Verifier/endorsement check passed.");
    } else {
      log.info(
          TARGET,
          "Verifier/endorsement check passed. tee="
              + claims.tee().logName()
              + " tee_class=\""
              + claims.teeClass()
              + "\"");
    }
    if (log.writes(LogLevel.DEBUG)) {
      log.debug(TARGET, "claims = " + claims.claims());
    }
  }

  private Verdict appraise(List<Verified> verified, String policyId) {
    Map<String, Integer> counters = new HashMap<>();
    List<SubmodAppraisal> submods = new ArrayList<>();
    for (Verified one : verified) {
      String teeClass = one.claims().teeClass();
      String name = teeClass + (counters.merge(teeClass, 1, Integer::sum) - 1);
      String inputName = profile.inputNames().of(one.claims().tee().wireName());
      Optional<Evaluation> evaluated = Optional.empty();
      try {
        ObjectNode input =
            PolicyInput.of(
                one.claims().claims(),
                inputName,
                one.initDataClaims(),
                one.runtimeData(),
                config.verboseToken());
        Evaluation evaluation = run(policyId + "_" + teeClass, input);
        evaluated = Optional.of(evaluation);
        if (evaluation.failure().isPresent()) {
          return new Verdict.Refused(evaluation.failure().get(), evaluated);
        }
        submods.add(
            new SubmodAppraisal(
                name, inputName, vector(evaluation), input, extensions(evaluation), evaluation));
      } catch (BrokerException e) {
        return new Verdict.Refused(e, evaluated);
      }
    }
    ObjectNode payload =
        TokenPayload.of(submods, policyId, config, profile.token().issuer(), clock.instant());
    return new Verdict.Issued(signer.sign(payload), submods);
  }

  private Evaluation run(String policyId, JsonNode input) {
    return policies.evaluate(
        policyId,
        List.of(TRUST_CLAIMS, EXTENSIONS),
        input,
        JsonNodeFactory.instance.objectNode(),
        Optional.of(referenceValueQuery()));
  }

  /** Answers one evaluation from one state of the values, which is read with the first question. */
  private RegoExtension referenceValueQuery() {
    ReferenceValues.Values[] values = {null};
    return args -> {
      JsonNode name = args.get(0);
      if (!name.isString()) {
        throw new BrokerException(
            Reason.POLICY_EVALUATION, "query_reference_value extension parameter must be a string");
      }
      if (values[0] == null) {
        values[0] = read(referenceValues::now);
      }
      return queryReferenceValue(values[0], name);
    };
  }

  private JsonNode queryReferenceValue(ReferenceValues.Values values, JsonNode name) {
    return read(() -> values.query(name.asString()))
        .orElseGet(
            () -> {
              log.warn(
                  BROKER,
                  "No reference value found for the given id: "
                      + name.asString()
                      + ", use NULL as the returned value");
              return JsonNodeFactory.instance.nullNode();
            });
  }

  private static <T> T read(Supplier<T> values) {
    try {
      return values.get();
    } catch (BrokerException e) {
      throw new BrokerException(
          Reason.REFERENCE_VALUES, "Get Reference Value from RVPS failed: " + e.chain(), e);
    }
  }

  private TrustVector vector(Evaluation evaluation) {
    RegoResult result = evaluation.result(TRUST_CLAIMS);
    if (!result.ruleDefined()) {
      log.warn(
          BROKER,
          "No trust claims found by enforcing policy "
              + evaluation.file().replace(".rego", "")
              + ", set all TrustVector claims to 0");
      return TrustVector.zero();
    }
    return TrustVector.of(result.value().orElseGet(AttestationService::undefined));
  }

  private static ObjectNode extensions(Evaluation evaluation) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    RegoResult result = evaluation.result(EXTENSIONS);
    if (!result.ruleDefined()) {
      return out;
    }
    JsonNode list = result.value().orElseGet(AttestationService::undefined);
    if (!list.isArray()) {
      throw new BrokerException(
          Reason.POLICY_EVALUATION, "invalid type of extensions, expected a sequence");
    }
    Set<String> names = new HashSet<>();
    Set<Integer> keys = new HashSet<>();
    for (JsonNode entry : list) {
      JsonNode key = entry.path("key");
      if (!entry.path("name").isString() || !key.canConvertToInt() || !entry.has("value")) {
        throw new BrokerException(
            Reason.POLICY_EVALUATION, "an extension needs `name`, `key` and `value`");
      }
      String name = entry.path("name").asString();
      if (!names.add(name) || !keys.add(key.intValue())) {
        throw new BrokerException(
            Reason.POLICY_EVALUATION, "extension `" + name + "` is given twice");
      }
      if (!entry.get("value").isNull()) {
        out.set(name, entry.get("value"));
      }
    }
    return out;
  }

  private static JsonNode undefined() {
    return JsonNodeFactory.instance.stringNode("<undefined>");
  }
}
