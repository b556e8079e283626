package dev.cocolab.tee.tamper;

import java.util.List;

/** Fields of an SNP attestation report (SEV-SNP firmware ABI, ATTESTATION_REPORT). */
final class SnpReportFields {

  static final int SIZE = 0x4a0;
  static final int SIGNED = 0x2a0;
  static final int REPORT_DATA = 0x050;

  private static final int TCB_SIZE = 8;
  private static final int ID_SIZE = 32;
  private static final int DIGEST_SIZE = 48;

  private SnpReportFields() {}

  /**
   * The fields.
   *
   * @param base where the report begins in the part
   */
  static List<EvidenceField> at(String part, int base) {
    FieldTable table = FieldTable.of("snp.", part, base, Layer.SNP_REPORT);
    table.add("version", 4).add("guest_svn", 4).add("policy", 8);
    table.add("family_id", 16).add("image_id", 16).add("vmpl", 4).add("sig_algo", 4);
    table.add("current_tcb", TCB_SIZE).add("platform_info", 8).add("key_info", 4);
    table.add("reserved.04c", 4).add("report_data", 64).add("measurement", DIGEST_SIZE);
    table.add("host_data", ID_SIZE).add("id_key_digest", DIGEST_SIZE);
    table.add("author_key_digest", DIGEST_SIZE).add("report_id", ID_SIZE);
    table.add("report_id_ma", ID_SIZE).add("reported_tcb", TCB_SIZE);
    table.add("cpuid.family", 1).add("cpuid.model", 1).add("cpuid.stepping", 1);
    table.add("reserved.18b", 21).add("chip_id", 64).add("committed_tcb", TCB_SIZE);
    table.add("current.version", 3).add("reserved.1eb", 1);
    table.add("committed.version", 3).add("reserved.1ef", 1).add("launch_tcb", TCB_SIZE);
    table.add("launch_mit_vector", 8).add("current_mit_vector", 8).add("reserved.208", 152);
    table.add("signature.r", 72, Layer.SNP_SIGNATURE).add("signature.s", 72, Layer.SNP_SIGNATURE);
    return table.add("padding", 368, Layer.SNP_SIGNATURE).fields();
  }
}
