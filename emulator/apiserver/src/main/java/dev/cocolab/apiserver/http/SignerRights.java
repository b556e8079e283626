package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.admission.CertificateSubject;
import dev.cocolab.apiserver.auth.Authorizer;
import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.ApiException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who may approve requests for certificates, and who may sign them: the verbs {@code approve} and
 * {@code sign} on {@code signers} of that name, or of all names of its domain.
 */
final class SignerRights {
  private static final String GROUP = "certificates.k8s.io";
  private static final String CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client";
  private static final Set<String> DECISIONS = Set.of("Approved", "Denied");

  private final Authorizer authorizer;

  SignerRights(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  /** Throws 403. */
  void check(User user, ResourceType type, Optional<ObjectNode> before, ObjectNode after) {
    if (!type.is(GROUP, "certificatesigningrequests")) {
      return;
    }
    String signer = Trees.textOrEmpty(after, "spec", "signerName");
    String name = Trees.textOrEmpty(after, "metadata", "name");
    if (before.isEmpty()) {
      refuseMasters(signer, after, type.about(name));
      return;
    }
    if (!decisions(before.get()).equals(decisions(after))) {
      require(user, "approve", signer, type.about(name));
    }
    boolean signs =
        !Trees.textOrEmpty(before.get(), "status", "certificate")
                .equals(Trees.textOrEmpty(after, "status", "certificate"))
            || hasFailed(before.get()) != hasFailed(after);
    if (signs) {
      require(user, "sign", signer, type.about(name));
    }
  }

  /** Nobody becomes a master by a certificate that the cluster signs. */
  private static void refuseMasters(String signer, ObjectNode after, ApiException.Subject subject) {
    boolean masters =
        signer.equals(CLIENT_SIGNER)
            && CertificateSubject.organizations(Trees.textOrEmpty(after, "spec", "request"))
                .contains(User.MASTERS);
    if (masters) {
      throw ApiException.forbidden(
          subject,
          "use of " + CLIENT_SIGNER + " signer with " + User.MASTERS + " group is not allowed");
    }
  }

  private void require(User user, String verb, String signer, ApiException.Subject subject) {
    String domain = signer.substring(0, signer.indexOf('/') + 1) + "*";
    boolean allowed =
        List.of(signer, domain).stream()
            .anyMatch(
                name ->
                    authorizer
                        .decide(user, RequestAttributes.of(verb, GROUP, "signers", "", name))
                        .allowed());
    if (!allowed) {
      throw ApiException.forbidden(
          subject,
          "user not permitted to " + verb + " requests with signerName \"" + signer + "\"");
    }
  }

  private static Set<String> decisions(ObjectNode request) {
    return types(request).stream().filter(DECISIONS::contains).collect(Collectors.toSet());
  }

  private static boolean hasFailed(ObjectNode request) {
    return types(request).contains("Failed");
  }

  private static Set<String> types(ObjectNode request) {
    return Trees.objects(request, "status", "conditions").stream()
        .map(condition -> Trees.textOrEmpty(condition, "type"))
        .collect(Collectors.toSet());
  }
}
