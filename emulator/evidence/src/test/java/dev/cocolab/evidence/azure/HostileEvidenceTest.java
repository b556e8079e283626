package dev.cocolab.evidence.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Vectors;
import dev.cocolab.evidence.hcl.HclReport;
import dev.cocolab.evidence.sample.SampleVerifier;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.snp.VcekCertificate;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whatever evidence holds, it is judged or refused: no other exception leaves a parser or a
 * verifier.
 */
class HostileEvidenceTest {

  private static final List<Consumer<byte[]>> PARSERS =
      List.of(
          SnpReport::parse,
          bytes -> readAll(HclReport.parse(bytes)),
          TpmsAttest::parse,
          bytes -> readAll(VcekCertificate.parse(bytes)));

  private static final PublicKey AUTHORITY = newKey();

  private static PublicKey newKey() {
    try {
      return KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void readAll(HclReport report) {
    for (Runnable part :
        List.<Runnable>of(
            report::variableDataDigest,
            report::snpReport,
            report::attestationKey,
            report::userData,
            report::checkHeader)) {
      judged(part);
    }
  }

  private static void readAll(VcekCertificate certificate) {
    for (VcekCertificate.Field field : VcekCertificate.Field.values()) {
      judged(() -> certificate.securityVersion(field));
    }
    judged(certificate::hardwareId);
    certificate.publicKey();
    certificate.isSignedBy(AUTHORITY);
  }

  @Test
  void everyTruncationOfCapturedBytesIsRefusedOrRead() {
    List<byte[]> blobs = capturedBlobs();
    for (int i = 0; i < blobs.size(); i++) {
      Consumer<byte[]> parser = PARSERS.get(i);
      for (int length = 0; length < blobs.get(i).length; length++) {
        byte[] truncated = Arrays.copyOf(blobs.get(i), length);
        judged(() -> parser.accept(truncated));
      }
    }
  }

  @Test
  void everyTruncationOfAPartOfTheEvidenceIsRefused() {
    Captured captured = Captured.v2();
    AzSnpVtpmEvidence evidence = captured.evidence();
    TpmQuote quote = evidence.quote();
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(captured.roots(), Vectors.CLOCK);
    int fill = 1236 + HclReport.parse(evidence.hclReport()).variableData().length;
    for (int length = 0; length < fill; length += 3) {
      byte[] hcl = Arrays.copyOf(evidence.hclReport(), length);
      refused(verifier, AzSnpVtpmEvidence.of(2, quote, hcl, evidence.vcek()));
    }
    for (int length = 0; length < evidence.vcek().length; length += 3) {
      byte[] vcek = Arrays.copyOf(evidence.vcek(), length);
      refused(verifier, AzSnpVtpmEvidence.of(2, quote, evidence.hclReport(), vcek));
    }
    for (int length = 0; length < quote.signature().length; length++) {
      TpmQuote shorter =
          TpmQuote.of(Arrays.copyOf(quote.signature(), length), quote.message(), quote.pcrs());
      refused(verifier, AzSnpVtpmEvidence.of(2, shorter, evidence.hclReport(), evidence.vcek()));
    }
    for (int count = 0; count < quote.pcrs().size(); count++) {
      TpmQuote fewer =
          TpmQuote.of(quote.signature(), quote.message(), quote.pcrs().subList(0, count));
      refused(verifier, AzSnpVtpmEvidence.of(2, fewer, evidence.hclReport(), evidence.vcek()));
    }
  }

  @Property
  void randomBytesAreRefusedOrRead(@ForAll @Size(max = 2700) byte[] bytes) {
    PARSERS.forEach(parser -> judged(() -> parser.accept(bytes)));
  }

  @Test
  void randomChangesToCapturedBytesAreRefusedOrRead() {
    Random random = new Random(20250601);
    List<byte[]> blobs = capturedBlobs();
    for (int round = 0; round < 2000; round++) {
      int index = round % blobs.size();
      byte[] changed = blobs.get(index).clone();
      byte[] patch = new byte[1 + random.nextInt(8)];
      random.nextBytes(patch);
      System.arraycopy(
          patch, 0, changed, random.nextInt(changed.length - patch.length), patch.length);
      judged(() -> PARSERS.get(index).accept(changed));
    }
  }

  /** One for each parser. */
  private static List<byte[]> capturedBlobs() {
    AzSnpVtpmEvidence evidence = Captured.v2().evidence();
    byte[] hcl = evidence.hclReport();
    return List.of(
        HclReport.parse(hcl).snpReport().bytes(), hcl, evidence.quote().message(), evidence.vcek());
  }

  @Property
  void randomJsonIsRefused(@ForAll("json") JsonNode json) {
    AzSnpVtpmVerifier verifier = new AzSnpVtpmVerifier(AmdRoots.of(Map.of()), Vectors.CLOCK);
    ExpectedBinding binding =
        new ExpectedBinding(Optional.of(Vectors.CHALLENGE), Optional.of(new byte[48]));
    assertThat(catchThrowable(() -> verifier.verify(json, binding)))
        .isInstanceOf(EvidenceException.class);
    judged(() -> new SampleVerifier().verify(json, binding));
  }

  @Provide
  Arbitrary<JsonNode> json() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    Arbitrary<String> names =
        Arbitraries.of(
            "version",
            "tpm_quote",
            "quote",
            "signature",
            "message",
            "pcrs",
            "hcl_report",
            "report",
            "vcek",
            "svn",
            "report_data");
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(40).map(nodes::stringNode),
            Arbitraries.of("", "00", "AAAA", "AA==", "abc").map(nodes::stringNode),
            Arbitraries.integers().between(-1, 300).map(i -> (JsonNode) nodes.numberNode(i)),
            Arbitraries.doubles().map(d -> (JsonNode) nodes.numberNode(d)),
            Arbitraries.of(true, false).map(b -> (JsonNode) nodes.booleanNode(b)),
            Arbitraries.just((JsonNode) nodes.nullNode()));
    Arbitrary<JsonNode> inner = Arbitraries.oneOf(leaves, arrays(leaves), objects(names, leaves));
    return objects(names, Arbitraries.oneOf(leaves, arrays(inner), objects(names, inner)));
  }

  private static Arbitrary<JsonNode> arrays(Arbitrary<JsonNode> elements) {
    return elements
        .list()
        .ofMaxSize(4)
        .map(
            list -> {
              ArrayNode array = JsonNodeFactory.instance.arrayNode();
              list.forEach(array::add);
              return array;
            });
  }

  private static Arbitrary<JsonNode> objects(Arbitrary<String> names, Arbitrary<JsonNode> members) {
    return Arbitraries.maps(names, members)
        .ofMaxSize(6)
        .map(
            map -> {
              ObjectNode object = JsonNodeFactory.instance.objectNode();
              map.forEach(object::set);
              return object;
            });
  }

  private static void refused(AzSnpVtpmVerifier verifier, AzSnpVtpmEvidence evidence) {
    ExpectedBinding binding = ExpectedBinding.ofReportData(Vectors.REPORT_DATA_V2);
    assertThat(catchThrowable(() -> verifier.verify(evidence.toJson(2), binding)))
        .isInstanceOf(EvidenceException.class);
  }

  private static void judged(Runnable work) {
    Throwable thrown = catchThrowable(work::run);
    assertThat(thrown == null || thrown instanceof EvidenceException)
        .as("only refusals: %s", thrown)
        .isTrue();
  }
}
