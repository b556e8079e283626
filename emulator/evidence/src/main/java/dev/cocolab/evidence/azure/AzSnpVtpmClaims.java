package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.TcbVersion;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.util.Base64;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Claims in the names and types of Trustee: every scalar is a string, in the order Trustee prints
 * them.
 */
final class AzSnpVtpmClaims {

  private AzSnpVtpmClaims() {}

  static ObjectNode of(SnpReport report, TpmQuote quote, TpmsAttest attest) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    // With fewer than nine registers Trustee leaves the host data of the report in this place.
    claims.put("init_data", Base64.getEncoder().encodeToString(report.hostData()));
    claims.put("measurement", Base64.getEncoder().encodeToString(report.measurement()));
    put(claims, "platform_smt_enabled", report.platformInfo().smtEnabled());
    put(claims, "platform_tsme_enabled", report.platformInfo().tsmeEnabled());
    put(claims, "policy_abi_major", report.policy().abiMajor());
    put(claims, "policy_abi_minor", report.policy().abiMinor());
    put(claims, "policy_debug_allowed", report.policy().debugAllowed());
    put(claims, "policy_migrate_ma", report.policy().migrationAgentAllowed());
    put(claims, "policy_single_socket", report.policy().singleSocketRequired());
    put(claims, "policy_smt_allowed", report.policy().smtAllowed());
    TcbVersion tcb = report.reportedTcb();
    put(claims, "reported_tcb_bootloader", tcb.bootloader());
    put(claims, "reported_tcb_microcode", tcb.microcode());
    put(claims, "reported_tcb_snp", tcb.snp());
    put(claims, "reported_tcb_tee", tcb.tee());
    VtpmClaims.addTo(claims, quote, attest);
    return claims;
  }

  private static void put(ObjectNode claims, String name, Object value) {
    claims.put(name, value.toString());
  }
}
