package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.tpm.TpmQuote;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells what a file is by what it begins with, or by its members, and reads it. Nothing is
 * verified.
 */
final class Recognizer {
  private static final byte[] HCL = {'H', 'C', 'L', 'A'};
  private static final byte[] TPM_GENERATED = {(byte) 0xff, 'T', 'C', 'G'};

  /** Where the first record of an event log names its format. */
  private static final int SPEC_ID = 32;

  private static final byte[] SPEC_ID_EVENT = "Spec ID Event".getBytes(StandardCharsets.US_ASCII);
  private static final String KNOWN =
      "evidence as JSON (az-snp-vtpm, az-tdx-vtpm, snp, tdx, tpm, sample), a TPM quote as JSON or TPMS_ATTEST, an SNP"
          + " report, a TDX quote, an HCL report, an event log, a certificate";

  private static final int QUOTE_HEADER = 48;
  private static final int FIRST_QUOTE = 3;
  private static final int LAST_QUOTE = 5;

  private Recognizer() {}

  /**
   * What is in the file.
   *
   * @throws CliException {@link ExitCode#USAGE} if it is nothing that is known, or breaks off
   */
  static ObjectNode read(InputFile file) {
    try {
      return file.looksLikeJson() ? json(file) : binary(file);
    } catch (EvidenceException e) {
      throw new CliException(
          ExitCode.USAGE, "%s cannot be read: %s".formatted(file.path(), e.chain()), e);
    }
  }

  private static ObjectNode json(InputFile file) {
    JsonNode json = file.json();
    if (json.has("attestation_report") && !json.path("attestation_report").has("magic")) {
      return SnpFacts.evidence(json);
    }
    if (json.has("td_quote")) {
      return TdxFacts.azure(json);
    }
    if (json.has("quote") && !json.has("report")) {
      return TdxFacts.evidence(json);
    }
    if (json.has("vcek")) {
      return TpmFacts.azureSnp(json);
    }
    if (json.has("ak_public")) {
      return TpmFacts.evidence(json);
    }
    if (json.has("message") && json.has("signature") && json.has("pcrs")) {
      return quote(json);
    }
    if (json.has("svn")) {
      ObjectNode facts = Facts.of("evidence of sample");
      facts.setAll(SampleEvidence.parse(json).toJson());
      return facts;
    }
    throw unknown(file);
  }

  /** The member {@code tpm_quote} of Azure's evidence, alone. */
  private static ObjectNode quote(JsonNode json) {
    EvidenceJson quote = EvidenceJson.of(json, Refusal.QUOTE_MALFORMED);
    return TpmFacts.quote(
        json.path("message").isString()
            ? TpmQuote.of(quote.hex("signature"), quote.hex("message"), quote.hexList("pcrs"))
            : TpmQuote.of(
                quote.numbers("signature"), quote.numbers("message"), quote.registers("pcrs")));
  }

  private static ObjectNode binary(InputFile file) {
    byte[] bytes = file.bytes();
    if (file.startsWith(HCL)) {
      return TpmFacts.hclReport(bytes);
    }
    if (file.startsWith(TPM_GENERATED)) {
      return TpmFacts.attest(bytes);
    }
    if (isEventLog(bytes)) {
      return LogFacts.log(bytes);
    }
    if (Certificates.isCertificate(file)) {
      return certificates(file);
    }
    if (isQuote(bytes)) {
      return TdxFacts.quote(bytes);
    }
    if (bytes.length == SnpReport.SIZE) {
      return SnpFacts.report(SnpReport.parse(bytes));
    }
    throw unknown(file);
  }

  /** Version 3 to 5, little-endian, and a key of P-256 or P-384. */
  private static boolean isQuote(byte[] bytes) {
    return bytes.length > QUOTE_HEADER
        && (bytes[0] >= FIRST_QUOTE && bytes[0] <= LAST_QUOTE && bytes[1] == 0)
        && ((bytes[2] == 2 || bytes[2] == 3) && bytes[3] == 0);
  }

  private static boolean isEventLog(byte[] bytes) {
    int end = SPEC_ID + SPEC_ID_EVENT.length;
    return bytes.length >= end
        && Arrays.equals(bytes, SPEC_ID, end, SPEC_ID_EVENT, 0, SPEC_ID_EVENT.length);
  }

  private static ObjectNode certificates(InputFile file) {
    List<ObjectNode> found = new ArrayList<>();
    for (Certificates.Found one : Certificates.ofFile(file)) {
      X509Certificate certificate = one.certificate();
      ObjectNode facts = Facts.of("certificate");
      facts.put("subject", certificate.getSubjectX500Principal().getName());
      facts.put("issuer", certificate.getIssuerX500Principal().getName());
      facts.put("serial", certificate.getSerialNumber().toString(16));
      facts.put("not_before", certificate.getNotBefore().toInstant().toString());
      facts.put("not_after", certificate.getNotAfter().toInstant().toString());
      facts.put("key", certificate.getPublicKey().getAlgorithm());
      facts.put("signature_algorithm", certificate.getSigAlgName());
      if (Certificates.commonName(certificate).orElse("").matches("SEV-V[CL]EK")) {
        ObjectNode amd = SnpFacts.vcek(Certificates.der(certificate));
        facts.setAll(amd.without(List.of("kind", "common_name", "not_before", "not_after")));
      }
      found.add(facts);
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    ObjectNode facts = Facts.of("certificates");
    ArrayNode list = facts.putArray("certificates");
    found.forEach(list::add);
    return facts;
  }

  private static CliException unknown(InputFile file) {
    return new CliException(
        ExitCode.USAGE, "%s is none of what can be shown: %s".formatted(file.path(), KNOWN));
  }
}
