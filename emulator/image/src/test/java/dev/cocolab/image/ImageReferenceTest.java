package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.image.ImageException.Reason;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  @ParameterizedTest
  @CsvSource({
    "busybox, docker.io/library/busybox:latest",
    "busybox:1, docker.io/library/busybox:1",
    "ns/img, docker.io/ns/img:latest",
    "docker.io/busybox, docker.io/library/busybox:latest",
    "index.docker.io/a/b, docker.io/a/b:latest",
    "quay.io/a/b/c:v1.2_3-x, quay.io/a/b/c:v1.2_3-x",
    "localhost/a, localhost/a:latest",
    "localhost:5000/a, localhost:5000/a:latest",
    "host:5000/a:tag, host:5000/a:tag",
    "Host/a, Host/a:latest",
    "[::1]:5000/a, [::1]:5000/a:latest",
    "quay.io/a/b__c--d.e, quay.io/a/b__c--d.e:latest"
  })
  void completesNamesByDockersRules(String text, String full) {
    assertThat(ImageReference.parse(text)).hasToString(full);
  }

  @ParameterizedTest
  @CsvSource({"quay.io/a@%s, quay.io/a@%s", "quay.io/a:t@%s, quay.io/a:t@%s"})
  void keepsDigestAndTag(String text, String full) {
    assertThat(ImageReference.parse(text.replace("%s", DIGEST)))
        .hasToString(full.replace("%s", DIGEST));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "@",
        "/a",
        "a/",
        "a//b",
        "Upper",
        "a:b:c",
        "a@sha256:12",
        "a@md5:00",
        "quay.io/A",
        "quay.io/a:",
        "a b",
        "quay.io/a:.t",
        "quay.io/-a",
        "quay.io/a_",
        "quay.io/a..b",
        "quay.io:99999/a",
        "quay.io/../b",
        "a\nb",
        "https://quay.io/a",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
      })
  void refusesWhatIsNoReference(String text) {
    assertThatThrownBy(() -> ImageReference.parse(text))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_REFERENCE))
        .hasMessageStartingWith("Illegal image reference");
  }

  @Property(tries = 300)
  void parsesItsOwnTextAgain(@ForAll("references") String text) {
    ImageReference reference = ImageReference.parse(text);
    assertThat(ImageReference.parse(reference.toString())).isEqualTo(reference);
  }

  @Property(tries = 300)
  void neverFailsOtherwiseThanByRefusal(@ForAll String text) {
    try {
      assertThat(ImageReference.parse(text).toString()).isNotEmpty();
    } catch (ImageException e) {
      assertThat(e.reason()).isEqualTo(Reason.BAD_REFERENCE);
    }
  }

  @Provide
  Arbitrary<String> references() {
    Arbitrary<String> element =
        Arbitraries.strings().withCharRange('a', 'z').numeric().ofMinLength(1).ofMaxLength(8);
    Arbitrary<String> registry = Arbitraries.of("", "quay.io/", "localhost:5000/", "a.b.example/");
    Arbitrary<String> path =
        element.list().ofMinSize(1).ofMaxSize(4).map(list -> String.join("/", list));
    Arbitrary<String> tag = Arbitraries.of("", ":latest", ":1.0", "@" + DIGEST, ":x@" + DIGEST);
    return Combinators.combine(registry, path, tag).as((r, p, t) -> r + p + t);
  }
}
