package dev.cocolab.evidence.tdx;

import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.dcap.CaKind;
import dev.cocolab.evidence.dcap.IntelRoots;
import dev.cocolab.evidence.dcap.StoredCollateral;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/** Intel's collateral among the vectors, and times at which it was fresh. */
public final class IntelVectors {
  private final Vectors vectors;

  /** The vectors, or a skipped test. */
  public IntelVectors(Vectors vectors) {
    this.vectors = vectors;
  }

  /** Intel's own root. */
  public IntelRoots roots() {
    return IntelRoots.ofPem(vectors.bytes("roots/intel/intel-sgx-root-ca.pem"));
  }

  /**
   * Collateral of one kind of platform.
   *
   * @param tcbInfo file name
   * @param identity file name
   */
  public StoredCollateral collateral(String tcbInfo, String identity) {
    byte[] signer = bytes("tcb-signing-chain.pem");
    return StoredCollateral.builder()
        .tcbInfo(text(tcbInfo), signer)
        .qeIdentity(text(identity), signer)
        .pckCrl(CaKind.PLATFORM, bytes("pckcrl-platform.der"), bytes("pckcrl-issuer-chain.pem"))
        .rootCrl(bytes("rootcacrl.der"))
        .build();
  }

  /** A file of the collateral. */
  public byte[] bytes(String file) {
    return vectors.bytes("tdx/collateral/" + file);
  }

  /** A file of the collateral. */
  public String text(String file) {
    return vectors.text("tdx/collateral/" + file);
  }

  /** A clock that stands. */
  public static Clock at(String time) {
    return Clock.fixed(Instant.parse(time), ZoneOffset.UTC);
  }
}
