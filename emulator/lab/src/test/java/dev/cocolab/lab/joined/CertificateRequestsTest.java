package dev.cocolab.lab.joined;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.OtherCluster;
import dev.cocolab.lab.authority.CertificateRequest;
import dev.cocolab.lab.joined.CertificateRequests.Signer;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose requests a joining lab approves. */
@Timeout(60)
class CertificateRequestsTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path directory;

  /** Exchanges the lab's request for another one, before the approver's first request. */
  private static final class Exchange implements Interceptor {
    private final KubernetesClient admin;
    private final AtomicBoolean done = new AtomicBoolean();

    Exchange(KubernetesClient admin) {
      this.admin = admin;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (done.compareAndSet(false, true)) {
        CertificateSigningRequest lab =
            admin.certificates().v1().certificateSigningRequests().list().getItems().get(0);
        admin.resource(lab).delete();
        admin
            .resource(
                new CertificateSigningRequestBuilder(lab)
                    .withNewMetadata()
                    .withName(lab.getMetadata().getName())
                    .endMetadata()
                    .editSpec()
                    .withRequest(
                        Base64.getEncoder()
                            .encodeToString(
                                CertificateRequest.client("mallory", "mallets", RANDOM)
                                    .pem()
                                    .getBytes(StandardCharsets.US_ASCII)))
                    .endSpec()
                    .withStatus(null)
                    .build())
            .create();
      }
    }
  }

  @Test
  void aRequestThatSomebodyMadeUnderTheNameIsNotApproved() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, false, true);
        KubernetesClient approver =
            new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(other.kubeconfig().toFile()))
                .withHttpClientBuilderConsumer(
                    http -> http.addOrReplaceInterceptor("exchange", new Exchange(other.admin())))
                .build()) {
      CertificateRequests requests =
          new CertificateRequests(approver, RANDOM, Duration.ofSeconds(10));
      assertThatThrownBy(
              () ->
                  requests.obtain(
                      other.admin(),
                      "opsec",
                      CertificateRequest.client("opsec", "cocolab:opsec", RANDOM),
                      Signer.CLIENT))
          .isInstanceOfSatisfying(
              LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLUSTER_FOREIGN))
          .hasMessageContaining("made another one under its name");
      List<CertificateSigningRequest> present =
          other.admin().certificates().v1().certificateSigningRequests().list().getItems();
      assertThat(present).hasSize(1);
      assertThat(present.get(0).getStatus())
          .satisfiesAnyOf(
              status -> assertThat(status).isNull(),
              status -> assertThat(status.getConditions()).isEmpty());
    }
  }
}
