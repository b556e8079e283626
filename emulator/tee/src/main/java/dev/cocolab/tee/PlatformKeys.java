package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.tee.keys.CertifiedKey;
import dev.cocolab.tee.keys.KeyFolder;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The authorities of one generation with their private keys, below the folder of the platform:
 * {@code <generation>/} with ARK and ASK, made first, and {@code <generation>-vlek/} with the ASVK,
 * made when a provider first wants an endorsement.
 */
final class PlatformKeys {

  /** Size of the real ones. */
  static final int KEY_BITS = 4096;

  private static final String ARK = "ark";
  private static final String ASK = "ask";
  private static final String ASVK = "asvk";

  private final Path parent;
  private final AmdGeneration generation;
  private final int bits;
  private final SecureRandom random;
  private final Consumer<String> progress;
  private final CertifiedKey ark;
  private final CertifiedKey ask;
  private final KeyFolder providerFolder;

  private PlatformKeys(
      Path parent,
      AmdGeneration generation,
      int bits,
      SecureRandom random,
      Consumer<String> progress) {
    this.parent = parent;
    this.generation = generation;
    this.bits = bits;
    this.random = random;
    this.progress = progress;
    KeyFolder folder = KeyFolder.ofRoot(parent, name(), List.of(ARK, ASK));
    Map<String, CertifiedKey> keys =
        folder.load().orElseGet(() -> folder.keep(generate(generation)));
    this.ark = keys.get(ARK);
    this.ask = keys.get(ASK);
    this.providerFolder =
        KeyFolder.signedBy(ark.certificate().getPublicKey(), parent, name() + "-vlek", ASVK);
  }

  /** Reads the keys, or makes them, which takes seconds at the real size. */
  static PlatformKeys open(
      Path parent,
      AmdGeneration generation,
      int bits,
      SecureRandom random,
      Consumer<String> progress) {
    return new PlatformKeys(parent, generation, bits, random, progress);
  }

  private String name() {
    return generation.productName().toLowerCase(Locale.ROOT);
  }

  /** The authorities that are there; the ASVK once it was made. */
  AmdRoots.Chain chain() {
    Optional<Map<String, CertifiedKey>> provider = providerFolder.load();
    return new AmdRoots.Chain(
        ark.certificate(), ask.certificate(), provider.map(keys -> keys.get(ASVK).certificate()));
  }

  CertifiedKey ark() {
    return ark;
  }

  CertifiedKey ask() {
    return ask;
  }

  /** The authority for providers, made on first use. */
  synchronized CertifiedKey asvk() {
    return providerFolder
        .load()
        .orElseGet(
            () -> {
              say(" authority for providers of this machine, once, in ");
              KeyPair pair = newPair();
              var certificate =
                  new CertificateIssuer(generation, random)
                      .asvk(pair.getPublic(), ark.certificate(), ark.key());
              return providerFolder.keep(
                  Map.of(ASVK, new CertifiedKey(certificate, pair.getPrivate())));
            })
        .get(ASVK);
  }

  private Map<String, CertifiedKey> generate(AmdGeneration made) {
    say(" authority of this machine, once, in ");
    KeyPair root = newPair();
    KeyPair intermediate = newPair();
    CertificateIssuer issuer = new CertificateIssuer(made, random);
    var rootCertificate = issuer.ark(root.getPublic(), root.getPrivate());
    var certificate = issuer.ask(intermediate.getPublic(), rootCertificate, root.getPrivate());
    Map<String, CertifiedKey> keys = new LinkedHashMap<>();
    keys.put(ARK, new CertifiedKey(rootCertificate, root.getPrivate()));
    keys.put(ASK, new CertifiedKey(certificate, intermediate.getPrivate()));
    return keys;
  }

  private void say(String what) {
    progress.accept("Making the emulated " + generation.productName() + what + parent);
  }

  private KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSA in this Java platform", e);
    }
  }
}
