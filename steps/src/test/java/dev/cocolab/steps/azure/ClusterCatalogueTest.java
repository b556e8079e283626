package dev.cocolab.steps.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.cocolab.azure.AzureException;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that has only what the question is about. */
class ClusterCatalogueTest {
  private static final String SOURCE =
      "/apis/operators.coreos.com/v1alpha1/namespaces/openshift-marketplace/catalogsources/redhat-operators";
  private static final String PACKAGES =
      "/apis/packages.operators.coreos.com/v1/namespaces/openshift-marketplace/packagemanifests/";

  private final Map<String, String> objects = new HashMap<>();
  private HttpServer server;
  private KubernetesClient client;
  private volatile int status = 200;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String found = objects.get(path);
          byte[] body = String.valueOf(found).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(
              status != 200 ? status : found == null ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withAutoConfigure(false)
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    objects.put(
        SOURCE,
        "{\"apiVersion\":\"operators.coreos.com/v1alpha1\",\"kind\":\"CatalogSource\",\"metadata\":{\"name\":\"redhat-operators\"},\"status\":{\"connectionState\":{\"lastObservedState\":\"READY\"}}}");
    for (String name : new String[] {"sandboxed-containers-operator", "trustee-operator"}) {
      objects.put(
          PACKAGES + name,
          "{\"apiVersion\":\"packages.operators.coreos.com/v1\",\"kind\":\"PackageManifest\",\"metadata\":{\"name\":\"%s\"}}"
              .formatted(name));
    }
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  @Test
  void isContentWithAReadyCatalogueThatHasBothOperators() {
    assertThat(ClusterCatalogue.missing(client)).isEmpty();
  }

  @Test
  void saysThatTheSourceIsNotReadyOrNotThere() {
    objects.put(SOURCE, objects.get(SOURCE).replace("READY", "TRANSIENT_FAILURE"));
    assertThat(ClusterCatalogue.missing(client))
        .contains("the catalogue source redhat-operators is TRANSIENT_FAILURE, not READY");

    objects.remove(SOURCE);
    assertThat(ClusterCatalogue.missing(client))
        .contains("there is no catalogue source redhat-operators");
  }

  @Test
  void namesTheOperatorsThatItLacks() {
    objects.keySet().removeIf(path -> path.startsWith(PACKAGES));

    assertThat(ClusterCatalogue.missing(client))
        .contains("the catalogue has no sandboxed-containers-operator, no trustee-operator");
  }

  @Test
  void saysThatTheClusterCannotBeAsked() {
    status = 403;
    AzureException forbidden =
        catchThrowableOfType(AzureException.class, () -> ClusterCatalogue.missing(client));
    assertThat(forbidden.reason()).isEqualTo(AzureException.Reason.NO_RIGHTS);
    assertThat(forbidden).hasMessage("the cluster cannot be asked for its catalogue (HTTP 403)");

    server.stop(0);
    AzureException gone =
        catchThrowableOfType(AzureException.class, () -> ClusterCatalogue.missing(client));
    assertThat(gone.reason()).isEqualTo(AzureException.Reason.UNREACHABLE);
  }
}
