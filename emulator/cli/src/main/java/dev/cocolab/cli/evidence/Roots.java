package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.HomeFolder;
import dev.cocolab.cli.Terminal;
import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.TeeException;
import dev.cocolab.tee.intel.IntelAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Finds the roots of trust that the option {@code --roots} names, and this machine's hardware. */
public final class Roots {
  /** The roots of the hardware that is emulated here. */
  public static final String EMULATED = "emulated";

  /** The vendors' published roots, which come with this program. */
  public static final String VENDOR = "vendor";

  private static final String VENDOR_RESOURCE = "vendor-roots.pem";

  private final Terminal terminal;
  private final Map<String, String> environment;

  public Roots(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  /**
   * The anchors of {@code emulated}, {@code vendor} or a folder.
   *
   * @param tee what they are wanted for
   * @throws CliException {@link ExitCode#USAGE} for a folder that is none or holds no certificate;
   *     {@link ExitCode#UNFIT} if the emulated roots cannot be read or made
   */
  public TrustAnchors named(String name, Tee tee) {
    return switch (name) {
      case EMULATED -> emulated(tee);
      case VENDOR -> vendor();
      default -> folder(name);
    };
  }

  /**
   * All of the anchors of {@code emulated}, {@code vendor} or a folder, whatever they are wanted
   * for.
   *
   * @throws CliException as {@link #named}
   */
  public TrustAnchors all(String name) {
    return name.equals(EMULATED)
        ? new TrustAnchors(
            EMULATED, platform(AmdGeneration.MILAN).roots(), List.of(intel().root()), List.of())
        : named(name, Tee.AZ_SNP_VTPM);
  }

  /** Only those that the TEE needs, because making them takes time. */
  private TrustAnchors emulated(Tee tee) {
    return switch (tee) {
      case TDX, AZ_TDX_VTPM ->
          new TrustAnchors(EMULATED, AmdRoots.of(Map.of()), List.of(intel().root()), List.of());
      default ->
          new TrustAnchors(EMULATED, platform(AmdGeneration.MILAN).roots(), List.of(), List.of());
    };
  }

  /**
   * The emulated counterpart of Intel's certification service, made on first use.
   *
   * @throws CliException {@link ExitCode#UNFIT}
   */
  public IntelAuthority intel() {
    try {
      return IntelAuthority.open(folder(), new SecureRandom(), Clock.systemUTC(), terminal::tell);
    } catch (TeeException e) {
      throw new CliException(ExitCode.UNFIT, e.getMessage(), e);
    }
  }

  private Path folder() {
    return HomeFolder.open(environment).resolve("roots").resolve("platform");
  }

  /**
   * The emulated hardware of this machine, made on first use.
   *
   * @throws CliException {@link ExitCode#UNFIT}
   */
  public PlatformAuthority platform(AmdGeneration generation) {
    try {
      return PlatformAuthority.open(
          folder(), generation, new SecureRandom(), Clock.systemUTC(), terminal::tell);
    } catch (TeeException e) {
      throw new CliException(ExitCode.UNFIT, e.getMessage(), e);
    }
  }

  static TrustAnchors vendor() {
    try (InputStream in = Roots.class.getResourceAsStream(VENDOR_RESOURCE)) {
      return TrustAnchors.of(VENDOR, Certificates.ofBytes(in.readAllBytes(), VENDOR_RESOURCE));
    } catch (IOException e) {
      throw new UncheckedIOException("reading a resource of this program", e);
    }
  }

  private static TrustAnchors folder(String name) {
    Path folder = path(name);
    if (!Files.isDirectory(folder)) {
      throw new CliException(
          ExitCode.USAGE,
          "--roots %s is neither %s nor %s nor a folder with certificates"
              .formatted(name, EMULATED, VENDOR));
    }
    List<Certificates.Found> found = Certificates.ofFolder(folder);
    if (found.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE, "--roots %s holds no certificate in PEM or DER".formatted(name));
    }
    return TrustAnchors.of(name, found);
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new CliException(ExitCode.USAGE, "--roots '%s' is no path".formatted(name), e);
    }
  }
}
