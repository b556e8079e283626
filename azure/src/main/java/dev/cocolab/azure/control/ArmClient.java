package dev.cocolab.azure.control;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Delays;
import dev.cocolab.azure.Https;
import dev.cocolab.azure.SecretText;
import dev.cocolab.azure.identity.CloudIdentity;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Azure Resource Manager over REST.
 *
 * <p>Retries what ARM throttles (429, after {@code Retry-After}), what fails on its side (5xx) and
 * what breaks on the way, as long as the sum of the waits stays within the given patience; a POST
 * whose answer is lost is not repeated. A token that is refused is replaced once. Follows only
 * addresses of ARM itself, because each carries a token.
 */
final class ArmClient {
  private static final int LARGEST = 64 << 20;
  private static final int MOST_PAGES = 200;
  private static final int MOST_TRIES = 12;
  private static final Duration USUAL_PAUSE = Duration.ofSeconds(2);

  private final URI endpoint;
  private final String scope;
  private final CloudIdentity identity;
  private final Https https;
  private final Delays delays;
  private final Duration patience;

  /**
   * A client.
   *
   * @param scope of its tokens
   * @param patience sum of the waits that one request may cause
   */
  ArmClient(
      URI endpoint,
      String scope,
      CloudIdentity identity,
      Https https,
      Delays delays,
      Duration patience) {
    this.endpoint = endpoint;
    this.scope = scope;
    this.identity = identity;
    this.https = https;
    this.delays = delays;
    this.patience = patience;
  }

  /** One answer of 2xx. */
  Https.Answer ask(ArmRequest request) {
    URI uri = ours(request.path());
    Duration waited = Duration.ZERO;
    boolean renewed = false;
    for (int attempt = 1; ; attempt++) {
      Https.Answer answer;
      try {
        answer = once(request, uri);
      } catch (AzureException broken) {
        boolean retry = broken.reason() == Reason.UNREACHABLE && !request.method().equals("POST");
        waited = waited.plus(USUAL_PAUSE);
        if (!retry || attempt >= 3 || waited.compareTo(patience) > 0) {
          throw broken;
        }
        delays.pause(USUAL_PAUSE);
        continue;
      }
      int status = answer.status();
      if (status >= 200 && status < 300) {
        return answer;
      }
      if (status == 401 && !renewed) {
        renewed = true;
        identity.forget();
        continue;
      }
      if (status == 429 || status >= 500) {
        Duration pause = RetryAfter.of(answer).orElse(USUAL_PAUSE);
        waited = waited.plus(pause);
        if (waited.compareTo(patience) <= 0 && attempt < (status == 429 ? MOST_TRIES : 3)) {
          delays.pause(pause);
          continue;
        }
      }
      throw ArmFailure.of(answer, request);
    }
  }

  /** The items of a paged list. */
  List<JsonNode> list(ArmRequest request) {
    List<JsonNode> items = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    ArmRequest next = request;
    while (true) {
      JsonNode page = ask(next).json();
      JsonNode value = page.path("value");
      if (!value.isArray()) {
        throw new AzureException(
            Reason.UNREADABLE, "Azure's answer has no list: cannot " + request.what());
      }
      value.forEach(items::add);
      String link = page.path("nextLink").asString("");
      if (link.isEmpty()) {
        return items;
      }
      if (!seen.add(link) || seen.size() > MOST_PAGES) {
        throw new AzureException(
            Reason.UNREADABLE, "Azure's list does not end: cannot " + request.what());
      }
      next = request.at(link);
    }
  }

  private Https.Answer once(ArmRequest request, URI uri) {
    SecretText token = identity.token(scope).value();
    return https.send(
        new Https.Request(
            request.method(),
            uri,
            Map.of(
                "Authorization",
                new SecretText("Bearer " + token.reveal()),
                "Accept",
                new SecretText("application/json")),
            LARGEST,
            request.time()));
  }

  private URI ours(String path) {
    URI uri;
    try {
      uri = URI.create(path.startsWith("/") ? endpoint + path : path);
    } catch (IllegalArgumentException e) {
      throw new AzureException(Reason.UNREADABLE, "Azure named an address that is none");
    }
    boolean same =
        Objects.equals(uri.getScheme(), endpoint.getScheme())
            && Objects.equals(uri.getRawAuthority(), endpoint.getRawAuthority());
    if (!same) {
      throw new AzureException(
          Reason.UNREADABLE,
          "Azure named an address at %s; a token for %s does not go there"
              .formatted(uri.getHost(), endpoint.getHost()));
    }
    return uri;
  }
}
