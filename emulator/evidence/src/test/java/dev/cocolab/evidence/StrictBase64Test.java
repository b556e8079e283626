package dev.cocolab.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictBase64Test {

  @Property
  void canonicalTextIsRead(@ForAll byte[] bytes) {
    String url = Base64.getUrlEncoder().encodeToString(bytes);

    assertThat(StrictBase64.decodeUrl(url)).hasValue(bytes);
    assertThat(StrictBase64.decodeUrl(url.replace("=", ""))).hasValue(bytes);
    assertThat(StrictBase64.decodeUrlUnpadded(url.replace("=", ""))).hasValue(bytes);
    assertThat(StrictBase64.decodeStandard(Base64.getEncoder().encodeToString(bytes)))
        .hasValue(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "A===", "AB", "AB==", "AA=", "AA==AA==", "A A", "+/8", "AA\n", "é"})
  void otherTextIsNot(String text) {
    assertThat(StrictBase64.decodeUrl(text)).isEmpty();
    assertThat(StrictBase64.decodeUrlUnpadded(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"AA", "AB==", "_-8=", "AA==\n"})
  void standardTextIsPaddedAndCanonical(String text) {
    assertThat(StrictBase64.decodeStandard(text)).isEmpty();
  }
}
