package dev.cocolab.lab.outside;

import dev.cocolab.guest.GuestException;
import dev.cocolab.guest.GuestSurroundings;
import dev.cocolab.guest.GuestVm;
import dev.cocolab.image.HostResolver;
import dev.cocolab.image.ImageStore;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.Profile;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.ConfidentialVm;
import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.RsaKeyPool;
import dev.cocolab.tee.VmRequest;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An emulated confidential VM with platform roots of its own, which no Trustee has been told of. It
 * boots the published image and whatever initdata it is given, so that each measurement is right,
 * and speaks the protocol as a genuine guest does. Only the signatures end at nobody.
 */
public final class OutsideGuest implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutsideGuest.class);
  private static final long CLOSE_SECONDS = 10;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private GuestVm guest;

  private OutsideGuest() {}

  /**
   * Boots it.
   *
   * @param home folder that keeps its roots and cache; making the roots takes some seconds, once
   * @param initdata what the VM is booted with; it says where Trustee is
   * @param hosts where host names are served
   * @throws GuestException when the initdata cannot be booted with
   */
  public static OutsideGuest boot(
      Path home, Initdata initdata, HostResolver hosts, SecureRandom random, Clock clock) {
    OutsideGuest outside = new OutsideGuest();
    boolean booted = false;
    try {
      outside.start(home.resolve("outside"), initdata, hosts, random, clock);
      booted = true;
      return outside;
    } finally {
      if (!booted) {
        outside.close();
      }
    }
  }

  private void start(
      Path home, Initdata initdata, HostResolver hosts, SecureRandom random, Clock clock) {
    PlatformAuthority platform = PlatformAuthority.open(home.resolve("platform"), random, clock);
    Vertx vertx = Vertx.vertx();
    parts.push(() -> close(vertx));
    ImageStore images = ImageStore.open(home.resolve("layers"));
    parts.push(images);
    RsaKeyPool keys = RsaKeyPool.resting(1, random);
    parts.push(keys);
    ConfidentialVm hardware =
        ConfidentialVm.boot(
            platform,
            BootImage.defaultPodVm(),
            new VmRequest(
                "podvm-outside", "Standard_DC2as_v5", UUID.randomUUID(), random, clock, keys));
    parts.push(hardware);
    guest =
        GuestVm.boot(
            hardware,
            Optional.of(initdata),
            new GuestSurroundings(
                vertx,
                hosts,
                List.of(),
                images,
                clock,
                random,
                Profile.redhat12(),
                line -> LOG.debug("{}", line)));
    parts.push(guest);
  }

  /**
   * Attests and asks for a resource.
   *
   * @param kbsUri such as {@code kbs:///default/disk/key}
   * @throws GuestException {@link GuestException.Reason#RESOURCE} when Trustee refuses; the message
   *     carries its answer
   */
  public byte[] resource(String kbsUri) {
    return guest.resource(kbsUri);
  }

  private static void close(Vertx vertx)
      throws InterruptedException, ExecutionException, TimeoutException {
    vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("closing a guest: {}", e.toString());
      }
    }
  }
}
