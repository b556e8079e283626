package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.snp.TcbVersion;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The emulated counterpart of AMD's key service for this machine: root (ARK) and intermediate (ASK)
 * authority with RSA-4096 keys, made once and kept, and the endorsement keys of the processors it
 * makes. Safe for use by several threads.
 */
public final class PlatformAuthority {

  private static final Logger LOG = LoggerFactory.getLogger(PlatformAuthority.class);

  private final AmdGeneration generation;
  private final PlatformKeys keys;
  private final SecureRandom random;
  private final Clock clock;
  private final Object processorLock = new Object();
  private Optional<SecureProcessor> processor = Optional.empty();

  private PlatformAuthority(
      AmdGeneration generation, PlatformKeys keys, SecureRandom random, Clock clock) {
    this.generation = generation;
    this.keys = keys;
    this.random = random;
    this.clock = clock;
  }

  /**
   * Opens the Milan authority of this machine; logs a line when it has to make its keys.
   *
   * @param directory where the keys are kept; made if absent
   * @throws TeeException {@link TeeException.Reason#PLATFORM_KEYS} if the keys there cannot be used
   */
  public static PlatformAuthority open(Path directory, SecureRandom random, Clock clock) {
    return open(directory, AmdGeneration.MILAN, random, clock, LOG::info);
  }

  /**
   * Opens the authority of a generation.
   *
   * @param progress told what takes time, before it is done
   */
  public static PlatformAuthority open(
      Path directory,
      AmdGeneration generation,
      SecureRandom random,
      Clock clock,
      Consumer<String> progress) {
    return open(directory, generation, PlatformKeys.KEY_BITS, random, clock, progress);
  }

  static PlatformAuthority open(
      Path directory,
      AmdGeneration generation,
      int keyBits,
      SecureRandom random,
      Clock clock,
      Consumer<String> progress) {
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(clock, "clock");
    PlatformKeyStore store = new PlatformKeyStore(directory, generation);
    PlatformKeys keys =
        store
            .load()
            .orElseGet(
                () -> {
                  progress.accept(
                      "Making the emulated "
                          + generation.productName()
                          + " authority of this machine, once, in "
                          + directory);
                  return store.keep(PlatformKeys.generate(generation, keyBits, random));
                });
    return new PlatformAuthority(generation, keys, random, clock);
  }

  /** The trust anchors with which a verifier accepts evidence of this machine. */
  public AmdRoots roots() {
    return AmdRoots.of(Map.of(generation, keys.chain()));
  }

  public AmdGeneration generation() {
    return generation;
  }

  /**
   * The processor of this machine, made on first use. It lives as long as this object, as if the
   * process had been moved to another host when it starts again.
   */
  public SecureProcessor processor() {
    synchronized (processorLock) {
      if (processor.isEmpty()) {
        TcbVersion firmware = ProcessorModel.of(generation).firmware();
        processor = Optional.of(newProcessor(FirmwareLevels.settled(firmware)));
      }
      return processor.get();
    }
  }

  /** Another processor, with a chip id and an endorsement key of its own. */
  public SecureProcessor newProcessor(FirmwareLevels levels) {
    return endorsedProcessor(levels, levels.reported());
  }

  /** A processor whose certificate speaks of another TCB version than its reports: a fault. */
  SecureProcessor endorsedProcessor(FirmwareLevels levels, TcbVersion endorsed) {
    ProcessorModel model = ProcessorModel.of(generation);
    byte[] chipId = new byte[model.chipIdSize()];
    random.nextBytes(chipId);
    KeyPair key = SecureProcessor.newKey(random);
    byte[] vcek = issueVcek(key.getPublic(), endorsed, chipId);
    return new SecureProcessor(model, levels, chipId, key.getPrivate(), vcek, random);
  }

  /** DER of the certificate of an endorsement key. */
  byte[] issueVcek(PublicKey key, TcbVersion tcb, byte[] chipId) {
    return issuer()
        .vcek(
            key,
            ProcessorModel.of(generation).productName(),
            tcb,
            chipId,
            clock.instant(),
            keys.askKey());
  }

  CertificateIssuer issuer() {
    return new CertificateIssuer(generation, random);
  }

  PlatformKeys keys() {
    return keys;
  }
}
