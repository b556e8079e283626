package dev.cocolab.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.protocol.ProtocolException.Reason;
import dev.cocolab.protocol.SealedPayload.Envelope;
import dev.cocolab.protocol.SealedPayload.Vault;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class SealedPayloadTest {
  private static final byte[] SECRET = "hello".getBytes(StandardCharsets.UTF_8);
  private static final byte[] KEY = new byte[Envelope.KEY_SIZE];

  private static ObjectNode none() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static Envelope envelope(byte[] key, String provider) {
    return Envelope.seal(
        SECRET, key, "id", new byte[] {1}, provider, none(), none(), new SecureRandom());
  }

  private static byte[] open(JsonNode payload, byte[] key) throws Exception {
    Base64.Decoder base64 = Base64.getDecoder();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    byte[] iv = base64.decode(payload.path("iv").asString());
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
    return cipher.doFinal(base64.decode(payload.path("encrypted_data").asString()));
  }

  @Test
  void anEnvelopeOpensWithItsKeyAndNoOther() throws Exception {
    JsonNode payload = Json.read(envelope(KEY, "ehsm").document(), "payload");
    byte[] other = KEY.clone();
    other[0] ^= 1;

    assertThat(open(payload, KEY)).isEqualTo(SECRET);
    assertThatThrownBy(() -> open(payload, other)).isInstanceOf(AEADBadTagException.class);
    assertThat(payload.path("wrap_type").asString()).isEqualTo("A256GCM");
  }

  @Test
  void theSameSecretIsNeverEncryptedAlike() {
    assertThat(envelope(KEY, "aws").document()).isNotEqualTo(envelope(KEY, "aws").document());
  }

  @ParameterizedTest
  @CsvSource({"31, aws, BAD_KEY", "33, aws, BAD_KEY", "32, kbs, MALFORMED", "32, gcp, MALFORMED"})
  void keysAndProvidersThatDoNotFitAreRefused(int size, String provider, Reason reason) {
    assertThatThrownBy(() -> envelope(new byte[size], provider))
        .isInstanceOf(ProtocolException.class)
        .extracting(e -> ((ProtocolException) e).reason())
        .isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({"kbs, secret, BAD_URI", "KBS, secret, BAD_URI", "gcp, secret, MALFORMED"})
  void namesAndProvidersThatDoNotFitAreRefused(String provider, String name, Reason reason) {
    assertThatThrownBy(() -> new Vault(name, provider, none(), none()))
        .isInstanceOf(ProtocolException.class)
        .extracting(e -> ((ProtocolException) e).reason())
        .isEqualTo(reason);
  }

  @Test
  void aNameOfAnotherProviderIsItsOwn() {
    Vault vault = new Vault("any name", "aliyun", none().put("region", "x"), none());

    assertThat(new String(vault.document(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"version\":\"0.1.0\",\"type\":\"vault\",\"name\":\"any name\",\"provider\":\"aliyun\","
                + "\"provider_settings\":{\"region\":\"x\"},\"annotations\":{}}");
  }
}
