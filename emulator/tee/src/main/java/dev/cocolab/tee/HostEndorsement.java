package dev.cocolab.tee;

import dev.cocolab.evidence.snp.CertificateTable;
import dev.cocolab.evidence.snp.CertificateTable.Entry;
import dev.cocolab.evidence.snp.CertificateTable.Kind;
import dev.cocolab.tee.keys.CertifiedKey;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a processor signs reports with, and how the host proves it.
 *
 * @param key the signing key, ECDSA P-384
 * @param certificate its certificate, DER
 * @param authority who signed the certificate
 * @param table what the host hands to guests: for a chip its VCEK, for a provider the VLEK with its
 *     chain, because a verifier need not know the provider's authority
 * @param keyInfo signing key selector of the report: 0 VCEK, 1 VLEK, from bit 2
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HostEndorsement(
    PrivateKey key,
    byte[] certificate,
    CertifiedKey authority,
    CertificateTable table,
    long keyInfo) {

  private static final long VLEK = 1 << 2;

  HostEndorsement {
    certificate = certificate.clone();
  }

  static HostEndorsement ofChip(PrivateKey key, byte[] vcek, CertifiedKey ask) {
    return new HostEndorsement(key, vcek, ask, CertificateTable.ofVcek(vcek), 0);
  }

  static HostEndorsement ofProvider(
      PrivateKey key, byte[] vlek, CertifiedKey asvk, X509Certificate ark) {
    try {
      CertificateTable table =
          new CertificateTable(
              List.of(
                  new Entry(Kind.VLEK, vlek),
                  new Entry(Kind.ASK, asvk.certificate().getEncoded()),
                  new Entry(Kind.ARK, ark.getEncoded())));
      return new HostEndorsement(key, vlek, asvk, table, VLEK);
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
  }

  @Override
  public byte[] certificate() {
    return certificate.clone();
  }

  /** Names the signer only. */
  @Override
  public String toString() {
    return "endorsed by " + authority;
  }
}
