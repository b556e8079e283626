package dev.cocolab.cli.evidence;

import dev.cocolab.evidence.dcap.CaKind;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.StoredCollateral;
import dev.cocolab.tee.intel.IntelAuthority;
import dev.cocolab.tee.intel.IntelCollateral;
import java.nio.charset.StandardCharsets;

/** What the emulated counterpart of Intel's service says of this machine's platforms. */
final class EmulatedCollateral {
  private EmulatedCollateral() {}

  /** Fresh collateral of the kind of platform that is emulated. */
  static CollateralSource of(IntelAuthority authority) {
    IntelCollateral collateral = authority.collateral();
    byte[] signers = ascii(collateral.tcbSigningChain());
    StoredCollateral.Builder builder = StoredCollateral.builder();
    collateral
        .tcbInfo(IntelAuthority.FMSPC)
        .ifPresent(info -> builder.tcbInfo(text(info), signers));
    return builder
        .qeIdentity(text(collateral.qeIdentity()), signers)
        .pckCrl(CaKind.PLATFORM, collateral.pckCrl(), ascii(collateral.pckCrlIssuerChain()))
        .rootCrl(collateral.rootCrl())
        .build();
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }
}
