package dev.cocolab.cli.evidence;

import static dev.cocolab.cli.evidence.Facts.hex;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.tdx.QeReport;
import dev.cocolab.evidence.tdx.QuoteSignature;
import dev.cocolab.evidence.tdx.TdBody;
import dev.cocolab.evidence.tdx.TdField;
import dev.cocolab.evidence.tdx.TdReport;
import dev.cocolab.evidence.tdx.TdxQuote;
import dev.cocolab.evidence.tpm.TpmQuote;
import java.security.cert.X509Certificate;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What quotes and reports of TDX say. Throws {@link EvidenceException}. */
final class TdxFacts {
  private TdxFacts() {}

  static ObjectNode evidence(JsonNode json) {
    ObjectNode facts = Facts.of("evidence of tdx");
    EvidenceJson members = EvidenceJson.of(json, Refusal.TDX_QUOTE_MALFORMED);
    facts.set("quote", quote(members.base64("quote")));
    JsonNode log = json.path("cc_eventlog");
    if (log.isString() && !log.asString().isEmpty()) {
      facts.set("cc_eventlog", LogFacts.log(base64(log.asString())));
    } else {
      facts.putNull("cc_eventlog");
    }
    return facts;
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw EvidenceException.because(Refusal.EVENT_LOG_MALFORMED, "not base64");
    }
  }

  static ObjectNode azure(JsonNode json) {
    EvidenceJson members = EvidenceJson.of(json, Refusal.EVIDENCE_MALFORMED);
    ObjectNode facts = Facts.of("evidence of az-tdx-vtpm");
    EvidenceJson quote = members.object("tpm_quote");
    boolean numbers = json.path("hcl_report").isArray();
    facts.put("version", numbers ? 0 : members.unsigned("version", 31));
    facts.set(
        "tpm_quote",
        TpmFacts.quote(
            numbers
                ? TpmQuote.of(
                    quote.numbers("signature"), quote.numbers("message"), quote.registers("pcrs"))
                : TpmQuote.of(
                    quote.hex("signature"), quote.hex("message"), quote.hexList("pcrs"))));
    facts.set(
        "hcl_report",
        TpmFacts.hclReport(
            numbers ? members.numbers("hcl_report") : members.base64Url("hcl_report")));
    facts.set(
        "td_quote", quote(numbers ? members.numbers("td_quote") : members.base64Url("td_quote")));
    return facts;
  }

  static ObjectNode quote(byte[] bytes) {
    TdxQuote quote = TdxQuote.parse(bytes);
    ObjectNode facts = Facts.of("TDX quote");
    ObjectNode header = facts.putObject("header");
    header.put("version", quote.header().version());
    header.put("att_key_type", quote.header().attKeyType());
    header.put("tee_type", "0x%x".formatted(quote.header().teeType()));
    header.put("reserved", hex(quote.header().reserved()));
    header.put("vendor_id", hex(quote.header().vendorId()));
    header.put("user_data", hex(quote.header().userData()));
    facts.set("body", body(quote.body()));
    facts.set("signature", signature(quote.signature()));
    return facts;
  }

  private static ObjectNode body(TdBody body) {
    ObjectNode facts = JsonMapper.shared().createObjectNode();
    for (TdField field : TdField.values()) {
      if (body.has(field)) {
        facts.put(field.claim(), hex(body.get(field)));
      }
    }
    return facts.put("debug", body.debug());
  }

  private static ObjectNode signature(QuoteSignature signature) {
    ObjectNode facts = JsonMapper.shared().createObjectNode();
    facts.put("signature", hex(signature.signature()));
    facts.put("attestation_key", hex(signature.attestationKey()));
    ObjectNode enclave = facts.putObject("qe_report");
    for (QeReport.Field field : QeReport.Field.values()) {
      enclave.put(field.label(), hex(signature.qeReport().get(field)));
    }
    facts.put("qe_report_signature", hex(signature.qeReportSignature()));
    facts.put("qe_auth_data", hex(signature.qeAuthData()));
    ArrayNode chain = facts.putArray("certificates");
    for (Certificates.Found found : Certificates.ofBytes(signature.certificates(), "the quote")) {
      X509Certificate certificate = found.certificate();
      chain
          .addObject()
          .put("subject", certificate.getSubjectX500Principal().getName())
          .put("not_before", certificate.getNotBefore().toInstant().toString())
          .put("not_after", certificate.getNotAfter().toInstant().toString());
    }
    return facts;
  }

  /** The TDREPORT in a report of the paravisor. */
  static ObjectNode report(byte[] bytes) {
    TdReport report = TdReport.parse(bytes);
    ObjectNode facts = Facts.of("TDREPORT");
    facts.put("report_data", hex(report.reportData()));
    return facts.put("hashes_fit", report.hashesFit());
  }
}
