package dev.cocolab.broker;

import dev.cocolab.broker.admin.AdminGate;
import dev.cocolab.broker.admin.AdminRefusal;
import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.policy.PolicyEngine;
import dev.cocolab.broker.storage.ReferenceValues;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The endpoints of administrators; who may not is refused before anything is looked at. */
final class AdminApi {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String RESOURCE_POLICY = "resource-policy";

  private final AdminGate gate;
  private final PolicyEngine attestationPolicies;
  private final PolicyEngine resourcePolicies;
  private final ReferenceValues referenceValues;

  AdminApi(
      AdminGate gate,
      PolicyEngine attestationPolicies,
      PolicyEngine resourcePolicies,
      ReferenceValues referenceValues) {
    this.gate = gate;
    this.attestationPolicies = attestationPolicies;
    this.resourcePolicies = resourcePolicies;
    this.referenceValues = referenceValues;
  }

  /** Lets a plugin's admin call pass, or refuses it. */
  void requirePluginAdmin(ApiRequest request) {
    try {
      gate.admit(request.authorization(), request.uri());
    } catch (AdminRefusal e) {
      throw ApiError.pluginAdminDenied(e);
    }
  }

  private void require(String endpoint, ApiRequest request) {
    try {
      gate.admit(request.authorization(), request.uri());
    } catch (AdminRefusal e) {
      throw ApiError.adminDenied(endpoint, e);
    }
  }

  ApiResponse setAttestationPolicy(ApiRequest request) {
    require("attestation-policy", request);
    try {
      JsonNode body = MAPPER.readTree(request.bodyBytes());
      if (!body.path("policy_id").isString() || !body.path("policy").isString()) {
        throw new BrokerException(Reason.POLICY_SYNTAX, "parse set policy request");
      }
      String id = body.path("policy_id").asString();
      String source = text(unpadded(body.path("policy").asString()));
      attestationPolicies.check(id + ".rego", source);
      attestationPolicies.set(id, source);
      return ApiResponse.empty();
    } catch (JacksonException | IllegalArgumentException | CharacterCodingException e) {
      throw ApiError.setPolicyFailed(
          new BrokerException(Reason.POLICY_SYNTAX, "parse set policy request", e));
    } catch (BrokerException e) {
      throw ApiError.setPolicyFailed(e);
    }
  }

  ApiResponse setResourcePolicy(ApiRequest request) {
    require(RESOURCE_POLICY, request);
    JsonNode body;
    try {
      body = MAPPER.readTree(request.bodyBytes());
    } catch (JacksonException e) {
      throw ApiError.parsePolicy("Illegal SetPolicy Request Json");
    }
    if (body.isMissingNode()) {
      throw ApiError.parsePolicy("Illegal SetPolicy Request Json");
    }
    JsonNode policy = body.path("policy");
    if (policy.isMissingNode()) {
      throw ApiError.parsePolicy("No `policy` field inside SetPolicy Request Json");
    }
    if (!policy.isString()) {
      throw ApiError.parsePolicy("`policy` field is not a string in SetPolicy Request Json");
    }
    try {
      String source = text(unpadded(policy.asString()));
      resourcePolicies.check(RESOURCE_POLICY + ".rego", source);
      resourcePolicies.set(RESOURCE_POLICY, source);
      return ApiResponse.empty();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw ApiError.parsePolicy("Failed to decode policy: " + e.getMessage());
    } catch (BrokerException e) {
      throw ApiError.policyEngine(e);
    }
  }

  ApiResponse listResourcePolicies(ApiRequest request) {
    require(RESOURCE_POLICY, request);
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    resourcePolicies.ids().forEach(out::add);
    return ApiResponse.json(out.toString().getBytes(StandardCharsets.UTF_8));
  }

  ApiResponse queryReferenceValue(ApiRequest request) {
    require("reference-value", request);
    String id = String.join("/", request.resourcePath());
    try {
      JsonNode value = id.isEmpty() ? null : referenceValues.now().query(id).orElse(null);
      if (value == null) {
        throw ApiError.rvps(
            "Failed to get reference_values: No reference value found for the given id: " + id);
      }
      return ApiResponse.json(value.toString().getBytes(StandardCharsets.UTF_8));
    } catch (BrokerException e) {
      throw ApiError.rvps("Failed to get reference_values: " + e.getMessage());
    }
  }

  ApiResponse registerReferenceValue(ApiRequest request) {
    require("reference-value", request);
    try {
      referenceValues.register(text(request.bodyBytes()));
      return ApiResponse.json(new byte[0]);
    } catch (CharacterCodingException e) {
      throw ApiError.rvps("Failed to parse reference value message");
    } catch (BrokerException e) {
      throw ApiError.rvps("Failed to register reference value: " + e.getMessage());
    }
  }

  private static byte[] unpadded(String base64url) {
    if (base64url.indexOf('=') >= 0) {
      throw new IllegalArgumentException("Invalid padding");
    }
    return Base64.getUrlDecoder().decode(base64url);
  }

  private static String text(byte[] utf8) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
  }
}
