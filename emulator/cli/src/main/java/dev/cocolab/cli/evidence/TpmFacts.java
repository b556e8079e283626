package dev.cocolab.cli.evidence;

import static dev.cocolab.cli.evidence.Facts.hex;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.tdx.TdReport;
import dev.cocolab.evidence.tpm.TpmEvidence;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What quotes of TPMs and the reports of Azure's paravisor say. Throws {@link EvidenceException}.
 */
final class TpmFacts {
  /** Where the hardware's report begins in that of the paravisor. */
  private static final int HARDWARE_REPORT = 32;

  private static final int TDREPORT_END = HARDWARE_REPORT + TdReport.SIZE;

  private TpmFacts() {}

  static ObjectNode azureSnp(JsonNode json) {
    AzSnpVtpmEvidence evidence = AzSnpVtpmEvidence.parse(json);
    ObjectNode facts = Facts.of("evidence of az-snp-vtpm");
    facts.put("version", evidence.version());
    facts.set("tpm_quote", quote(evidence.quote()));
    facts.set("hcl_report", hclReport(evidence.hclReport()));
    facts.set("vcek", SnpFacts.vcek(evidence.vcek()));
    return facts;
  }

  static ObjectNode evidence(JsonNode json) {
    TpmEvidence evidence = TpmEvidence.parse(json);
    ObjectNode facts = Facts.of("evidence of tpm");
    facts.put("ak_public", evidence.akPublic());
    facts.set("tpm_quote", quote(evidence.quote()));
    return facts;
  }

  static ObjectNode quote(TpmQuote quote) {
    ObjectNode facts = Facts.of("TPM quote");
    facts.set("message", attest(quote.message()));
    facts.put("signature", hex(quote.signature()));
    List<byte[]> pcrs = quote.pcrs();
    ObjectNode values = facts.putObject("pcrs");
    for (int i = 0; i < pcrs.size(); i++) {
      values.put("%02d".formatted(i), hex(pcrs.get(i)));
    }
    facts.put("pcrs_digest", hex(quote.pcrDigest()));
    return facts;
  }

  static ObjectNode attest(byte[] message) {
    TpmsAttest attest = TpmsAttest.parse(message);
    ObjectNode facts = Facts.of("TPMS_ATTEST");
    facts.put("type", "0x%04x".formatted(attest.type()));
    facts.put("qualified_signer", hex(attest.qualifiedSigner()));
    facts.put("extra_data", hex(attest.extraData()));
    facts.put("clock", Long.toUnsignedString(attest.clockInfo().clock()));
    facts.put("reset_count", Integer.toUnsignedString(attest.clockInfo().resetCount()));
    facts.put("restart_count", Integer.toUnsignedString(attest.clockInfo().restartCount()));
    facts.put("safe", attest.clockInfo().safe());
    facts.put("firmware_version", "%016x".formatted(attest.firmwareVersion()));
    attest
        .quote()
        .ifPresent(
            info -> {
              ArrayNode selections = facts.putArray("pcr_select");
              info.selections().forEach(selection -> selections.add(selection.toString()));
              facts.put("pcr_digest", hex(info.pcrDigest()));
            });
    return facts;
  }

  static ObjectNode hclReport(byte[] bytes) {
    HclReport report = HclReport.parse(bytes);
    ObjectNode facts = Facts.of("HCL report");
    facts.put("report_type", report.reportType() == HclReport.SNP_TYPE ? "2 (SNP)" : "4 (TDX)");
    facts.put("variable_data_digest", hex(report.variableDataDigest()));
    if (report.reportType() == HclReport.SNP_TYPE) {
      facts.set("hw_report", SnpFacts.report(report.snpReport()));
    } else {
      facts.set(
          "hw_report", TdxFacts.report(Arrays.copyOfRange(bytes, HARDWARE_REPORT, TDREPORT_END)));
    }
    facts.set("variable_data", variableData(report.variableData()));
    return facts;
  }

  private static JsonNode variableData(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return JsonMapper.shared().createObjectNode().put("not_json", text);
    }
  }
}
