package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import java.math.BigInteger;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A report in the form that guests on bare metal send: an object with a member a field, integers as
 * numbers, bytes as lists of numbers, {@code null} for what the version does not have. Immutable.
 *
 * <p>The fields are read first and put together by {@link #report()} only when version and
 * processor are known to be supported, because they decide where the fields sit in the signed
 * bytes.
 */
final class SnpReportJson {

  private static final int U8 = 8;
  private static final int U32 = 32;
  private static final int U64 = 64;

  private record Tcb(OptionalLong fmc, int bootloader, int tee, int snp, int microcode) {
    static Tcb parse(EvidenceJson json) {
      return new Tcb(
          json.optionalUnsigned("fmc", U8),
          (int) json.unsigned("bootloader", U8),
          (int) json.unsigned("tee", U8),
          (int) json.unsigned("snp", U8),
          (int) json.unsigned("microcode", U8));
    }

    /** Before Turin the FMC level has no place in the report, so it is not looked at. */
    TcbVersion in(AmdGeneration generation) {
      if (generation != AmdGeneration.TURIN) {
        return TcbVersion.of(bootloader, tee, snp, microcode);
      }
      // Trustee aborts here.
      int level = (int) fmc.orElseThrow(() -> malformed("missing field `fmc`"));
      return new TcbVersion(OptionalInt.of(level), bootloader, tee, snp, microcode);
    }
  }

  private final EvidenceJson json;
  private final long version;
  private final SnpReportBuilder common;
  private final OptionalLong family;
  private final OptionalLong model;
  private final OptionalLong stepping;
  private final Tcb current;
  private final Tcb reported;
  private final Tcb committed;
  private final Tcb launch;

  private SnpReportJson(EvidenceJson json) {
    this.json = json;
    version = json.unsigned("version", U32);
    family = json.optionalUnsigned("cpuid_fam_id", U8);
    model = json.optionalUnsigned("cpuid_mod_id", U8);
    stepping = json.optionalUnsigned("cpuid_step", U8);
    current = Tcb.parse(json.object("current_tcb"));
    reported = Tcb.parse(json.object("reported_tcb"));
    committed = Tcb.parse(json.object("committed_tcb"));
    launch = Tcb.parse(json.object("launch_tcb"));
    EvidenceJson signature = json.object("signature");
    common =
        SnpReport.builder()
            .version((int) version)
            .guestSvn(json.unsigned("guest_svn", U32))
            .policy(new GuestPolicy(json.unsigned("policy", U64)))
            .familyId(json.numbers("family_id", 16))
            .imageId(json.numbers("image_id", 16))
            .vmpl(json.unsigned("vmpl", U32))
            .signatureAlgorithm(json.unsigned("sig_algo", U32))
            .platformInfo(new PlatformInfo(json.unsigned("plat_info", U64)))
            .keyInfo(json.unsigned("key_info", U32))
            .reportData(json.numbers("report_data", 64))
            .measurement(json.numbers("measurement", 48))
            .hostData(json.numbers("host_data", 32))
            .idKeyDigest(json.numbers("id_key_digest", 48))
            .authorKeyDigest(json.numbers("author_key_digest", 48))
            .reportId(json.numbers("report_id", 32))
            .reportIdMigrationAgent(json.numbers("report_id_ma", 32))
            .chipId(json.numbers("chip_id", 64))
            .currentVersion(firmware(json.object("current")))
            .committedVersion(firmware(json.object("committed")))
            .signature(part(signature, "r"), part(signature, "s"));
    json.optionalUnsigned("launch_mit_vector", U64);
    json.optionalUnsigned("current_mit_vector", U64);
  }

  /**
   * Reads the fields; members it does not know are ignored.
   *
   * @throws EvidenceException with the reason of {@code json}
   */
  static SnpReportJson parse(EvidenceJson json) {
    return new SnpReportJson(json);
  }

  /** As written, unsigned. */
  long version() {
    return version;
  }

  /**
   * The generation of the processor.
   *
   * @throws EvidenceException {@link Refusal#CPU_GENERATION}, with the cause as the message: the
   *     text of Trustee's verifier for bare metal has nothing in front of it
   */
  AmdGeneration generation() {
    if (family.isEmpty() || model.isEmpty()) {
      throw EvidenceException.of(
          Refusal.CPU_GENERATION,
          "Attestation report version 3+ is missing CPU "
              + (family.isEmpty() ? "family" : "model")
              + " ID");
    }
    try {
      return AmdGeneration.ofCpuid((int) family.getAsLong(), (int) model.getAsLong());
    } catch (EvidenceException e) {
      throw EvidenceException.of(Refusal.CPU_GENERATION, e.getCause().getMessage());
    }
  }

  /**
   * The report in bytes, of version 3 to 5.
   *
   * @throws EvidenceException {@link Refusal#SNP_VERSION_OLD}; {@link
   *     Refusal#SNP_EVIDENCE_MALFORMED} if a field that the version or the processor has is absent;
   *     {@link Refusal#CPU_GENERATION}
   */
  SnpReport report() {
    if (version < ReportLayout.CPUID_SINCE) {
      throw EvidenceException.mismatch(
          Refusal.SNP_VERSION_OLD,
          "version",
          "at least " + ReportLayout.CPUID_SINCE,
          Long.toString(version));
    }
    AmdGeneration generation = generation();
    int step = (int) stepping.orElseThrow(() -> malformed("missing field `cpuid_step`"));
    common
        .cpuid((int) family.getAsLong(), (int) model.getAsLong(), step)
        .currentTcb(current.in(generation))
        .reportedTcb(reported.in(generation))
        .committedTcb(committed.in(generation))
        .launchTcb(launch.in(generation));
    if (version >= ReportLayout.MITIGATIONS_SINCE) {
      common.mitigations(
          json.unsigned("launch_mit_vector", U64), json.unsigned("current_mit_vector", U64));
    }
    return common.build();
  }

  /** The form in which a guest sends a report. */
  static ObjectNode write(SnpReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", report.version());
    json.put("guest_svn", report.guestSvn());
    json.put("policy", unsigned(report.policy().bits()));
    put(json, "family_id", report.familyId());
    put(json, "image_id", report.imageId());
    json.put("vmpl", report.vmpl());
    json.put("sig_algo", report.signatureAlgorithm());
    put(json, "current_tcb", report.currentTcb());
    json.put("plat_info", unsigned(report.platformInfo().bits()));
    json.put("key_info", report.keyInfo());
    put(json, "report_data", report.reportData());
    put(json, "measurement", report.measurement());
    put(json, "host_data", report.hostData());
    put(json, "id_key_digest", report.idKeyDigest());
    put(json, "author_key_digest", report.authorKeyDigest());
    put(json, "report_id", report.reportId());
    put(json, "report_id_ma", report.reportIdMigrationAgent());
    put(json, "reported_tcb", report.reportedTcb());
    put(json, "cpuid_fam_id", report.cpuFamily());
    put(json, "cpuid_mod_id", report.cpuModel());
    put(json, "cpuid_step", report.cpuStepping());
    put(json, "chip_id", report.chipId());
    put(json, "committed_tcb", report.committedTcb());
    put(json, "current", report.currentVersion());
    put(json, "committed", report.committedVersion());
    put(json, "launch_tcb", report.launchTcb());
    put(json, "launch_mit_vector", report.launchMitigations());
    put(json, "current_mit_vector", report.currentMitigations());
    ObjectNode signature = json.putObject("signature");
    put(signature, "r", SnpReportBuilder.littleEndian(report.signatureR()));
    put(signature, "s", SnpReportBuilder.littleEndian(report.signatureS()));
    return json;
  }

  private static void put(ObjectNode json, String name, byte[] bytes) {
    ArrayNode array = json.putArray(name);
    for (byte octet : bytes) {
      array.add(Byte.toUnsignedInt(octet));
    }
  }

  private static void put(ObjectNode json, String name, TcbVersion tcb) {
    ObjectNode parts = json.putObject(name);
    put(parts, "fmc", tcb.fmc());
    parts.put("bootloader", tcb.bootloader()).put("tee", tcb.tee());
    parts.put("snp", tcb.snp()).put("microcode", tcb.microcode());
  }

  private static void put(ObjectNode json, String name, FirmwareVersion version) {
    ObjectNode parts = json.putObject(name);
    parts.put("major", version.major()).put("minor", version.minor()).put("build", version.build());
  }

  private static void put(ObjectNode json, String name, OptionalInt value) {
    if (value.isPresent()) {
      json.put(name, value.getAsInt());
    } else {
      json.putNull(name);
    }
  }

  private static void put(ObjectNode json, String name, OptionalLong value) {
    if (value.isPresent()) {
      json.put(name, unsigned(value.getAsLong()));
    } else {
      json.putNull(name);
    }
  }

  private static BigInteger unsigned(long bits) {
    return new BigInteger(Long.toUnsignedString(bits));
  }

  private static FirmwareVersion firmware(EvidenceJson json) {
    return new FirmwareVersion(
        (int) json.unsigned("major", U8),
        (int) json.unsigned("minor", U8),
        (int) json.unsigned("build", U8));
  }

  private static BigInteger part(EvidenceJson signature, String name) {
    byte[] littleEndian = signature.numbers(name, ReportLayout.SIGNATURE_PART);
    byte[] magnitude = new byte[littleEndian.length];
    for (int i = 0; i < magnitude.length; i++) {
      magnitude[i] = littleEndian[magnitude.length - 1 - i];
    }
    return new BigInteger(1, magnitude);
  }

  private static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.SNP_EVIDENCE_MALFORMED, cause);
  }
}
