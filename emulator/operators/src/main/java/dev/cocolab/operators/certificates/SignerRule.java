package dev.cocolab.operators.certificates;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
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
    List<String> commonNames = values(subject, BCStyle.CN);
    List<GeneralName> names;
    try {
      names = SignedCertificate.alternativeNames(request);
    } catch (IllegalArgumentException | ClassCastException e) {
      return Optional.of("an extension of the request cannot be decoded");
    }
    // who serves reads the last one, as Go's crypto/x509 does
    String name = commonNames.isEmpty() ? "" : commonNames.get(commonNames.size() - 1);
    return subject(name, values(subject, BCStyle.O), names);
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

  /** Of all attributes of all RDNs: one RDN may hold several. */
  private static List<String> values(X500Name subject, ASN1ObjectIdentifier type) {
    return Arrays.stream(subject.getRDNs())
        .flatMap(rdn -> Arrays.stream(rdn.getTypesAndValues()))
        .filter(one -> one.getType().equals(type))
        .map(one -> one.getValue())
        .filter(ASN1String.class::isInstance)
        .map(value -> ((ASN1String) value).getString())
        .toList();
  }
}
