package dev.cocolab.broker;

import dev.cocolab.broker.appraisal.Verdict;
import dev.cocolab.broker.appraisal.VerificationRequest;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.log.ErrorChain;
import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.policy.PolicyEngine;
import dev.cocolab.broker.restful.AttestationCall;
import dev.cocolab.broker.restful.PolicyCall;
import dev.cocolab.broker.restful.RestfulTees;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Tee;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The attestation service's own interface, as {@code restful-as} serves it. Nobody is asked who he
 * is: whoever reaches it may set policies.
 */
final class RestfulAsApi {
  private static final String TARGET = "restful_as";
  private static final int FAILED = 500;
  private static final int MALFORMED = 400;

  private final AttestationParts attestation;
  private final AppraisalRecorder recorder;
  private final KbsLog log;
  private final Map<Endpoint, Function<ApiRequest, ApiResponse>> endpoints = new LinkedHashMap<>();

  RestfulAsApi(AttestationParts attestation, AppraisalRecorder recorder, KbsLog log) {
    this.attestation = attestation;
    this.recorder = recorder;
    this.log = log;
    endpoints.put(new Endpoint("/attestation", "POST"), this::attest);
    endpoints.put(new Endpoint("/policy", "POST"), this::setPolicy);
    endpoints.put(new Endpoint("/policy", "GET"), request -> policies());
    endpoints.put(new Endpoint("/challenge", "POST"), this::challenge);
    endpoints.put(new Endpoint("/.well-known/jwks.json", "GET"), request -> jwks());
    endpoints.put(new Endpoint("/healthz", "GET"), request -> ApiResponse.empty());
  }

  /** Everything that is answered. */
  Set<Endpoint> operations() {
    return Set.copyOf(endpoints.keySet());
  }

  /** What answers a path as it stands in the request line; empty: there is nothing. */
  Optional<Route> route(String rawPath) {
    List<String> methods =
        endpoints.keySet().stream()
            .filter(endpoint -> endpoint.path().equals(rawPath))
            .map(Endpoint::method)
            .toList();
    return methods.isEmpty()
        ? Optional.empty()
        : Optional.of(new Route(rawPath, methods, request -> false, this::answer));
  }

  private ApiResponse answer(ApiRequest request) {
    try {
      return endpoints.get(new Endpoint(request.path(), request.method())).apply(request);
    } catch (BrokerException e) {
      if (e.reason() == Reason.MALFORMED) {
        return malformed("Json deserialize error: " + e.getMessage());
      }
      String body = "An internal error occured: \n" + String.join("\n", numbered(e));
      log.error(TARGET, body);
      return text(FAILED, body);
    }
  }

  /** The error and its causes, outermost first; what a verifier says stands on one line with it. */
  private static List<String> numbered(BrokerException error) {
    List<String> out = new ArrayList<>();
    for (Throwable e = error; e != null; e = e.getCause()) {
      boolean verifier = e.getCause() instanceof EvidenceException;
      String text = verifier ? e.getMessage() + ": " + ErrorChain.of(e.getCause()) : e.getMessage();
      out.add(out.size() + ": " + text);
      if (verifier) {
        break;
      }
    }
    return out;
  }

  private ApiResponse attest(ApiRequest request) {
    AttestationCall call = AttestationCall.parse(request.bodyBytes());
    log.info(TARGET, "Attestation API called.");
    List<VerificationRequest> requests = call.requests();
    String tee = requests.isEmpty() ? "" : requests.get(0).tee().wireName();
    Verdict verdict = attestation.service().evaluate(requests, call.policyIds());
    if (verdict instanceof Verdict.Refused refused) {
      recorder.refused(tee, Optional.empty(), refused, request.caller());
      throw failed("attestation report evaluate", refused.cause());
    }
    Verdict.Issued issued = (Verdict.Issued) verdict;
    recorder.issued(tee, Optional.empty(), issued, request.caller());
    log.info(TARGET, "AttestationEvaluate succeeded.");
    return text(200, issued.token());
  }

  private ApiResponse setPolicy(ApiRequest request) {
    PolicyCall call = PolicyCall.parse(request.bodyBytes());
    log.info(TARGET, "Set Policy API called.");
    PolicyEngine policies = attestation.policies();
    try {
      String source = call.source();
      policies.check(call.id() + ".rego", source);
      policies.set(call.id(), source);
    } catch (BrokerException e) {
      throw failed("set policy", e);
    }
    log.info(TARGET, "SetPolicy succeeded.");
    return text(200, "");
  }

  private ApiResponse policies() {
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    attestation.policies().ids().forEach(id -> out.addObject().put("policy-id", id));
    return text(200, out.toString());
  }

  /** Only IBM Secure Execution has a challenge of its own, and no verifier here. */
  private ApiResponse challenge(ApiRequest request) {
    Map<String, String> call = AttestationCall.strings(request.bodyBytes());
    for (String member : List.of("tee", "tee_params")) {
      if (!call.containsKey(member)) {
        throw new BrokerException(Reason.HANDSHAKE, "Failed to get inner " + member);
      }
    }
    Tee tee = RestfulTees.of(call.get("tee"));
    if (!attestation.service().knows(tee)) {
      throw new BrokerException(
          Reason.UNSUPPORTED_TEE,
          "generate challenge",
          new BrokerException(
              Reason.UNSUPPORTED_TEE,
              "feature `" + tee.wireName() + "-verifier` is not enabled for this broker"));
    }
    return text(200, "");
  }

  private ApiResponse jwks() {
    String set = attestation.signer().jwks().toString();
    return ApiResponse.json(set.getBytes(StandardCharsets.UTF_8));
  }

  private static BrokerException failed(String what, BrokerException cause) {
    return new BrokerException(cause.reason(), what, cause);
  }

  /** What the framework answers upstream; it alone says what type its text is of. */
  private static ApiResponse malformed(String text) {
    return new ApiResponse(
        MALFORMED, Optional.of("text/plain; charset=utf-8"), Buffer.buffer(text), Optional.empty());
  }

  private static ApiResponse text(int status, String body) {
    return new ApiResponse(status, Optional.empty(), Buffer.buffer(body), Optional.empty());
  }
}
