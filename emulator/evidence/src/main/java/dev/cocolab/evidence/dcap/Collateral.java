package dev.cocolab.evidence.dcap;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * What one quote is appraised by. Nothing is trusted yet.
 *
 * @param tcbInfo levels of the kind of platform
 * @param qeIdentity what a quoting enclave must be
 * @param pckCrl revoked PCKs
 * @param rootCrl revoked authorities
 */
record Collateral(
    SignedDocument tcbInfo,
    SignedDocument qeIdentity,
    RevocationList pckCrl,
    RevocationList rootCrl) {
  Collateral {
    Objects.requireNonNull(tcbInfo, "tcbInfo");
    Objects.requireNonNull(qeIdentity, "qeIdentity");
    Objects.requireNonNull(pckCrl, "pckCrl");
    Objects.requireNonNull(rootCrl, "rootCrl");
  }

  /** Asks a source for what a chain needs, in Trustee's order. */
  static Collateral of(CollateralSource source, PckChain chain) {
    return new Collateral(
        source.tcbInfo(chain.platform().fmspcText()),
        source.qeIdentity(),
        source.pckCrl(chain.kind()),
        source.rootCrl());
  }

  /**
   * When everything that counts was issued and ends.
   *
   * @param earliestIssue of all
   * @param latestIssue of all
   * @param earliestEnd the first of all to end
   */
  record Dates(Instant earliestIssue, Instant latestIssue, Instant earliestEnd) {
    /** Whether something has ended, or has not begun. */
    boolean excludes(Instant now) {
      return !now.isBefore(earliestEnd) || now.isBefore(latestIssue);
    }
  }

  /**
   * Dates of the chain's certificates, the lists, the documents and their issuers.
   *
   * @throws DateTimeException when a document's date is none
   */
  Dates dates(PckChain chain) {
    List<Instant> issues = new ArrayList<>();
    List<Instant> ends = new ArrayList<>();
    List<X509Certificate> certificates =
        new ArrayList<>(List.of(chain.leaf(), chain.intermediate(), chain.root()));
    certificates.addAll(tcbInfo.issuers());
    certificates.addAll(qeIdentity.issuers());
    certificates.addAll(pckCrl.issuers());
    for (X509Certificate certificate : certificates) {
      issues.add(certificate.getNotBefore().toInstant());
      ends.add(certificate.getNotAfter().toInstant());
    }
    for (X509CRL list : List.of(pckCrl.list(), rootCrl.list())) {
      issues.add(list.getThisUpdate().toInstant());
      Date next = list.getNextUpdate();
      ends.add(next == null ? Instant.MAX : next.toInstant());
    }
    for (JsonNode document : List.of(tcbInfo.content(), qeIdentity.content())) {
      issues.add(Instant.parse(document.path("issueDate").asString("")));
      ends.add(Instant.parse(document.path("nextUpdate").asString("")));
    }
    return new Dates(
        issues.stream().min(Instant::compareTo).orElseThrow(),
        issues.stream().max(Instant::compareTo).orElseThrow(),
        ends.stream().min(Instant::compareTo).orElseThrow());
  }
}
