package dev.cocolab.tee;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.tee.keys.EmulatedKeys;
import java.security.SecureRandom;
import tools.jackson.databind.node.ObjectNode;

/** An Azure host with SEV-SNP. */
final class AzureSnpHost implements AzureHost {

  private static final int REPORT_ID_SIZE = 32;

  private final SecureProcessor processor;
  private final byte[] launchMeasurement;
  private final byte[] reportId = new byte[REPORT_ID_SIZE];

  AzureSnpHost(SecureProcessor processor, byte[] launchMeasurement, SecureRandom random) {
    this.processor = processor;
    this.launchMeasurement = launchMeasurement.clone();
    random.nextBytes(reportId);
  }

  @Override
  public Tee tee() {
    return Tee.AZ_SNP_VTPM;
  }

  @Override
  public int currentVersion() {
    return AzSnpVtpmEvidence.CURRENT_VERSION;
  }

  @Override
  public HclReport hclReport(byte[] variableData) {
    return HclReport.of(processor.sign(report(variableData)), variableData);
  }

  /** The report of the guest before it is signed. */
  SnpReportBuilder report(byte[] variableData) {
    return AzureGuest.describe(processor.report())
        .measurement(launchMeasurement)
        .reportId(reportId)
        .reportData(HclReport.reportDataFor(variableData));
  }

  @Override
  public ObjectNode evidence(int version, TpmQuote quote, byte[] hclReport) {
    return AzSnpVtpmEvidence.of(version, quote, hclReport, processor.vcek()).toJson(version);
  }

  @Override
  public EmulatedKeys signers() {
    return processor.signers();
  }

  SecureProcessor processor() {
    return processor;
  }
}
