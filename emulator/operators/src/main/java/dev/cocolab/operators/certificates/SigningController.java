package dev.cocolab.operators.certificates;

import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.control.WorkQueue;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Signs what is approved and fits its signer; what does not fit has failed. */
final class SigningController implements Controller {
  private final KubernetesClient client;
  private final SharedIndexInformer<CertificateSigningRequest> requests;
  private final SignedCertificate signing;
  private final WorkQueue queue;

  SigningController(
      KubernetesClient client,
      SharedIndexInformer<CertificateSigningRequest> requests,
      SignedCertificate signing,
      ScheduledExecutorService executor) {
    this.client = client;
    this.requests = requests;
    this.signing = signing;
    this.queue = new WorkQueue("certificatesigningrequest", executor, this);
  }

  void requestChanged(Optional<CertificateSigningRequest> after) {
    after.map(ObjectKey::of).ifPresent(queue::add);
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    CertificateSigningRequest request = requests.getIndexer().getByKey(key.cacheKey());
    if (request == null || !isDue(request)) {
      return Optional.empty();
    }
    SignerRule.of(request.getSpec().getSignerName()).ifPresent(rule -> decide(request, rule));
    return Optional.empty();
  }

  private static boolean isDue(CertificateSigningRequest request) {
    return has(request, "Approved")
        && !has(request, "Denied")
        && !has(request, "Failed")
        && request.getStatus().getCertificate() == null;
  }

  private static boolean has(CertificateSigningRequest request, String type) {
    return request.getStatus() != null
        && request.getStatus().getConditions().stream()
            .anyMatch(condition -> type.equals(condition.getType()));
  }

  private void decide(CertificateSigningRequest request, SignerRule rule) {
    List<String> usages = request.getSpec().getUsages();
    Optional<PKCS10CertificationRequest> asked =
        SignedCertificate.parse(request.getSpec().getRequest());
    Optional<String> refusal =
        asked.isEmpty()
            ? Optional.of("the request is not signed with its own key")
            : rule.refusal(asked.get(), usages);
    CertificateSigningRequest decided =
        refusal
            .map(why -> failed(request, why))
            .orElseGet(() -> signed(request, asked.orElseThrow(), usages));
    client.resource(decided).updateStatus();
  }

  private static CertificateSigningRequest failed(CertificateSigningRequest request, String why) {
    return new CertificateSigningRequestBuilder(request)
        .editStatus()
        .addToConditions(
            new CertificateSigningRequestConditionBuilder()
                .withType("Failed")
                .withStatus("True")
                .withReason("SignerValidationFailure")
                .withMessage(why)
                .build())
        .endStatus()
        .build();
  }

  private CertificateSigningRequest signed(
      CertificateSigningRequest request, PKCS10CertificationRequest asked, List<String> usages) {
    String pem =
        signing.sign(asked, usages, Optional.ofNullable(request.getSpec().getExpirationSeconds()));
    return new CertificateSigningRequestBuilder(request)
        .editStatus()
        .withCertificate(
            Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)))
        .endStatus()
        .build();
  }

  @Override
  public void open() {
    queue.open();
  }

  @Override
  public void close() {
    queue.close();
  }
}
