package dev.cocolab.tee.tamper;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Fields of a TDX quote (Intel TDX DCAP quoting library API, quote format versions 4 and 5) and of
 * a TDREPORT (TDX module ABI).
 */
final class TdxFields {

  static final int HEADER_SIZE = 48;
  static final int BODY_1_0 = 584;
  static final int BODY_1_5 = 648;
  static final int REPORT_SIZE = 1024;
  static final int QE_REPORT_SIZE = 384;
  static final int QE_REPORT_DATA = 320;

  private static final int VERSION_5 = 5;
  private static final int DIGEST_SIZE = 48;
  private static final int SIGNATURE_SIZE = 64;
  private static final int CERTIFICATION_HEADER = 6;

  private TdxFields() {}

  /** Where the parts of a quote lie, from its start. */
  record Frame(int body, int bodySize, int signedSize, int signature) {

    /** The layout the version and the body type ask for; empty for a quote too short for it. */
    static Optional<Frame> of(byte[] quote) {
      if (quote.length < HEADER_SIZE + CERTIFICATION_HEADER) {
        return Optional.empty();
      }
      ByteBuffer in = ByteBuffer.wrap(quote).order(ByteOrder.LITTLE_ENDIAN);
      boolean five = in.getShort(0) == VERSION_5;
      int body = five ? HEADER_SIZE + CERTIFICATION_HEADER : HEADER_SIZE;
      int size = five && in.getShort(HEADER_SIZE) == 3 ? BODY_1_5 : BODY_1_0;
      Frame frame = new Frame(body, size, body + size, body + size + Integer.BYTES);
      return frame.qeAuth() + Short.BYTES <= quote.length ? Optional.of(frame) : Optional.empty();
    }

    int attestationKey() {
      return signature + SIGNATURE_SIZE;
    }

    int certification() {
      return attestationKey() + SIGNATURE_SIZE;
    }

    int qeReport() {
      return certification() + CERTIFICATION_HEADER;
    }

    int qeSignature() {
      return qeReport() + QE_REPORT_SIZE;
    }

    int qeAuth() {
      return qeSignature() + SIGNATURE_SIZE;
    }

    int qeAuthSize(byte[] quote) {
      return Math.min(little(quote, qeAuth()), quote.length - qeAuth() - Short.BYTES);
    }

    /** Where the chain of the PCK begins. */
    int chain(byte[] quote) {
      return qeAuth() + Short.BYTES + qeAuthSize(quote) + CERTIFICATION_HEADER;
    }

    private static int little(byte[] bytes, int offset) {
      return Byte.toUnsignedInt(bytes[offset]) | Byte.toUnsignedInt(bytes[offset + 1]) << Byte.SIZE;
    }
  }

  static List<EvidenceField> quote(String part, byte[] quote) {
    Optional<Frame> found = Frame.of(quote);
    if (found.isEmpty()) {
      return List.of();
    }
    Frame frame = found.get();
    FieldTable header = FieldTable.of("tdx.header.", part, 0, Layer.TDX_QUOTE);
    header.add("version", 2).add("att_key_type", 2).add("tee_type", 4).add("reserved", 4);
    header.add("vendor_id", 16).add("user_data", 20);
    if (frame.body() > HEADER_SIZE) {
      header.add("body_type", 2).add("body_size", 4);
    }
    List<EvidenceField> fields = new ArrayList<>(header.fields());
    fields.addAll(body(part, frame));
    fields.addAll(signature(part, quote, frame));
    return fields;
  }

  private static List<EvidenceField> body(String part, Frame frame) {
    FieldTable body = FieldTable.of("tdx.", part, frame.body(), Layer.TDX_QUOTE);
    body.add("tee_tcb_svn", 16).add("mr_seam", DIGEST_SIZE).add("mrsigner_seam", DIGEST_SIZE);
    body.add("seam_attributes", 8).add("td_attributes", 8).add("xfam", 8);
    body.add("mr_td", DIGEST_SIZE).add("mr_config_id", DIGEST_SIZE).add("mr_owner", DIGEST_SIZE);
    body.add("mr_owner_config", DIGEST_SIZE).add("rtmr_0", DIGEST_SIZE);
    body.add("rtmr_1", DIGEST_SIZE).add("rtmr_2", DIGEST_SIZE).add("rtmr_3", DIGEST_SIZE);
    body.add("report_data", 64);
    if (frame.bodySize() == BODY_1_5) {
      body.add("tee_tcb_svn2", 16).add("mr_servicetd", DIGEST_SIZE);
    }
    return body.add("signature_size", 4, Layer.QUOTE_FRAME).fields();
  }

  private static List<EvidenceField> signature(String part, byte[] quote, Frame frame) {
    FieldTable table = FieldTable.of("", part, frame.signature(), Layer.QUOTE_FRAME);
    table.add("tdx.signature", SIGNATURE_SIZE, Layer.QUOTE_SIGNATURE);
    table.add("tdx.attestation_key", SIGNATURE_SIZE, Layer.ATTESTATION_KEY);
    table.add("tdx.certification.type", 2).add("tdx.certification.size", 4);
    List<EvidenceField> fields = new ArrayList<>(table.fields());
    FieldTable report = FieldTable.of("qe.", part, frame.qeReport(), Layer.QE_REPORT);
    report.add("cpu_svn", 16).add("misc_select", 4).skipTo(48).add("attributes", 16);
    report.add("mr_enclave", 32).skipTo(128).add("mr_signer", 32).skipTo(256);
    report.add("isv_prod_id", 2).add("isv_svn", 2).skipTo(QE_REPORT_DATA).add("report_data", 64);
    report.add("signature", SIGNATURE_SIZE, Layer.QE_SIGNATURE);
    int auth = frame.qeAuthSize(quote);
    report.add("auth_data.size", 2, Layer.QUOTE_FRAME);
    report.add("auth_data", auth, Layer.ATTESTATION_KEY);
    report.add("certification.type", 2, Layer.QUOTE_FRAME);
    report.add("certification.size", 4, Layer.QUOTE_FRAME);
    fields.addAll(report.fields());
    return fields;
  }

  /** The text of the chain: PCK leaf first. */
  static String chain(byte[] quote, Frame frame) {
    int begin = Math.min(frame.chain(quote), quote.length);
    return new String(Arrays.copyOfRange(quote, begin, quote.length), StandardCharsets.ISO_8859_1);
  }

  /**
   * Fields of a TDREPORT.
   *
   * @param base where it begins in the part
   */
  static List<EvidenceField> report(String part, int base) {
    FieldTable mac = FieldTable.of("tdreport.", part, base, Layer.TD_REPORT);
    mac.add("type", 4).skipTo(16).add("cpu_svn", 16).add("tee_tcb_info_hash", DIGEST_SIZE);
    mac.add("tee_info_hash", DIGEST_SIZE).add("report_data", 64).skipTo(224);
    mac.add("mac", 32, Layer.TD_REPORT_MAC);
    mac.add("tcb_info.valid", 8).add("tcb_info.tee_tcb_svn", 16);
    mac.add("tcb_info.mr_seam", DIGEST_SIZE).add("tcb_info.mrsigner_seam", DIGEST_SIZE);
    mac.add("tcb_info.seam_attributes", 8).skipTo(512);
    mac.add("attributes", 8).add("xfam", 8).add("mr_td", DIGEST_SIZE);
    mac.add("mr_config_id", DIGEST_SIZE).add("mr_owner", DIGEST_SIZE);
    mac.add("mr_owner_config", DIGEST_SIZE).add("rtmr_0", DIGEST_SIZE);
    mac.add("rtmr_1", DIGEST_SIZE).add("rtmr_2", DIGEST_SIZE).add("rtmr_3", DIGEST_SIZE);
    return mac.fields();
  }
}
