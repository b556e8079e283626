package dev.cocolab.tee.tamper;

import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.TeeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Which members the evidence of a TEE has, and which fields these have. */
final class EvidenceShape {

  static final String HCL_REPORT = "hcl_report";
  static final String MESSAGE = "message";
  static final String SIGNATURE = "signature";
  static final String PCRS = "pcrs";

  private EvidenceShape() {}

  /** The members by the name of what they hold. */
  static Map<String, Part> parts(Tee tee, JsonNode evidence) {
    Map<String, Part> parts = new LinkedHashMap<>();
    switch (tee) {
      case AZ_SNP_VTPM -> {
        boolean legacy = evidence.path("version").isMissingNode();
        quote(parts, legacy ? "quote" : "tpm_quote", legacy);
        parts.put(
            HCL_REPORT,
            legacy
                ? Part.of(Encoding.NUMBERS, "report")
                : Part.of(Encoding.BASE64_URL, HCL_REPORT));
        parts.put("vcek", Part.of(legacy ? Encoding.PEM : Encoding.BASE64_URL, "vcek"));
      }
      case AZ_TDX_VTPM -> {
        boolean legacy = evidence.path("version").isMissingNode();
        quote(parts, "tpm_quote", legacy);
        Encoding encoding = legacy ? Encoding.NUMBERS : Encoding.BASE64_URL;
        parts.put(HCL_REPORT, Part.of(encoding, HCL_REPORT));
        parts.put("td_quote", Part.of(encoding, "td_quote"));
      }
      case SNP -> {
        parts.put("report", Part.of(Encoding.SNP_REPORT, "attestation_report"));
        JsonNode chain = evidence.path("cert_chain");
        for (int i = 0; i < chain.size(); i++) {
          parts.put(
              "cert." + i, Part.of(Encoding.NUMBERS, "cert_chain", Integer.toString(i), "data"));
        }
      }
      case TDX -> {
        parts.put("td_quote", Part.of(Encoding.BASE64, "quote"));
        if (evidence.path("cc_eventlog").isString()) {
          parts.put("event_log", Part.of(Encoding.BASE64, "cc_eventlog"));
        }
      }
      case TPM -> {
        parts.put(SIGNATURE, Part.of(Encoding.BASE64, "tpm_quote", "signature"));
        parts.put(MESSAGE, Part.of(Encoding.BASE64, "tpm_quote", "message"));
        parts.put(PCRS, Part.of(Encoding.HEX_REGISTERS, "tpm_quote", "pcrs"));
        parts.put("ak", Part.of(Encoding.BASE64, "ak_public"));
      }
      case SAMPLE -> {
        parts.put("svn", Part.of(Encoding.TEXT, "svn"));
        parts.put("report_data", Part.of(Encoding.BASE64, "report_data"));
      }
      default ->
          throw new TeeException(
              TeeException.Reason.NOT_EMULATED,
              "evidence of " + tee.wireName() + " cannot be taken apart");
    }
    return parts;
  }

  private static void quote(Map<String, Part> parts, String member, boolean legacy) {
    if (!legacy) {
      parts.put("version", Part.of(Encoding.NUMBER, "version"));
    }
    Encoding bytes = legacy ? Encoding.NUMBERS : Encoding.HEX;
    parts.put(SIGNATURE, Part.of(bytes, member, "signature"));
    parts.put(MESSAGE, Part.of(bytes, member, "message"));
    parts.put(
        PCRS, Part.of(legacy ? Encoding.NUMBER_REGISTERS : Encoding.HEX_REGISTERS, member, "pcrs"));
  }

  /** The fields of all members. */
  static List<EvidenceField> fields(
      Tee tee, JsonNode evidence, Map<String, Part> parts, Map<String, byte[]> bytes) {
    List<EvidenceField> fields = new ArrayList<>();
    parts.forEach(
        (key, part) -> fields.addAll(fieldsOf(tee, evidence, key, part.name(), bytes.get(key))));
    return List.copyOf(fields);
  }

  private static List<EvidenceField> fieldsOf(
      Tee tee, JsonNode evidence, String key, String part, byte[] bytes) {
    return switch (key) {
      case "version" ->
          List.of(new EvidenceField("evidence.version", part, 0, bytes.length, Layer.ENVELOPE));
      case SIGNATURE ->
          tee == Tee.TPM
              ? TpmFields.marshalledSignature(part, bytes)
              : TpmFields.signature(part, bytes);
      case MESSAGE -> TpmFields.message(part, bytes);
      case PCRS -> TpmFields.registers(part, bytes);
      case HCL_REPORT -> hcl(tee, part, bytes);
      case "vcek" ->
          CertificateFields.of(
              "vcek.", part, bytes, Layer.ENDORSEMENT, Layer.ENDORSEMENT_SIGNATURE);
      case "report" -> snp(evidence.path("attestation_report"), part);
      case "td_quote" -> tdx(part, bytes);
      case "event_log" -> EventLogFields.of(part, bytes);
      case "ak" -> List.of(new EvidenceField("ak_public", part, 0, bytes.length, Layer.TPM_KEY));
      case "svn", "report_data" ->
          List.of(new EvidenceField("sample." + key, part, 0, bytes.length, Layer.SAMPLE));
      default -> certificate(evidence, key, part, bytes);
    };
  }

  private static List<EvidenceField> hcl(Tee tee, String part, byte[] report) {
    if (report.length < HclFields.VARIABLE_DATA) {
      return List.of();
    }
    List<EvidenceField> fields = new ArrayList<>(HclFields.at(part, report));
    fields.addAll(
        tee == Tee.AZ_SNP_VTPM
            ? SnpReportFields.at(part, HclFields.HARDWARE_REPORT)
            : TdxFields.report(part, HclFields.HARDWARE_REPORT));
    return fields;
  }

  private static List<EvidenceField> snp(JsonNode report, String part) {
    return SnpReportFields.at(part, 0).stream()
        .map(field -> SnpReportMembers.carries(report, field) ? field : field.fixed())
        .toList();
  }

  /** Fields of a quote and of the PCK certificate, whose DER is a part of its own. */
  private static List<EvidenceField> tdx(String part, byte[] quote) {
    List<EvidenceField> fields = new ArrayList<>(TdxFields.quote(part, quote));
    TdxFields.Frame.of(quote)
        .flatMap(frame -> PemChain.first(TdxFields.chain(quote, frame)))
        .ifPresent(
            der ->
                fields.addAll(
                    CertificateFields.of("pck.", part + PCK, der, Layer.PCK, Layer.PCK_SIGNATURE)));
    return fields;
  }

  /** Suffix of the part that is the DER of the first certificate in the chain of a quote. */
  static final String PCK = "#pck";

  private static List<EvidenceField> certificate(
      JsonNode evidence, String key, String part, byte[] der) {
    int index = Integer.parseInt(key.substring(key.indexOf('.') + 1));
    JsonNode type = evidence.path("cert_chain").path(index).path("cert_type");
    String kind = type.isString() ? type.asString() : "";
    return switch (kind) {
      case "VCEK", "VLEK" ->
          CertificateFields.of(
              kind.toLowerCase(Locale.ROOT) + ".",
              part,
              der,
              Layer.ENDORSEMENT,
              Layer.ENDORSEMENT_SIGNATURE);
      case "ASK", "ARK" ->
          CertificateFields.of(
              kind.toLowerCase(Locale.ROOT) + ".", part, der, Layer.AUTHORITY, Layer.AUTHORITY);
      default -> List.of();
    };
  }
}
