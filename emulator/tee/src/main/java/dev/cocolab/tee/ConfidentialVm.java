package dev.cocolab.tee;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.hcl.VmConfiguration;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import dev.cocolab.evidence.tpm.PcrBank;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.tee.intel.TdxPlatform;
import dev.cocolab.tee.keys.EmulatedKeys;
import java.security.KeyPair;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * An emulated confidential guest on Azure, measured at boot: with SEV-SNP or TDX, as its size asks
 * for. Safe for use by several threads: what would share the TPM is done one after the other.
 */
public final class ConfidentialVm implements EvidenceMachine, AutoCloseable {

  /** First evidence version whose user data is the report data. */
  private static final int BINDS_USER_DATA = 2;

  private final AzureHost host;
  private final BootImage image;
  private final VmRequest request;
  private final VirtualTpm tpm;
  private final VmConfiguration configuration;
  private final Object lock = new Object();
  private boolean closed;

  private ConfidentialVm(AzureHost host, BootImage image, VmRequest request) {
    this.host = host;
    this.image = image;
    this.request = request;
    KeyPair ak = request.keys().take();
    KeyPair ek = request.keys().take();
    this.tpm = new VirtualTpm(ak, ek, image.bootedBank(), request.random(), request.clock());
    this.configuration = new VmConfiguration(true, true, true, request.vmId());
  }

  /**
   * Boots a VM on the processor of this machine that its size asks for.
   *
   * @throws TeeException {@link TeeException.Reason#NOT_CONFIDENTIAL} for sizes without
   *     confidential hardware
   */
  public static ConfidentialVm boot(
      PlatformAuthority platform, BootImage image, VmRequest request) {
    return tee(request.size()) == Tee.AZ_TDX_VTPM
        ? boot(platform.intel().platform(), image, request)
        : boot(platform.processor(), image, request);
  }

  /**
   * Boots a VM with SEV-SNP on a given processor.
   *
   * @throws TeeException {@link TeeException.Reason#NOT_CONFIDENTIAL} or {@link
   *     TeeException.Reason#NOT_EMULATED} for sizes without SNP
   */
  public static ConfidentialVm boot(SecureProcessor processor, BootImage image, VmRequest request) {
    require(Tee.AZ_SNP_VTPM, request.size());
    return new ConfidentialVm(
        new AzureSnpHost(
            Objects.requireNonNull(processor, "processor"),
            image.launchMeasurement(),
            request.random()),
        image,
        request);
  }

  /**
   * Boots a VM with TDX on a given platform.
   *
   * @throws TeeException {@link TeeException.Reason#NOT_CONFIDENTIAL} or {@link
   *     TeeException.Reason#NOT_EMULATED} for sizes without TDX
   */
  public static ConfidentialVm boot(TdxPlatform platform, BootImage image, VmRequest request) {
    require(Tee.AZ_TDX_VTPM, request.size());
    return new ConfidentialVm(
        new AzureTdxHost(Objects.requireNonNull(platform, "platform"), image.launchMeasurement()),
        image,
        request);
  }

  private static Tee tee(String size) {
    return VmSize.teeOf(size)
        .orElseThrow(
            () ->
                new TeeException(
                    TeeException.Reason.NOT_CONFIDENTIAL,
                    "VM size " + size + " has no confidential hardware"));
  }

  private static void require(Tee wanted, String size) {
    Tee tee = tee(size);
    if (tee != wanted) {
      throw new TeeException(
          TeeException.Reason.NOT_EMULATED,
          "VM size "
              + size
              + " needs "
              + tee.wireName()
              + ", which this processor does not have; it has "
              + wanted.wireName());
    }
  }

  @Override
  public Tee tee() {
    return host.tee();
  }

  public String name() {
    return request.name();
  }

  /** The Azure VM size. */
  public String size() {
    return request.size();
  }

  /** What was booted. */
  public BootImage image() {
    return image;
  }

  /**
   * Extends a register of the SHA-256 bank, as {@code tpm2_pcrextend} in the guest does.
   *
   * @param digest 32 bytes
   * @throws TeeException {@link TeeException.Reason#PCR_NOT_EXTENDABLE} for 17 to 22, which belong
   *     to late launch; {@link TeeException.Reason#VALUE_SIZE} for a digest of another size
   */
  public void extend(int pcr, byte[] digest) {
    synchronized (lock) {
      requireRunning();
      tpm.extend(pcr, digest);
    }
  }

  /** The registers as they are now. */
  public PcrBank pcrs() {
    synchronized (lock) {
      requireRunning();
      return tpm.pcrs();
    }
  }

  /**
   * Writes the user data that the next HCL report carries, as a guest does through NV index
   * 0x01400002. Azure needs three seconds until the report is renewed; here it is immediate.
   *
   * @param data at most 64 bytes
   */
  public void writeUserData(byte[] data) {
    synchronized (lock) {
      requireRunning();
      tpm.writeUserData(data);
    }
  }

  /**
   * A fresh HCL report: 2600 bytes with a newly signed hardware report over the current variable
   * data, as read from NV index 0x01400001.
   */
  public byte[] hclReport() {
    synchronized (lock) {
      requireRunning();
      return host.hclReport(tpm.variableData(configuration)).bytes();
    }
  }

  /**
   * Makes evidence as an attestation agent in this guest does: user data, HCL report, quote over
   * all registers, and what the host's metadata service adds: endorsement certificate or TD quote.
   *
   * @param reportData what the evidence is bound to, at most 64 bytes; 48 in the KBS protocol
   * @param evidenceVersion 0, 1 or 2; before 2 the user data is left as it is
   * @throws TeeException {@link TeeException.Reason#VALUE_SIZE} if the report data is too long
   */
  public ObjectNode evidence(byte[] reportData, int evidenceVersion) {
    synchronized (lock) {
      requireRunning();
      if (evidenceVersion >= BINDS_USER_DATA) {
        tpm.writeUserData(reportData);
      }
      byte[] hclReport = hclReport();
      TpmQuote quote = tpm.quote(reportData);
      return host.evidence(evidenceVersion, quote, hclReport);
    }
  }

  /** Evidence of the version that guests send today. */
  @Override
  public ObjectNode evidence(byte[] reportData) {
    return evidence(reportData, currentEvidenceVersion());
  }

  /** The evidence version that guests of this kind send today: 2 with SNP, 1 with TDX. */
  public int currentEvidenceVersion() {
    return host.currentVersion();
  }

  @Override
  public EmulatedKeys keys() {
    return tpm.signers().and(host.signers());
  }

  /** The SNP report of this guest before it is signed. */
  SnpReportBuilder report(byte[] variableData) {
    return ((AzureSnpHost) host).report(variableData);
  }

  VirtualTpm tpm() {
    return tpm;
  }

  SecureProcessor processor() {
    return ((AzureSnpHost) host).processor();
  }

  VmConfiguration configuration() {
    return configuration;
  }

  /** Ends the VM; everything but its name and size is gone. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
  }

  private void requireRunning() {
    if (closed) {
      throw new TeeException(TeeException.Reason.CLOSED, "VM " + name() + " has been closed");
    }
  }
}
