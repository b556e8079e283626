package dev.cocolab.evidence.tdx;

/**
 * Fields of a TD report body: 584 bytes (TDX 1.0), and two more in 648 bytes (TDX 1.5). Offsets and
 * lengths in bytes.
 */
public enum TdField {
  TCB_SVN("tcb_svn", 0, 16),
  MR_SEAM("mr_seam", 16, 48),
  MRSIGNER_SEAM("mrsigner_seam", 64, 48),
  SEAM_ATTRIBUTES("seam_attributes", 112, 8),
  TD_ATTRIBUTES("td_attributes", 120, 8),
  XFAM("xfam", 128, 8),
  MR_TD("mr_td", 136, 48),
  MR_CONFIG_ID("mr_config_id", 184, 48),
  MR_OWNER("mr_owner", 232, 48),
  MR_OWNER_CONFIG("mr_owner_config", 280, 48),
  RTMR_0("rtmr_0", 328, 48),
  RTMR_1("rtmr_1", 376, 48),
  RTMR_2("rtmr_2", 424, 48),
  RTMR_3("rtmr_3", 472, 48),
  REPORT_DATA("report_data", 520, 64),
  /** TDX 1.5 only: the level that the module has now, after an update without a restart. */
  TEE_TCB_SVN2("tee_tcb_svn2", 584, 16),
  /** TDX 1.5 only. */
  MR_SERVICETD("mr_servicetd", 600, 48);

  private final String claim;
  private final int offset;
  private final int length;

  TdField(String claim, int offset, int length) {
    this.claim = claim;
    this.offset = offset;
    this.length = length;
  }

  /** The name in Trustee's claims. */
  public String claim() {
    return claim;
  }

  /** Where it starts in the body. */
  public int offset() {
    return offset;
  }

  /** How many bytes it has. */
  public int length() {
    return length;
  }

  /** Whether a body of this size has it. */
  public boolean isIn(int bodySize) {
    return offset + length <= bodySize;
  }
}
