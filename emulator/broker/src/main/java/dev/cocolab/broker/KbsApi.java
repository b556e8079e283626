package dev.cocolab.broker;

import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.metrics.KbsMetrics;
import dev.cocolab.broker.plugin.Plugin;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Sends each request to the endpoint that answers it, and turns errors into answers. */
final class KbsApi {
  private static final String HEALTH = "/healthz";
  private static final String METRICS = "/metrics";
  private static final int QUICK_BYTES = 4096;
  private static final List<String> API_METHODS = List.of("GET", "POST", "PUT", "DELETE");

  private final Map<Endpoint, Function<ApiRequest, ApiResponse>> endpoints = new LinkedHashMap<>();
  private final Map<String, Plugin> plugins;
  private final PluginApi pluginApi;
  private final KbsMetrics metrics;
  private final KbsLog log;

  KbsApi(
      Handshake handshake,
      AdminApi admin,
      PluginApi pluginApi,
      Map<String, Plugin> plugins,
      KbsMetrics metrics,
      KbsLog log) {
    this.pluginApi = pluginApi;
    this.plugins = Map.copyOf(plugins);
    this.metrics = metrics;
    this.log = log;
    endpoints.put(new Endpoint("auth", "POST"), r -> handshake.auth(r.bodyBytes()));
    endpoints.put(new Endpoint("attest", "POST"), handshake::attest);
    endpoints.put(new Endpoint("attestation-policy", "POST"), admin::setAttestationPolicy);
    endpoints.put(new Endpoint("reference-value", "GET"), admin::queryReferenceValue);
    endpoints.put(new Endpoint("reference-value", "POST"), admin::registerReferenceValue);
    endpoints.put(new Endpoint("resource-policy", "POST"), admin::setResourcePolicy);
    endpoints.put(new Endpoint("resource-policy", "GET"), admin::listResourcePolicies);
  }

  /** Everything that is answered, with plugins by their name and each method. */
  Set<Endpoint> operations() {
    Set<Endpoint> out = new LinkedHashSet<>();
    endpoints
        .keySet()
        .forEach(e -> out.add(new Endpoint(RequestTarget.PREFIX + e.path(), e.method())));
    for (String plugin : plugins.keySet()) {
      API_METHODS.forEach(method -> out.add(new Endpoint(RequestTarget.PREFIX + plugin, method)));
    }
    out.add(new Endpoint(HEALTH, "GET"));
    out.add(new Endpoint(METRICS, "GET"));
    return out;
  }

  /** What answers a path as it stands in the request line; empty: there is nothing. */
  Optional<Route> route(String rawPath) {
    if (rawPath.equals(HEALTH)) {
      return Optional.of(
          new Route(rawPath, List.of("GET"), r -> true, request -> ApiResponse.empty()));
    }
    if (rawPath.equals(METRICS)) {
      return Optional.of(new Route(rawPath, List.of("GET", "POST"), r -> true, this::metrics));
    }
    return RequestTarget.apiPath(rawPath)
        .map(path -> new Route(path, API_METHODS, KbsApi::isQuick, this::answer));
  }

  private static boolean isQuick(ApiRequest request) {
    return request.is("auth", "POST") && request.body().length() <= QUICK_BYTES;
  }

  private ApiResponse metrics(ApiRequest request) {
    if (!request.method().equals("GET")) {
      return new ApiResponse(405, Optional.empty(), Buffer.buffer(), Optional.empty());
    }
    byte[] text = metrics.exposition().getBytes(StandardCharsets.UTF_8);
    return new ApiResponse(200, Optional.empty(), Buffer.buffer(text), Optional.empty());
  }

  private ApiResponse answer(ApiRequest request) {
    try {
      return dispatch(request);
    } catch (ApiError e) {
      log.error("kbs::error", e.logText());
      return e.response();
    }
  }

  /** What no built-in endpoint answers is a plugin's, also a built-in name with another method. */
  private ApiResponse dispatch(ApiRequest request) {
    Function<ApiRequest, ApiResponse> endpoint =
        endpoints.get(new Endpoint(request.plugin(), request.method()));
    if (endpoint != null) {
      return endpoint.apply(request);
    }
    Plugin plugin = plugins.get(request.plugin());
    if (plugin == null) {
      throw ApiError.pluginNotFound(request.plugin());
    }
    return pluginApi.answer(plugin, request);
  }
}
