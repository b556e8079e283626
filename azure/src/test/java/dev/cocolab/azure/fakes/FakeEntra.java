package dev.cocolab.azure.fakes;

import dev.cocolab.azure.fakes.FakeHttps.Asked;
import dev.cocolab.azure.fakes.FakeHttps.Reply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Entra ID's token endpoint, and GitHub's that gives assertions. */
public final class FakeEntra implements AutoCloseable {
  /** In each secret of the fakes; what must appear nowhere. */
  public static final String CANARY = "CANARY";

  private final FakeHttps https;
  private final AtomicInteger assertions = new AtomicInteger();
  private final AtomicInteger tokens = new AtomicInteger();
  private final List<String> revoked = new CopyOnWriteArrayList<>();
  private volatile Optional<Reply> refusal = Optional.empty();
  private volatile int lifetimeSeconds = 3600;
  private volatile int gitHubStatus = 200;

  public FakeEntra(FakeTls tls) {
    https = new FakeHttps(tls, this::answer);
  }

  private Reply answer(Asked asked) {
    if (asked.path().equals("/github")) {
      return gitHubStatus == 200
          ? Reply.json(
              200,
              "{\"value\":\"%s-assertion-%d\"}".formatted(CANARY, assertions.incrementAndGet()))
          : Reply.json(gitHubStatus, "{}");
    }
    if (asked.path().endsWith("/oauth2/v2.0/token")) {
      return refusal.orElseGet(
          () ->
              Reply.json(
                  200,
                  "{\"token_type\":\"Bearer\",\"expires_in\":%d,\"access_token\":\"%s\"}"
                      .formatted(lifetimeSeconds, token(tokens.incrementAndGet()))));
    }
    return Reply.json(404, "{}");
  }

  private static String token(int number) {
    return CANARY + "-token-" + number;
  }

  /** Variables of a job that may ask GitHub for assertions. */
  public Map<String, String> gitHub() {
    return Map.of(
        "GITHUB_ACTIONS",
        "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        https.address() + "/github?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        CANARY + "-request");
  }

  /** True for the header of a token that was given out and not revoked. */
  public boolean accepts(Asked asked) {
    String header = asked.headers().getOrDefault("Authorization", "");
    return header.matches("Bearer " + CANARY + "-token-\\d+") && !revoked.contains(header);
  }

  /** All tokens so far are no longer good, whatever their end says. */
  public void revokeAll() {
    for (int number = 1; number <= tokens.get(); number++) {
      revoked.add("Bearer " + token(number));
    }
  }

  public void refuse(int status, String code, String text) {
    refusal =
        Optional.of(
            Reply.json(
                status,
                "{\"error\":\"%s\",\"error_description\":\"%s\",\"error_codes\":[1]}"
                    .formatted(code, text)));
  }

  public void gitHubAnswers(int status) {
    gitHubStatus = status;
  }

  public void tokensLive(int seconds) {
    lifetimeSeconds = seconds;
  }

  public int tokens() {
    return tokens.get();
  }

  public FakeHttps https() {
    return https;
  }

  @Override
  public void close() {
    https.close();
  }
}
