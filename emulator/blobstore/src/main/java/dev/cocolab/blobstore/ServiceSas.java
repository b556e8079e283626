package dev.cocolab.blobstore;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a service SAS shall allow: a container, or one blob in it, from an optional start to an
 * expiry.
 *
 * <p>Give a start that lies some minutes back, or none: a start of "now" is refused by a server
 * whose clock is a moment behind.
 *
 * @param container container name
 * @param blob blob name ({@code sr=b}); empty signs the container ({@code sr=c})
 * @param permissions letters in the service's order, e.g. {@code r} or {@code rcw}
 * @param start first valid second ({@code st}); empty for no lower bound
 * @param expiry last valid second ({@code se})
 * @param httpsOnly {@code spr=https} when true, {@code spr=https,http} when false
 */
public record ServiceSas(
    String container,
    Optional<String> blob,
    String permissions,
    Optional<Instant> start,
    Instant expiry,
    boolean httpsOnly) {

  /** Checks that nothing is missing. */
  public ServiceSas {
    Objects.requireNonNull(container, "container");
    Objects.requireNonNull(blob, "blob");
    Objects.requireNonNull(permissions, "permissions");
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(expiry, "expiry");
  }

  /** Read permission on one blob, over HTTPS only. */
  public static ServiceSas readBlob(
      String container, String blob, Optional<Instant> start, Instant expiry) {
    return new ServiceSas(container, Optional.of(blob), "r", start, expiry, true);
  }
}
