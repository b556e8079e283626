package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EntryPathTest {

  private static final Set<Reason> REFUSALS =
      Set.of(
          Reason.ABSOLUTE_PATH,
          Reason.PATH_TRAVERSAL,
          Reason.BAD_NAME,
          Reason.NAME_TOO_LONG,
          Reason.TOO_DEEP);

  private final EntryPath names = new EntryPath(UnpackLimits.standard());

  @Property(tries = 500)
  void anAcceptedNameStaysBelowTheRoot(@ForAll("names") String name) {
    Path root = Path.of("/cache/layer");
    try {
      Path place = root;
      for (String element : names.parse(name)) {
        place = place.resolve(element);
      }
      assertThat(place.normalize().startsWith(root)).isTrue();
      assertThat(place.normalize()).isEqualTo(place);
    } catch (ImageException e) {
      assertThat(e.reason()).isIn(REFUSALS);
      assertThat(e.stage()).isEqualTo(Stage.UNPACK);
    }
  }

  @Property(tries = 500)
  void anAcceptedRelativeLinkStaysBelowTheRoot(@ForAll("names") String target) {
    List<String> link = List.of("a", "b", "link");
    try {
      names.checkSymlink(link, target, "a/b/link");
      Path root = Path.of("/cache/layer");
      Path from = target.startsWith("/") ? root : root.resolve("a/b");
      assertThat(from.resolve(target.replaceFirst("^/+", "")).normalize().startsWith(root))
          .isTrue();
    } catch (ImageException e) {
      assertThat(e.reason()).isIn(Reason.SYMLINK_ESCAPE, Reason.BAD_NAME, Reason.NAME_TOO_LONG);
    }
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of("..", ".", "/", "a", "b..", "...", "\0", "//", "etc", "\\", ".. ")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("/", parts));
  }
}
