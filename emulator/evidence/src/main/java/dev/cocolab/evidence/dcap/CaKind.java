package dev.cocolab.evidence.dcap;

import java.util.Arrays;
import java.util.Optional;

/** Which of Intel's two authorities issued a PCK certificate. */
public enum CaKind {
  /** Of platforms that may have several processors. */
  PLATFORM("platform", "Intel SGX PCK Platform CA"),
  /** Of single processors. */
  PROCESSOR("processor", "Intel SGX PCK Processor CA");

  private final String wireName;
  private final String commonName;

  CaKind(String wireName, String commonName) {
    this.wireName = wireName;
    this.commonName = commonName;
  }

  /** {@code platform} or {@code processor}, as revocation lists are asked for. */
  public String wireName() {
    return wireName;
  }

  /** The common name of its certificate. */
  public String commonName() {
    return commonName;
  }

  /** The authority of this common name. */
  static Optional<CaKind> ofCommonName(String name) {
    return Arrays.stream(values()).filter(kind -> kind.commonName.equals(name)).findFirst();
  }
}
