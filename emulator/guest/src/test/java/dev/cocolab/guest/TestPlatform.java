package dev.cocolab.guest;

import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.ConfidentialVm;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.VmRequest;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;

/**
 * Emulated hardware whose authority is kept below the build directory, because its keys take
 * seconds to make.
 */
final class TestPlatform {

  static final Path DIRECTORY = Path.of("target", "test-platform");

  private TestPlatform() {}

  /** Made once for all tests of this JVM; none of it changes. */
  private static final class Shared {
    static final PlatformAuthority PLATFORM =
        PlatformAuthority.open(DIRECTORY, new SecureRandom(), Clock.systemUTC());
    static final KeyPair KEY = rsaKey();
  }

  static ConfidentialVm vm(String name) {
    return ConfidentialVm.boot(
        Shared.PLATFORM,
        BootImage.defaultPodVm(),
        new VmRequest(
            name,
            "Standard_DC2as_v5",
            new UUID(1, 2),
            new SecureRandom(),
            Clock.systemUTC(),
            () -> Shared.KEY));
  }

  private static KeyPair rsaKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
