package dev.cocolab.apiserver.auth;

import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * What a subject (RFC 5280, 4.1.2.6) says of one type. An RDN may hold several attributes, of the
 * same type too, each of which counts: one place reads them for all who decide by them.
 */
public final class SubjectValues {
  private SubjectValues() {}

  /** All values that are strings, in the order in which they stand. */
  public static List<String> of(X500Name subject, ASN1ObjectIdentifier type) {
    return Arrays.stream(subject.getRDNs())
        .flatMap(rdn -> Arrays.stream(rdn.getTypesAndValues()))
        .filter(one -> one.getType().equals(type))
        .map(one -> one.getValue())
        .filter(ASN1String.class::isInstance)
        .map(value -> ((ASN1String) value).getString())
        .toList();
  }
}
