package dev.cocolab.tee.intel;

import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.IntelRoots;
import dev.cocolab.tee.TeeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The emulated counterpart of Intel's certification service for this machine: root, platform
 * authority and TCB signer, made once and kept, the TDX platforms it certifies and the collateral
 * it publishes. Safe for use by several threads.
 */
public final class IntelAuthority {

  /** Kind of platform (family, model, stepping and so on) of every emulated one: 12 hex digits. */
  public static final String FMSPC = "00c0c01ab000";

  /** Identity of the provisioning certification enclave, 4 hex digits. */
  public static final String PCE_ID = "0000";

  private static final int ID_SIZE = 16;

  private final IntelKeys keys;
  private final SecureRandom random;
  private final Clock clock;
  private final Object platformLock = new Object();
  private Optional<TdxPlatform> platform = Optional.empty();

  private IntelAuthority(IntelKeys keys, SecureRandom random, Clock clock) {
    this.keys = keys;
    this.random = random;
    this.clock = clock;
  }

  /**
   * Opens the authority of this machine, making its keys if there are none.
   *
   * @param directory folder of the emulated hardware; the keys are in {@code intel/} below it
   * @param progress told when keys are made
   * @throws TeeException {@link TeeException.Reason#PLATFORM_KEYS} if the keys there cannot be used
   */
  public static IntelAuthority open(
      Path directory, SecureRandom random, Clock clock, Consumer<String> progress) {
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(clock, "clock");
    if (!Files.isDirectory(directory.resolve(IntelKeys.FOLDER))) {
      progress.accept("Making the emulated Intel authority of this machine, once, in " + directory);
    }
    return new IntelAuthority(IntelKeys.open(directory, random), random, clock);
  }

  /** The trust anchor with which a verifier accepts evidence of this machine. */
  public X509Certificate root() {
    return keys.root().certificate();
  }

  /** The root as a verifier is given it. */
  public IntelRoots roots() {
    return IntelRoots.of(List.of(root()));
  }

  /** Collateral for a verifier on this machine, which never ends. */
  public CollateralSource source() {
    return new FreshCollateral(this::collateral, clock);
  }

  /**
   * The TDX platform of this machine, made on first use. It lives as long as this object, as if the
   * process had been moved to another host when it starts again.
   */
  public TdxPlatform platform() {
    synchronized (platformLock) {
      if (platform.isEmpty()) {
        platform = Optional.of(newPlatform(PlatformTcb.current()));
      }
      return platform.get();
    }
  }

  /** Another platform, with identities and keys of its own. */
  public TdxPlatform newPlatform(PlatformTcb tcb) {
    byte[] ppid = new byte[ID_SIZE];
    byte[] instance = new byte[ID_SIZE];
    random.nextBytes(ppid);
    random.nextBytes(instance);
    KeyPair pck = IntelCertificates.newKey(random);
    X509Certificate certificate =
        new IntelCertificates(random)
            .pck(
                pck.getPublic(),
                SgxExtension.encode(ppid, instance, tcb),
                clock.instant(),
                keys.platformCa());
    return new TdxPlatform(tcb, certificate, pck.getPrivate(), keys, random);
  }

  /** Fresh collateral in which {@link PlatformTcb#current()} is up to date. */
  public IntelCollateral collateral() {
    return collateral(CollateralOptions.current());
  }

  /** Collateral that says something else. */
  public IntelCollateral collateral(CollateralOptions options) {
    return new IntelCollateral(keys, options, random, clock.instant());
  }
}
