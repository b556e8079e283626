package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.image.ImageException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryCredentialsTest {

  @ParameterizedTest
  @CsvSource({
    "quay.io/ns/img, quay.io/ns/img",
    "quay.io/ns, quay.io/ns/img",
    "quay.io, quay.io/ns/img",
    "https://quay.io/v1/, quay.io/ns/img",
    "http://quay.io, quay.io/ns/img",
    "https://index.docker.io/v1/, busybox",
    "docker.io, busybox",
    "registry-1.docker.io, busybox"
  })
  void findsTheEntryOfAnImage(String key, String image) {
    RegistryCredentials known = RegistryCredentials.parse(file(key, "u:p:q\n"));

    assertThat(known.basicFor(ImageReference.parse(image))).contains("Basic " + base64("u:p:q"));
  }

  @Test
  void prefersTheMostSpecificKeyAndIsAnonymousElsewhere() {
    String json =
        "{\"auths\":{\"quay.io\":{\"auth\":\""
            + base64("a:1")
            + "\"},\"quay.io/ns\":{\"auth\":\""
            + base64("b:2")
            + "\",\"email\":\"x\"}}}";
    RegistryCredentials known = RegistryCredentials.parse(json.getBytes(StandardCharsets.UTF_8));

    assertThat(known.basicFor(ImageReference.parse("quay.io/ns/img")))
        .contains("Basic " + base64("b:2"));
    assertThat(known.basicFor(ImageReference.parse("quay.io/x/img")))
        .contains("Basic " + base64("a:1"));
    assertThat(known.basicFor(ImageReference.parse("other.example/img"))).isEmpty();
    assertThat(known.toString()).doesNotContain(base64("a:1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"auths\":[]}",
        "{\"auths\":{\"a\":{}}}",
        "{\"auths\":{\"a\":{\"auth\":1}}}"
      })
  void refusesOtherFiles(String json) {
    assertThatThrownBy(() -> RegistryCredentials.parse(json.getBytes(StandardCharsets.UTF_8)))
        .hasMessage("Invalid registry auth file")
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_CREDENTIALS));
  }

  @Test
  void refusesAnUndecodableEntryOnlyWhenItIsUsed() {
    RegistryCredentials known =
        RegistryCredentials.parse(
            "{\"auths\":{\"quay.io\":{\"auth\":\"***\"}}}".getBytes(StandardCharsets.UTF_8));

    assertThat(known.basicFor(ImageReference.parse("other.example/i"))).isEmpty();
    assertThatThrownBy(() -> known.basicFor(ImageReference.parse("quay.io/i")))
        .hasMessage("Illegal registry auth for image quay.io/i:latest from auth config");
  }

  private static byte[] file(String key, String pair) {
    return ("{\"auths\":{\"" + key + "\":{\"auth\":\"" + base64(pair) + "\"}}}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
