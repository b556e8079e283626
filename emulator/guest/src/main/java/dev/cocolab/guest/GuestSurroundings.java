package dev.cocolab.guest;

import dev.cocolab.image.HostResolver;
import dev.cocolab.image.ImageStore;
import dev.cocolab.protocol.Profile;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What surrounds a pod VM.
 *
 * @param hosts where host names are served
 * @param systemRoots TLS roots of the VM image; empty means those of the Java runtime
 * @param images shared cache of unpacked images
 * @param guestLog receives the guest's log, one line a call; called by several threads; never gets
 *     a secret
 * @param initdataMeasurement how the VM image measures its initdata
 * @param unsealsSecrets whether the VM image's agent exchanges sealed secrets
 */
public record GuestSurroundings(
    Vertx vertx,
    HostResolver hosts,
    List<X509Certificate> systemRoots,
    ImageStore images,
    Clock clock,
    SecureRandom random,
    Profile profile,
    Consumer<String> guestLog,
    InitdataMeasurement initdataMeasurement,
    boolean unsealsSecrets) {

  public GuestSurroundings {
    Objects.requireNonNull(vertx, "vertx");
    Objects.requireNonNull(hosts, "hosts");
    systemRoots = List.copyOf(systemRoots);
    Objects.requireNonNull(images, "images");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(guestLog, "guestLog");
    Objects.requireNonNull(initdataMeasurement, "initdataMeasurement");
  }

  /** With a VM image that measures as Azure's do, into PCR 8. */
  public GuestSurroundings(
      Vertx vertx,
      HostResolver hosts,
      List<X509Certificate> systemRoots,
      ImageStore images,
      Clock clock,
      SecureRandom random,
      Profile profile,
      Consumer<String> guestLog) {
    this(
        vertx,
        hosts,
        systemRoots,
        images,
        clock,
        random,
        profile,
        guestLog,
        InitdataMeasurement.intoPcr8(),
        true);
  }
}
