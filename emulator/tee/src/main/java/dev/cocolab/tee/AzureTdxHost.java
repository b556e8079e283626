package dev.cocolab.tee;

import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.tdx.TdBody;
import dev.cocolab.evidence.tdx.TdField;
import dev.cocolab.evidence.tdx.TdReport;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.tee.intel.TdxPlatform;
import dev.cocolab.tee.keys.EmulatedKeys;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An Azure host with TDX: the paravisor keeps a TDREPORT for the guest, and the metadata service
 * has it quoted. Run-time registers are not used there, the vTPM measures instead.
 */
final class AzureTdxHost implements AzureHost {

  private static final int QUOTE_VERSION = 4;
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
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (version > 0) {
      json.put("version", version);
    }
    ObjectNode tpmQuote = json.putObject("tpm_quote");
    ArrayNode registers = tpmQuote.arrayNode();
    if (version == 0) {
      addNumbers(tpmQuote.putArray("signature"), quote.signature());
      addNumbers(tpmQuote.putArray("message"), quote.message());
      quote.pcrs().forEach(pcr -> addNumbers(registers.addArray(), pcr));
      tpmQuote.set("pcrs", registers);
      addNumbers(json.putArray("hcl_report"), hclReport);
      addNumbers(json.putArray("td_quote"), tdQuote);
      return json;
    }
    tpmQuote.put("signature", EvidenceJson.hex(quote.signature()));
    tpmQuote.put("message", EvidenceJson.hex(quote.message()));
    quote.pcrs().forEach(pcr -> registers.add(EvidenceJson.hex(pcr)));
    tpmQuote.set("pcrs", registers);
    json.put("hcl_report", Base64.getUrlEncoder().encodeToString(hclReport));
    return json.put("td_quote", Base64.getUrlEncoder().encodeToString(tdQuote));
  }

  private static void addNumbers(ArrayNode array, byte[] bytes) {
    for (byte octet : bytes) {
      array.add(Byte.toUnsignedInt(octet));
    }
  }

  @Override
  public EmulatedKeys signers() {
    return platform.signers();
  }
}
