package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** One request and its one answer. */
final class Exchange {
  static final String JSON = "application/json";
  private static final int MAX_WARNINGS = 20;
  private static final int MAX_WARNING = 400;

  private final HttpServerRequest request;
  private final User user;
  private final Query query;
  private final Accept accept;
  private final byte[] body;
  private final List<String> warnings = new ArrayList<>();

  Exchange(HttpServerRequest request, User user, byte[] body) {
    this.request = request;
    this.user = user;
    this.query =
        new Query(parameters(request), request.method().name(), header(request, "User-Agent"));
    this.accept = Accept.parse(header(request, "Accept"));
    this.body = body;
  }

  private static MultiMap parameters(HttpServerRequest request) {
    try {
      return request.params();
    } catch (IllegalArgumentException malformed) {
      throw ApiException.badRequest("the query is not percent-encoded");
    }
  }

  static String header(HttpServerRequest request, String name) {
    String value = request.getHeader(name);
    return value == null ? "" : value;
  }

  HttpServerRequest request() {
    return request;
  }

  User user() {
    return user;
  }

  Query query() {
    return query;
  }

  Accept accept() {
    return accept;
  }

  byte[] body() {
    return body;
  }

  String contentType() {
    return header(request, "Content-Type");
  }

  /** Notes a text for a {@code Warning} header (RFC 7234, 5.5). */
  void warn(String text) {
    if (warnings.size() < MAX_WARNINGS) {
      warnings.add(text);
    }
  }

  void answer(int code, JsonNode json) {
    HttpServerResponse response = request.response();
    for (String warning : warnings) {
      String shown = warning.length() > MAX_WARNING ? warning.substring(0, MAX_WARNING) : warning;
      response.headers().add("Warning", "299 - " + quoted(shown));
    }
    send(response, code, JSON, Buffer.buffer(Trees.MAPPER.writeValueAsBytes(json)));
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c < ' ' || c > '~' ? '?' : c);
    }
    return out.append('"').toString();
  }

  void answerText(int code, String text) {
    send(request.response(), code, "text/plain; charset=utf-8", Buffer.buffer(text));
  }

  static void refuse(HttpServerRequest request, ApiException reason) {
    HttpServerResponse response = request.response();
    if (reason.code() == 401) {
      response.putHeader("WWW-Authenticate", "Bearer realm=\"kubernetes\"");
    }
    send(
        response,
        reason.code(),
        JSON,
        Buffer.buffer(Trees.MAPPER.writeValueAsBytes(reason.status())));
  }

  /** Sends unless the answer has begun or the client has gone. */
  static void send(HttpServerResponse response, int code, String contentType, Buffer body) {
    if (response.headWritten() || response.ended() || response.closed()) {
      return;
    }
    if (!response.headers().contains("Cache-Control")) {
      response.putHeader("Cache-Control", "no-cache, private");
    }
    response.setStatusCode(code).putHeader("Content-Type", contentType).end(body);
  }
}
