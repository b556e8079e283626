package dev.cocolab.tee;

import dev.cocolab.evidence.Tee;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Azure's VM sizes with confidential hardware: the letter after the number of processors tells
 * whose.
 */
final class VmSize {

  private static final Pattern SNP =
      Pattern.compile("Standard_[DE]C\\d+i?a[a-z]*s[a-z]*_(cc_)?v\\d+");
  private static final Pattern TDX = Pattern.compile("Standard_[DE]C\\d+i?e[a-z]*s[a-z]*_v\\d+");

  private VmSize() {}

  /** The TEE of a size such as {@code Standard_DC4as_v5}; empty for a size without one. */
  static Optional<Tee> teeOf(String size) {
    if (SNP.matcher(size).matches()) {
      return Optional.of(Tee.AZ_SNP_VTPM);
    }
    return TDX.matcher(size).matches() ? Optional.of(Tee.AZ_TDX_VTPM) : Optional.empty();
  }
}
