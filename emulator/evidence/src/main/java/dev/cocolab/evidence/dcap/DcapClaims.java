package dev.cocolab.evidence.dcap;

import dev.cocolab.evidence.EvidenceJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What Trustee says of an appraisal, in its names and types. */
final class DcapClaims {
  private static final List<String> SGX_TYPES =
      List.of("Standard", "Scalable", "Scalable with Integrity");

  /** Bytes of a P-256 point without compression: 04, x, y. */
  private static final int POINT = 65;

  private DcapClaims() {}

  static ObjectNode of(
      Collateral collateral,
      PckChain chain,
      X509Certificate root,
      Collateral.Dates dates,
      Instant now,
      TcbStatus status,
      TcbEvaluation.Result launch,
      Optional<TcbEvaluation.Result> current) {
    PckExtension platform = chain.platform();
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("earliest_issue_date", time(dates.earliestIssue()));
    claims.put("latest_issue_date", time(dates.latestIssue()));
    claims.put("earliest_expiration_date", time(dates.earliestEnd()));
    claims.put("tcb_date", time(launch.date()));
    claims.put("pck_crl_num", Certificates.number(collateral.pckCrl().list()).orElse(0L));
    claims.put("root_ca_crl_num", Certificates.number(collateral.rootCrl().list()).orElse(0L));
    claims.put(
        "tcb_eval_num",
        Math.min(evaluation(collateral.tcbInfo()), evaluation(collateral.qeIdentity())));
    claims.put("platform_provider_id", EvidenceJson.hex(platform.ppid()));
    claims.put(
        "sgx_type",
        platform.sgxType() < SGX_TYPES.size() && platform.sgxType() >= 0
            ? SGX_TYPES.get(platform.sgxType())
            : "Unknown (%d)".formatted(platform.sgxType()));
    if (platform.sgxType() > 0) {
      PckExtension.Configuration flags =
          platform.configuration().orElse(new PckExtension.Configuration(false, false, false));
      claims.put("is_dynamic_platform", flags.dynamicPlatform());
      claims.put("is_cached_keys", flags.cachedKeys());
      claims.put("is_smt_enabled", flags.smtEnabled());
    }
    claims.put("root_key_id", keyId(root));
    claims.put("tcb_status", status.wireName());
    claims.put("collateral_expiration_status", dates.excludes(now) ? "1" : "0");
    addAll(claims.putArray("advisory_ids"), launch.advisories());
    current.ifPresent(
        result -> {
          claims.put("tcb_date_current", time(result.date()));
          claims.put("tcb_status_current", result.status().wireName());
          addAll(claims.putArray("advisory_ids_current"), result.advisories());
        });
    return claims;
  }

  private static void addAll(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }

  private static int evaluation(SignedDocument document) {
    return document.content().path("tcbEvaluationDataNumber").asInt(0);
  }

  private static String time(Instant instant) {
    return DateTimeFormatter.ISO_INSTANT.format(instant.truncatedTo(ChronoUnit.SECONDS));
  }

  /** SHA-384 of the root's public point. */
  private static String keyId(X509Certificate root) {
    byte[] encoded = root.getPublicKey().getEncoded();
    byte[] point = Arrays.copyOfRange(encoded, encoded.length - POINT, encoded.length);
    try {
      return EvidenceJson.hex(MessageDigest.getInstance("SHA-384").digest(point));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-384", e);
    }
  }
}
