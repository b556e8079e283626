package dev.cocolab.cli.lint;

import dev.cocolab.broker.lint.LintSubject;
import dev.cocolab.broker.lint.LintSubject.PolicyText;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.InitdataException;
import dev.cocolab.rego.RegoDialect;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The documents that are named on the command line. */
final class LintFiles {
  private static final long LONGEST = 4L * 1024 * 1024;

  @Option(
      names = "--attestation-policy",
      paramLabel = "FILE",
      description = "Policy of the attestation service, Rego.")
  private Path attestationPolicy;

  @Option(
      names = "--resource-policy",
      paramLabel = "FILE",
      description = "Policy of the key broker, Rego.")
  private Path resourcePolicy;

  @Option(
      names = "--reference-values",
      paramLabel = "FILE",
      description = "Reference values: the JSON of the ConfigMap, or the ConfigMap in YAML.")
  private Path referenceValues;

  @Option(
      names = "--initdata",
      paramLabel = "FILE",
      description = "Initdata, TOML or as in the annotation; may be repeated.")
  private List<Path> initdata = new ArrayList<>();

  /** Whether there is any. */
  boolean any() {
    return attestationPolicy != null
        || resourcePolicy != null
        || referenceValues != null
        || !initdata.isEmpty();
  }

  /**
   * Reads them.
   *
   * @throws CliException USAGE, naming the file and what is wrong
   */
  LintSubject read(RegoDialect dialect) {
    Map<String, Initdata> documents = new TreeMap<>();
    initdata.forEach(file -> documents.put(file.toString(), initdata(file)));
    return new LintSubject(
        policy(attestationPolicy),
        policy(resourcePolicy),
        Optional.ofNullable(referenceValues).map(LintFiles::values),
        documents,
        Optional.empty(),
        dialect);
  }

  private static Optional<PolicyText> policy(Path file) {
    return Optional.ofNullable(file).map(path -> new PolicyText(path.toString(), text(path)));
  }

  private static Map<String, JsonNode> values(Path file) {
    try {
      return ReferenceValueDocument.parse(text(file));
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE, "%s holds no reference values: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Initdata initdata(Path file) {
    String text = text(file);
    try {
      return text.strip().matches("[A-Za-z0-9+/=]+")
          ? Initdata.decodeAnnotation(text.strip())
          : Initdata.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (InitdataException e) {
      throw new CliException(
          ExitCode.USAGE, "%s is no initdata: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new CliException(
            ExitCode.USAGE, "%s is longer than %d bytes".formatted(file, LONGEST));
      }
      return Files.readString(file);
    } catch (MalformedInputException e) {
      throw new CliException(ExitCode.USAGE, "%s is no UTF-8 text".formatted(file), e);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, "cannot read %s (%s)".formatted(file, e.getClass().getSimpleName()), e);
    }
  }
}
