package dev.cocolab.lab.outside;

import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.Request;
import dev.cocolab.protocol.RuntimeData;
import dev.cocolab.protocol.TeeKeyPair;
import dev.cocolab.tee.EvidenceMachine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a Trustee answered to evidence that passed through somebody's hands (KBS protocol 0.4.0,
 * {@code POST /auth} and {@code POST /attest}).
 *
 * @param status of the answer to {@code /attest}
 * @param body of that answer; a token when it was taken
 */
public record SentEvidence(int status, String body) {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int TAKEN = 200;

  /**
   * Attests.
   *
   * @param client that trusts the Trustee's certificate
   * @param trustee base URL
   * @param machine gives evidence that is bound to the challenge
   * @param way what becomes of the evidence on its way
   * @throws IOException when Trustee does not answer, or not in the protocol
   */
  public static SentEvidence send(
      HttpClient client,
      URI trustee,
      EvidenceMachine machine,
      UnaryOperator<ObjectNode> way,
      SecureRandom random)
      throws IOException, InterruptedException {
    HttpResponse<String> begun =
        post(client, trustee, "auth", "", Request.of(machine.tee().wireName()).toJson());
    if (begun.statusCode() != TAKEN) {
      throw new IOException("/auth answers %d: %s".formatted(begun.statusCode(), begun.body()));
    }
    String cookie = begun.headers().firstValue("set-cookie").orElse("").split(";", 2)[0];
    Challenge challenge;
    try {
      challenge = Challenge.parse(begun.body().getBytes(StandardCharsets.UTF_8));
    } catch (ProtocolException e) {
      throw new IOException("/auth answers no challenge", e);
    }
    RuntimeData runtimeData =
        new RuntimeData(challenge.nonce(), TeeKeyPair.generate(random).publicKey());
    ObjectNode evidence = way.apply(machine.evidence(runtimeData.reportData("")));
    HttpResponse<String> answer =
        post(client, trustee, "attest", cookie, Attestation.of(runtimeData, evidence).toJson());
    return new SentEvidence(answer.statusCode(), answer.body());
  }

  private static HttpResponse<String> post(
      HttpClient client, URI trustee, String step, String cookie, byte[] json)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(trustee + "/kbs/v0/" + step))
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(json));
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Whether a token was issued. */
  public boolean taken() {
    return status == TAKEN;
  }
}
