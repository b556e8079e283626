package dev.cocolab.lab.joined;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.authority.CertificateRequest;
import dev.cocolab.lab.authority.Identity;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Certificates through the API {@code certificates.k8s.io/v1}: somebody asks, the administrator
 * approves, the cluster signs. They end after a day, for the cluster goes on when the lab ends.
 */
public final class CertificateRequests {
  private static final int CONFLICT = 409;
  private static final int APPROVALS = 5;
  private static final int LIFE_SECONDS = 24 * 60 * 60;

  /** The cluster's own signers, each with the usages that it accepts. */
  public enum Signer {
    /** Clients of the API server. */
    CLIENT("kubernetes.io/kube-apiserver-client", "client auth"),
    /** Nodes as clients of the API server. */
    KUBELET_CLIENT("kubernetes.io/kube-apiserver-client-kubelet", "client auth"),
    /** Kubelets as servers. */
    KUBELET_SERVING("kubernetes.io/kubelet-serving", "server auth");

    private final String signerName;
    private final String usage;

    Signer(String signerName, String usage) {
      this.signerName = signerName;
      this.usage = usage;
    }
  }

  private final KubernetesClient approver;
  private final RandomGenerator random;
  private final Duration limit;

  /**
   * Names who approves.
   *
   * @param limit how long a signature may take
   */
  public CertificateRequests(KubernetesClient approver, RandomGenerator random, Duration limit) {
    this.approver = approver;
    this.random = random;
    this.limit = limit;
  }

  /**
   * Has a request signed; blocks.
   *
   * @param asker who asks: kubelets ask for themselves
   * @param whose for the object's name and for messages, such as {@code opsec}
   * @throws LabException CLUSTER_UNFIT when the cluster does not sign it, naming the signer
   */
  public Identity obtain(
      KubernetesClient asker, String whose, CertificateRequest request, Signer signer) {
    byte[] suffix = new byte[4];
    random.nextBytes(suffix);
    String name = "cocolab-" + whose.replace(':', '-') + "-" + HexFormat.of().formatHex(suffix);
    CertificateSigningRequest wanted =
        new CertificateSigningRequestBuilder()
            .withNewMetadata()
            .withName(name)
            .withLabels(Marker.labels())
            .endMetadata()
            .withNewSpec()
            .withRequest(
                Base64.getEncoder()
                    .encodeToString(request.pem().getBytes(StandardCharsets.US_ASCII)))
            .withSignerName(signer.signerName)
            .withExpirationSeconds(LIFE_SECONDS)
            .withUsages(List.of("digital signature", signer.usage))
            .endSpec()
            .build();
    try {
      CertificateSigningRequest created =
          asker.certificates().v1().certificateSigningRequests().resource(wanted).create();
      approve(created);
      return request.signed(await(created, whose, signer));
    } catch (KubernetesClientException e) {
      if (e instanceof KubernetesClientTimeoutException) {
        throw new LabException(
            Reason.CLUSTER_UNFIT,
            "the cluster did not sign the certificate of %s within %d s; it needs a kube-controller-manager that signs for %s (--cluster-signing-cert-file)"
                .formatted(whose, limit.toSeconds(), signer.signerName),
            e);
      }
      throw new LabException(
          Reason.CLUSTER_UNFIT,
          "the cluster does not take the certificate request of %s: %s"
              .formatted(whose, e.getMessage()),
          e);
    }
  }

  /**
   * Approves this very request, and none that somebody else made under its name. The cluster itself
   * approves some requests; who is late with the same has no complaint.
   */
  private void approve(CertificateSigningRequest created) {
    CertificateSigningRequest present = created;
    for (int left = APPROVALS; !isApproved(present); left--) {
      try {
        approver
            .certificates()
            .v1()
            .certificateSigningRequests()
            .resource(approved(present))
            .subresource("approval")
            .update();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != CONFLICT || left == 0) {
          throw e;
        }
        present = again(created);
      }
    }
  }

  /**
   * With the version that it is read at, by which the API server refuses what was changed since.
   */
  private static CertificateSigningRequest approved(CertificateSigningRequest present) {
    return new CertificateSigningRequestBuilder(present)
        .editOrNewStatus()
        .addNewCondition()
        .withType("Approved")
        .withStatus("True")
        .withReason("CocolabJoins")
        .withMessage("a lab joins this cluster")
        .endCondition()
        .endStatus()
        .build();
  }

  private CertificateSigningRequest again(CertificateSigningRequest created) {
    String name = created.getMetadata().getName();
    CertificateSigningRequest present =
        approver.certificates().v1().certificateSigningRequests().withName(name).get();
    if (!isSame(present, created)) {
      throw exchanged(name);
    }
    return present;
  }

  private static boolean isSame(
      CertificateSigningRequest present, CertificateSigningRequest created) {
    return present != null && created.getMetadata().getUid().equals(present.getMetadata().getUid());
  }

  private static LabException exchanged(String name) {
    return new LabException(
        Reason.CLUSTER_FOREIGN,
        "somebody deleted the certificate request %s or made another one under its name, which is not approved; see who else works on the cluster, and join again"
            .formatted(name));
  }

  private static boolean isApproved(CertificateSigningRequest request) {
    return request.getStatus() != null
        && request.getStatus().getConditions().stream()
            .anyMatch(condition -> "Approved".equals(condition.getType()));
  }

  private String await(CertificateSigningRequest created, String whose, Signer signer) {
    String name = created.getMetadata().getName();
    CertificateSigningRequest decided =
        approver
            .certificates()
            .v1()
            .certificateSigningRequests()
            .withName(name)
            .waitUntilCondition(
                CertificateRequests::isDecided, limit.toMillis(), TimeUnit.MILLISECONDS);
    if (!isSame(decided, created)) {
      throw exchanged(name);
    }
    refusal(decided)
        .ifPresent(
            why -> {
              throw new LabException(
                  Reason.CLUSTER_UNFIT,
                  "the signer %s refuses the certificate of %s: %s"
                      .formatted(signer.signerName, whose, why));
            });
    return new String(
        Base64.getDecoder().decode(decided.getStatus().getCertificate()), StandardCharsets.UTF_8);
  }

  private static boolean isDecided(CertificateSigningRequest request) {
    return request != null
        && request.getStatus() != null
        && (request.getStatus().getCertificate() != null || refusal(request).isPresent());
  }

  private static Optional<String> refusal(CertificateSigningRequest request) {
    return request.getStatus().getConditions().stream()
        .filter(condition -> List.of("Failed", "Denied").contains(condition.getType()))
        .map(CertificateSigningRequestCondition::getMessage)
        .map(String::valueOf)
        .findFirst();
  }
}
