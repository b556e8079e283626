package dev.cocolab.tee;

import dev.cocolab.evidence.snp.CertificateTable;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import dev.cocolab.tee.keys.EmulatedKeys;
import dev.cocolab.tee.keys.EmulatedKeys.Role;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/**
 * The secure processor of an emulated AMD chip: it knows the chip id and the firmware levels, holds
 * the endorsement key (ECDSA P-384) and signs attestation reports. Safe for use by several threads.
 */
public final class SecureProcessor {

  private static final int CHIP_ID_SIZE = 64;
  private static final int ECDSA_P384_SHA384 = 1;
  private static final int SIGNATURE_PART = 72;

  private final ProcessorModel model;
  private final ProcessorOptions options;
  private final byte[] chipId;
  private final HostEndorsement endorsement;
  private final SecureRandom random;

  SecureProcessor(
      ProcessorModel model,
      ProcessorOptions options,
      byte[] chipId,
      HostEndorsement endorsement,
      SecureRandom random) {
    this.model = model;
    this.options = options;
    this.chipId = Arrays.copyOf(chipId, CHIP_ID_SIZE);
    this.endorsement = endorsement;
    this.random = random;
  }

  static KeyPair newKey(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp384r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no P-384 in this Java platform", e);
    }
  }

  /** 64 bytes; on Turin all but the first 8 are zero. */
  public byte[] chipId() {
    return chipId.clone();
  }

  public FirmwareLevels levels() {
    return options.levels();
  }

  /** How the processor is set up. */
  public ProcessorOptions options() {
    return options;
  }

  /**
   * Certificate of the key that signs reports, in DER, as the host's metadata service hands it out:
   * a VCEK, or a VLEK on the host of a provider.
   */
  public byte[] vcek() {
    return endorsement.certificate();
  }

  /** The certificates that the host keeps for its guests. */
  public CertificateTable certificateTable() {
    return endorsement.table();
  }

  HostEndorsement endorsement() {
    return endorsement;
  }

  /** A report with everything the processor itself knows; what concerns the guest is zero. */
  SnpReportBuilder report() {
    FirmwareLevels levels = options.levels();
    SnpReportBuilder report =
        SnpReport.builder()
            .version(options.reportVersion())
            .signatureAlgorithm(ECDSA_P384_SHA384)
            .keyInfo(endorsement.keyInfo())
            .currentTcb(levels.current())
            .committedTcb(levels.committed())
            .launchTcb(levels.launch())
            .reportedTcb(levels.reported())
            .currentVersion(model.firmwareVersion())
            .committedVersion(model.firmwareVersion())
            .chipId(chipId);
    if (options.reportVersion() >= ProcessorOptions.CPUID_SINCE) {
      report.cpuid(model.family(), model.model(), model.stepping());
    }
    if (options.reportVersion() >= ProcessorOptions.MITIGATIONS_SINCE) {
      report.mitigations(model.mitigations(), model.mitigations());
    }
    return report;
  }

  /** Signs the first 672 bytes. */
  SnpReport sign(SnpReportBuilder report) {
    byte[] signature = sign(report.build().signedBytes());
    int half = signature.length / 2;
    return report
        .signature(
            integer(Arrays.copyOf(signature, half)),
            integer(Arrays.copyOfRange(signature, half, signature.length)))
        .build();
  }

  /** R and S, 72 bytes each, little-endian. */
  private byte[] sign(byte[] content) {
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(endorsement.key(), random);
      signature.update(content);
      byte[] bigEndian = signature.sign();
      int half = bigEndian.length / 2;
      byte[] parts = new byte[2 * SIGNATURE_PART];
      for (int i = 0; i < half; i++) {
        parts[i] = bigEndian[half - 1 - i];
        parts[SIGNATURE_PART + i] = bigEndian[bigEndian.length - 1 - i];
      }
      return parts;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no P-384 in this Java platform", e);
    }
  }

  private static BigInteger integer(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
    }
    return new BigInteger(1, bigEndian);
  }

  /** Signs reports, and certificates as the authority above. */
  EmulatedKeys signers() {
    return EmulatedKeys.none()
        .with(Role.SNP_REPORT, this::sign)
        .with(Role.ENDORSEMENT, this::certify);
  }

  private byte[] certify(byte[] content) {
    PssContentSigner signer = new PssContentSigner(endorsement.authority().key(), random);
    signer.getOutputStream().writeBytes(content);
    return signer.getSignature();
  }
}
