package dev.cocolab.apiserver.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BodyDecoderTest {
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
  private static final BodyDecoder DECODER =
      new BodyDecoder(ApiTypes.load(), new ResourceRegistry());

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A length-delimited protobuf field. */
  private static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest > 127) {
      out.write((int) ((rest & 127) | 128));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] envelope(String apiVersion, String kind, byte[] raw) {
    byte[] meta = join(field(1, bytes(apiVersion)), field(2, bytes(kind)));
    return join(new byte[] {'k', '8', 's', 0}, field(1, meta), field(2, raw));
  }

  @Test
  void readsASecretFromProtobuf() {
    byte[] metadata =
        join(field(1, bytes("s1")), field(11, join(field(1, bytes("l")), field(2, bytes("v")))));
    byte[] entry = join(field(1, bytes("key")), field(2, new byte[] {0, 1, 2}));
    byte[] immutable = {5 << 3, 1};
    byte[] secret = join(field(1, metadata), field(2, entry), field(3, bytes("Opaque")), immutable);

    assertThat(DECODER.decode(PROTOBUF, envelope("v1", "Secret", secret)).root().toString())
        .isEqualTo(
            "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"s1\",\"labels\":{\"l\":\"v\"}},"
                + "\"data\":{\"key\":\"AAEC\"},\"type\":\"Opaque\",\"immutable\":true}");
  }

  @Test
  void readsEmbeddedStructuresTimesAndUnions() {
    byte[] volume = join(field(1, bytes("v")), field(2, field(6, field(1, bytes("sec")))));
    byte[] time = {1 << 3, 60};
    byte[] pod = join(field(1, field(8, time)), field(2, field(1, volume)));
    byte[] intOrString = {1 << 3, 0, 2 << 3, 80};
    byte[] service = field(2, field(1, join(field(1, bytes("p")), field(4, intOrString))));

    assertThat(DECODER.decode(PROTOBUF, envelope("v1", "Pod", pod)).root().toString())
        .contains("\"creationTimestamp\":\"1970-01-01T00:01:00Z\"")
        .contains("{\"name\":\"v\",\"secret\":{\"secretName\":\"sec\"}}");
    assertThat(DECODER.decode(PROTOBUF, envelope("v1", "Service", service)).root().toString())
        .contains("{\"name\":\"p\",\"targetPort\":80}");
  }

  @Test
  void aKindThatIsNotInTheTableIsRefusedByName() {
    assertThatThrownBy(() -> DECODER.decode(PROTOBUF, envelope("v1", "Widget", new byte[0])))
        .hasMessageContaining("no kind \"Widget\" is registered for version \"v1\"");
  }

  @Test
  void notesDuplicateKeysWithTheirPath() {
    DecodedBody body =
        DECODER.json(bytes("{\"spec\":{\"a\":1,\"a\":2,\"l\":[{\"x\":1,\"x\":1}]}}"));

    assertThat(body.duplicates())
        .containsExactly("duplicate field \"spec.a\"", "duplicate field \"spec.l[0].x\"");
    assertThat(body.root().toString()).isEqualTo("{\"spec\":{\"a\":2,\"l\":[{\"x\":1}]}}");
  }

  @Test
  void readsYaml() {
    assertThat(
            DECODER
                .decode("application/yaml", bytes("a: 1\nb: [x, true, null]\n"))
                .root()
                .toString())
        .isEqualTo("{\"a\":1,\"b\":[\"x\",true,null]}");
  }

  @Test
  void anotherMediaTypeIsUnsupported() {
    assertThatThrownBy(() -> DECODER.decode("text/csv", bytes("a,b")))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED_MEDIA_TYPE));
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> DECODER.json(bytes("[".repeat(100_000))))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_REQUEST));
  }

  @Property(tries = 400)
  void anyBytesAreATreeOrABadRequest(@ForAll byte[] junk) {
    for (byte[] body :
        new byte[][] {
          junk, envelope("v1", "Pod", junk), join(new byte[] {'k', '8', 's', 0}, junk)
        }) {
      for (String media : new String[] {"application/json", "application/yaml", PROTOBUF}) {
        try {
          assertThat(DECODER.decode(media, body).root()).isNotNull();
        } catch (ApiException e) {
          assertThat(e.reason()).isEqualTo(Reason.BAD_REQUEST);
        }
      }
    }
  }
}
