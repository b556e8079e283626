package dev.cocolab.broker;

import dev.cocolab.broker.log.KbsLog;
import java.util.Set;

/** Sends each request to the endpoint that answers it, and turns errors into answers. */
final class KbsApi {
  private static final int QUICK_BYTES = 4096;

  private final Handshake handshake;
  private final AdminApi admin;
  private final ResourceApi resources;
  private final Set<String> plugins;
  private final KbsLog log;

  KbsApi(
      Handshake handshake, AdminApi admin, ResourceApi resources, Set<String> plugins, KbsLog log) {
    this.handshake = handshake;
    this.admin = admin;
    this.resources = resources;
    this.plugins = plugins;
    this.log = log;
  }

  /** Whether a request needs neither files nor policies and takes microseconds. */
  boolean isQuick(ApiRequest request) {
    return request.is("auth", "POST") && request.body().length() <= QUICK_BYTES;
  }

  ApiResponse answer(ApiRequest request) {
    try {
      return dispatch(request);
    } catch (ApiError e) {
      log.error("kbs::error", e.logText());
      return e.response();
    }
  }

  /** What no built-in endpoint answers is a plugin's, also a built-in name with another method. */
  private ApiResponse dispatch(ApiRequest request) {
    if (request.is("auth", "POST")) {
      return handshake.auth(request.bodyBytes());
    }
    if (request.is("attest", "POST")) {
      return handshake.attest(request.bodyBytes(), request.session(), request.peer());
    }
    if (request.is("attestation-policy", "POST")) {
      return admin.setAttestationPolicy(request);
    }
    if (request.is("reference-value", "GET")) {
      return admin.queryReferenceValue(request);
    }
    if (request.is("reference-value", "POST")) {
      return admin.registerReferenceValue(request);
    }
    if (request.is("resource-policy", "POST")) {
      return admin.setResourcePolicy(request);
    }
    if (request.is("resource-policy", "GET")) {
      return admin.listResourcePolicies();
    }
    if (!plugins.contains(request.plugin())) {
      throw ApiError.pluginNotFound(request.plugin());
    }
    if (request.method().equals("POST") || request.method().equals("DELETE")) {
      admin.requirePluginAdmin();
      return resources.administered(request);
    }
    return resources.attested(request);
  }
}
