package dev.cocolab.tee.intel;

import dev.cocolab.evidence.dcap.CaKind;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.RevocationList;
import dev.cocolab.evidence.dcap.SignedDocument;
import java.util.function.Supplier;

/** Collateral that is signed when it is asked for, and so is never out of date. */
final class FreshCollateral implements CollateralSource {

  private final Supplier<IntelCollateral> documents;

  FreshCollateral(Supplier<IntelCollateral> documents) {
    this.documents = documents;
  }

  @Override
  public SignedDocument tcbInfo(String fmspc) {
    return documents.get().stored().tcbInfo(fmspc);
  }

  @Override
  public SignedDocument qeIdentity() {
    return documents.get().stored().qeIdentity();
  }

  @Override
  public RevocationList pckCrl(CaKind kind) {
    return documents.get().stored().pckCrl(kind);
  }

  @Override
  public RevocationList rootCrl() {
    return documents.get().stored().rootCrl();
  }
}
