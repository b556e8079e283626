package dev.cocolab.cli.evidence;

import static dev.cocolab.cli.evidence.Facts.hex;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.snp.CertificateTable;
import dev.cocolab.evidence.snp.FirmwareVersion;
import dev.cocolab.evidence.snp.GuestPolicy;
import dev.cocolab.evidence.snp.SnpEvidence;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.TcbVersion;
import dev.cocolab.evidence.snp.VcekCertificate;
import dev.cocolab.evidence.snp.VcekCertificate.Field;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What reports of SEV-SNP and the certificates of their keys say. */
final class SnpFacts {
  private SnpFacts() {}

  /** Throws {@link EvidenceException} for what is no evidence of this kind. */
  static ObjectNode evidence(JsonNode json) {
    SnpEvidence evidence = SnpEvidence.parse(json);
    ObjectNode facts = Facts.of("evidence of snp");
    facts.set("attestation_report", report(evidence.report()));
    evidence
        .table()
        .ifPresent(
            table -> {
              ArrayNode chain = facts.putArray("cert_chain");
              for (CertificateTable.Entry entry : table.entries()) {
                ObjectNode one = chain.addObject().put("cert_type", entry.kind().name());
                if (entry.data().length > 0 && isEndorsementKey(entry)) {
                  one.set("certificate", vcek(entry.data()));
                } else {
                  one.put("bytes", entry.data().length);
                }
              }
            });
    return facts;
  }

  private static boolean isEndorsementKey(CertificateTable.Entry entry) {
    boolean der = entry.data()[0] == 0x30;
    return der
        && (entry.kind() == CertificateTable.Kind.VCEK
            || entry.kind() == CertificateTable.Kind.VLEK);
  }

  /** Every field, in the order of the report. */
  static ObjectNode report(SnpReport report) {
    ObjectNode facts = Facts.of("SNP attestation report");
    facts.put("version", report.version());
    facts.put("guest_svn", report.guestSvn());
    facts.set("policy", policy(report.policy()));
    facts.put("family_id", hex(report.familyId()));
    facts.put("image_id", hex(report.imageId()));
    facts.put("vmpl", report.vmpl());
    facts.put("sig_algo", report.signatureAlgorithm());
    facts.set("current_tcb", tcb(report.currentTcb()));
    ObjectNode platform = facts.putObject("platform_info");
    platform.put("bits", "0x%x".formatted(report.platformInfo().bits()));
    platform.put("smt_enabled", report.platformInfo().smtEnabled());
    platform.put("tsme_enabled", report.platformInfo().tsmeEnabled());
    facts.put("key_info", "0x%x".formatted(report.keyInfo()));
    facts.put("report_data", hex(report.reportData()));
    facts.put("measurement", hex(report.measurement()));
    facts.put("host_data", hex(report.hostData()));
    facts.put("id_key_digest", hex(report.idKeyDigest()));
    facts.put("author_key_digest", hex(report.authorKeyDigest()));
    facts.put("report_id", hex(report.reportId()));
    facts.put("report_id_ma", hex(report.reportIdMigrationAgent()));
    facts.set("reported_tcb", tcb(report.reportedTcb()));
    report.cpuFamily().ifPresent(value -> facts.put("cpuid_family", value));
    report.cpuModel().ifPresent(value -> facts.put("cpuid_model", value));
    report.cpuStepping().ifPresent(value -> facts.put("cpuid_stepping", value));
    facts.put("chip_id", hex(report.chipId()));
    facts.set("committed_tcb", tcb(report.committedTcb()));
    facts.put("current_version", version(report.currentVersion()));
    facts.put("committed_version", version(report.committedVersion()));
    facts.set("launch_tcb", tcb(report.launchTcb()));
    report.launchMitigations().ifPresent(value -> facts.put("launch_mit_vector", bits(value)));
    report.currentMitigations().ifPresent(value -> facts.put("current_mit_vector", bits(value)));
    facts.put("signature_r", report.signatureR().toString(16));
    facts.put("signature_s", report.signatureS().toString(16));
    return facts;
  }

  private static ObjectNode policy(GuestPolicy policy) {
    ObjectNode facts = JsonMapper.shared().createObjectNode();
    facts.put("bits", bits(policy.bits()));
    facts.put("abi", policy.abiMajor() + "." + policy.abiMinor());
    facts.put("smt_allowed", policy.smtAllowed());
    facts.put("migrate_ma", policy.migrationAgentAllowed());
    facts.put("debug_allowed", policy.debugAllowed());
    return facts.put("single_socket", policy.singleSocketRequired());
  }

  private static ObjectNode tcb(TcbVersion tcb) {
    ObjectNode facts = JsonMapper.shared().createObjectNode();
    tcb.fmc().ifPresent(fmc -> facts.put("fmc", fmc));
    facts.put("bootloader", tcb.bootloader()).put("tee", tcb.tee());
    return facts.put("snp", tcb.snp()).put("microcode", tcb.microcode());
  }

  private static String version(FirmwareVersion version) {
    return "%d.%d.%d".formatted(version.major(), version.minor(), version.build());
  }

  private static String bits(long value) {
    return "0x%x".formatted(value);
  }

  /**
   * The certificate of an endorsement key, and what its extensions say; extensions that are not
   * there are left out.
   *
   * @param der throws {@link EvidenceException} if it is none
   */
  static ObjectNode vcek(byte[] der) {
    VcekCertificate certificate = VcekCertificate.parse(der);
    ObjectNode facts = Facts.of("certificate");
    certificate.commonName().ifPresent(name -> facts.put("common_name", name));
    facts.put("not_before", certificate.notBefore().toString());
    facts.put("not_after", certificate.notAfter().toString());
    for (Field field : Field.values()) {
      try {
        String name = field.name().toLowerCase(Locale.ROOT);
        if (field == Field.HARDWARE_ID) {
          facts.put(name, hex(certificate.hardwareId()));
        } else {
          facts.put(name, certificate.securityVersion(field));
        }
      } catch (EvidenceException e) {
        // Not every certificate has every extension; what is there is shown.
      }
    }
    return facts;
  }
}
