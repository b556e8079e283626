package dev.cocolab.tee.tamper;

import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.keys.EmulatedKeys;
import dev.cocolab.tee.keys.EmulatedKeys.Role;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * Makes again what covers a changed part of evidence: digests first, then signatures. Not safe for
 * use by several threads.
 */
final class Resigning {

  private static final int REPORT_DATA_SIZE = 64;
  private static final int TCB_INFO_SIZE = 239;
  private static final int TCB_INFO = 256;
  private static final int TD_INFO = 512;
  private static final int MAC = 224;
  private static final int DIGEST_SIZE = 48;

  private final EmulatedKeys keys;
  private Specimen specimen;

  Resigning(Specimen specimen, EmulatedKeys keys) {
    this.specimen = specimen;
    this.keys = keys;
  }

  /** The specimen after everything above the layer was made again. */
  Specimen above(Layer layer, String field) {
    switch (layer) {
      case PCRS -> pcrs();
      case TPM_MESSAGE -> quote();
      case VARIABLE_DATA -> variableData();
      case SNP_REPORT -> snpReport();
      case ENDORSEMENT -> certificate(field, Role.ENDORSEMENT);
      case TD_REPORT -> tdReport();
      case TDX_QUOTE -> tdxQuote();
      case ATTESTATION_KEY -> attestationKey();
      case QE_REPORT -> qeReport();
      case PCK -> certificate(field, Role.PCK);
      case EVENT_LOG -> eventLog(field);
      default -> {
        // nothing is above
      }
    }
    return specimen;
  }

  private void pcrs() {
    set(TpmFields.PCR_DIGEST, digest("SHA-256", whole(EvidenceShape.PCRS)));
    quote();
  }

  private void quote() {
    set("quote.signature", keys.sign(Role.TPM_QUOTE, whole(EvidenceShape.MESSAGE)));
  }

  private void variableData() {
    byte[] report = whole(EvidenceShape.HCL_REPORT);
    int end = HclFields.VARIABLE_DATA + HclFields.variableDataSize(report);
    byte[] covered = digest("SHA-256", Arrays.copyOfRange(report, HclFields.VARIABLE_DATA, end));
    byte[] reportData = Arrays.copyOf(covered, REPORT_DATA_SIZE);
    if (specimen.tee() == Tee.AZ_SNP_VTPM) {
      set("snp.report_data", reportData);
      snpReport();
    } else {
      set("tdreport.report_data", reportData);
      tdReport();
    }
  }

  private void snpReport() {
    EvidenceField first = specimen.field("snp.version");
    byte[] holder = specimen.whole(first.part());
    byte[] signed =
        Arrays.copyOfRange(holder, first.offset(), first.offset() + SnpReportFields.SIGNED);
    byte[] signature = keys.sign(Role.SNP_REPORT, signed);
    int half = signature.length / 2;
    set("snp.signature.r", Arrays.copyOf(signature, half));
    set("snp.signature.s", Arrays.copyOfRange(signature, half, signature.length));
  }

  private void certificate(String field, Role role) {
    String part = specimen.field(field).part();
    byte[] der = specimen.whole(part);
    byte[] signature = keys.sign(role, CertificateFields.signedPart(der));
    specimen = specimen.withWhole(part, CertificateFields.withSignature(der, signature));
  }

  /** The processor makes a report of the changed values, and the quoting enclave a quote of it. */
  private void tdReport() {
    byte[] holder = whole(EvidenceShape.HCL_REPORT);
    int from = HclFields.HARDWARE_REPORT;
    byte[] report = Arrays.copyOfRange(holder, from, from + TdxFields.REPORT_SIZE);
    set(
        "tdreport.tee_tcb_info_hash",
        digest("SHA-384", Arrays.copyOfRange(report, TCB_INFO, TCB_INFO + TCB_INFO_SIZE)));
    set(
        "tdreport.tee_info_hash",
        digest("SHA-384", Arrays.copyOfRange(report, TD_INFO, report.length)));
    byte[] hashed = Arrays.copyOfRange(whole(EvidenceShape.HCL_REPORT), from, from + MAC);
    set("tdreport.mac", keys.sign(Role.TD_REPORT, hashed));
    copy("tdreport.tcb_info.tee_tcb_svn", "tdx.tee_tcb_svn");
    copy("tdreport.tcb_info.mr_seam", "tdx.mr_seam");
    copy("tdreport.tcb_info.mrsigner_seam", "tdx.mrsigner_seam");
    copy("tdreport.tcb_info.seam_attributes", "tdx.seam_attributes");
    copy("tdreport.attributes", "tdx.td_attributes");
    for (String same :
        List.of(
            "xfam",
            "mr_td",
            "mr_config_id",
            "mr_owner",
            "mr_owner_config",
            "rtmr_0",
            "rtmr_1",
            "rtmr_2",
            "rtmr_3",
            "report_data")) {
      copy("tdreport." + same, "tdx." + same);
    }
    tdxQuote();
  }

  private void copy(String from, String to) {
    set(to, specimen.value(from));
  }

  private void tdxQuote() {
    byte[] quote = whole("td_quote");
    int signed = specimen.field("tdx.signature_size").offset();
    set("tdx.signature", keys.sign(Role.TDX_QUOTE, Arrays.copyOf(quote, signed)));
  }

  private void attestationKey() {
    MessageDigest sha256 = newDigest("SHA-256");
    sha256.update(specimen.value("tdx.attestation_key"));
    sha256.update(specimen.value("qe.auth_data"));
    set("qe.report_data", Arrays.copyOf(sha256.digest(), REPORT_DATA_SIZE));
    qeReport();
  }

  private void qeReport() {
    int from = specimen.field("qe.cpu_svn").offset();
    byte[] report = Arrays.copyOfRange(whole("td_quote"), from, from + TdxFields.QE_REPORT_SIZE);
    set("qe.signature", keys.sign(Role.QE_REPORT, report));
  }

  /** An event whose digest was that of its data gets the new one; then the registers follow. */
  private void eventLog(String field) {
    byte[] log = whole("event_log");
    if (field.endsWith(".data")) {
      String digest = field.substring(0, field.length() - "data".length()) + "digest";
      specimen.find(digest).ifPresent(f -> set(digest, digest("SHA-384", specimen.value(field))));
      log = whole("event_log");
    }
    byte[][] registers = new byte[4][DIGEST_SIZE];
    for (EventLogFields.Event event : EventLogFields.events(log)) {
      if (event.register() >= 1 && event.register() <= registers.length && event.digest() >= 0) {
        int index = (int) event.register() - 1;
        MessageDigest sha384 = newDigest("SHA-384");
        sha384.update(registers[index]);
        sha384.update(log, event.digest(), DIGEST_SIZE);
        registers[index] = sha384.digest();
      }
    }
    for (int i = 0; i < registers.length; i++) {
      set("tdx.rtmr_" + i, registers[i]);
    }
    tdxQuote();
  }

  private byte[] whole(String key) {
    return specimen.whole(specimen.part(key).orElseThrow());
  }

  private void set(String field, byte[] value) {
    specimen = specimen.with(specimen.field(field), value);
  }

  private static byte[] digest(String algorithm, byte[] data) {
    return newDigest(algorithm).digest(data);
  }

  private static MessageDigest newDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no " + algorithm + " in this Java platform", e);
    }
  }
}
