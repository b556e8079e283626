package dev.cocolab.steps.persona;

import dev.cocolab.evidence.Tee;
import dev.cocolab.guest.GuestException;
import dev.cocolab.lab.outside.ForgedToken;
import dev.cocolab.lab.outside.GenuineMachines;
import dev.cocolab.lab.outside.OutsideGuest;
import dev.cocolab.lab.outside.SentEvidence;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.targets.TrusteeState;
import dev.cocolab.tee.EvidenceMachine;
import dev.cocolab.tee.tamper.Specimen;
import dev.cocolab.tee.tamper.Tampering;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Somebody outside the cluster who reaches Trustee and has no genuine hardware. */
public final class Attacker {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final TrusteeState trustee;
  private final Path home;
  private final SecureRandom random = new SecureRandom();

  /**
   * An attacker.
   *
   * @param trustee what he attacks
   * @param home where he keeps his own roots
   */
  public Attacker(TrusteeState trustee, Path home) {
    this.trustee = Objects.requireNonNull(trustee, "trustee");
    this.home = Objects.requireNonNull(home, "home");
  }

  /**
   * Attests with evidence of hardware of his own.
   *
   * @param resource path such as {@code default/a/b}
   * @return why he was refused
   * @throws AssertionError when he was not
   */
  public String attest(Initdata initdata, String resource) {
    try (OutsideGuest guest =
        OutsideGuest.boot(home, initdata, this::reach, random, Clock.systemUTC())) {
      byte[] got = guest.resource("kbs:///" + resource);
      throw new AssertionError("the attacker got %d bytes of %s".formatted(got.length, resource));
    } catch (GuestException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  /** The name that guests are told leads where this machine reaches Trustee. */
  private InetSocketAddress reach(String host, int port) {
    URI told = URI.create(trustee.guestUrl());
    URI url = host.equals(told.getHost()) ? trustee.url() : URI.create("https://" + host);
    int reached = url.getPort() < 0 ? port : url.getPort();
    try {
      return new InetSocketAddress(InetAddress.getByName(url.getHost()), reached);
    } catch (UnknownHostException e) {
      return InetSocketAddress.createUnresolved(host, port);
    }
  }

  /**
   * Asks for a resource with a token that he made.
   *
   * @return what Trustee answered
   */
  public Answer presentForgedToken(String resource) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(trustee.url() + "/kbs/v0/resource/" + resource))
            .timeout(LIMIT)
            .header(
                "Authorization", "Bearer " + ForgedToken.sign(random, Clock.systemUTC().instant()))
            .build();
    try {
      HttpResponse<String> answer = client().send(request, BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body());
    } catch (IOException e) {
      throw new AssertionError("Trustee at %s: %s".formatted(trustee.url(), e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while Trustee was asked", e);
    }
  }

  /**
   * Has a genuine machine attest, and changes its evidence on the way.
   *
   * @param tee wire name of the kind of machine
   * @param field what is changed by a bit; empty: nothing
   * @param resigned whether everything above the field is signed again with the machine's keys
   * @return what Trustee answered
   */
  public SentEvidence sendEvidence(String tee, Optional<String> field, boolean resigned) {
    Path hardware =
        trustee
            .emulatedHardware()
            .orElseThrow(() -> new AssertionError("Trustee accepts no evidence made here"));
    EvidenceMachine machine =
        GenuineMachines.boot(
            Tee.ofWireName(tee).orElseThrow(), hardware, random, Clock.systemUTC());
    try {
      return SentEvidence.send(
          client(),
          trustee.url(),
          machine,
          evidence -> changed(machine, evidence, field, resigned),
          random);
    } catch (IOException e) {
      throw new AssertionError("Trustee at %s: %s".formatted(trustee.url(), e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while Trustee was asked", e);
    }
  }

  private static ObjectNode changed(
      EvidenceMachine machine, ObjectNode evidence, Optional<String> field, boolean resigned) {
    if (field.isEmpty()) {
      return evidence;
    }
    Specimen specimen = Specimen.of(machine.tee(), evidence);
    Tampering change = Tampering.flip(field.get(), 0);
    return (resigned ? specimen.with(change, machine.keys()) : specimen.with(change)).toJson();
  }

  private HttpClient client() {
    return HttpClient.newBuilder().connectTimeout(LIMIT).sslContext(trustingTrustee()).build();
  }

  private SSLContext trustingTrustee() {
    try {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      anchors.setCertificateEntry(
          "trustee",
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(
                      trustee.guestCertificate().getBytes(StandardCharsets.US_ASCII))));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(anchors);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), random);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Trustee's certificate cannot be used", e);
    }
  }

  /** Status and body of an answer. */
  public record Answer(int status, String body) {}
}
