package dev.cocolab.tee;

import dev.cocolab.evidence.snp.FirmwareVersion;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * The secure processor of an emulated AMD chip: it knows the chip id and the firmware levels, holds
 * the endorsement key (ECDSA P-384) and signs attestation reports. Safe for use by several threads.
 */
public final class SecureProcessor {

  private static final int REPORT_VERSION = 3;
  private static final int CHIP_ID_SIZE = 64;
  private static final int ECDSA_P384_SHA384 = 1;

  /** Version of the SNP firmware on Azure's Milan hosts. */
  private static final FirmwareVersion FIRMWARE = new FirmwareVersion(1, 55, 29);

  private final ProcessorModel model;
  private final FirmwareLevels levels;
  private final byte[] chipId;
  private final PrivateKey endorsementKey;
  private final byte[] vcek;
  private final SecureRandom random;

  SecureProcessor(
      ProcessorModel model,
      FirmwareLevels levels,
      byte[] chipId,
      PrivateKey endorsementKey,
      byte[] vcek,
      SecureRandom random) {
    this.model = model;
    this.levels = levels;
    this.chipId = Arrays.copyOf(chipId, CHIP_ID_SIZE);
    this.endorsementKey = endorsementKey;
    this.vcek = vcek.clone();
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
    return levels;
  }

  /** Certificate of the endorsement key in DER, as the host's metadata service hands it out. */
  public byte[] vcek() {
    return vcek.clone();
  }

  /** A report with everything the processor itself knows; what concerns the guest is zero. */
  SnpReportBuilder report() {
    return SnpReport.builder()
        .version(REPORT_VERSION)
        .signatureAlgorithm(ECDSA_P384_SHA384)
        .currentTcb(levels.current())
        .committedTcb(levels.committed())
        .launchTcb(levels.launch())
        .reportedTcb(levels.reported())
        .currentVersion(FIRMWARE)
        .committedVersion(FIRMWARE)
        .cpuid(model.family(), model.model(), model.stepping())
        .chipId(chipId);
  }

  /** Signs the first 672 bytes. */
  SnpReport sign(SnpReportBuilder report) {
    try {
      Signature signature = Signature.getInstance("SHA384withECDSA");
      signature.initSign(endorsementKey, random);
      signature.update(report.build().signedBytes());
      ASN1Sequence parts = ASN1Sequence.getInstance(signature.sign());
      return report.signature(part(parts, 0), part(parts, 1)).build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no P-384 in this Java platform", e);
    }
  }

  private static BigInteger part(ASN1Sequence parts, int index) {
    return ASN1Integer.getInstance(parts.getObjectAt(index)).getPositiveValue();
  }
}
