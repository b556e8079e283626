package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.snp.FirmwareVersion;
import dev.cocolab.evidence.snp.TcbVersion;
import java.util.OptionalInt;

/**
 * A processor of a generation.
 *
 * @param family CPUID, extended plus base family
 * @param productName as in the certificate of its endorsement key
 * @param chipIdSize bytes of the chip id that are used
 * @param firmware the TCB version it ships with; for Milan that of Azure's hosts
 * @param firmwareVersion version of its SNP firmware
 * @param mitigations vector of verified mitigations, in reports that have one
 */
record ProcessorModel(
    int family,
    int model,
    int stepping,
    String productName,
    int chipIdSize,
    TcbVersion firmware,
    FirmwareVersion firmwareVersion,
    long mitigations) {

  private static final ProcessorModel MILAN =
      new ProcessorModel(
          0x19,
          0x01,
          0x01,
          "Milan-B0",
          64,
          TcbVersion.of(4, 0, 24, 219),
          new FirmwareVersion(1, 55, 29),
          1);
  private static final ProcessorModel GENOA =
      new ProcessorModel(
          0x19,
          0x11,
          0x01,
          "Genoa",
          64,
          TcbVersion.of(9, 0, 23, 72),
          new FirmwareVersion(1, 55, 39),
          1);
  private static final ProcessorModel TURIN =
      new ProcessorModel(
          0x1a,
          0x02,
          0x01,
          "Turin",
          8,
          new TcbVersion(OptionalInt.of(1), 1, 1, 4, 76),
          new FirmwareVersion(1, 58, 3),
          1);

  static ProcessorModel of(AmdGeneration generation) {
    return switch (generation) {
      case MILAN -> MILAN;
      case GENOA -> GENOA;
      case TURIN -> TURIN;
    };
  }
}
