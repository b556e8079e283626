package dev.cocolab.guest;

import dev.cocolab.protocol.TeeKeyPair;
import dev.cocolab.tee.ConfidentialVm;
import dev.cocolab.tee.TeeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The attestation agent: evidence, tokens, runtime measurement. It keeps no token: each call is a
 * whole handshake with a new key, up to five times, one second apart.
 */
final class AttestationAgent implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int ATTEMPTS = 5;
  private static final Duration BETWEEN = Duration.ofSeconds(1);
  private static final int AAEL = 0x4141454c;

  /** What the agent answers to a runtime measurement. */
  enum Measurement {
    OK,
    NOT_SUPPORTED,
    NOT_ENABLED
  }

  /** A token and the key that opens what is sent to its holder. */
  record Token(String jwt, TeeKeyPair key) {
    /** Names neither. */
    @Override
    public String toString() {
      return "Token[...]";
    }
  }

  private final AgentConfig config;
  private final ConfidentialVm hardware;
  private final GuestSurroundings surroundings;
  private final Pause pause;
  private Optional<KbsHttp> http = Optional.empty();

  AttestationAgent(
      AgentConfig config, ConfidentialVm hardware, GuestSurroundings surroundings, Pause pause) {
    this.config = config;
    this.hardware = hardware;
    this.surroundings = surroundings;
    this.pause = pause;
  }

  String tee() {
    return hardware.tee().wireName();
  }

  /** Evidence over these bytes, as they are; throws {@link KbsException}. */
  ObjectNode evidence(byte[] runtimeData) {
    try {
      int version =
          Math.min(surroundings.profile().evidenceVersion(), hardware.currentEvidenceVersion());
      return hardware.evidence(runtimeData, version);
    } catch (TeeException e) {
      throw new KbsException("get evidence failed: " + e.getMessage(), e);
    }
  }

  /** A token of type {@code kbs}; throws {@link KbsException}, within the deadline. */
  Token kbsToken(Deadline deadline) {
    AgentConfig.Kbs kbs =
        config
            .kbs()
            .orElseThrow(() -> new KbsException("kbs token config not configured in config file"));
    if (!kbs.hasDefaultKey()) {
      throw new KbsException(
          "tee_key_algorithm " + kbs.keyAlgorithm() + " is not supported by CoCoLab");
    }
    KbsHttp client = client(kbs);
    TeeKeyPair key = TeeKeyPair.generate(surroundings.random());
    Handshake handshake =
        new Handshake(client, kbs.url(), Attester.of(tee(), this::evidence), key, new CookieJar());
    for (int attempt = 1; ; attempt++) {
      try {
        return new Token(handshake.run(deadline), key);
      } catch (KbsException e) {
        surroundings
            .guestLog()
            .accept("attestation-agent: RCAR handshake attempt " + attempt + ": " + e.getMessage());
        if (attempt == ATTEMPTS || deadline.passedAfter(BETWEEN)) {
          throw new KbsException(
              "RCAR handshake failed: Unable to get token. RCAR handshake retried "
                  + attempt
                  + " times. Final attempt failed with: "
                  + e.getMessage(),
              e);
        }
      }
      pause.of(BETWEEN);
    }
  }

  private KbsHttp client(AgentConfig.Kbs kbs) {
    List<X509Certificate> extra;
    try {
      extra = kbs.certificate().map(TrustRoots::certificate).map(List::of).orElse(List.of());
    } catch (IllegalArgumentException e) {
      throw new KbsException("aa.toml: token_configs.kbs.cert: " + e.getMessage(), e);
    }
    return http(extra);
  }

  private synchronized KbsHttp http(List<X509Certificate> extra) {
    if (http.isEmpty()) {
      List<X509Certificate> roots = TrustRoots.with(surroundings.systemRoots(), extra);
      http = Optional.of(new KbsHttp(surroundings.vertx(), surroundings.hosts(), roots));
    }
    return http.get();
  }

  /** The bytes GetToken returns for a token type; throws {@link KbsException}. */
  byte[] token(String type) {
    Deadline deadline = Deadline.of(surroundings.clock());
    return switch (type) {
      case "kbs" -> {
        Token token = kbsToken(deadline);
        ObjectNode json = JSON.createObjectNode();
        json.put("token", token.jwt()).put("tee_keypair", token.key().toPem());
        yield JSON.writeValueAsBytes(json);
      }
      case "coco_as" -> attestationServiceToken(deadline);
      default -> throw new KbsException("unsupported token type " + type);
    };
  }

  /** Asks an attestation service directly, with evidence over nothing. */
  private byte[] attestationServiceToken(Deadline deadline) {
    String base =
        config
            .attestationServiceUrl()
            .orElseThrow(
                () -> new KbsException("coco_as token config not configured in config file"));
    String evidence =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(JSON.writeValueAsBytes(evidence(new byte[0])));
    ObjectNode request = JSON.createObjectNode();
    request
        .putArray("verification_requests")
        .addObject()
        .put("tee", tee())
        .put("evidence", evidence);
    request.putArray("policy_ids");
    try (KbsHttp plain =
        new KbsHttp(surroundings.vertx(), surroundings.hosts(), surroundings.systemRoots())) {
      String url = base.replaceAll("/+$", "") + "/attestation";
      KbsHttp.Answer answer = plain.post(url, Map.of(), JSON.writeValueAsBytes(request), deadline);
      if (answer.status() != 200) {
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        throw new KbsException("Remote Attestation Failed, AS Response: " + RpcStatus.debug(text));
      }
      return answer.body();
    }
  }

  /**
   * Records an event: extends a register with the SHA-256 of the tagged event {@code "<domain>
   * <operation> <content>"}. Throws {@link KbsException} where the hardware refuses the register.
   */
  Measurement measure(String domain, String operation, String content, Optional<Integer> register) {
    if (content.indexOf('\n') >= 0) {
      throw new KbsException("content contains newline");
    }
    if (!config.eventLog()) {
      return Measurement.NOT_ENABLED;
    }
    byte[] text = (domain + " " + operation + " " + content).getBytes(StandardCharsets.UTF_8);
    try {
      hardware.extend(register.orElse(config.eventRegister()), digest(tagged(text)));
      return Measurement.OK;
    } catch (TeeException e) {
      throw new KbsException("extend runtime measurement failed: " + e.getMessage(), e);
    }
  }

  /** The tagged event: little-endian tag and length, then the text. */
  static byte[] tagged(byte[] text) {
    return ByteBuffer.allocate(8 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(AAEL)
        .putInt(text.length)
        .put(text)
        .array();
  }

  static byte[] digest(byte[] event) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(event);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  @Override
  public synchronized void close() {
    http.ifPresent(KbsHttp::close);
    http = Optional.empty();
  }
}
