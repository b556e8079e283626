package dev.cocolab.broker.nebula;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;

/** Signs certificates of nodes, within the bounds of its own. Safe for use by several threads. */
public final class NebulaAuthority {
  private static final byte[] NONE = {};

  private final NebulaCertificate certificate;
  private final Ed25519PrivateKeyParameters key;
  private final Clock clock;
  private final SecureRandom random;

  /**
   * What an authority that signs itself is to be.
   *
   * @param name its name
   * @param duration how long it is valid
   * @param ips comma-separated networks that addresses of nodes must lie in; empty for any
   * @param subnets likewise for the networks behind them
   * @param groups comma-separated groups that nodes may have; empty for any
   */
  public record Profile(String name, String duration, String ips, String subnets, String groups) {
    /** Checks that nothing is missing. */
    public Profile {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(duration, "duration");
      Objects.requireNonNull(ips, "ips");
      Objects.requireNonNull(subnets, "subnets");
      Objects.requireNonNull(groups, "groups");
    }
  }

  /**
   * What a node asks for.
   *
   * @param name its name
   * @param ip its address and network, CIDR
   * @param duration how long it is valid; until a second before the authority's end when absent
   * @param groups comma-separated
   * @param subnets comma-separated networks behind it
   */
  public record Wish(
      String name,
      String ip,
      Optional<String> duration,
      Optional<String> groups,
      Optional<String> subnets) {
    /** Checks that nothing is missing. */
    public Wish {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(ip, "ip");
      Objects.requireNonNull(duration, "duration");
      Objects.requireNonNull(groups, "groups");
      Objects.requireNonNull(subnets, "subnets");
    }
  }

  /**
   * What a node gets: PEM files. The key is not kept.
   *
   * @param certificate its certificate
   * @param key its private key
   */
  public record Node(String certificate, String key) {
    /** Leaves the key out. */
    @Override
    public String toString() {
      return "Node[certificate=" + certificate + "]";
    }
  }

  private NebulaAuthority(
      NebulaCertificate certificate,
      Ed25519PrivateKeyParameters key,
      Clock clock,
      SecureRandom random) {
    this.certificate = certificate;
    this.key = key;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Makes an authority with a fresh key.
   *
   * @throws BrokerException PLUGIN for a profile that cannot be read
   */
  public static NebulaAuthority fresh(Profile profile, Clock clock, SecureRandom random) {
    Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(random);
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    NebulaCertificate certificate =
        new NebulaCertificate(
                profile.name(),
                Cidr.list("ip", profile.ips()),
                Cidr.list("subnet", profile.subnets()).stream().map(Cidr::network).toList(),
                groups(profile.groups()),
                now,
                now.plus(GoDuration.parse(profile.duration())),
                key.generatePublicKey().getEncoded(),
                true,
                NONE,
                NONE)
            .signed(key);
    return new NebulaAuthority(certificate, key, clock, random);
  }

  /**
   * Reads an authority from its two files.
   *
   * @param certificateName names the file in messages, as does {@code keyName}
   * @throws BrokerException KEY naming the file
   */
  public static NebulaAuthority read(
      String certificateName,
      String certificatePem,
      String keyName,
      String keyPem,
      Clock clock,
      SecureRandom random) {
    NebulaCertificate certificate =
        NebulaCertificate.decode(
            NebulaPem.read(certificateName, NebulaPem.CERTIFICATE, certificatePem));
    byte[] secret = NebulaPem.read(keyName, NebulaPem.AUTHORITY_KEY, keyPem);
    if (secret.length != 2 * Ed25519PrivateKeyParameters.KEY_SIZE) {
      throw new BrokerException(Reason.KEY, keyName + ": not an Ed25519 key of 64 bytes");
    }
    Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(secret, 0);
    if (!certificate.authority() || !certificate.isSignedBy(certificate.publicKey())) {
      throw new BrokerException(Reason.KEY, certificateName + ": not an authority's certificate");
    }
    if (!Arrays.equals(key.generatePublicKey().getEncoded(), certificate.publicKey())) {
      throw new BrokerException(Reason.KEY, keyName + " is not the key of " + certificateName);
    }
    return new NebulaAuthority(certificate, key, clock, random);
  }

  /** The authority's certificate, PEM. */
  public String certificatePem() {
    return NebulaPem.write(NebulaPem.CERTIFICATE, certificate.encoded());
  }

  /** The authority's private key, PEM: seed and public key, as Go writes it. */
  public String keyPem() {
    byte[] out = Arrays.copyOf(key.getEncoded(), 2 * Ed25519PrivateKeyParameters.KEY_SIZE);
    System.arraycopy(
        certificate.publicKey(), 0, out, Ed25519PrivateKeyParameters.KEY_SIZE, out.length / 2);
    return NebulaPem.write(NebulaPem.AUTHORITY_KEY, out);
  }

  /**
   * Makes key and certificate of a node.
   *
   * @throws BrokerException PLUGIN with the reason, when the wish cannot be read or is beyond what
   *     the authority may sign
   */
  public Node issue(Wish wish) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    if (now.isAfter(certificate.notAfter())) {
      throw refused("ca certificate is expired");
    }
    X25519PrivateKeyParameters secret = new X25519PrivateKeyParameters(random);
    NebulaCertificate node =
        new NebulaCertificate(
            wish.name(),
            List.of(Cidr.parse("ip", wish.ip())),
            wish.subnets().map(s -> Cidr.list("subnet", s)).orElse(List.of()).stream()
                .map(Cidr::network)
                .toList(),
            wish.groups().map(NebulaAuthority::groups).orElse(List.of()),
            now,
            now.plus(
                wish.duration()
                    .map(GoDuration::parse)
                    .orElseGet(
                        () -> Duration.between(now, certificate.notAfter().minusSeconds(1)))),
            secret.generatePublicKey().getEncoded(),
            false,
            certificate.fingerprint(),
            NONE);
    requireAllowed(node);
    return new Node(
        NebulaPem.write(NebulaPem.CERTIFICATE, node.signed(key).encoded()),
        NebulaPem.write(NebulaPem.NODE_KEY, secret.getEncoded()));
  }

  private void requireAllowed(NebulaCertificate node) {
    if (node.name().isEmpty()) {
      throw refused("-name is required");
    }
    if (node.notAfter().isAfter(certificate.notAfter())) {
      throw violated("certificate expires after signing certificate");
    }
    if (node.notBefore().isBefore(certificate.notBefore())) {
      throw violated("certificate is valid before the signing certificate");
    }
    for (String group : node.groups()) {
      if (!certificate.groups().isEmpty() && !certificate.groups().contains(group)) {
        throw violated("certificate contained a group not present on the signing ca: " + group);
      }
    }
    requireWithin(
        node.ips(),
        certificate.ips(),
        "an ip assignment outside the limitations of the signing ca");
    requireWithin(
        node.subnets(),
        certificate.subnets(),
        "a subnet assignment outside the limitations of the signing ca");
  }

  private static void requireWithin(List<Cidr> wanted, List<Cidr> allowed, String text) {
    for (Cidr one : wanted) {
      if (!allowed.isEmpty() && allowed.stream().noneMatch(net -> net.contains(one))) {
        throw violated("certificate contained " + text + ": " + one);
      }
    }
  }

  private static List<String> groups(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(group -> !group.isEmpty())
        .toList();
  }

  private static BrokerException violated(String text) {
    return refused("refusing to sign, root certificate constraints violated: " + text);
  }

  private static BrokerException refused(String text) {
    return new BrokerException(Reason.PLUGIN, text);
  }
}
