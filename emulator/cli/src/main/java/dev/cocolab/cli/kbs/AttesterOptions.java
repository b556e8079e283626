package dev.cocolab.cli.kbs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.cli.evidence.TeeName;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.guest.Attester;
import dev.cocolab.protocol.Attestation.InitDataText;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.InitdataException;
import dev.cocolab.protocol.ProtocolException;
import dev.cocolab.protocol.TeeKeyPair;
import dev.cocolab.tee.EvidenceMachine;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Who attests: an emulated machine, its key, and the initdata that it was started with. */
final class AttesterOptions {
  /** A second, unsigned device is shown when this is in the environment, as upstream does. */
  private static final String SAMPLE_DEVICE = "ENABLE_SAMPLE_DEVICE";

  private static final String DEVICE_SVN = "2";

  @Option(
      names = "--tee",
      paramLabel = "T",
      defaultValue = "sample",
      description =
          "What the emulated machine is: sample, tpm, snp, az-snp-vtpm (default: ${DEFAULT-VALUE}).")
  private String tee;

  @Option(
      names = "--tee-key-file",
      paramLabel = "PEM",
      description =
          "Private key of the machine: RSA (PKCS#1 or PKCS#8), EC P-256 or P-521 (PKCS#8)"
              + " (default: a new P-256 key).")
  private Path keyFile;

  @Option(
      names = "--initdata-file",
      paramLabel = "FILE",
      description = "File with the initdata, instead of the argument.")
  private Path initdataFile;

  @Parameters(
      arity = "0..1",
      paramLabel = "INITDATA",
      description = "The initdata document itself (TOML), which is sent and measured.")
  private String initdata;

  boolean hasKeyFile() {
    return keyFile != null;
  }

  /** Whether anything was said about a machine, which a token makes useless. */
  boolean namesMachine() {
    return initdata != null || initdataFile != null || !tee.equals(Tee.SAMPLE.wireName());
  }

  /**
   * The machine's key.
   *
   * @throws CliException {@link ExitCode#USAGE}
   */
  TeeKeyPair key() {
    if (keyFile == null) {
      return TeeKeyPair.generate(new SecureRandom());
    }
    try {
      return TeeKeyPair.fromPem(InputFile.read(keyFile).text());
    } catch (ProtocolException e) {
      throw new CliException(
          ExitCode.USAGE,
          "%s: %s; 'openssl pkcs8 -topk8 -nocrypt' converts other forms"
              .formatted(keyFile, e.getMessage()),
          e);
    }
  }

  /**
   * The machine, booted.
   *
   * @throws CliException {@link ExitCode#USAGE}, {@link ExitCode#UNFIT}
   */
  Attester attester(Terminal terminal, Map<String, String> environment) {
    Tee kind = TeeName.parse(tee, EmulatedMachines.TEES);
    Optional<byte[]> document = document();
    EvidenceMachine machine =
        new EmulatedMachines(terminal, environment).boot(kind, document.map(AttesterOptions::read));
    Map<String, Function<byte[], JsonNode>> devices = new LinkedHashMap<>();
    if (environment.containsKey(SAMPLE_DEVICE)) {
      devices.put(Tee.SAMPLE_DEVICE.wireName(), AttesterOptions::device);
    }
    return new Attester(
        kind.wireName(),
        machine::evidence,
        devices,
        document.map(bytes -> new InitDataText("toml", new String(bytes, UTF_8))));
  }

  private static JsonNode device(byte[] reportData) {
    return new SampleEvidence(DEVICE_SVN, Base64.getEncoder().encodeToString(reportData)).toJson();
  }

  private Optional<byte[]> document() {
    if (initdata != null && initdataFile != null) {
      throw new CliException(ExitCode.USAGE, "give INITDATA or --initdata-file, not both");
    }
    if (initdataFile != null) {
      return Optional.of(InputFile.read(initdataFile).text().getBytes(UTF_8));
    }
    return Optional.ofNullable(initdata).map(text -> text.getBytes(UTF_8));
  }

  private static Initdata read(byte[] document) {
    try {
      return Initdata.parseAnyVersion(document);
    } catch (InitdataException e) {
      throw new CliException(ExitCode.USAGE, "INITDATA: " + e.getMessage(), e);
    }
  }
}
