package dev.cocolab.guest;

import dev.cocolab.guest.GuestException.Reason;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.ResourceUri;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The confidential data hub: reads resources from the broker of its configuration, never from the
 * host a URI names.
 */
final class DataHub implements AutoCloseable {

  private static final String PREFIX = "[CDH] [ERROR]: ";

  private final HubConfig config;
  private final AttestationAgent agent;
  private final GuestSurroundings surroundings;
  private Optional<KbsHttp> http = Optional.empty();

  DataHub(HubConfig config, AttestationAgent agent, GuestSurroundings surroundings) {
    this.config = config;
    this.agent = agent;
    this.surroundings = surroundings;
  }

  HubConfig config() {
    return config;
  }

  /**
   * Fetches the credentials of the configuration; throws {@link GuestException}. Path of the file
   * to its content.
   */
  Map<String, byte[]> credentials() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (HubConfig.Credential credential : config.credentials()) {
      files.put(credential.path(), resource(credential.resourceUri()));
    }
    return files;
  }

  /** The bytes of a resource; throws {@link GuestException} RESOURCE or KBS_CLIENT. */
  byte[] resource(String uri) {
    KbsHttp client = client();
    try {
      ResourceUri parsed = ResourceUri.parse(uri);
      if (config.kbc().equals(HubConfig.OFFLINE)) {
        throw new KbsException("offline_fs_kbc holds no resource " + parsed + " in this VM image");
      }
      return new TokenClient(client, config.url(), agent, surroundings.guestLog())
          .read(parsed, Deadline.of(surroundings.clock()));
    } catch (KbsException | ProtocolException e) {
      throw failure(Reason.RESOURCE, "Get Resource failed", e);
    }
  }

  private synchronized KbsHttp client() {
    if (!config.kbc().equals(HubConfig.ONLINE) && !config.kbc().equals(HubConfig.OFFLINE)) {
      throw failure(
          Reason.KBS_CLIENT,
          "kbs client initialization failed",
          new KbsException(
              "unknown kbc name "
                  + config.kbc()
                  + ", only support `cc_kbc` (feature `kbs`) and `offline_fs_kbc`"));
    }
    if (http.isEmpty()) {
      http = Optional.of(new KbsHttp(surroundings.vertx(), surroundings.hosts(), roots()));
    }
    return http.get();
  }

  private List<X509Certificate> roots() {
    try {
      List<X509Certificate> extra =
          config.certificate().map(TrustRoots::certificate).map(List::of).orElse(List.of());
      return TrustRoots.with(surroundings.systemRoots(), extra);
    } catch (IllegalArgumentException e) {
      throw failure(
          Reason.KBS_CLIENT,
          "kbs client initialization failed",
          new KbsException("cdh.toml: kbc.kbs_cert: " + e.getMessage(), e));
    }
  }

  /** Logs the causes, which the caller of the guest does not see, and wraps them. */
  private GuestException failure(Reason reason, String outer, RuntimeException cause) {
    surroundings.guestLog().accept("confidential-data-hub: " + outer);
    surroundings.guestLog().accept("confidential-data-hub: Caused by: " + cause.getMessage());
    RpcStatus status = RpcStatus.internal(PREFIX + outer);
    return new GuestException(
        reason,
        status.containerEvent(surroundings.profile()),
        status.message() + ": " + cause.getMessage(),
        cause);
  }

  /** The status of a failed call. */
  static RpcStatus status(GuestException failure) {
    return RpcStatus.internal(
        PREFIX
            + (failure.reason() == Reason.KBS_CLIENT
                ? "kbs client initialization failed"
                : "Get Resource failed"));
  }

  @Override
  public synchronized void close() {
    http.ifPresent(KbsHttp::close);
    http = Optional.empty();
  }
}
