package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.snp.CertificateTable;
import dev.cocolab.evidence.snp.CertificateTable.Kind;
import dev.cocolab.evidence.snp.SnpEvidence;
import dev.cocolab.evidence.snp.SnpReport;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Takes evidence as a guest sends it, or makes it of what the hardware itself gave. */
final class EvidenceInput {
  private EvidenceInput() {}

  /**
   * The evidence in a file.
   *
   * @param certificates those that come with a bare report
   * @param eventLog that which comes with a bare quote
   * @throws CliException {@link ExitCode#USAGE} if the file is none of the forms of this TEE
   */
  static JsonNode of(
      Tee tee, InputFile file, Optional<InputFile> certificates, Optional<InputFile> eventLog) {
    if (tee == Tee.SNP && !file.looksLikeJson() && file.bytes().length == SnpReport.SIZE) {
      return snp(file, certificates);
    }
    if (tee == Tee.TDX && !file.looksLikeJson()) {
      return tdx(file, eventLog);
    }
    if (tee == Tee.NVIDIA && !file.looksLikeJson()) {
      return nvidia(file, certificates);
    }
    return file.json();
  }

  private static JsonNode tdx(InputFile quote, Optional<InputFile> eventLog) {
    ObjectNode evidence = JsonMapper.shared().createObjectNode();
    evidence.put("cc_eventlog", eventLog.map(log -> base64(log.bytes())).orElse(null));
    return evidence.put("quote", base64(quote.bytes()));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** One Hopper GPU: its report in hex, and the chain in PEM that came with it. */
  private static JsonNode nvidia(InputFile file, Optional<InputFile> certificates) {
    InputFile chain =
        certificates.orElseThrow(
            () ->
                new CliException(
                    ExitCode.USAGE,
                    "%s is no JSON; a bare report needs its certificate chain, PEM, in --certs"
                        .formatted(file.path())));
    ObjectNode evidence = JsonMapper.shared().createObjectNode();
    evidence
        .putArray("device_evidence_list")
        .addObject()
        .put("arch", "HOPPER")
        .put("evidence", file.text().strip())
        .put("certificate", base64(chain.bytes()));
    return evidence;
  }

  private static JsonNode snp(InputFile file, Optional<InputFile> certificates) {
    try {
      return new SnpEvidence(SnpReport.parse(file.bytes()), certificates.map(EvidenceInput::table))
          .toJson();
    } catch (EvidenceException e) {
      throw new CliException(
          ExitCode.USAGE, "%s is no SNP report: %s".formatted(file.path(), e.chain()), e);
    }
  }

  private static CertificateTable table(InputFile certificates) {
    List<CertificateTable.Entry> entries = new ArrayList<>();
    for (Certificates.Found found : Certificates.ofFile(certificates)) {
      X509Certificate certificate = found.certificate();
      String name = Certificates.commonName(certificate).orElse("");
      Optional<Kind> kind = kind(name);
      if (kind.isPresent()) {
        entries.add(new CertificateTable.Entry(kind.get(), Certificates.der(certificate)));
      }
    }
    return new CertificateTable(entries);
  }

  /** By the common names of AMD's certificates. */
  private static Optional<Kind> kind(String name) {
    if (name.equals("SEV-VCEK")) {
      return Optional.of(Kind.VCEK);
    }
    if (name.equals("SEV-VLEK")) {
      return Optional.of(Kind.VLEK);
    }
    if (name.startsWith("ARK-")) {
      return Optional.of(Kind.ARK);
    }
    return name.startsWith("SEV-") ? Optional.of(Kind.ASK) : Optional.empty();
  }
}
