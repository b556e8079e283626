package dev.cocolab.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.ECKey;
import dev.cocolab.protocol.ProtocolException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SigningJwkTest {
  private static final SigningJwk KEY = SigningJwk.generate("signer", new SecureRandom());
  private static final SigningJwk OTHER = SigningJwk.generate("signer", new SecureRandom());

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void anotherLibraryReadsBothHalves() throws Exception {
    ECKey secret = ECKey.parse(text(KEY.privateJwk()));
    ECKey open = ECKey.parse(text(KEY.publicJwk()));

    assertThat(secret.isPrivate()).isTrue();
    assertThat(open.isPrivate()).isFalse();
    assertThat(secret.toPublicJWK()).isEqualTo(open);
    assertThat(open.getKeyID()).isEqualTo("signer");
    assertThat(KEY.toString()).doesNotContain("\"d\"");
  }

  @Test
  void readsWhatItWrote() {
    SigningJwk read = SigningJwk.parse(KEY.privateJwk());

    assertThat(read.privateJwk()).isEqualTo(KEY.privateJwk());
    String sealed =
        SealedSecret.seal(
            read, "kbs:///default/signer/jwk", SealedPayload.Vault.ofBroker("kbs:///a/b/c"));
    assertThat(SealedSecret.parse(sealed).verify(KEY.publicJwk()))
        .isEqualTo(new VaultPointer("kbs:///a/b/c"));
    assertThatThrownBy(() -> SealedSecret.parse(sealed).verify(OTHER.publicJwk()))
        .isInstanceOf(SealedSecretException.class)
        .extracting(e -> ((SealedSecretException) e).reason())
        .isEqualTo(SealedSecretException.Reason.BAD_SIGNATURE);
  }

  static Stream<Arguments> unusable() {
    String secret = text(KEY.privateJwk());
    String d = secret.replaceAll(".*\"d\":\"([^\"]*)\".*", "$1");
    String foreign = text(OTHER.privateJwk()).replaceAll(".*\"d\":\"([^\"]*)\".*", "$1");
    return Stream.of(
        Arguments.of("", Reason.MALFORMED),
        Arguments.of("{", Reason.MALFORMED),
        Arguments.of("[]", Reason.UNSUPPORTED_KEY),
        Arguments.of(secret.replace("P-256", "P-384"), Reason.UNSUPPORTED_KEY),
        Arguments.of(text(KEY.publicJwk()), Reason.MALFORMED),
        Arguments.of(secret.replace(d, foreign), Reason.BAD_KEY),
        Arguments.of(secret.replace(d, "?"), Reason.BAD_KEY),
        Arguments.of(secret.replace(d, ""), Reason.BAD_KEY));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void refusesWhatIsNoKeyPair(String json, Reason reason) {
    assertThatThrownBy(() -> SigningJwk.parse(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ProtocolException.class)
        .extracting(e -> ((ProtocolException) e).reason())
        .isEqualTo(reason);
  }
}
