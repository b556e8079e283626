package dev.cocolab.broker;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.policy.Evaluation;
import dev.cocolab.broker.policy.PolicyEngine;
import dev.cocolab.broker.session.Session;
import dev.cocolab.broker.session.SessionStore;
import dev.cocolab.broker.storage.KeyValueStore;
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
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The plugin {@code resource}. Token and policy come before storage, so that a caller without them
 * cannot tell which resources exist.
 */
final class ResourceApi {
  static final String PLUGIN = "resource";
  private static final String POLICY = "resource-policy";
  private static final String ALLOW = "data.policy.allow";
  private static final String SEGMENT = "[A-Za-z0-9_-]+[A-Za-z0-9_.-]*";
  private static final Pattern PATH = Pattern.compile(SEGMENT + "/" + SEGMENT + "/" + SEGMENT);
  private static final String BEARER = "Bearer ";

  private final SessionStore sessions;
  private final TokenVerifier tokens;
  private final TeeKeyClaim keys;
  private final PolicyEngine policies;
  private final KeyValueStore resources;
  private final IssuedTokens issued;
  private final AttestationJournal journal;
  private final SecureRandom random;
  private final Clock clock;
  private final KbsLog log;

  ResourceApi(
      SessionStore sessions,
      TokenVerifier tokens,
      TeeKeyClaim keys,
      PolicyEngine policies,
      KeyValueStore resources,
      IssuedTokens issued,
      Surroundings surroundings,
      KbsLog log) {
    this.sessions = sessions;
    this.tokens = tokens;
    this.keys = keys;
    this.policies = policies;
    this.resources = resources;
    this.issued = issued;
    this.journal = surroundings.journal();
    this.random = surroundings.random();
    this.clock = surroundings.clock();
    this.log = log;
  }

  /** What one request has come to so far, for the journal. */
  private static final class Course {
    Optional<KeptJson> payload = Optional.empty();
    Optional<PolicyRun> policy = Optional.empty();
    Optional<Appraisal> appraisal = Optional.empty();
  }

  ApiResponse attested(ApiRequest request) {
    Course course = new Course();
    ObjectNode data = policyData(request);
    try {
      ApiResponse response = answer(request, data, course);
      record(request, data, course, Access.GRANTED, response.status(), "");
      return response;
    } catch (ApiError e) {
      record(request, data, course, e.variant(), e.status(), e.logText());
      throw e;
    }
  }

  private ApiResponse answer(ApiRequest request, ObjectNode data, Course course) {
    JsonNode claims = claims(request, course);
    requireAllowed(claims, data, course);
    byte[] secret = read(request);
    try {
      TeePublicKey key = keys.find(claims);
      return ApiResponse.json(Jwe.seal(key, secret, random).toJson());
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
            .or(() -> request.authorization().flatMap(ResourceApi::bearer))
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
              throw ApiError.policyEngine(e);
            });
    RegoResult result = evaluation.result(ALLOW);
    if (!result.ruleDefined()) {
      log.warn(
          "kbs::api_server",
          "The KBS Resource Policy does not define the `" + ALLOW + "` rule, use false as default");
      throw ApiError.policyDeny();
    }
    Optional<JsonNode> value = result.value();
    if (value.isEmpty() || !value.get().isBoolean()) {
      log.warn(
          "kbs::api_server", "`" + ALLOW + "` rule result is not a boolean, use false as default");
      throw ApiError.policyDeny();
    }
    if (!value.get().booleanValue()) {
      throw ApiError.policyDeny();
    }
  }

  private byte[] read(ApiRequest request) {
    if (!request.method().equals("GET")) {
      throw ApiError.pluginFailed("Illegal HTTP method. Only supports `GET`, `POST` and `DELETE`");
    }
    String key = key(request);
    try {
      return resources
          .get(key)
          .orElseThrow(() -> ApiError.pluginFailed("resource not found: " + key));
    } catch (BrokerException e) {
      throw ApiError.pluginFailed(e.chain());
    }
  }

  /** POST and DELETE, after the admin check. */
  ApiResponse administered(ApiRequest request) {
    String key = key(request);
    try {
      if (request.method().equals("POST")) {
        resources.set(key, request.bodyBytes());
      } else if (!resources.delete(key)) {
        throw ApiError.pluginFailed("resource not found: " + key);
      }
      return ApiResponse.plain();
    } catch (BrokerException e) {
      throw ApiError.pluginFailed(e.chain());
    }
  }

  private static String key(ApiRequest request) {
    String key = String.join("/", request.resourcePath());
    if (!PATH.matcher(key).matches()) {
      throw ApiError.pluginFailed("illegal ResourceDesc format.");
    }
    return key;
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
            clock.instant(),
            request.peer(),
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
