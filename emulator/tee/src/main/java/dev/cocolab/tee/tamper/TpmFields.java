package dev.cocolab.tee.tamper;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Fields of a TPM quote: TPMS_ATTEST, signature, registers (TPM 2.0 part 2). */
final class TpmFields {

  static final String PCR_DIGEST = "quote.pcr_digest";

  private static final int REGISTER_SIZE = 32;
  private static final int DIGEST_SIZE = 32;
  private static final int SIGNATURE_HEADER = 6;

  private TpmFields() {}

  /** Fields of a message; none for one that is not as long as it says. */
  static List<EvidenceField> message(String part, byte[] message) {
    FieldTable table = FieldTable.of("quote.", part, 0, Layer.TPM_MESSAGE);
    ByteBuffer in = ByteBuffer.wrap(message);
    int signer = size(in, 6);
    int nonce = size(in, 8 + signer);
    table.add("magic", 4).add("type", 2).add("qualified_signer.size", 2);
    table.add("qualified_signer", signer).add("extra_data.size", 2).add("extra_data", nonce);
    table.add("clock", 8).add("reset_count", 4).add("restart_count", 4).add("safe", 1);
    table.add("firmware_version", 8).add("pcr_select.count", 4).add("pcr_select.hash", 2);
    table.add("pcr_select.size", 1).add("pcr_select.bitmap", 3).add("pcr_digest.size", 2);
    List<EvidenceField> fields = table.add("pcr_digest", DIGEST_SIZE).fields();
    return fields.get(fields.size() - 1).end() <= message.length ? fields : List.of();
  }

  private static int size(ByteBuffer in, int offset) {
    return offset + Short.BYTES <= in.capacity() ? Short.toUnsignedInt(in.getShort(offset)) : 0;
  }

  /** A bare signature. */
  static List<EvidenceField> signature(String part, byte[] signature) {
    return FieldTable.of("quote.", part, 0, Layer.TPM_SIGNATURE)
        .add("signature", signature.length)
        .fields();
  }

  /** A TPMT_SIGNATURE. */
  static List<EvidenceField> marshalledSignature(String part, byte[] signature) {
    FieldTable table = FieldTable.of("quote.", part, 0, Layer.TPM_SIGNATURE);
    table.add("signature.algorithm", 2).add("signature.hash", 2).add("signature.size", 2);
    return table.add("signature", Math.max(0, signature.length - SIGNATURE_HEADER)).fields();
  }

  static List<EvidenceField> registers(String part, byte[] registers) {
    List<EvidenceField> fields = new ArrayList<>();
    for (int i = 0; i < registers.length / REGISTER_SIZE; i++) {
      String name = "pcr.%02d".formatted(i);
      fields.add(new EvidenceField(name, part, i * REGISTER_SIZE, REGISTER_SIZE, Layer.PCRS));
    }
    return fields;
  }
}
