package dev.cocolab.apiserver;

import dev.cocolab.apiserver.auth.User;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A server of its own for a test class, with an authority, an administrator's token and a client.
 */
public final class RunningServer implements AutoCloseable {
  public static final String TOKEN = "test-token-of-the-admin";

  public final TestAuthority authority = new TestAuthority("test authority");
  public final Vertx vertx = Vertx.vertx();
  public final ApiServer server;
  public final KubernetesClient client;

  public RunningServer() {
    this(builder -> builder);
  }

  public RunningServer(UnaryOperator<ApiServerOptions.Builder> more) {
    ApiServerOptions.Builder builder =
        ApiServerOptions.builder(vertx, authority.server("127.0.0.1"))
            .clientCa(authority.pem())
            .token(TOKEN, User.of("admin", User.MASTERS));
    server = ApiServer.start(more.apply(builder).build());
    client = new KubernetesClientBuilder().withConfig(config()).build();
  }

  public Config config() {
    Config config = Config.empty();
    return new ConfigBuilder(config)
        .withMasterUrl(server.url().toString())
        .withCaCertData(
            Base64.getEncoder().encodeToString(authority.pem().getBytes(StandardCharsets.US_ASCII)))
        .withOauthToken(TOKEN)
        .withNamespace("default")
        .build();
  }

  @Override
  public void close() {
    client.close();
    server.close();
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("Vert.x did not close", e);
    }
  }
}
