package dev.cocolab.tee;

import dev.cocolab.evidence.snp.TcbVersion;
import java.util.Objects;

/**
 * The four TCB versions of a platform, which differ during and after a firmware update (SEV-SNP
 * firmware ABI, TCB versions).
 *
 * @param current what runs now
 * @param committed the lowest the platform can be rolled back to
 * @param launch current when the guest was launched
 * @param reported what the endorsement key is derived from
 */
public record FirmwareLevels(
    TcbVersion current, TcbVersion committed, TcbVersion launch, TcbVersion reported) {

  public FirmwareLevels {
    Objects.requireNonNull(current, "current");
    Objects.requireNonNull(committed, "committed");
    Objects.requireNonNull(launch, "launch");
    Objects.requireNonNull(reported, "reported");
  }

  /** A platform on which all four are the same, as between updates. */
  public static FirmwareLevels settled(TcbVersion version) {
    return new FirmwareLevels(version, version, version, version);
  }
}
