package dev.cocolab.blobstore;

import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Shared Key authorisation (REST reference, "Authorize with Shared Key", Blob service, version
 * 2015-02-21 and later): HMAC over verb, standard headers, {@code x-ms-*} headers and resource, by
 * the account's key. The owner of the key may do everything.
 */
final class SharedKey {

  /** A request older or newer than this is refused. */
  private static final Duration SKEW = Duration.ofMinutes(15);

  private static final List<String> STANDARD =
      List.of(
          "Content-Encoding",
          "Content-Language",
          "Content-Length",
          "Content-MD5",
          "Content-Type",
          "Date",
          "If-Modified-Since",
          "If-Match",
          "If-None-Match",
          "If-Unmodified-Since",
          "Range");

  private SharedKey() {}

  static void check(
      StorageAccount account, String verb, RequestTarget target, MultiMap headers, Instant now) {
    String authorization = String.valueOf(headers.get("Authorization"));
    String prefix = "SharedKey " + account.name() + ":";
    if (!authorization.startsWith(prefix)) {
      throw RefusedException.authentication(
          "Authorization must be 'SharedKey " + account.name() + ":<signature>'.");
    }
    checkDate(headers, now);
    String text = stringToSign(account.name(), verb, target, headers);
    String given = authorization.substring(prefix.length());
    if (!Signatures.equal(Signatures.sign(account.key(), text), given)) {
      throw RefusedException.authentication(
          "The MAC signature found in the HTTP request '"
              + given
              + "' is not the same as any computed signature. Server used following string to sign: '"
              + text
              + "'.");
    }
  }

  private static void checkDate(MultiMap headers, Instant now) {
    String date = headers.contains("x-ms-date") ? headers.get("x-ms-date") : headers.get("Date");
    Instant sent;
    try {
      sent = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(String.valueOf(date)));
    } catch (DateTimeException e) {
      throw RefusedException.authentication("Request date header not specified or not readable.");
    }
    if (Duration.between(sent, now).abs().compareTo(SKEW) > 0) {
      throw RefusedException.authentication("Request date header too old: '" + date + "'");
    }
  }

  static String stringToSign(String account, String verb, RequestTarget target, MultiMap headers) {
    StringBuilder text = new StringBuilder(verb);
    for (String name : STANDARD) {
      String value = headers.contains(name) ? headers.get(name).strip() : "";
      boolean omitted =
          (name.equals("Content-Length") && value.equals("0"))
              || (name.equals("Date") && headers.contains("x-ms-date"));
      text.append('\n').append(omitted ? "" : value);
    }
    text.append('\n');
    TreeMap<String, String> own = new TreeMap<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith("x-ms-")) {
        own.merge(name, header.getValue().strip(), (first, next) -> first + "," + next);
      }
    }
    own.forEach((name, value) -> text.append(name).append(':').append(value).append('\n'));
    text.append('/').append(account).append(target.rawPath());
    target
        .query()
        .forEach((name, value) -> text.append('\n').append(name).append(':').append(value));
    return text.toString();
  }
}
