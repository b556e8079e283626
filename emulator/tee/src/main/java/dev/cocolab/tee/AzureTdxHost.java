package dev.cocolab.tee;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.azure.AzTdxVtpmEvidence;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.tdx.TdBody;
import dev.cocolab.evidence.tdx.TdField;
import dev.cocolab.evidence.tdx.TdReport;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.tee.intel.TdxPlatform;
import dev.cocolab.tee.keys.EmulatedKeys;
import java.util.Arrays;
import java.util.HexFormat;
import tools.jackson.databind.node.ObjectNode;

/**
 * An Azure host with TDX: the paravisor keeps a TDREPORT for the guest, and the metadata service
 * has it quoted. Run-time registers are not used there, the vTPM measures instead.
 */
final class AzureTdxHost implements AzureHost {

  private static final int QUOTE_VERSION = 4;

  /** The attester of the guest components does not write user data on TDX. */
  private static final int CURRENT_VERSION = 1;

  private static final int HARDWARE_REPORT = 32;

  /** Zero bytes that follow the quotes of Azure's hosts. */
  private static final int TRAILING = 70;

  private static final byte[] XFAM = HexFormat.of().parseHex("e718060000000000");
  private static final byte[] MODULE =
      HexFormat.of()
          .parseHex(
              "360304d34a16aace0a18e09ad2d07d2b9fd3c174378e5bf108388079827f89ff62acc5f8c473dd40706324834e202946");

  private final TdxPlatform platform;
  private final TdBody launched;

  AzureTdxHost(TdxPlatform platform, byte[] launchMeasurement) {
    this.platform = platform;
    this.launched =
        TdBody.zero(TdBody.SIZE_1_0)
            .with(TdField.TCB_SVN, platform.teeTcbSvn())
            .with(TdField.MR_SEAM, MODULE)
            .with(TdField.XFAM, XFAM)
            .with(TdField.MR_TD, launchMeasurement);
  }

  @Override
  public Tee tee() {
    return Tee.AZ_TDX_VTPM;
  }

  @Override
  public int currentVersion() {
    return CURRENT_VERSION;
  }

  @Override
  public HclReport hclReport(byte[] variableData) {
    TdBody body = launched.with(TdField.REPORT_DATA, HclReport.reportDataFor(variableData));
    return HclReport.of(platform.report(body), variableData);
  }

  @Override
  public ObjectNode evidence(int version, TpmQuote quote, byte[] hclReport) {
    TdReport report =
        TdReport.parse(
            Arrays.copyOfRange(hclReport, HARDWARE_REPORT, HARDWARE_REPORT + TdReport.SIZE));
    byte[] tdQuote =
        platform
            .quote(QUOTE_VERSION, launched.with(TdField.REPORT_DATA, report.reportData()))
            .bytes();
    tdQuote = Arrays.copyOf(tdQuote, tdQuote.length + TRAILING);
    return new AzTdxVtpmEvidence(version, quote, hclReport, tdQuote).toJson();
  }

  @Override
  public EmulatedKeys signers() {
    return platform.signers();
  }
}
