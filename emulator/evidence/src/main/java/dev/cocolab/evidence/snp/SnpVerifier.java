package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.Stance;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Judges evidence of SEV-SNP guests on bare metal. Safe for use by several threads.
 *
 * <p>The checks run in the order of Trustee's verifier. What {@link Stance} adds runs after them:
 * the chip of the report is that of its key, every certificate of the chain is valid at the time
 * (Trustee ignores the dates of all of them), no list of revoked certificates names one of them,
 * debugging is refused.
 *
 * <p>Evidence without certificates is judged with the endorsement key of the first source that has
 * one. Where Trustee aborts, on a report of a Turin processor without an FMC level, this verifier
 * refuses.
 */
public final class SnpVerifier implements EvidenceVerifier {

  private static final long FIRST_VERSION = 3;
  private static final long LAST_VERSION = 5;
  private static final int REPORT_DATA_SIZE = 64;
  private static final int HOST_DATA_SIZE = 32;

  private final Endorsements endorsements;
  private final RevokedCertificates revoked;
  private final VcekSources sources;
  private final Clock clock;
  private final Stance stance;

  /** A verifier in the strict stance. */
  public SnpVerifier(AmdRoots roots, Clock clock) {
    this(roots, clock, Stance.strict());
  }

  /** A verifier that fetches no endorsement key: evidence has to bring it along. */
  public SnpVerifier(AmdRoots roots, Clock clock, Stance stance) {
    this(roots, clock, stance, List.of());
  }

  /**
   * A verifier.
   *
   * @param sources where endorsement keys come from that evidence does not have, in the order in
   *     which they are tried
   */
  public SnpVerifier(AmdRoots roots, Clock clock, Stance stance, List<VcekSource> sources) {
    this.endorsements = new Endorsements(roots);
    this.revoked = new RevokedCertificates(roots.revocationLists());
    this.sources = new VcekSources(sources);
    this.clock = Objects.requireNonNull(clock, "clock");
    this.stance = Objects.requireNonNull(stance, "stance");
  }

  @Override
  public Tee tee() {
    return Tee.SNP;
  }

  @Override
  public List<TeeClaims> verify(JsonNode evidence, ExpectedBinding expected) {
    return List.of(check(evidence, expected).claims());
  }

  /**
   * As {@link #verify}, and says which anchor matched.
   *
   * @throws EvidenceException if any check fails
   */
  public VerifiedGuest check(JsonNode json, ExpectedBinding expected) {
    SnpEvidence.Received received = SnpEvidence.receive(json);
    checkVersion(received.report().version());
    AmdGeneration generation = received.report().generation();
    Endorsements.Endorsed endorsed = endorsed(received, generation);
    SnpReport report = received.report().report();
    SnpChecks checks = new SnpChecks(report, endorsed.key());
    checkSignature(report, endorsed.key());
    checkTcb(checks);
    if (report.vmpl() != 0) {
      throw EvidenceException.mismatch(
          Refusal.VMPL_CHECK, "vmpl", "0", Long.toString(report.vmpl()));
    }
    expected
        .reportData()
        .ifPresent(
            data ->
                requireEqual(
                    Refusal.REPORT_DATA,
                    "report_data",
                    Arrays.copyOf(data, REPORT_DATA_SIZE),
                    report.reportData()));
    expected
        .initDataDigest()
        .ifPresent(
            digest ->
                requireEqual(
                    Refusal.HOST_DATA,
                    "host_data",
                    Arrays.copyOf(digest, HOST_DATA_SIZE),
                    report.hostData()));
    checkStance(report, checks, endorsed, received.table());
    TeeClaims claims = new TeeClaims(Tee.SNP, TeeClaims.CPU, SnpClaims.of(report));
    return new VerifiedGuest(claims, generation, endorsed.anchor().label());
  }

  private Endorsements.Endorsed endorsed(SnpEvidence.Received received, AmdGeneration generation) {
    if (received.table().isPresent()) {
      return endorsements.check(received.table().get(), generation);
    }
    VcekRequest request = VcekRequest.of(received.report().report(), generation);
    return endorsements.checkFetched(sources.fetch(request), generation);
  }

  private static void checkVersion(long version) {
    if (version < FIRST_VERSION) {
      throw versionRefused(Refusal.SNP_VERSION_OLD, version);
    }
    if (version > LAST_VERSION) {
      throw versionRefused(Refusal.SNP_VERSION_UNKNOWN, version);
    }
  }

  private static EvidenceException versionRefused(Refusal reason, long version) {
    return EvidenceException.mismatch(
        reason, "version", FIRST_VERSION + " to " + LAST_VERSION, Long.toString(version));
  }

  private static void checkSignature(SnpReport report, VcekCertificate key) {
    if (key.publicKey().filter(report::isSignedBy).isEmpty()) {
      throw EvidenceException.because(
          Refusal.VEK_SIGNATURE, "VEK does not sign the attestation report");
    }
  }

  private static void checkTcb(SnpChecks checks) {
    try {
      checks.checkTcb();
      checks.checkFmc();
    } catch (EvidenceException e) {
      throw e.within("Reported TCB values do not match");
    }
  }

  private void checkStance(
      SnpReport report,
      SnpChecks checks,
      Endorsements.Endorsed endorsed,
      Optional<CertificateTable> table) {
    if (stance.chipIdentity()) {
      checks.checkChip();
    }
    if (stance.authorityValidity()) {
      Instant now = clock.instant();
      SnpChecks.checkAuthority(endorsed.ark(), endorsed.ask(), now);
      VcekCertificate key = endorsed.key();
      if (!key.isValidAt(now)) {
        throw EvidenceException.mismatch(
            Refusal.VEK_VALIDITY,
            key.commonName().orElse("endorsement key"),
            key.notBefore() + " to " + key.notAfter(),
            now.toString());
      }
    }
    if (stance.revocation()) {
      revoked
          .with(table.map(CertificateTable::revocationLists).orElse(List.of()))
          .check(endorsed.ark(), endorsed.ask(), endorsed.key(), clock.instant());
    }
    if (stance.refuseDebug() && report.policy().debugAllowed()) {
      throw EvidenceException.mismatch(
          Refusal.DEBUG_POLICY, "policy_debug_allowed", "false", "true");
    }
  }

  private static void requireEqual(Refusal reason, String field, byte[] expected, byte[] found) {
    if (!MessageDigest.isEqual(expected, found)) {
      throw EvidenceException.mismatch(
          reason, field, EvidenceJson.hex(expected), EvidenceJson.hex(found));
    }
  }
}
