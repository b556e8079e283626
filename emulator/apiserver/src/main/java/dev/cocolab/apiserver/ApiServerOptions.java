package dev.cocolab.apiserver;

import dev.cocolab.apiserver.auth.User;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What an {@link ApiServer} is made of.
 *
 * @param vertx runs the event loop; not closed by the server
 * @param bind local address to listen on
 * @param port TCP port, 0 for any free one
 * @param serving certificate and key shown to clients
 * @param clientCaPem PEM text of the authority of client certificates (CN is the user, each O a
 *     group); empty: no client certificate is accepted
 * @param tokens bearer tokens, token to user
 * @param kubelet how kubelets are reached; empty: {@code pods/log} of a scheduled pod is refused
 * @param clock time stamps, ages and token life
 * @param names source of uids and of the suffix of generated names
 * @param keys source of the key that signs service account tokens
 * @param tokenKey P-256 key that signs service account tokens; empty: the server makes one, and
 *     tokens end with it
 * @param data folder in which objects outlive the server, see {@code store.ObjectLog}; empty: they
 *     live in memory and end with it
 * @param eventLogSize how many changes a watch can go back before it is answered 410 Expired
 */
public record ApiServerOptions(
    Vertx vertx,
    InetAddress bind,
    int port,
    PemIdentity serving,
    Optional<String> clientCaPem,
    Map<String, User> tokens,
    Optional<KubeletAccess> kubelet,
    Clock clock,
    RandomGenerator names,
    SecureRandom keys,
    Optional<KeyPair> tokenKey,
    Optional<Path> data,
    int eventLogSize) {

  public ApiServerOptions {
    Objects.requireNonNull(vertx, "vertx");
    Objects.requireNonNull(bind, "bind");
    Objects.requireNonNull(serving, "serving");
    Objects.requireNonNull(clientCaPem, "clientCaPem");
    Objects.requireNonNull(kubelet, "kubelet");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(names, "names");
    Objects.requireNonNull(keys, "keys");
    Objects.requireNonNull(tokenKey, "tokenKey");
    Objects.requireNonNull(data, "data");
    tokens = Map.copyOf(tokens);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port out of range: " + port);
    }
    if (eventLogSize < 1) {
      throw new IllegalArgumentException("the event log holds at least one event");
    }
  }

  /** Starts with the loopback address, any port, the system clock and {@link SecureRandom}. */
  public static Builder builder(Vertx vertx, PemIdentity serving) {
    return new Builder(vertx, serving);
  }

  /** Does not print tokens or keys. */
  @Override
  public String toString() {
    return "ApiServerOptions["
        + bind.getHostAddress()
        + ":"
        + port
        + ", "
        + tokens.size()
        + " tokens]";
  }

  /** Collects options; not for use by several threads. */
  public static final class Builder {
    private final Vertx vertx;
    private final PemIdentity serving;
    private final Map<String, User> tokens = new LinkedHashMap<>();
    private final SecureRandom secureRandom = new SecureRandom();
    private InetAddress bind = InetAddress.getLoopbackAddress();
    private int port;
    private Optional<String> clientCaPem = Optional.empty();
    private Optional<KubeletAccess> kubelet = Optional.empty();
    private Clock clock = Clock.systemUTC();
    private RandomGenerator names = secureRandom;
    private SecureRandom keys = secureRandom;
    private Optional<KeyPair> tokenKey = Optional.empty();
    private Optional<Path> data = Optional.empty();
    private int eventLogSize = 4096;

    private Builder(Vertx vertx, PemIdentity serving) {
      this.vertx = vertx;
      this.serving = serving;
    }

    public Builder bind(InetAddress address) {
      this.bind = address;
      return this;
    }

    public Builder port(int number) {
      this.port = number;
      return this;
    }

    public Builder clientCa(String pem) {
      this.clientCaPem = Optional.of(pem);
      return this;
    }

    public Builder token(String token, User user) {
      tokens.put(token, user);
      return this;
    }

    public Builder kubelet(KubeletAccess access) {
      this.kubelet = Optional.of(access);
      return this;
    }

    public Builder clock(Clock source) {
      this.clock = source;
      return this;
    }

    public Builder names(RandomGenerator source) {
      this.names = source;
      return this;
    }

    public Builder keys(SecureRandom source) {
      this.keys = source;
      return this;
    }

    public Builder tokenKey(KeyPair pair) {
      this.tokenKey = Optional.of(pair);
      return this;
    }

    public Builder data(Path folder) {
      this.data = Optional.of(folder);
      return this;
    }

    public Builder eventLogSize(int events) {
      this.eventLogSize = events;
      return this;
    }

    public ApiServerOptions build() {
      return new ApiServerOptions(
          vertx,
          bind,
          port,
          serving,
          clientCaPem,
          tokens,
          kubelet,
          clock,
          names,
          keys,
          tokenKey,
          data,
          eventLogSize);
    }
  }
}
