package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.snp.TcbVersion;
import dev.cocolab.tee.intel.IntelAuthority;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
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

  private final Path directory;
  private final AmdGeneration generation;
  private final PlatformKeys keys;
  private final SecureRandom random;
  private final Clock clock;
  private final Consumer<String> progress;
  private final Object processorLock = new Object();
  private Optional<SecureProcessor> processor = Optional.empty();
  private Optional<IntelAuthority> intel = Optional.empty();

  private PlatformAuthority(
      Path directory,
      AmdGeneration generation,
      PlatformKeys keys,
      SecureRandom random,
      Clock clock,
      Consumer<String> progress) {
    this.directory = directory;
    this.generation = generation;
    this.keys = keys;
    this.random = random;
    this.clock = clock;
    this.progress = progress;
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
    PlatformKeys keys = PlatformKeys.open(directory, generation, keyBits, random, progress);
    return new PlatformAuthority(directory, generation, keys, random, clock, progress);
  }

  /** The trust anchors with which a verifier accepts evidence of this machine. */
  public AmdRoots roots() {
    return AmdRoots.of(Map.of(generation, keys.chain()));
  }

  public AmdGeneration generation() {
    return generation;
  }

  /**
   * The Intel-style authority of this machine, kept beside this one and opened on first use.
   *
   * @throws TeeException {@link TeeException.Reason#PLATFORM_KEYS} if the keys there cannot be used
   */
  public IntelAuthority intel() {
    synchronized (processorLock) {
      if (intel.isEmpty()) {
        intel = Optional.of(IntelAuthority.open(directory, random, clock, progress));
      }
      return intel.get();
    }
  }

  /**
   * The processor of this machine, made on first use. It lives as long as this object, as if the
   * process had been moved to another host when it starts again.
   */
  public SecureProcessor processor() {
    synchronized (processorLock) {
      if (processor.isEmpty()) {
        processor = Optional.of(newProcessor(ProcessorOptions.shipped(generation)));
      }
      return processor.get();
    }
  }

  /** Another processor, with a chip id and an endorsement key of its own. */
  public SecureProcessor newProcessor(FirmwareLevels levels) {
    return newProcessor(ProcessorOptions.shipped(generation).withLevels(levels));
  }

  /**
   * Another processor, of another state or of a host whose provider endorses it.
   *
   * @throws TeeException {@link TeeException.Reason#NOT_EMULATED} for a report version that the
   *     generation never had
   */
  public SecureProcessor newProcessor(ProcessorOptions options) {
    return processor(options, options.levels().reported());
  }

  /** A processor whose certificate speaks of another TCB version than its reports: a fault. */
  SecureProcessor endorsedProcessor(FirmwareLevels levels, TcbVersion endorsed) {
    return processor(ProcessorOptions.shipped(generation).withLevels(levels), endorsed);
  }

  private SecureProcessor processor(ProcessorOptions options, TcbVersion endorsed) {
    ProcessorModel model = ProcessorModel.of(generation);
    byte[] chipId = new byte[model.chipIdSize()];
    random.nextBytes(chipId);
    TcbVersion level = options.levels().reported();
    HostEndorsement endorsement =
        options.provider().isPresent()
            ? providerEndorsement(options.provider().get(), level, endorsed)
            : chipEndorsement(chipId, level, endorsed);
    return new SecureProcessor(model, options, chipId, endorsement, random);
  }

  private HostEndorsement chipEndorsement(byte[] chipId, TcbVersion level, TcbVersion endorsed) {
    KeyPair key = chipKeys().ofChip(chipId, level);
    byte[] vcek = issueVcek(key.getPublic(), endorsed, chipId);
    return HostEndorsement.ofChip(key.getPrivate(), vcek, keys.ask());
  }

  private HostEndorsement providerEndorsement(
      String provider, TcbVersion level, TcbVersion endorsed) {
    KeyPair key = chipKeys().ofProvider(provider, level);
    byte[] vlek =
        issuer()
            .vlek(
                key.getPublic(),
                ProcessorModel.of(generation).productName(),
                endorsed,
                provider,
                clock.instant(),
                keys.asvk().key());
    return HostEndorsement.ofProvider(
        key.getPrivate(), vlek, keys.asvk(), keys.ark().certificate());
  }

  /**
   * The certificate of the key that a chip of this machine has at a TCB version, as AMD's key
   * service hands it out.
   *
   * @param chipId 64 bytes, or the 8 that Turin uses
   * @return DER
   */
  public byte[] vcekOf(byte[] chipId, TcbVersion tcb) {
    byte[] used = Arrays.copyOf(chipId, ProcessorModel.of(generation).chipIdSize());
    return issueVcek(chipKeys().ofChip(used, tcb).getPublic(), tcb, used);
  }

  /** DER of the list of authorities that the root has revoked, which is empty. */
  public byte[] revocations() {
    return issuer().revocations(keys.ark().certificate(), keys.ark().key(), clock.instant());
  }

  /** The authority with the ASVK, which is made if this machine has none yet. */
  public AmdRoots.Chain providerChain() {
    keys.asvk();
    return keys.chain();
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
            keys.ask().key());
  }

  private ChipKeys chipKeys() {
    return new ChipKeys(keys.ark().key());
  }

  CertificateIssuer issuer() {
    return new CertificateIssuer(generation, random);
  }

  PlatformKeys keys() {
    return keys;
  }
}
