package dev.cocolab.evidence;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Evidence captured on real hardware, kept beside the repository; tests that need it are skipped
 * where it is absent.
 */
public final class Vectors {

  /** A time at which every certificate of the SNP vectors is valid. */
  public static final Clock CLOCK =
      Clock.fixed(Instant.parse("2025-06-01T00:00:00Z"), ZoneOffset.UTC);

  /** Nonce of every az-snp-vtpm vector but evidence-v2. */
  public static final byte[] CHALLENGE = "challenge".getBytes(StandardCharsets.US_ASCII);

  /** Report data of evidence-v2. */
  public static final byte[] REPORT_DATA_V2 =
      HexFormat.of()
          .parseHex(
              "982f5c6e45df0ed3f10b6f60b02f0c8390e281300f3805e2279c16168cd6ae9aa398f647caa2338748cd0fd9f5f819ef");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path directory;

  private Vectors(Path directory) {
    this.directory = directory;
  }

  /** The vectors, or a skipped test that says where they were looked for. */
  public static Vectors required() {
    Path found = search();
    assumeTrue(
        Files.isDirectory(found.resolve("vectors")),
        "no vectors at " + found + "; set -Dcocolab.shared to the directory that holds them");
    return new Vectors(found.resolve("vectors"));
  }

  private static Path search() {
    String configured = System.getProperty("cocolab.shared", "");
    if (!configured.isEmpty()) {
      return Path.of(configured);
    }
    Path candidate = Path.of("").toAbsolutePath();
    for (Path at = candidate; at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("../shared/vectors"))) {
        return at.resolve("../shared").normalize();
      }
    }
    return candidate.resolve("../shared").normalize();
  }

  public byte[] bytes(String name) {
    try {
      return Files.readAllBytes(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  public JsonNode json(String name) {
    return JSON.readTree(bytes(name));
  }

  /** Names of the files in a folder. */
  public List<String> files(String folder) {
    try (Stream<Path> files = Files.list(directory.resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** AMD's own authorities. */
  public AmdRoots amdRoots() {
    Map<AmdGeneration, AmdRoots.Chain> chains = new EnumMap<>(AmdGeneration.class);
    for (AmdGeneration generation : AmdGeneration.values()) {
      String file = generation.name().toLowerCase(Locale.ROOT) + "_ask_ark_asvk.pem";
      chains.put(generation, AmdRoots.Chain.ofBundle(bytes("roots/amd/" + file)));
    }
    return AmdRoots.of(chains);
  }
}
