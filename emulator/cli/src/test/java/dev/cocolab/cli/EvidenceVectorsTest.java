package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the page of the vectors says of each, as the command says it. */
class EvidenceVectorsTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CHALLENGE = "6368616c6c656e6765";
  private static final String DATA_V2 =
      "982f5c6e45df0ed3f10b6f60b02f0c8390e281300f3805e2279c16168cd6ae9aa398f647caa2338748cd0fd9f5f819ef";
  private static final String GENOA_DATA =
      "7e7320889600c7ac133aea7b896c51f41026002982292a7369559796999c1bf929eef3ff23c46e858f0b1982f9a92b17c51b578d958cde6b0c92978f150cf9b0";

  private static final String GPU = "nvidia/hopperAttestationReport.txt";
  private static final String GPU_NONCE =
      "--report-data 931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb";

  /** All roots, those of one vendor in a flat folder, and those that come with the program. */
  private static final List<String> ROOTS = List.of("ROOTS", "ROOTS/VENDOR", "vendor");

  private static final Map<String, String> ROOT =
      Map.of("az-snp-vtpm", "AMD", "snp", "AMD", "nvidia", "NVIDIA");

  @TempDir private Path folder;

  /**
   * One line of the page.
   *
   * @param evidence a file, or a recipe below
   * @param check the failed check; empty if the evidence is accepted
   * @param says part of the reason
   * @param claims file of the expected claims
   */
  private record Row(
      String tee,
      String evidence,
      String more,
      Optional<String> check,
      String says,
      Optional<String> claims) {
    static Row accepted(String tee, String evidence, String more, String claims) {
      return new Row(
          tee, evidence, more, Optional.empty(), "", Optional.of(claims).filter(c -> !c.isEmpty()));
    }

    static Row refused(String tee, String evidence, String more, String check, String says) {
      return new Row(tee, evidence, more, Optional.of(check), says, Optional.empty());
    }

    @Override
    public String toString() {
      return tee + " " + evidence + " " + check.orElse("accepted");
    }
  }

  static Stream<Row> rows() {
    String v0 = "az-snp-vtpm/evidence-v0.json";
    String v2 = "az-snp-vtpm/evidence-v2.json";
    String challenge = "--report-data " + CHALLENGE;
    String genoa = "snp/evidence-e2e-genoa.json";
    String data = "--report-data " + GENOA_DATA;
    return Stream.of(
        Row.accepted("az-snp-vtpm", v0, challenge, "az-snp-vtpm-evidence-v0"),
        Row.accepted("az-snp-vtpm", v2, "--report-data " + DATA_V2, "az-snp-vtpm-evidence-v2"),
        Row.refused(
            "az-snp-vtpm", v2, "--report-data 123abc", "QUOTE_NONCE", "doesn't match expected"),
        Row.refused("az-snp-vtpm", v0, "", "REPORT_DATA_ABSENT", "unexpected empty report data"),
        Row.refused("az-snp-vtpm", v0, challenge + " --at 2019-01-01", "VCEK_CHAIN", "not valid"),
        // A report of version 2 does not say of which generation its processor is.
        Row.refused("az-snp-vtpm", "parts", challenge, "CPU_GENERATION", "missing CPU family"),
        Row.refused(
            "az-snp-vtpm", "parts hcl 0x6e0+1", challenge, "VARIABLE_DATA_DIGEST", "digest"),
        Row.refused(
            "az-snp-vtpm", "parts hcl 0x540=0", challenge, "AK_ABSENT", "Failed to get AKpub"),
        Row.refused("az-snp-vtpm", "parts signature", challenge, "QUOTE_SIGNATURE", "not signed"),
        Row.refused(
            "az-snp-vtpm", "parts", "--report-data 65676e656c6c616863", "QUOTE_NONCE", "nonce"),
        Row.refused("az-snp-vtpm", "parts pcr0", challenge, "PCR_DIGEST", "Digest of PCRs"),
        Row.refused("az-snp-vtpm", "v0 hcl 0x1a6=0", challenge, "TCB_SNP", "SNP version mismatch"),
        Row.refused(
            "az-snp-vtpm",
            v0,
            challenge
                + " --init-data 8505e4e25e50a27c5dc8147af88efbece627fbea55291911eff832d9ee127781",
            "INIT_DATA",
            "bddaccb9c52249e97a31baea61b7d91be8221a16e703d92148d04fb8e9c1dfdd"),
        Row.refused(
            "az-snp-vtpm", "az-snp-vtpm/tpm-quote-v1.json", challenge, "EVIDENCE_MALFORMED", ""),
        Row.refused(
            "snp",
            "snp/test-report.bin",
            "--certs snp/test-vcek.der",
            "SNP_VERSION_OLD",
            "too old"),
        Row.accepted("snp", genoa, data, "snp-evidence-e2e-genoa"),
        Row.accepted("snp", genoa, data + " --at 2025-06-01T12:00:00+02:00", ""),
        Row.refused(
            "snp", "snp/evidence-e2e-genoa.report.bin", data, "VEK_SOURCES", "no certificate"),
        Row.accepted(
            "snp",
            "snp/evidence-e2e-genoa.report.bin",
            data + " --certs GENOA-VCEK",
            "snp-evidence-e2e-genoa"),
        Row.refused(
            "snp",
            "snp/evidence-e2e-genoa.report.bin",
            data + " --certs snp/test-vcek.der",
            "VEK_CHAIN",
            "does not sign"),
        Row.refused(
            "snp",
            "snp/evidence-e2e-genoa.report.bin",
            data + " --certs snp/test-vcek-invalid-legacy.der",
            "VEK_CHAIN",
            "does not sign"),
        Row.refused("snp", genoa, "--report-data 00", "REPORT_DATA", "Report Data Mismatch"),
        Row.refused("snp", genoa, "--init-data 01", "HOST_DATA", "Host Data Mismatch"),
        Row.refused("snp", "snp report_data", data, "VEK_SIGNATURE", "does not sign"),
        Row.accepted("nvidia", "gpu 1", GPU_NONCE, "GPU"),
        Row.accepted("nvidia", GPU, GPU_NONCE + " --certs nvidia/hopper_cert_chain_case1.txt", ""),
        // The page speaks of the chain alone: nothing in one that is too short signs the report.
        Row.refused("nvidia", "gpu 2", GPU_NONCE, "NVIDIA_SIGNATURE", "verification failed"),
        Row.refused("nvidia", "gpu 1", "--report-data 00", "NVIDIA_NONCE", "nonce"),
        Row.refused("nvidia", "gpu 1", "", "NVIDIA_REPORT_DATA_ABSENT", "not provided"),
        Row.accepted("tpm", "tpm/tpm_evidence.json", "", "tpm-tpm_evidence"),
        // Made before attesters cut report data to 32 bytes: its nonce has 64.
        Row.refused(
            "tpm",
            "tpm/tpm_evidence.json",
            "--report-data a04182b506878d4f29b91ee606a71a0d3361ccf1b22db20c98adcaa537bea393ef0e41a18b3569ab678f1497fbc5c120",
            "QUOTE_NONCE",
            "extraData"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void theCommandSaysOfAVectorWhatThePageSays(Row row) throws IOException {
    for (String roots : ROOTS) {
      check(row, verify(row, roots, "strict"));
    }
    if (row.check().isEmpty()) {
      check(row, verify(row, ROOTS.get(0), "compatible"));
    }
  }

  private static void check(Row row, JsonNode said) throws IOException {
    assertThat(said.propertyNames())
        .containsExactly("verdict", "tee", "root", "failed_check", "reason", "claims");
    assertThat(said.path("tee").asString()).isEqualTo(row.tee());
    if (row.check().isPresent()) {
      assertThat(said.path("verdict").asString()).isEqualTo("refused");
      assertThat(said.path("failed_check").asString()).isEqualTo(row.check().get());
      assertThat(said.path("reason").asString()).contains(row.says());
      assertThat(said.path("root").isNull()).isTrue();
      assertThat(said.path("claims").isEmpty()).isTrue();
      return;
    }
    assertThat(said.path("verdict").asString()).isEqualTo("accepted");
    assertThat(said.path("failed_check").isNull()).isTrue();
    assertThat(said.path("reason").isNull()).isTrue();
    assertThat(said.path("root").asString("none")).isEqualTo(ROOT.getOrDefault(row.tee(), "none"));
    if (row.claims().isPresent()) {
      String claims = row.claims().get();
      Path expected =
          Shared.vectors()
              .resolve(
                  claims.equals("GPU")
                      ? "nvidia/hopperAttestationReport-claims.txt"
                      : "expected/" + claims + ".claims.json");
      assertThat(said.path("claims")).isEqualTo(JSON.readTree(Shared.read(expected)));
    }
  }

  private JsonNode verify(Row row, String roots, String stance) throws IOException {
    Path vectors = Shared.vectors();
    List<String> line =
        new ArrayList<>(List.of("evidence", "verify", "--json", "--tee", row.tee()));
    line.addAll(List.of("--evidence", evidence(vectors, row.evidence()).toString()));
    line.addAll(
        List.of(
            "--roots",
            roots
                .replace("ROOTS", vectors.resolve("roots").toString())
                .replace("VENDOR", row.tee().equals("nvidia") ? "nvidia" : "amd")));
    line.addAll(List.of("--stance", stance));
    List<String> more = new ArrayList<>(Arrays.asList(row.more().split(" ")));
    more.remove("");
    int certificates = more.indexOf("--certs") + 1;
    if (certificates > 0) {
      String name = more.get(certificates);
      Path file = name.equals("GENOA-VCEK") ? genoaVcek(vectors) : vectors.resolve(name);
      more.set(certificates, file.toString());
    }
    line.addAll(more);
    if (!more.contains("--at")) {
      line.addAll(List.of("--at", "2025-06-01"));
    }
    Screen screen = new Screen(Map.of("COCOLAB_HOME", folder.resolve("home").toString()));
    int code = screen.run(line.toArray(String[]::new));
    assertThat(screen.err()).isEmpty();
    assertThat(code).isEqualTo(row.check().isPresent() ? 1 : 0);
    return JSON.readTree(screen.out());
  }

  /** A file of the vectors, or one that is made of them. */
  private Path evidence(Path vectors, String name) throws IOException {
    String[] words = name.split(" ");
    return switch (words[0]) {
      case "parts" -> written(parts(vectors, words));
      case "v0" -> {
        ObjectNode v0 = (ObjectNode) read(vectors.resolve("az-snp-vtpm/evidence-v0.json"));
        ArrayNode report = (ArrayNode) v0.path("report");
        String[] change = words[2].split("=", 2);
        report.set(Integer.decode(change[0]).intValue(), Integer.decode(change[1]).intValue());
        yield written(v0);
      }
      case "gpu" -> {
        ObjectNode gpus = JSON.createObjectNode();
        Path chain = vectors.resolve("nvidia/hopper_cert_chain_case" + words[1] + ".txt");
        gpus.putArray("device_evidence_list")
            .addObject()
            .put("arch", "HOPPER")
            .put("uuid", "1111-2222-33333-444444-555555")
            .put("evidence", Files.readString(vectors.resolve(GPU)))
            .put("certificate", Base64.getEncoder().encodeToString(Shared.read(chain)));
        yield written(gpus);
      }
      case "snp" -> {
        ObjectNode genoa = (ObjectNode) read(vectors.resolve("snp/evidence-e2e-genoa.json"));
        ArrayNode bytes = (ArrayNode) genoa.path("attestation_report").path(words[1]);
        bytes.set(0, bytes.get(0).asInt() ^ 1);
        yield written(genoa);
      }
      default -> vectors.resolve(name);
    };
  }

  /** Evidence of version 1, put together of report, quote and certificate, with one change. */
  private static ObjectNode parts(Path vectors, String[] words) {
    String where = "az-snp-vtpm/";
    ObjectNode quote = (ObjectNode) read(vectors.resolve(where + "tpm-quote-v1.json"));
    byte[] hcl = Shared.read(vectors.resolve(where + "hcl-report.bin"));
    switch (words.length > 1 ? words[1] : "") {
      case "hcl" -> {
        String[] change = words[2].split("[+=]", 2);
        int at = Integer.decode(change[0]);
        hcl[at] = words[2].contains("=") ? 0 : (byte) (hcl[at] + 1);
      }
      case "signature" -> quote.put("signature", flipped(quote.path("signature")));
      case "pcr0" -> ((ArrayNode) quote.path("pcrs")).set(0, flipped(quote.path("pcrs").get(0)));
      default -> {}
    }
    ObjectNode evidence = JSON.createObjectNode().put("version", 1);
    evidence.set("tpm_quote", quote);
    evidence.put("hcl_report", Base64.getUrlEncoder().encodeToString(hcl));
    return evidence.put("vcek", Base64.getUrlEncoder().encodeToString(leaf(vectors)));
  }

  /** With the lowest bit of the first byte changed. */
  private static String flipped(JsonNode hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.asString());
    bytes[0] ^= 1;
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] leaf(Path vectors) {
    String pem =
        new String(Shared.read(vectors.resolve("az-snp-vtpm/vcek.pem")), StandardCharsets.US_ASCII);
    String body = pem.substring(pem.indexOf("-----\n") + 6, pem.indexOf("-----END"));
    return Base64.getMimeDecoder().decode(body);
  }

  private Path genoaVcek(Path vectors) throws IOException {
    JsonNode evidence = read(vectors.resolve("snp/evidence-e2e-genoa.json"));
    for (JsonNode entry : evidence.path("cert_chain")) {
      if (entry.path("cert_type").asString("").equals("VCEK")) {
        return Files.write(folder.resolve("vcek"), bytes(entry.path("data")));
      }
    }
    throw new AssertionError("the vector has no VCEK");
  }

  private Path written(JsonNode evidence) throws IOException {
    return Files.writeString(folder.resolve("evidence.json"), evidence.toString());
  }

  private static JsonNode read(Path file) {
    return JSON.readTree(Shared.read(file));
  }

  private static byte[] bytes(JsonNode numbers) {
    byte[] bytes = new byte[numbers.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) numbers.get(i).asInt();
    }
    return bytes;
  }
}
