package dev.cocolab.blobstore;

import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a blob server is started.
 *
 * @param vertx the event loops; the server does not close them
 * @param bind the address to listen on
 * @param port the port, 0 for any free one
 * @param tls certificate and key for HTTPS; empty for plain HTTP
 * @param accounts the storage accounts that exist; their containers are created by request or by
 *     {@link BlobServer#put}
 * @param clock the server's own time, which may differ from its clients' time
 * @param limits bounds on sizes and times
 */
public record BlobServerOptions(
    Vertx vertx,
    InetAddress bind,
    int port,
    Optional<TlsIdentity> tls,
    List<StorageAccount> accounts,
    Clock clock,
    Limits limits) {

  /** Checks that nothing is missing. */
  public BlobServerOptions {
    Objects.requireNonNull(vertx, "vertx");
    Objects.requireNonNull(bind, "bind");
    Objects.requireNonNull(tls, "tls");
    accounts = List.copyOf(accounts);
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(limits, "limits");
  }

  /** Starts from loopback, any port, plain HTTP, system time, default limits, no account. */
  public static Builder builder(Vertx vertx) {
    return new Builder(vertx);
  }

  /**
   * What the server presents in the TLS handshake.
   *
   * @param certificateChainPem PEM, server certificate first
   * @param privateKeyPem PKCS #8 PEM. Secret.
   */
  @SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, never compared
  public record TlsIdentity(byte[] certificateChainPem, byte[] privateKeyPem) {

    /** Copies both arrays. */
    public TlsIdentity {
      certificateChainPem = certificateChainPem.clone();
      privateKeyPem = privateKeyPem.clone();
    }

    @Override
    public byte[] certificateChainPem() {
      return certificateChainPem.clone();
    }

    @Override
    public byte[] privateKeyPem() {
      return privateKeyPem.clone();
    }

    /** Neither certificate nor key. */
    @Override
    public String toString() {
      return "TlsIdentity";
    }
  }

  /**
   * Bounds that keep a client from filling the heap or holding a connection for ever.
   *
   * @param requestBody largest body of one request in bytes (a whole blob, a block, a block list)
   * @param blob largest blob in bytes
   * @param store largest sum of all blobs and uncommitted blocks in bytes
   * @param idle a connection on which no byte moves for this long is closed
   * @param body a request body must be complete after this time
   */
  public record Limits(int requestBody, int blob, long store, Duration idle, Duration body) {

    private static final int MIB = 1 << 20;

    /** Checks that every bound is positive. */
    public Limits {
      if (requestBody <= 0
          || blob <= 0
          || store <= 0
          || idle.toMillis() <= 0
          || body.toMillis() <= 0) {
        throw new IllegalArgumentException("limits must be positive");
      }
    }

    /** 64 MiB a request, 256 MiB a blob, 512 MiB in total, 30 s idle, 60 s for a body. */
    public static Limits defaults() {
      return new Limits(
          64 * MIB, 256 * MIB, 512L * MIB, Duration.ofSeconds(30), Duration.ofSeconds(60));
    }
  }

  /** Collects options. */
  public static final class Builder {

    private final Vertx vertx;
    private InetAddress bind = InetAddress.getLoopbackAddress();
    private int port;
    private Optional<TlsIdentity> tls = Optional.empty();
    private final List<StorageAccount> accounts = new ArrayList<>();
    private Clock clock = Clock.systemUTC();
    private Limits limits = Limits.defaults();

    private Builder(Vertx vertx) {
      this.vertx = Objects.requireNonNull(vertx, "vertx");
    }

    /** Address and port to listen on; port 0 takes any free one. */
    public Builder bind(InetAddress address, int port) {
      this.bind = address;
      this.port = port;
      return this;
    }

    /** Serves HTTPS with this identity. */
    public Builder tls(TlsIdentity identity) {
      this.tls = Optional.of(identity);
      return this;
    }

    /** Adds an account. */
    public Builder account(StorageAccount account) {
      accounts.add(account);
      return this;
    }

    /** The server's own time. */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /** Bounds on sizes and times. */
    public Builder limits(Limits limits) {
      this.limits = limits;
      return this;
    }

    /** The options. */
    public BlobServerOptions build() {
      return new BlobServerOptions(vertx, bind, port, tls, accounts, clock, limits);
    }
  }
}
