package dev.cocolab.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Initdata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class InitdataCommandTest {
  private static final String DOCUMENT =
      "algorithm = \"sha256\"\nversion = \"0.1.0\"\n\n[data]\n\"aa.toml\" = '''\n'''";

  @TempDir private Path folder;
  private final Screen screen = new Screen(Map.of());
  private Path file;

  @BeforeEach
  void document() throws IOException {
    file = Files.writeString(folder.resolve("initdata.toml"), DOCUMENT);
  }

  /** The values of the document that a peer pod makes for itself. */
  @Test
  void measuresTheBytesOfTheDocument() {
    assertThat(screen.run("initdata", "measure", file.toString())).isZero();
    assertThat(screen.out())
        .contains("sha256")
        .contains("adb48cc14fea9403d3d51f3b5f5068fd4d80445a14e94f1b3d5dbabaad66478d")
        .contains("rbSMwU/qlAPT1R87X1Bo/U2ARFoU6U8bPV26uq1mR40=")
        .contains("4b58b30becd30d16f7f60d56b32661d921ae0d3310c6a89f5d552f9bfee921a9");
  }

  @ParameterizedTest
  @CsvSource({"sha256, 32", "sha384, 48", "sha512, 64"})
  void theDocumentNamesTheAlgorithm(String algorithm, int size) throws IOException {
    Files.writeString(file, DOCUMENT.replace("sha256", algorithm));

    assertThat(screen.run("initdata", "measure", file.toString(), "--json")).isZero();
    var json = JsonMapper.shared().readTree(screen.out());
    Initdata expected = Initdata.parse(Shared.read(file));
    assertThat(json.path("algorithm").asString()).isEqualTo(algorithm);
    assertThat(json.path("digest").asString()).hasSize(2 * size);
    assertThat(Base64.getDecoder().decode(json.path("digest_base64").asString()))
        .isEqualTo(expected.digest());
    assertThat(json.path("pcr08").asString()).isEqualTo(HexFormat.of().formatHex(expected.pcr8()));
  }

  @Test
  void packsOnOneLineAndUnpacksTheVeryBytes() throws IOException {
    assertThat(screen.run("initdata", "pack", file.toString())).isZero();
    assertThat(screen.out()).hasLineCount(1);
    Path packed = Files.writeString(folder.resolve("packed"), screen.out());
    Path back = folder.resolve("back.toml");

    Screen other = new Screen(Map.of());
    assertThat(other.run("initdata", "unpack", packed.toString())).isZero();
    assertThat(other.out()).isEqualTo(DOCUMENT);
    assertThat(other.run("initdata", "unpack", packed.toString(), "-o", back.toString())).isZero();
    assertThat(back).hasContent(DOCUMENT).hasSize(DOCUMENT.length());
  }

  @Test
  void jsonTellsAnnotationAndFiles() throws IOException {
    Path packed = folder.resolve("packed");
    assertThat(screen.run("initdata", "pack", file.toString(), "-o", packed.toString(), "--json"))
        .isZero();
    var json = JsonMapper.shared().readTree(screen.out());
    assertThat(json.path("annotation").asString()).isEqualTo(Initdata.ANNOTATION);
    assertThat(packed).hasContent(json.path("value").asString());

    Screen other = new Screen(Map.of());
    assertThat(other.run("initdata", "unpack", packed.toString(), "--json")).isZero();
    var unpacked = JsonMapper.shared().readTree(other.out());
    assertThat(unpacked.path("data").path("aa.toml").asString("none")).isEmpty();
    assertThat(unpacked.path("pcr08")).isEqualTo(json.path("pcr08"));
  }

  @Test
  void carriageReturnsAreRefusedWithTheirLineUnlessTheyAreMeant() throws IOException {
    Files.writeString(file, DOCUMENT.replaceFirst("0\"\n", "0\"\r\n"));

    assertThat(screen.run("initdata", "measure", file.toString())).isEqualTo(2);
    assertThat(screen.err()).contains(file + ":2:").contains("CR LF").contains("--keep-crlf");
    assertThat(screen.run("initdata", "measure", file.toString(), "--keep-crlf")).isZero();
    assertThat(screen.out()).doesNotContain("adb48cc1");
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Bad(String command, byte[] content, String... named) {
    @Override
    public String toString() {
      return command + " " + named[0];
    }
  }

  static Stream<Bad> badInput() {
    byte[] document = DOCUMENT.getBytes(UTF_8);
    String packed = Initdata.dummy().encodeAnnotation();
    String twice = gzipped(packed.getBytes(UTF_8));
    return Stream.of(
        new Bad("unpack", document, "illegal base64", "gzip -c initdata.toml | base64 -w0"),
        new Bad("unpack", base64(document), "invalid header", "compress before encoding"),
        new Bad("unpack", twice.getBytes(UTF_8), "itself compressed or encoded", "once only"),
        new Bad("unpack", wrapped(packed), "illegal base64", "one line"),
        new Bad(
            "unpack", packed.substring(0, 40).getBytes(UTF_8), "unexpected EOF", "encode it again"),
        new Bad("unpack", new byte[0], "unexpected EOF", "encode it again"),
        new Bad("unpack", new byte[300_000], "exceeds 262144 bytes", "keep the document under"),
        new Bad("pack", packed.getBytes(UTF_8), "compressed or encoded already", "initdata unpack"),
        new Bad("pack", Base64.getDecoder().decode(packed), "compressed or encoded already"),
        new Bad("pack", new byte[300_000], "exceeds 262144 bytes", "keep the document under"),
        new Bad(
            "pack",
            "algorithm = \"sha256\"\nversion =\n".getBytes(UTF_8),
            "initdata.toml:2: ",
            "line 2"),
        new Bad(
            "measure",
            DOCUMENT.replace("sha256", "sm3").getBytes(UTF_8),
            "sm3 is not supported",
            "use algorithm"),
        new Bad(
            "measure",
            DOCUMENT.replace("0.1.0", "0.2.0").getBytes(UTF_8),
            "unsupported version: 0.2.0",
            "use version"),
        new Bad("measure", new byte[] {(byte) 0xff}, "not UTF-8"));
  }

  private static byte[] base64(byte[] bytes) {
    return Base64.getEncoder().encode(bytes);
  }

  private static byte[] wrapped(String packed) {
    return (packed.substring(0, 76) + "\n" + packed.substring(76)).getBytes(UTF_8);
  }

  private static String gzipped(byte[] bytes) {
    var out = new java.io.ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(out.toByteArray());
  }

  @ParameterizedTest
  @MethodSource("badInput")
  void badInputIsNamedWithItsRemedy(Bad bad) throws IOException {
    Files.write(file, bad.content());

    assertThat(screen.run("initdata", bad.command(), file.toString())).isEqualTo(2);
    assertThat(screen.err()).contains(file.toString()).contains(bad.named()).hasLineCount(1);
    assertThat(screen.err()).doesNotContain("Exception");
    assertThat(screen.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          initdata                      | name a COMMAND: measure, pack, unpack
          initdata measure              | FILE
          initdata measure /no/such     | cannot read /no/such: there is no such file
          initdata pack /               | cannot read /: it is a folder
          initdata unpack a b           | 'b'
          """)
  void wrongUsageNamesWhatIsWrong(String line, String named) {
    assertThat(screen.run(line.split(" "))).isEqualTo(2);
    assertThat(screen.err()).contains(named).doesNotContain("Exception");
    assertThat(screen.out()).isEmpty();
  }
}
