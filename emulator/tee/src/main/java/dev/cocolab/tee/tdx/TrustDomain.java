package dev.cocolab.tee.tdx;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.eventlog.AgentEvent;
import dev.cocolab.evidence.eventlog.DigestAlgorithm;
import dev.cocolab.evidence.eventlog.EventLog;
import dev.cocolab.evidence.eventlog.EventLogBuilder;
import dev.cocolab.evidence.tdx.TdBody;
import dev.cocolab.evidence.tdx.TdField;
import dev.cocolab.evidence.tdx.TdxEvidence;
import dev.cocolab.evidence.tdx.TdxQuote;
import dev.cocolab.tee.BootImage;
import dev.cocolab.tee.EvidenceMachine;
import dev.cocolab.tee.TeeException;
import dev.cocolab.tee.intel.TdxPlatform;
import dev.cocolab.tee.keys.EmulatedKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * An emulated TDX guest on bare metal, measured at boot, whose quotes come from the host's quoting
 * enclave. Safe for use by several threads.
 */
public final class TrustDomain implements EvidenceMachine {

  private static final int REPORT_DATA_SIZE = 64;

  /** #VE for pages that are taken away is off; debugging is not on. */
  private static final byte[] ATTRIBUTES = HexFormat.of().parseHex("0000001000000000");

  private static final byte[] XFAM = HexFormat.of().parseHex("e702060000000000");

  /** Identity of the TDX module. */
  private static final byte[] MODULE =
      DigestAlgorithm.SHA384.digest("CoCoLab TDX module".getBytes(StandardCharsets.US_ASCII));

  private final TdxPlatform platform;
  private final TdOptions options;
  private final TdBody launched;
  private final EventLog bootLog;
  private final List<AgentEvent> events = new ArrayList<>();
  private final List<Integer> registers = new ArrayList<>();

  private TrustDomain(TdxPlatform platform, TdOptions options, TdBody launched, EventLog bootLog) {
    this.platform = platform;
    this.options = options;
    this.launched = launched;
    this.bootLog = bootLog;
  }

  /**
   * Launches a guest that boots the image's kernel directly.
   *
   * @param image its launch measurement is MRTD
   * @param initDataDigest what the host binds to the guest as MRCONFIGID; 48 bytes are used,
   *     shorter ones are followed by zeros
   */
  public static TrustDomain launch(
      TdxPlatform platform, BootImage image, Optional<byte[]> initDataDigest, TdOptions options) {
    Objects.requireNonNull(platform, "platform");
    Objects.requireNonNull(options, "options");
    byte[] configId =
        Arrays.copyOf(initDataDigest.orElse(new byte[0]), TdField.MR_CONFIG_ID.length());
    TdBody body =
        measured(platform, image.launchMeasurement(), options.bodySize())
            .with(TdField.TD_ATTRIBUTES, attributes(options.debug()))
            .with(TdField.MR_CONFIG_ID, configId);
    return new TrustDomain(platform, options, body, EventLog.parse(TdBoot.of(image).log()));
  }

  /** What the module reports of every guest with this measurement. */
  static TdBody measured(TdxPlatform platform, byte[] mrTd, int bodySize) {
    TdBody body =
        TdBody.zero(bodySize)
            .with(TdField.TCB_SVN, platform.teeTcbSvn())
            .with(TdField.MR_SEAM, MODULE)
            .with(TdField.XFAM, XFAM)
            .with(TdField.MR_TD, mrTd);
    return body.has(TdField.TEE_TCB_SVN2)
        ? body.with(TdField.TEE_TCB_SVN2, platform.teeTcbSvn())
        : body;
  }

  private static byte[] attributes(boolean debug) {
    byte[] attributes = ATTRIBUTES.clone();
    attributes[0] |= (byte) (debug ? 1 : 0);
    return attributes;
  }

  @Override
  public Tee tee() {
    return Tee.TDX;
  }

  /**
   * Records an event of the attestation agent: it is appended to the log and extends the run-time
   * register that stands for the PCR.
   *
   * @param pcr 17 by default, which is RTMR 3
   */
  public synchronized void measure(int pcr, AgentEvent event) {
    registers.add(EventLog.registerOfPcr(pcr));
    events.add(Objects.requireNonNull(event, "event"));
  }

  /** The log of the firmware, and what the agent added; ended by eight bytes of 0xff. */
  public synchronized byte[] eventLog() {
    EventLogBuilder log = bootLog.append(DigestAlgorithm.SHA384);
    for (int i = 0; i < events.size(); i++) {
      log.measure(registers.get(i), events.get(i));
    }
    return log.build();
  }

  /**
   * A quote of the registers as they are now.
   *
   * @param reportData at most 64 bytes
   * @throws TeeException {@link TeeException.Reason#VALUE_SIZE} if the report data is too long
   */
  public TdxQuote quote(byte[] reportData) {
    return quote(reportData, eventLog());
  }

  private TdxQuote quote(byte[] reportData, byte[] log) {
    if (reportData.length > REPORT_DATA_SIZE) {
      throw new TeeException(
          TeeException.Reason.VALUE_SIZE,
          "TDX Attester: Report data must be no more than 64 bytes");
    }
    List<byte[]> rtmrs = EventLog.parse(log).replayRtmrs(DigestAlgorithm.SHA384);
    TdBody body =
        launched
            .with(TdField.RTMR_0, rtmrs.get(0))
            .with(TdField.RTMR_1, rtmrs.get(1))
            .with(TdField.RTMR_2, rtmrs.get(2))
            .with(TdField.RTMR_3, rtmrs.get(3))
            .with(TdField.REPORT_DATA, Arrays.copyOf(reportData, REPORT_DATA_SIZE));
    return platform.quote(options.quoteVersion(), body);
  }

  @Override
  public ObjectNode evidence(byte[] reportData) {
    byte[] log = eventLog();
    return new TdxEvidence(
            quote(reportData, log).bytes(),
            options.eventLog() ? Optional.of(log) : Optional.empty())
        .toJson();
  }

  @Override
  public EmulatedKeys keys() {
    return platform.signers();
  }
}
