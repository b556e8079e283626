package dev.cocolab.broker;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.metrics.KbsMetrics;
import dev.cocolab.broker.plugin.Plugin;
import dev.cocolab.broker.plugin.PluginCall;
import dev.cocolab.broker.policy.Evaluation;
import dev.cocolab.broker.policy.PolicyEngine;
import dev.cocolab.broker.session.Session;
import dev.cocolab.broker.session.SessionStore;
import dev.cocolab.broker.token.TeeKeyClaim;
import dev.cocolab.broker.token.TokenVerifier;
import dev.cocolab.protocol.Jwe;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.TeePublicKey;
import dev.cocolab.rego.RegoResult;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Calls of plugins. Token and policy come before the plugin, so that a caller without them cannot
 * tell which resources exist.
 */
final class PluginApi {
  private static final String POLICY = "resource-policy";
  private static final String ALLOW = "data.policy.allow";
  private static final String BEARER = "Bearer ";
  private static final JsonPointer INIT_DATA_CLAIMS =
      JsonPointer.compile("/submods/cpu0/ear.veraison.annotated-evidence/init_data_claims");

  private final SessionStore sessions;
  private final TokenVerifier tokens;
  private final TeeKeyClaim keys;
  private final PolicyEngine policies;
  private final AdminApi admin;
  private final IssuedTokens issued;
  private final AttestationJournal journal;
  private final SecureRandom random;
  private final Clock clock;
  private final KbsMetrics metrics;
  private final KbsLog log;

  PluginApi(
      SessionStore sessions,
      TokenVerifier tokens,
      TeeKeyClaim keys,
      PolicyEngine policies,
      AdminApi admin,
      IssuedTokens issued,
      Surroundings surroundings,
      KbsMetrics metrics,
      KbsLog log) {
    this.sessions = sessions;
    this.tokens = tokens;
    this.keys = keys;
    this.policies = policies;
    this.admin = admin;
    this.issued = issued;
    this.journal = surroundings.journal();
    this.random = surroundings.random();
    this.clock = surroundings.clock();
    this.metrics = metrics;
    this.log = log;
  }

  /** What one request has come to so far, for the journal. */
  private static final class Course {
    Optional<KeptJson> payload = Optional.empty();
    Optional<PolicyRun> policy = Optional.empty();
    Optional<Appraisal> appraisal = Optional.empty();
  }

  ApiResponse answer(Plugin plugin, ApiRequest request) {
    PluginCall call =
        new PluginCall(
            request.method(),
            request.resourcePath(),
            request.query(),
            request.bodyBytes(),
            Optional.empty());
    if (of(() -> plugin.needsAdmin(call))) {
      admin.requirePluginAdmin(request);
      return ApiResponse.plain(of(() -> plugin.handle(call)));
    }
    Course course = new Course();
    ObjectNode data = policyData(request);
    try {
      ApiResponse response = attested(plugin, call, request, data, course);
      record(request, data, course, Access.GRANTED, response.status(), "");
      return response;
    } catch (ApiError e) {
      record(request, data, course, e.variant(), e.status(), e.logText());
      throw e;
    }
  }

  private static <T> T of(Supplier<T> plugin) {
    try {
      return plugin.get();
    } catch (BrokerException e) {
      throw ApiError.pluginFailed(e.chain());
    }
  }

  private ApiResponse attested(
      Plugin plugin, PluginCall call, ApiRequest request, ObjectNode data, Course course) {
    JsonNode claims = claims(request, course);
    requireAllowed(claims, data, course);
    JsonNode initData = claims.at(INIT_DATA_CLAIMS);
    PluginCall attested =
        call.with(initData.isMissingNode() ? Optional.empty() : Optional.of(initData));
    byte[] answer = of(() -> plugin.handle(attested));
    if (!of(() -> plugin.mustEncrypt(attested))) {
      return ApiResponse.plain(answer);
    }
    try {
      TeePublicKey key = keys.find(claims);
      return ApiResponse.json(Jwe.seal(key, answer, random).toJson());
    } catch (BrokerException e) {
      throw ApiError.tokenVerifier(e);
    } catch (ProtocolException e) {
      throw ApiError.jwe(e);
    }
  }

  /**
   * What the caller's token says. The session's token wins over the header's; it is the one that
   * the attestation service signed, kept in this process since.
   */
  private JsonNode claims(ApiRequest request, Course course) {
    Optional<String> ofSession = request.session().flatMap(this::tokenOfSession);
    String token =
        ofSession
            .or(() -> request.authorization().flatMap(PluginApi::bearer))
            .orElseThrow(ApiError::tokenNotFound);
    try {
      JsonNode claims = ofSession.isPresent() ? tokens.verifyOwn(token) : tokens.verify(token);
      course.payload = Optional.of(KeptJson.ofPayload(token));
      course.appraisal = issued.find(token);
      return claims;
    } catch (BrokerException e) {
      throw ApiError.tokenVerifier(e);
    }
  }

  private Optional<String> tokenOfSession(String id) {
    Optional<Session> session = sessions.find(id);
    if (session.isEmpty()) {
      metrics.attestationFailed();
      return Optional.empty();
    }
    // The whole id would let a reader of the log use the session.
    log.info(
        "kbs::attestation::backend",
        "Cookie " + session.get().id().substring(0, 8) + "… request to get resource");
    if (session.get() instanceof Session.Attested attested && !sessions.isExpired(attested)) {
      return Optional.of(attested.token());
    }
    return Optional.empty();
  }

  private static Optional<String> bearer(String header) {
    return header.startsWith(BEARER) && header.length() > BEARER.length()
        ? Optional.of(header.substring(BEARER.length()))
        : Optional.empty();
  }

  private void requireAllowed(JsonNode claims, ObjectNode data, Course course) {
    metrics.policyAsked();
    Evaluation evaluation =
        policies.evaluate(POLICY, List.of(ALLOW), claims, data, Optional.empty());
    course.policy =
        Optional.of(
            new PolicyRun(
                evaluation.file(),
                evaluation.source(),
                evaluation.trace(ALLOW),
                evaluation.failure().map(BrokerException::chain)));
    evaluation
        .failure()
        .ifPresent(
            e -> {
              metrics.policyFailed();
              throw ApiError.policyEngine(e);
            });
    if (!isTrue(evaluation.result(ALLOW))) {
      metrics.policyViolated();
      throw ApiError.policyDeny();
    }
    metrics.policyApproved();
  }

  private boolean isTrue(RegoResult result) {
    if (!result.ruleDefined()) {
      metrics.policyFailed();
      log.warn(
          "kbs::api_server",
          "The KBS Resource Policy does not define the `" + ALLOW + "` rule, use false as default");
      return false;
    }
    Optional<JsonNode> value = result.value();
    if (value.isEmpty() || !value.get().isBoolean()) {
      metrics.policyFailed();
      log.warn(
          "kbs::api_server", "`" + ALLOW + "` rule result is not a boolean, use false as default");
      return false;
    }
    return value.get().booleanValue();
  }

  private static ObjectNode policyData(ApiRequest request) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("plugin", request.plugin());
    request.resourcePath().forEach(out.putArray("resource-path")::add);
    ObjectNode query = out.putObject("query");
    request.query().forEach(query::put);
    return out;
  }

  private void record(
      ApiRequest request,
      ObjectNode data,
      Course course,
      String outcome,
      int status,
      String cause) {
    journal.record(
        new Access(
            journal.nextId(),
            request.caller().requestId(),
            clock.instant(),
            request.caller().peer(),
            request.method(),
            request.path(),
            status,
            outcome,
            cause,
            course.payload,
            data,
            course.policy,
            course.appraisal));
  }
}
