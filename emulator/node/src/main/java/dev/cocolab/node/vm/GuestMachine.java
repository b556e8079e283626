package dev.cocolab.node.vm;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.GuestException;
import dev.cocolab.guest.GuestSurroundings;
import dev.cocolab.guest.GuestVm;
import dev.cocolab.guest.PolicyVerdict;
import dev.cocolab.image.UnpackedImage;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.ConfidentialVm;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeys;
import dev.cocolab.tee.TeeException;
import dev.cocolab.tee.VmRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** Emulated hardware with the guest components in it. */
public final class GuestMachine implements PodMachine {
  private static final String EVENT_PREFIX = "Error: ";

  private final ConfidentialVm hardware;
  private final UUID vmId;
  private final GuestVm guest;

  private GuestMachine(ConfidentialVm hardware, UUID vmId, GuestVm guest) {
    this.hardware = hardware;
    this.vmId = vmId;
    this.guest = guest;
  }

  /** Boots machines on one platform. */
  public static ConfidentialMachines.Boot on(
      PlatformAuthority platform, BootImage image, RsaKeys keys, GuestSurroundings surroundings) {
    return (name, size, initdata) ->
        start(platform, image, keys, surroundings, name, size, initdata);
  }

  private static PodMachine start(
      PlatformAuthority platform,
      BootImage image,
      RsaKeys keys,
      GuestSurroundings surroundings,
      String name,
      String size,
      Optional<Initdata> initdata) {
    byte[] id = new byte[Long.BYTES * 2];
    surroundings.random().nextBytes(id);
    UUID vmId = UUID.nameUUIDFromBytes(id);
    ConfidentialVm hardware;
    try {
      hardware =
          ConfidentialVm.boot(
              platform,
              image,
              new VmRequest(name, size, vmId, surroundings.random(), surroundings.clock(), keys));
    } catch (TeeException e) {
      throw new GuestRefusal(String.valueOf(e.getMessage()), String.valueOf(e.getMessage()), e);
    }
    try {
      return new GuestMachine(hardware, vmId, GuestVm.boot(hardware, initdata, surroundings));
    } catch (GuestException e) {
      hardware.close();
      throw refusal(e);
    }
  }

  @Override
  public String name() {
    return hardware.name();
  }

  @Override
  public String size() {
    return hardware.size();
  }

  @Override
  public UUID vmId() {
    return vmId;
  }

  @Override
  public PolicyVerdict ask(AgentRequest request) {
    return guest.evaluate(request);
  }

  @Override
  public PolicyVerdict setPolicy(String rego) {
    return guest.setPolicy(rego);
  }

  @Override
  public UnpackedImage pull(String reference) {
    try {
      return guest.pullImage(reference);
    } catch (GuestException e) {
      throw refusal(e);
    }
  }

  @Override
  public String unsealVariable(String value) {
    return guest.unsealVariable(value);
  }

  @Override
  public String unsealCommandVariable(String value) {
    return guest.unsealCommandVariable(value);
  }

  @Override
  public Optional<byte[]> unsealFile(byte[] content) {
    return guest.unsealFile(content);
  }

  @Override
  public void serveApi(Path socket) {
    guest.serveApi(socket);
  }

  @Override
  public void close() {
    guest.close();
    hardware.close();
  }

  private static GuestRefusal refusal(GuestException e) {
    String text = e.eventText();
    String message = text.startsWith(EVENT_PREFIX) ? text.substring(EVENT_PREFIX.length()) : text;
    return new GuestRefusal(message, String.valueOf(e.getMessage()), e);
  }
}
