package dev.cocolab.azure.identity;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Https;
import dev.cocolab.azure.SecretText;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Asks GitHub for the assertion that Entra ID takes instead of a secret.
 *
 * <p>An assertion lives for about five minutes and a run for hours, so there is a new one for each
 * sign-in. Source: GitHub's "OpenID Connect reference", variables {@code
 * ACTIONS_ID_TOKEN_REQUEST_URL} and {@code ACTIONS_ID_TOKEN_REQUEST_TOKEN}.
 */
final class GitHubAssertions {
  static final String URL = "ACTIONS_ID_TOKEN_REQUEST_URL";
  static final String TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

  private static final String AUDIENCE = "api%3A%2F%2FAzureADTokenExchange";
  private static final int LARGEST = 64 * 1024;

  private final Https https;
  private final URI address;
  private final SecretText token;
  private final Duration patience;

  private GitHubAssertions(Https https, URI address, SecretText token, Duration patience) {
    this.https = https;
    this.address = address;
    this.token = token;
    this.patience = patience;
  }

  /** Empty where the job may not ask, or this is no job of GitHub's. */
  static Optional<GitHubAssertions> in(
      Map<String, String> environment, Https https, Duration patience) {
    String url = environment.getOrDefault(URL, "");
    String token = environment.getOrDefault(TOKEN, "");
    if (url.isBlank() || token.isBlank()) {
      return Optional.empty();
    }
    URI address;
    try {
      address = URI.create(url + (url.contains("?") ? "&" : "?") + "audience=" + AUDIENCE);
    } catch (IllegalArgumentException e) {
      throw new AzureException(Reason.NOT_CONFIGURED, URL + " is no address");
    }
    return Optional.of(new GitHubAssertions(https, address, new SecretText(token), patience));
  }

  /**
   * A new assertion, a JWT.
   *
   * @throws AzureException NO_IDENTITY when GitHub refuses, UNREACHABLE
   */
  String next() {
    Https.Answer answer =
        https.send(
            new Https.Request(
                "GET",
                address,
                Map.of("Authorization", new SecretText("bearer " + token.reveal())),
                LARGEST,
                patience));
    if (answer.status() != 200) {
      throw new AzureException(
          answer.status() >= 500 ? Reason.UNREACHABLE : Reason.NO_IDENTITY,
          "GitHub refused an identity token (HTTP %d); the job needs 'permissions: id-token: write'"
              .formatted(answer.status()));
    }
    String assertion = answer.json().path("value").asString("");
    if (assertion.isEmpty()) {
      throw new AzureException(Reason.UNREADABLE, "GitHub's identity token is empty");
    }
    return assertion;
  }
}
