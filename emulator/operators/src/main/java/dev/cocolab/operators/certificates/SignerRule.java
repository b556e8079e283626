package dev.cocolab.operators.certificates;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * What each of the cluster's own signers accepts. Source: Kubernetes documentation, "Certificates
 * and Certificate Signing Requests", Kubernetes signers.
 */
enum SignerRule {
  CLIENT("kubernetes.io/kube-apiserver-client", "client auth") {
    @Override
    Optional<String> subject(String name, List<String> groups, List<GeneralName> names) {
      return Optional.empty();
    }
  },
  KUBELET_CLIENT("kubernetes.io/kube-apiserver-client-kubelet", "client auth") {
    @Override
    Optional<String> subject(String name, List<String> groups, List<GeneralName> names) {
      if (!names.isEmpty()) {
        return Optional.of("subject alternative names are not allowed");
      }
      return node(name, groups);
    }
  },
  KUBELET_SERVING("kubernetes.io/kubelet-serving", "server auth") {
    @Override
    Optional<String> subject(String name, List<String> groups, List<GeneralName> names) {
      if (names.isEmpty()) {
        return Optional.of("DNS or IP subjectAltName is required");
      }
      boolean others =
          names.stream()
              .anyMatch(
                  one ->
                      one.getTagNo() != GeneralName.dNSName
                          && one.getTagNo() != GeneralName.iPAddress);
      return others
          ? Optional.of("only DNS and IP subjectAltNames are allowed")
          : node(name, groups);
    }
  };

  private static final String NODE = "system:node:";
  private static final List<String> NODES = List.of("system:nodes");
  private static final Set<String> KEY_USAGES = Set.of("digital signature", "key encipherment");

  private final String signerName;
  private final String needed;

  SignerRule(String signerName, String needed) {
    this.signerName = signerName;
    this.needed = needed;
  }

  static Optional<SignerRule> of(String signerName) {
    return Arrays.stream(values()).filter(rule -> rule.signerName.equals(signerName)).findFirst();
  }

  /** Why a request is not signed; empty if it is. */
  Optional<String> refusal(PKCS10CertificationRequest request, List<String> usages) {
    Set<String> permitted = new TreeSet<>(KEY_USAGES);
    permitted.add(needed);
    if (!usages.contains(needed) || !permitted.containsAll(usages)) {
      return Optional.of("usages did not match " + permitted);
    }
    X500Name subject = request.getSubject();
    return subject(
        values(subject, BCStyle.CN).findFirst().orElse(""),
        values(subject, BCStyle.O).toList(),
        SignedCertificate.alternativeNames(request));
  }

  abstract Optional<String> subject(String name, List<String> groups, List<GeneralName> names);

  private static Optional<String> node(String name, List<String> groups) {
    if (!groups.equals(NODES)) {
      return Optional.of("subject organization is not system:nodes");
    }
    return name.startsWith(NODE) && name.length() > NODE.length()
        ? Optional.empty()
        : Optional.of("subject common name does not begin with " + NODE);
  }

  private static Stream<String> values(X500Name subject, ASN1ObjectIdentifier type) {
    return Arrays.stream(subject.getRDNs(type))
        .map(rdn -> IETFUtils.valueToString(rdn.getFirst().getValue()));
  }
}
