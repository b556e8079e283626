package dev.cocolab.evidence;

import java.util.Optional;

/**
 * What evidence must be bound to.
 *
 * @param reportData the bytes the attester was asked to include: for the KBS protocol the SHA-384
 *     of the runtime data (48 bytes)
 * @param initDataDigest the digest of the initdata document, 32, 48 or 64 bytes; empty where none
 *     was declared
 */
public record ExpectedBinding(Optional<byte[]> reportData, Optional<byte[]> initDataDigest) {

  public ExpectedBinding {
    reportData = reportData.map(byte[]::clone);
    initDataDigest = initDataDigest.map(byte[]::clone);
  }

  /** Report data only; initdata is left to policy, as it is for peer pods. */
  public static ExpectedBinding ofReportData(byte[] reportData) {
    return new ExpectedBinding(Optional.of(reportData), Optional.empty());
  }

  @Override
  public Optional<byte[]> reportData() {
    return reportData.map(byte[]::clone);
  }

  @Override
  public Optional<byte[]> initDataDigest() {
    return initDataDigest.map(byte[]::clone);
  }
}
