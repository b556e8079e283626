package dev.cocolab.tee.intel;

import dev.cocolab.evidence.dcap.CaKind;
import dev.cocolab.evidence.dcap.CollateralSource;
import dev.cocolab.evidence.dcap.RevocationList;
import dev.cocolab.evidence.dcap.SignedDocument;
import dev.cocolab.evidence.dcap.StoredCollateral;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Collateral that is signed anew halfway to its end, and so is never out of date. Safe for use by
 * several threads.
 */
final class FreshCollateral implements CollateralSource {

  private final Supplier<IntelCollateral> documents;
  private final Clock clock;
  private Optional<StoredCollateral> stored = Optional.empty();
  private Instant renewal = Instant.MIN;

  FreshCollateral(Supplier<IntelCollateral> documents, Clock clock) {
    this.documents = documents;
    this.clock = clock;
  }

  private synchronized StoredCollateral now() {
    if (stored.isEmpty() || !clock.instant().isBefore(renewal)) {
      IntelCollateral fresh = documents.get();
      Duration life = Duration.between(fresh.issued(), fresh.nextUpdate());
      stored = Optional.of(fresh.stored());
      renewal = fresh.issued().plus(life.dividedBy(2));
    }
    return stored.get();
  }

  @Override
  public SignedDocument tcbInfo(String fmspc) {
    return now().tcbInfo(fmspc);
  }

  @Override
  public SignedDocument qeIdentity() {
    return now().qeIdentity();
  }

  @Override
  public RevocationList pckCrl(CaKind kind) {
    return now().pckCrl(kind);
  }

  @Override
  public RevocationList rootCrl() {
    return now().rootCrl();
  }
}
