package dev.cocolab.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.protocol.InitdataException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitdataTest {
  private static final String DOCUMENT =
      """
      algorithm = "sha256"
      version = "0.1.0"
      pod_name = "one"

      [data]
      "aa.toml" = '''
      [token_configs]
      '''
      "policy.rego" = '''
      package agent_policy
      '''
      """;

  @Test
  void readsTheDocumentAndIgnoresOtherKeys() {
    Initdata initdata = Initdata.parse(bytes(DOCUMENT));

    assertThat(initdata.algorithm()).isEqualTo("sha256");
    assertThat(initdata.data())
        .containsEntry("aa.toml", "[token_configs]\n")
        .containsEntry("policy.rego", "package agent_policy\n")
        .hasSize(2);
    assertThat(initdata.bytes()).isEqualTo(bytes(DOCUMENT));
  }

  @Test
  void dummyDocumentHasThePublishedDigestAndRegister() {
    assertThat(Vectors.hex(Initdata.dummy().digest()))
        .isEqualTo("adb48cc14fea9403d3d51f3b5f5068fd4d80445a14e94f1b3d5dbabaad66478d");
    assertThat(Vectors.hex(Initdata.dummy().pcr8()))
        .isEqualTo("4b58b30becd30d16f7f60d56b32661d921ae0d3310c6a89f5d552f9bfee921a9");
  }

  @Test
  void registerFollowsTheWorkshopsVectors() {
    assertThat(Vectors.hex(Initdata.pcr8Of(bytes("abc"))))
        .isEqualTo("589f9ffed4c477966bfb8d41f37895b08c69047df8f911d6f3b57fbe08faee8d");
    assertThat(Vectors.hex(Initdata.pcr8Of(new byte[0])))
        .isEqualTo("1c9ecec90e28d2461650418635878a5c91e49f47586ecf75f2b0cbb94e897112");
  }

  @Test
  void oneLineEndMoreIsAnotherRegister() {
    Initdata one = Initdata.parse(bytes(DOCUMENT));
    Initdata other = Initdata.parse(bytes(DOCUMENT + "\n"));

    assertThat(one.pcr8()).isNotEqualTo(other.pcr8());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha384", "sha512"})
  void longerDigestsAreCutForTheRegister(String algorithm) {
    Initdata initdata = Initdata.parse(bytes(DOCUMENT.replace("sha256", algorithm)));

    assertThat(initdata.digest()).hasSize(algorithm.equals("sha384") ? 48 : 64);
    assertThat(initdata.pcr8()).hasSize(32);
  }

  @Test
  void compressionDoesNotChangeWhatIsMeasured() {
    Initdata initdata = Initdata.parse(bytes(DOCUMENT));

    Initdata again = Initdata.decodeAnnotation(initdata.encodeAnnotation());

    assertThat(again.bytes()).isEqualTo(initdata.bytes());
    assertThat(again.pcr8()).isEqualTo(initdata.pcr8());
    assertThat(initdata.encodeAnnotation()).doesNotContain("\n", "\r", " ");
  }

  @Test
  void refusesTheDocumentItself() {
    assertThat(refusal(DOCUMENT))
        .hasMessage("initdata create gzip reader error: illegal base64 data at input byte 9")
        .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.NOT_BASE64));
  }

  @Test
  void refusesBase64OfTheDocument() {
    assertThat(refusal(base64(bytes(DOCUMENT))))
        .hasMessage("initdata create gzip reader error: gzip: invalid header")
        .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.NOT_GZIP));
  }

  @Test
  void refusesADocumentEncodedTwice() throws Exception {
    String once = base64(gzip(bytes(DOCUMENT)));
    String encodedTwice = base64(gzip(bytes(once)));
    String compressedTwice = base64(gzip(gzip(bytes(DOCUMENT))));

    for (String value : new String[] {encodedTwice, compressedTwice}) {
      assertThat(refusal(value))
          .hasMessageStartingWith("parsing initdata annotation failed: ")
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.ENCODED_TWICE));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\n", " "})
  void refusesBase64WithLineBreaks(String lineBreak) {
    String value = Initdata.parse(bytes(DOCUMENT)).encodeAnnotation();
    String broken = value.substring(0, 76) + lineBreak + value.substring(76) + lineBreak;

    InitdataException e = refusal(broken);

    assertThat(e.reason()).isEqualTo(Reason.BASE64_LINE_BREAKS);
    assertThat(e).hasMessageContaining("illegal base64 data at input byte 76");
    assertThat(e.remedy()).contains("base64 -w0");
  }

  @Test
  void refusesMoreThanTheBoundCompressedOrNot() throws Exception {
    String bomb = base64(gzip(new byte[Initdata.MAX_BYTES + 1]));

    assertThat(refusal(bomb).reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal("A".repeat(Initdata.MAX_BYTES + 4)).reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(
            catchThrowableOfType(
                    InitdataException.class, () -> Initdata.parse(new byte[Initdata.MAX_BYTES + 1]))
                .reason())
        .isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void acceptsADocumentOfExactlyTheBound() {
    String comment = "#" + "x".repeat(Initdata.MAX_BYTES - DOCUMENT.length() - 2) + "\n";
    Initdata initdata = Initdata.parse(bytes(comment + DOCUMENT));

    assertThat(initdata.bytes()).hasSize(Initdata.MAX_BYTES);
    assertThat(Initdata.decodeAnnotation(initdata.encodeAnnotation()).data()).hasSize(2);
  }

  @Test
  void refusesEveryCutOfAnAnnotation() {
    String value = Initdata.parse(bytes(DOCUMENT)).encodeAnnotation();

    for (int length = 0; length < value.length(); length++) {
      String cut = value.substring(0, length);
      assertThatThrownBy(() -> Initdata.decodeAnnotation(cut))
          .isInstanceOf(InitdataException.class);
    }
  }

  @Test
  void refusesChangedContent() throws Exception {
    byte[] gzip = gzip(bytes(DOCUMENT));
    gzip[gzip.length - 6] ^= 1;

    assertThat(refusal(base64(gzip)).reason()).isEqualTo(Reason.CORRUPT_GZIP);
  }

  @Test
  void refusesWhatFollowsTheGzipMember() throws Exception {
    byte[] gzip = gzip(bytes(DOCUMENT));
    byte[] longer = java.util.Arrays.copyOf(gzip, gzip.length + 3);

    assertThat(refusal(base64(longer)).reason()).isEqualTo(Reason.CORRUPT_GZIP);
  }

  @Test
  void namesWhatIsWrongInTheDocument() {
    assertThat(parseRefusal(DOCUMENT.replace("[data]", "[data")))
        .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.NOT_TOML))
        .hasMessageStartingWith("parsing initdata annotation failed: line 5: ");
    assertThat(parseRefusal(DOCUMENT.replace("algorithm", "algo")))
        .hasMessage("parsing initdata annotation failed: missing field `algorithm`");
    assertThat(parseRefusal(DOCUMENT.replace("sha256", "md5")))
        .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.UNKNOWN_ALGORITHM))
        .hasMessage("Error creating initdata digest, algorithm md5 is not supported");
    assertThat(parseRefusal(DOCUMENT.replace("0.1.0", "0.2.0")))
        .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.UNSUPPORTED_VERSION))
        .hasMessage("unsupported version: 0.2.0, expected: 0.1.0");
    assertThat(parseRefusal(DOCUMENT.replace("[data]", "[date]"))).hasMessageContaining("`data`");
    assertThat(parseRefusal(DOCUMENT + "number = 1\n")).hasMessageContaining("`data.number`");
  }

  @Test
  void attestationServiceComparesTheVersionWithNothing() {
    Initdata initdata = Initdata.parseAnyVersion(bytes(DOCUMENT.replace("0.1.0", "7")));

    assertThat(initdata.version()).isEqualTo("7");
  }

  @Test
  void carriageReturnsInTheDocumentAreMeasuredAsTheyAre() {
    Initdata initdata = Initdata.parse(bytes(DOCUMENT.replace("\n", "\r\n")));

    assertThat(initdata.pcr8()).isNotEqualTo(Initdata.parse(bytes(DOCUMENT)).pcr8());
    assertThat(Initdata.decodeAnnotation(initdata.encodeAnnotation()).bytes())
        .isEqualTo(initdata.bytes());
  }

  @Property(tries = 300)
  void anyTextIsADocumentOrRefusedWithAReason(@ForAll String text) {
    assertThatThrownBy(() -> Initdata.decodeAnnotation(text)).isInstanceOf(InitdataException.class);
    assertThatThrownBy(() -> Initdata.parse(bytes(text))).isInstanceOf(InitdataException.class);
  }

  @Property(tries = 100)
  void anyBytesInsideGzipAreRefusedWithAReason(@ForAll byte[] content) throws Exception {
    String value = base64(gzip(content));

    assertThatThrownBy(() -> Initdata.decodeAnnotation(value))
        .isInstanceOf(InitdataException.class);
  }

  private static InitdataException refusal(String annotation) {
    return catchThrowableOfType(
        InitdataException.class, () -> Initdata.decodeAnnotation(annotation));
  }

  private static InitdataException parseRefusal(String document) {
    return catchThrowableOfType(InitdataException.class, () -> Initdata.parse(bytes(document)));
  }

  private static Reason reason(Throwable e) {
    return ((InitdataException) e).reason();
  }

  private static byte[] gzip(byte[] content) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  private static String base64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
