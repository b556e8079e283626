package dev.cocolab.steps.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SanitiserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Pulled in 1.532s, at 2026-11-30T21:15:56.123456Z | Pulled in <duration>, at <time>
          pod VM podvm-sample-fraud-detection-0a1b2c3d of 10.0.0.4:15150 | pod VM podvm-sample-fraud-detection-<id> of <address>
          trustee-deployment-6b7f8c9d4f-x2kqp is ready | trustee-deployment-<id> is ready
          https://kbs.apps.abc.eastus.aroapp.io/kbs | https://<cluster>/kbs
          https://acct1.blob.core.windows.net/c/b?sv=2024&sig=a%2Bb%3D&se=x | https://<account>/c/b?sv=<sas>&sig=<sas>&se=<sas>
          /subscriptions/12345678-1234-1234-1234-123456789abc/resourceGroups/g | /subscriptions/<azure id>
          request 4b825dc6-42cb-4eb9-a060-e54bf8d69288 | request <uuid>
          Authorization: Bearer abcdefgh.ijkl | Authorization: Bearer <token>
          token eyJhbGciOiJFUzI1NiJ9.e30.c2ln ends | token <token> ends
          login sha256~AbCdEfGhIjKlMnOp | login <token>
          container 3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea | container <hex>
          ExecProcessRequest is blocked by policy | ExecProcessRequest is blocked by policy
          Standard_DC2as_v5 and v1.32.4 stay | Standard_DC2as_v5 and v1.32.4 stay
          quay.io/confidential-devhub/signed/fraud-detection:latest | quay.io/confidential-devhub/signed/fraud-detection:latest
          default/fraud-dataset/dataset_key stays | default/fraud-dataset/dataset_key stays
          """)
  void masksWhatBelongsToOneRun(String text, String clean) {
    assertThat(Sanitiser.of(text)).isEqualTo(clean);
  }

  @ParameterizedTest
  @CsvSource({
    "key,'-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----'",
    "cut,'-----BEGIN PRIVATE KEY-----\nabc'"
  })
  void noPartOfAPemBlockStays(String name, String pem) {
    assertThat(Sanitiser.of(name + " " + pem)).isEqualTo(name + " <pem>");
  }

  /** As one in some hundred thousand does by chance. */
  @Test
  void aSecretThatContainsTheBeginningOfATokenGoesWhole() {
    assertThat(Sanitiser.of("a q83vEjRWeJq83vEjRWeJeyJ3vEjRWeJq83vEjRWeJq8= b"))
        .isEqualTo("a <base64> b");
  }

  @Property
  void aSecretOf32BytesDoesNotPass(@ForAll long seed) {
    byte[] secret = new byte[32];
    new Random(seed).nextBytes(secret);
    String hex = HexFormat.of().formatHex(secret);
    String base64 = Base64.getEncoder().encodeToString(secret);
    String url = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);

    String clean = Sanitiser.of("a %s b %s c %s d".formatted(hex, base64, url));

    assertThat(clean).isEqualTo("a <hex> b <base64> c <base64> d");
  }

  @Property
  void whatIsCleanStaysAsItIs(@ForAll("texts") String text) {
    String once = Sanitiser.of(text);
    assertThat(Sanitiser.of(once)).isEqualTo(once);
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "2026-11-30T21:15:56Z",
            "10.1.2.3",
            "podvm-a-0a1b2c3d",
            "?sig=abc&se=d",
            "1.5s",
            "Bearer abcdefghij",
            "/subscriptions/x/y",
            "eyJhbGciOiJ9.e30.",
            "<hex>",
            "<",
            "=",
            " ",
            "-",
            "a1b2c3d4e5f6a7b8",
            "x.aroapp.io",
            "HTTP/1.1\" 200 12 ",
            ":443",
            "/",
            "s");
    return pieces.list().ofMaxSize(8).map(list -> String.join("", list));
  }
}
