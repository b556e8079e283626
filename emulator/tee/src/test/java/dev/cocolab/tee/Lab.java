package dev.cocolab.tee;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.azure.AzSnpVtpmEvidence;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.snp.SnpReportBuilder;
import dev.cocolab.evidence.tpm.TpmQuote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The platform of the tests, kept below {@code target} so that its keys are made once, and captured
 * evidence where it is there.
 */
public final class Lab {

  public static final Clock CLOCK =
      Clock.fixed(Instant.parse("2025-06-01T00:00:00Z"), ZoneOffset.UTC);
  public static final SecureRandom RANDOM = new SecureRandom();
  public static final byte[] REPORT_DATA =
      "0123456789abcdef0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  public static final String SIZE = "Standard_DC4as_v5";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Lab() {}

  /** With keys of the real size. */
  public static PlatformAuthority platform() {
    return platformAt(CLOCK);
  }

  public static PlatformAuthority platformAt(Clock clock) {
    return PlatformAuthority.open(Path.of("target/test-platform"), RANDOM, clock);
  }

  /** Another machine, with smaller keys. */
  public static PlatformAuthority otherPlatform(AmdGeneration generation) {
    return PlatformAuthority.open(
        Path.of("target/other-platform"), generation, 2048, RANDOM, CLOCK, line -> {});
  }

  public static VmRequest request(RsaKeys keys) {
    return new VmRequest(
        "podvm-fraud-detection-1a2b3c4d",
        SIZE,
        UUID.fromString("7df7b373-b947-4aaa-96e5-c358f2a03d20"),
        RANDOM,
        CLOCK,
        keys);
  }

  /**
   * Evidence of which the named parts were made otherwise and everything that covers them was
   * signed again.
   */
  public static AzSnpVtpmEvidence forged(
      ConfidentialVm vm,
      int version,
      UnaryOperator<String> variableData,
      UnaryOperator<SnpReportBuilder> report,
      UnaryOperator<TpmQuote> quote,
      Optional<byte[]> vcek) {
    if (version == 2) {
      vm.writeUserData(REPORT_DATA);
    }
    String plain = new String(vm.tpm().variableData(vm.configuration()), StandardCharsets.UTF_8);
    byte[] changed = variableData.apply(plain).getBytes(StandardCharsets.UTF_8);
    HclReport hcl = HclReport.of(vm.processor().sign(report.apply(vm.report(changed))), changed);
    return AzSnpVtpmEvidence.of(
        version,
        quote.apply(vm.tpm().quote(REPORT_DATA)),
        hcl.bytes(),
        vcek.orElseGet(vm.processor()::vcek));
  }

  /** The directory of captured evidence; empty where it is absent. */
  public static Optional<Path> vectors() {
    String configured = System.getProperty("cocolab.shared", "");
    if (!configured.isEmpty()) {
      return Optional.of(Path.of(configured, "vectors")).filter(Files::isDirectory);
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path vectors = at.resolve("../shared/vectors").normalize();
      if (Files.isDirectory(vectors)) {
        return Optional.of(vectors);
      }
    }
    return Optional.empty();
  }

  public static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static JsonNode json(Path file) {
    return JSON.readTree(read(file));
  }

  public static JsonNode json(byte[] bytes) {
    return JSON.readTree(bytes);
  }

  public static AmdRoots realRoots(Path vectors) {
    Map<AmdGeneration, AmdRoots.Chain> chains = new EnumMap<>(AmdGeneration.class);
    for (AmdGeneration generation : AmdGeneration.values()) {
      String file = generation.name().toLowerCase(Locale.ROOT) + "_ask_ark_asvk.pem";
      chains.put(
          generation, AmdRoots.Chain.ofBundle(read(vectors.resolve("roots/amd").resolve(file))));
    }
    return AmdRoots.of(chains);
  }
}
