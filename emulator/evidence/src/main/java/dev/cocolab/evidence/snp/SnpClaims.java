package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.EvidenceJson;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Claims of a guest on bare metal in the names and types of Trustee, in the order it prints them:
 * bytes in hex, numbers and booleans as such, unlike those of a guest on Azure.
 */
final class SnpClaims {

  private SnpClaims() {}

  static ObjectNode of(SnpReport report) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("chip_id", EvidenceJson.hex(report.chipId()));
    claims.put("init_data", EvidenceJson.hex(report.hostData()));
    claims.put("measurement", EvidenceJson.hex(report.measurement()));
    claims.put("platform_smt_enabled", report.platformInfo().smtEnabled());
    claims.put("platform_tsme_enabled", report.platformInfo().tsmeEnabled());
    GuestPolicy policy = report.policy();
    claims.put("policy_abi_major", policy.abiMajor());
    claims.put("policy_abi_minor", policy.abiMinor());
    claims.put("policy_debug_allowed", policy.debugAllowed());
    claims.put("policy_migrate_ma", policy.migrationAgentAllowed());
    claims.put("policy_single_socket", policy.singleSocketRequired());
    claims.put("policy_smt_allowed", policy.smtAllowed());
    claims.put("report_data", EvidenceJson.hex(report.reportData()));
    TcbVersion tcb = report.reportedTcb();
    claims.put("reported_tcb_bootloader", tcb.bootloader());
    claims.put("reported_tcb_microcode", tcb.microcode());
    claims.put("reported_tcb_snp", tcb.snp());
    claims.put("reported_tcb_tee", tcb.tee());
    return claims;
  }
}
