package dev.cocolab.guest;

import dev.cocolab.protocol.ErrorInformation;
import dev.cocolab.protocol.Jwe;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.ResourceUri;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads one resource with a token. Lives for one read: a granted read costs one handshake and one
 * GET; one that is refused three times costs three GETs and four handshakes, because the token is
 * renewed after the last refusal too.
 */
final class TokenClient {

  private static final int ATTEMPTS = 3;

  private final KbsHttp http;
  private final String base;
  private final AttestationAgent agent;
  private final Consumer<String> log;

  TokenClient(KbsHttp http, String base, AttestationAgent agent, Consumer<String> log) {
    this.http = http;
    this.base = base;
    this.agent = agent;
    this.log = log;
  }

  /** The resource's bytes; throws {@link KbsException}. */
  byte[] read(ResourceUri uri, Deadline deadline) {
    String url = base + escaped(uri.requestPath());
    AttestationAgent.Token token = agent.kbsToken(deadline);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      KbsHttp.Answer answer =
          http.get(url, Map.of("Authorization", "Bearer " + token.jwt()), deadline);
      switch (answer.status()) {
        case 200 -> {
          return open(answer, token, url);
        }
        case 401 -> {
          ErrorInformation error = error(answer, url);
          log.accept(
              "confidential-data-hub: "
                  + url
                  + " answers 401: "
                  + error.variant()
                  + ": "
                  + error.detail());
          token = agent.kbsToken(deadline);
        }
        case 404 ->
            throw new KbsException(
                "KBS resource not found: KBS resource Not Found (Error 404): "
                    + url
                    + ": "
                    + start(answer));
        default ->
            throw new KbsException(
                "KBS internal error: "
                    + url
                    + " answers "
                    + answer.status()
                    + ": "
                    + start(answer));
      }
    }
    throw new KbsException("request unauthorized: " + url);
  }

  private static byte[] open(KbsHttp.Answer answer, AttestationAgent.Token token, String url) {
    try {
      return token.key().open(Jwe.parse(answer.body()));
    } catch (ProtocolException e) {
      throw new KbsException("decrypt the answer of " + url + " failed: " + e.getMessage(), e);
    }
  }

  private static ErrorInformation error(KbsHttp.Answer answer, String url) {
    try {
      return ErrorInformation.parse(answer.body());
    } catch (ProtocolException e) {
      throw new KbsException(
          "the 401 of " + url + " has no error information: " + e.getMessage(), e);
    }
  }

  private static String start(KbsHttp.Answer answer) {
    byte[] body = answer.body();
    return new String(body, 0, Math.min(body.length, 512), StandardCharsets.UTF_8);
  }

  /** Percent-encodes what may not stand in a request line; existing escapes stay. */
  static String escaped(String path) {
    StringBuilder out = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c > ' ' && c < 0x7f && "\"<>\\^`{|}[]#".indexOf(c) < 0) {
        out.append(c);
      } else {
        out.append('%').append(String.format("%02X", (int) c));
      }
    }
    return out.toString();
  }
}
