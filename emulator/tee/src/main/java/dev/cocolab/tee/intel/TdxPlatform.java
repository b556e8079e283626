package dev.cocolab.tee.intel;

import dev.cocolab.tee.keys.CertifiedKey;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** An emulated processor with TDX and its quoting enclave. Safe for use by several threads. */
public final class TdxPlatform {

  private final PlatformTcb tcb;
  private final CertifiedKey pck;
  private final IntelKeys authorities;

  TdxPlatform(PlatformTcb tcb, X509Certificate certificate, PrivateKey pck, IntelKeys authorities) {
    this.tcb = tcb;
    this.pck = new CertifiedKey(certificate, pck);
    this.authorities = authorities;
  }

  /** The security versions of the platform. */
  public PlatformTcb tcb() {
    return tcb;
  }

  /** Certificate of the key that vouches for the quoting enclave. */
  public X509Certificate pckCertificate() {
    return pck.certificate();
  }

  /** The PCK certificate, the platform authority and the root, PEM. */
  public String pckChain() {
    return IntelCollateral.pem(pck.certificate())
        + IntelCollateral.pem(authorities.platformCa().certificate())
        + IntelCollateral.pem(authorities.root().certificate());
  }
}
