package dev.cocolab.tee;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.snp.GuestPolicy;
import dev.cocolab.evidence.snp.PlatformInfo;
import dev.cocolab.evidence.snp.SnpEvidence;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import dev.cocolab.tee.keys.EmulatedKeys;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * An emulated SEV-SNP guest on bare metal, which asks the secure processor for its reports itself.
 * Safe for use by several threads.
 */
public final class SnpGuest implements EvidenceMachine {

  private static final int REPORT_DATA_SIZE = 64;
  private static final int HOST_DATA_SIZE = 32;
  private static final int MEASUREMENT_SIZE = 48;
  private static final int REPORT_ID_SIZE = 32;

  /** SMT allowed, bit 17 as required; no debugging, no migration agent. */
  private static final GuestPolicy POLICY = new GuestPolicy(0x30000);

  /** SMT, ECC memory, alias check complete. */
  private static final PlatformInfo PLATFORM = new PlatformInfo(0x25);

  private final SecureProcessor processor;
  private final byte[] measurement;
  private final byte[] hostData;
  private final byte[] reportId;
  private final boolean withTable;

  private SnpGuest(
      SecureProcessor processor,
      byte[] measurement,
      byte[] hostData,
      byte[] reportId,
      boolean withTable) {
    this.processor = processor;
    this.measurement = measurement;
    this.hostData = hostData;
    this.reportId = reportId;
    this.withTable = withTable;
  }

  /**
   * Launches a guest.
   *
   * @param measurement the launch digest, 48 bytes
   * @param initDataDigest what the host binds to the guest as host data; 32 bytes are used, shorter
   *     ones are followed by zeros
   * @param random gives the report id
   * @throws TeeException {@link TeeException.Reason#VALUE_SIZE} for a measurement of another size
   */
  public static SnpGuest launch(
      SecureProcessor processor,
      byte[] measurement,
      Optional<byte[]> initDataDigest,
      SecureRandom random) {
    Objects.requireNonNull(processor, "processor");
    if (measurement.length != MEASUREMENT_SIZE) {
      throw new TeeException(
          TeeException.Reason.VALUE_SIZE,
          "a launch measurement has 48 bytes, not " + measurement.length);
    }
    byte[] reportId = new byte[REPORT_ID_SIZE];
    random.nextBytes(reportId);
    byte[] hostData = Arrays.copyOf(initDataDigest.orElse(new byte[0]), HOST_DATA_SIZE);
    return new SnpGuest(processor, measurement.clone(), hostData, reportId, true);
  }

  /** The same guest on a host that gives no certificates: the verifier has to find them. */
  public SnpGuest withoutTable() {
    return new SnpGuest(processor, measurement, hostData, reportId, false);
  }

  @Override
  public Tee tee() {
    return Tee.SNP;
  }

  /**
   * Makes evidence as an attestation agent in this guest does: a fresh report, asked for at VMPL 0,
   * and what the host's table holds: the certificate of the endorsement key, on the host of a
   * provider with its chain, or nothing.
   *
   * @param reportData what the evidence is bound to, at most 64 bytes; 48 in the KBS protocol
   * @throws TeeException {@link TeeException.Reason#VALUE_SIZE} if the report data is too long
   */
  @Override
  public ObjectNode evidence(byte[] reportData) {
    return evidence(processor.sign(report(reportData))).toJson();
  }

  SnpEvidence evidence(SnpReport report) {
    return new SnpEvidence(
        report, withTable ? Optional.of(processor.certificateTable()) : Optional.empty());
  }

  /** The report of this guest before it is signed. */
  SnpReportBuilder report(byte[] reportData) {
    if (reportData.length > REPORT_DATA_SIZE) {
      throw new TeeException(
          TeeException.Reason.VALUE_SIZE,
          "SNP Attester: Report data must be no more than 64 bytes");
    }
    byte[] noMigrationAgent = new byte[REPORT_ID_SIZE];
    Arrays.fill(noMigrationAgent, (byte) 0xff);
    return processor
        .report()
        .policy(POLICY)
        .platformInfo(PLATFORM)
        .reportData(Arrays.copyOf(reportData, REPORT_DATA_SIZE))
        .measurement(measurement)
        .hostData(hostData)
        .reportId(reportId)
        .reportIdMigrationAgent(noMigrationAgent);
  }

  SecureProcessor processor() {
    return processor;
  }

  @Override
  public EmulatedKeys keys() {
    return processor.signers();
  }
}
