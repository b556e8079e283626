package dev.cocolab.tee.intel;

import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What the collateral says.
 *
 * @param levels rows of the TCB info, highest first
 * @param moduleStatus status of the TDX module of {@link PlatformTcb#current()}
 * @param qeStatus status of the quoting enclave of {@link PlatformTcb#current()}
 * @param evaluationNumber of TCB info and QE identity
 * @param revokedPcks serial numbers of PCK certificates
 * @param revokedByRoot serial numbers of what the root has signed
 * @param age how long ago the documents were issued
 * @param lifetime from issue to next update; of the root's revocation list twelve times as long
 */
public record CollateralOptions(
    List<TcbLevel> levels,
    String moduleStatus,
    String qeStatus,
    int evaluationNumber,
    Set<BigInteger> revokedPcks,
    Set<BigInteger> revokedByRoot,
    Duration age,
    Duration lifetime) {

  private static final int EVALUATION_NUMBER = 18;
  private static final Duration MONTH = Duration.ofDays(30);

  public CollateralOptions {
    levels = List.copyOf(levels);
    Objects.requireNonNull(moduleStatus, "moduleStatus");
    Objects.requireNonNull(qeStatus, "qeStatus");
    revokedPcks = Set.copyOf(revokedPcks);
    revokedByRoot = Set.copyOf(revokedByRoot);
    Objects.requireNonNull(age, "age");
    Objects.requireNonNull(lifetime, "lifetime");
  }

  /**
   * Fresh documents in which {@link PlatformTcb#current()} is up to date, the level before it is
   * out of date, and a still older one revoked.
   */
  public static CollateralOptions current() {
    PlatformTcb now = PlatformTcb.current();
    PlatformTcb before =
        new PlatformTcb(
            PlatformTcb.filled(6, 6, 2, 2, 3, 1, 0, 3),
            now.pceSvn(),
            PlatformTcb.filled(5, 1, 6),
            now.qeSvn());
    PlatformTcb old =
        new PlatformTcb(PlatformTcb.filled(2, 2), 5, PlatformTcb.filled(2, 0, 2), now.qeSvn());
    return new CollateralOptions(
        List.of(
            new TcbLevel(now, LocalDate.parse("2024-11-13"), "UpToDate", List.of()),
            new TcbLevel(
                before,
                LocalDate.parse("2024-03-13"),
                "OutOfDate",
                List.of("INTEL-SA-01036", "INTEL-SA-01079")),
            new TcbLevel(old, LocalDate.parse("2018-01-04"), "Revoked", List.of("INTEL-SA-00106"))),
        "UpToDate",
        "UpToDate",
        EVALUATION_NUMBER,
        Set.of(),
        Set.of(),
        Duration.ZERO,
        MONTH);
  }

  /** The same with another status of the platform, and advisories that it is open to. */
  public CollateralOptions withPlatformStatus(String status, String... advisories) {
    List<TcbLevel> changed = new ArrayList<>(levels);
    changed.set(0, changed.get(0).withStatus(status, advisories));
    return withLevels(changed);
  }

  public CollateralOptions withLevels(List<TcbLevel> other) {
    return new CollateralOptions(
        other, moduleStatus, qeStatus, evaluationNumber, revokedPcks, revokedByRoot, age, lifetime);
  }

  /** The same with other statuses of TDX module and quoting enclave. */
  public CollateralOptions withStatuses(String module, String quotingEnclave) {
    return new CollateralOptions(
        levels,
        module,
        quotingEnclave,
        evaluationNumber,
        revokedPcks,
        revokedByRoot,
        age,
        lifetime);
  }

  /** The same with a revoked PCK certificate. */
  public CollateralOptions revokingPck(BigInteger serial) {
    return new CollateralOptions(
        levels,
        moduleStatus,
        qeStatus,
        evaluationNumber,
        Set.of(serial),
        revokedByRoot,
        age,
        lifetime);
  }

  /** The same with a revoked platform authority or TCB signing certificate. */
  public CollateralOptions revokingAuthority(BigInteger serial) {
    return new CollateralOptions(
        levels,
        moduleStatus,
        qeStatus,
        evaluationNumber,
        revokedPcks,
        Set.of(serial),
        age,
        lifetime);
  }

  /** The same, issued so long ago. */
  public CollateralOptions issuedBefore(Duration other) {
    return new CollateralOptions(
        levels,
        moduleStatus,
        qeStatus,
        evaluationNumber,
        revokedPcks,
        revokedByRoot,
        other,
        lifetime);
  }
}
