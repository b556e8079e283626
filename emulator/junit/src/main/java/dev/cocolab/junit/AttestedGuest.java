package dev.cocolab.junit;

import dev.cocolab.guest.GuestException;
import dev.cocolab.guest.GuestSurroundings;
import dev.cocolab.guest.GuestVm;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.ConfidentialVm;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeys;
import dev.cocolab.tee.VmRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * An emulated confidential VM with attestation agent and data hub, without containers. It talks to
 * the broker over TLS as a real one does: each request for a resource is one attestation.
 */
public final class AttestedGuest implements AutoCloseable {
  private static final String SIZE = "Standard_DC2as_v5";

  private final ConfidentialVm hardware;
  private final GuestVm guest;

  private AttestedGuest(ConfidentialVm hardware, GuestVm guest) {
    this.hardware = hardware;
    this.guest = guest;
  }

  static AttestedGuest boot(
      PlatformAuthority platform,
      BootImage image,
      Initdata initdata,
      RsaKeys keys,
      GuestSurroundings surroundings) {
    ConfidentialVm hardware =
        ConfidentialVm.boot(
            platform,
            image,
            new VmRequest(
                "podvm-test",
                SIZE,
                UUID.randomUUID(),
                surroundings.random(),
                surroundings.clock(),
                keys));
    try {
      return new AttestedGuest(
          hardware, GuestVm.boot(hardware, Optional.of(initdata), surroundings));
    } catch (GuestException e) {
      hardware.close();
      throw e;
    }
  }

  /**
   * A resource of the broker, after an attestation of this guest.
   *
   * @param kbsUri such as {@code kbs:///default/disk/key}
   * @throws GuestException {@link GuestException.Reason#RESOURCE} when it is refused or missing;
   *     the message carries the broker's answer
   */
  public byte[] resource(String kbsUri) {
    return guest.resource(kbsUri);
  }

  /**
   * Serves the API that containers reach at {@code http://127.0.0.1:8006} on a Unix socket, until
   * the guest is closed.
   */
  public void serveApi(Path unixSocket) {
    guest.serveApi(unixSocket);
  }

  /** A register of the vTPM in lower-case hex. */
  public String pcrHex(int pcr) {
    return hardware.pcrs().hex(pcr);
  }

  @Override
  public void close() {
    guest.close();
    hardware.close();
  }
}
