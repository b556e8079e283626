package dev.cocolab.azure.fakes;

import dev.cocolab.azure.fakes.FakeHttps.Asked;
import dev.cocolab.azure.fakes.FakeHttps.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A storage account for identities: containers, blobs, and signatures with a user delegation key,
 * whose string to sign is that of the version that Azure's library of this build uses ("Create a
 * user delegation SAS").
 */
public final class FakeBlobs implements AutoCloseable {
  private static final String ACCOUNT = "/labaccount";
  private static final byte[] KEY = "CANARY-delegation-key".getBytes(StandardCharsets.UTF_8);

  private final Map<String, String> blobs = new HashMap<>();
  private final Set<String> containers = new TreeSet<>();
  private final Set<String> deleted = new TreeSet<>();
  private final FakeEntra entra;
  private final FakeHttps https;
  private Optional<Reply> refusal = Optional.empty();
  private Duration behind = Duration.ZERO;

  public FakeBlobs(FakeTls tls, FakeEntra entra) {
    this.entra = entra;
    this.https = new FakeHttps(tls, this::answer);
  }

  private synchronized Reply answer(Asked asked) {
    if (refusal.isPresent()) {
      return refusal.get();
    }
    String path = asked.path().substring(ACCOUNT.length());
    if (asked.query().containsKey("sig")) {
      return read(asked, path);
    }
    if (!entra.accepts(asked)) {
      return error(401, "InvalidAuthenticationInfo");
    }
    if ("userdelegationkey".equals(asked.query().get("comp"))) {
      return key(asked);
    }
    boolean container = "container".equals(asked.query().get("restype"));
    if (container && asked.method().equals("PUT")) {
      // Azure keeps a deleted container's name for at least half a minute, longer than tests last.
      if (deleted.contains(path)) {
        return error(409, "ContainerBeingDeleted");
      }
      return containers.add(path)
          ? Reply.empty(201, version())
          : error(409, "ContainerAlreadyExists");
    }
    if (container && asked.method().equals("DELETE")) {
      blobs.keySet().removeIf(blob -> blob.startsWith(path + "/"));
      return containers.remove(path) && deleted.add(path)
          ? Reply.empty(202, version())
          : error(404, "ContainerNotFound");
    }
    if (asked.method().equals("DELETE")) {
      return blobs.remove(path) == null ? error(404, "BlobNotFound") : Reply.empty(202, version());
    }
    if (asked.method().equals("PUT")) {
      if (!containers.contains(path.substring(0, path.lastIndexOf('/')))) {
        return error(404, "ContainerNotFound");
      }
      blobs.put(path, asked.text());
      return Reply.empty(
          201,
          Map.of(
              "ETag", "\"0x1\"",
              "Last-Modified", "Mon, 30 Nov 2026 21:00:00 GMT",
              "x-ms-version", "2021-12-02"));
    }
    return error(400, "UnsupportedHttpVerb");
  }

  private Reply key(Asked asked) {
    String text = asked.text();
    return new Reply(
        200,
        Map.of("Content-Type", "application/xml"),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><UserDelegationKey><SignedOid>oid</SignedOid><SignedTid>tid</SignedTid>"
            + "<SignedStart>%s</SignedStart><SignedExpiry>%s</SignedExpiry><SignedService>b</SignedService>"
                .formatted(between(text, "Start"), between(text, "Expiry"))
            + "<SignedVersion>2020-12-06</SignedVersion><Value>%s</Value></UserDelegationKey>"
                .formatted(Base64.getEncoder().encodeToString(KEY)),
        false);
  }

  private Reply read(Asked asked, String path) {
    Map<String, String> q = asked.query();
    String toSign =
        String.join(
            "\n",
            q.get("sp"),
            q.getOrDefault("st", ""),
            q.get("se"),
            "/blob" + ACCOUNT + path,
            q.get("skoid"),
            q.get("sktid"),
            q.get("skt"),
            q.get("ske"),
            q.get("sks"),
            q.get("skv"),
            "",
            "",
            "",
            "",
            "",
            "",
            q.getOrDefault("spr", ""),
            q.get("sv"),
            q.get("sr"),
            "",
            "",
            "",
            "",
            "",
            "",
            "");
    Instant now = Clock.systemUTC().instant().minus(behind);
    boolean inTime =
        !now.isBefore(Instant.parse(q.get("st"))) && now.isBefore(Instant.parse(q.get("se")));
    if (!asked.method().equals("GET") || !inTime || !hmac(toSign).equals(q.get("sig"))) {
      return error(403, "AuthenticationFailed");
    }
    return blobs.containsKey(path)
        ? new Reply(200, Map.of(), blobs.get(path), false)
        : error(404, "BlobNotFound");
  }

  private static String hmac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String between(String xml, String element) {
    String start = "<" + element + ">";
    int from = xml.indexOf(start) + start.length();
    return Instant.parse(xml.substring(from, xml.indexOf("</", from)))
        .truncatedTo(ChronoUnit.SECONDS)
        .toString();
  }

  private static Map<String, String> version() {
    return Map.of("x-ms-version", "2021-12-02");
  }

  private static Reply error(int status, String code) {
    return new Reply(
        status,
        Map.of("x-ms-error-code", code, "Content-Type", "application/xml"),
        "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>no</Message></Error>"
            .formatted(code),
        false);
  }

  /** From now on each request is answered so. */
  public synchronized void refuse(int status, String code) {
    refusal = Optional.of(error(status, code));
  }

  /** The account's clock is behind by this much. */
  public synchronized void clockBehind(Duration time) {
    behind = time;
  }

  /** Names of containers that were made and are gone. */
  public synchronized Set<String> deleted() {
    return new TreeSet<>(deleted);
  }

  public synchronized Set<String> containers() {
    return Set.copyOf(containers);
  }

  /** Names of blobs, each with its container's. */
  public synchronized Set<String> blobs() {
    return Set.copyOf(blobs.keySet());
  }

  public String endpoint() {
    return https.address() + ACCOUNT;
  }

  public FakeHttps https() {
    return https;
  }

  @Override
  public void close() {
    https.close();
  }
}
