package dev.cocolab.operators.certificates;

import dev.cocolab.operators.OperatorException;
import dev.cocolab.operators.OperatorException.Reason;
import dev.cocolab.operators.control.ControllerThreads;
import dev.cocolab.operators.control.Informers;
import dev.cocolab.operators.control.Relay;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * What kube-controller-manager's csrsigning does for three of the cluster's signers: {@code
 * kube-apiserver-client}, {@code kube-apiserver-client-kubelet} and {@code kubelet-serving}. It is
 * apart from the workload controllers because it holds the key of the cluster's authority, which
 * they never see.
 */
public final class CertificateSigner implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofSeconds(30);

  private final ControllerThreads threads = new ControllerThreads("certificate-signer", 1);
  private final Informers informers = new Informers();
  private final SigningController controller;

  private CertificateSigner(KubernetesClient client, SignedCertificate signing) {
    Relay<CertificateSigningRequest> changes = new Relay<>();
    SharedIndexInformer<CertificateSigningRequest> requests =
        informers.require(
            "certificatesigningrequests",
            client.resources(CertificateSigningRequest.class),
            changes);
    controller = new SigningController(client, requests, signing, threads.executor());
    changes.add((before, after) -> controller.requestChanged(after));
  }

  /**
   * Starts to sign; returns when the watch has its first list.
   *
   * @param client of a user that may watch the requests, update their status, and {@code sign} for
   *     the signers; stays the caller's
   * @param authority whom the API server takes for the authority of its clients
   * @param random of serial numbers
   * @throws OperatorException KIND_NOT_SERVED or START_TIMEOUT; nothing keeps running then
   */
  public static CertificateSigner start(
      KubernetesClient client,
      X509Certificate authority,
      PrivateKey key,
      Clock clock,
      RandomGenerator random) {
    Objects.requireNonNull(key, "key");
    try {
      SignedCertificate.requireAuthority(authority);
    } catch (GeneralSecurityException e) {
      throw new OperatorException(Reason.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
    CertificateSigner signer =
        new CertificateSigner(client, new SignedCertificate(authority, key, clock, random));
    try {
      signer.informers.start(START_PATIENCE);
      signer.controller.open();
      return signer;
    } catch (RuntimeException e) {
      signer.close();
      throw e;
    }
  }

  @Override
  public void close() {
    controller.close();
    informers.close();
    threads.close();
  }
}
