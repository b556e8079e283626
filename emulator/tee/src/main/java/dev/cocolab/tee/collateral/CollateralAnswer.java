package dev.cocolab.tee.collateral;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer of a collateral service.
 *
 * @param status HTTP status
 * @param headers by name
 * @param body may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CollateralAnswer(int status, Map<String, String> headers, byte[] body) {

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int BAD_REQUEST = 400;

  public CollateralAnswer {
    headers = Map.copyOf(headers);
    body = body.clone();
  }

  @Override
  public byte[] body() {
    return body.clone();
  }

  static CollateralAnswer ok(String type, byte[] body) {
    return new CollateralAnswer(OK, Map.of("Content-Type", type), body);
  }

  /** The text says what is not there. */
  static CollateralAnswer notFound(String text) {
    return failed(NOT_FOUND, text);
  }

  /** The text says what is wrong with the request. */
  static CollateralAnswer badRequest(String text) {
    return failed(BAD_REQUEST, text);
  }

  static CollateralAnswer failed(int status, String text) {
    return new CollateralAnswer(
        status,
        Map.of("Content-Type", "text/plain", "Error-Message", text),
        (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  CollateralAnswer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new CollateralAnswer(status, more, body);
  }

  /** With the chain of a signer, percent-encoded as Intel does. */
  CollateralAnswer withChain(String header, String pem) {
    return with(header, URLEncoder.encode(pem, StandardCharsets.UTF_8).replace("+", "%20"));
  }
}
