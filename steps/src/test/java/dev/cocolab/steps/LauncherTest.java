package dev.cocolab.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout of its own, with a Maven and a Java that only say what they got. */
class LauncherTest {
  private static final long LIMIT_SECONDS = 20;

  @TempDir private Path temporary;
  private Path checkout;

  @BeforeEach
  void copyTheLauncher() throws IOException {
    checkout = Files.createDirectories(temporary.resolve("a check out"));
    for (String folder : List.of("emulator", "fixtures", "reports", "steps", "bin")) {
      Files.createDirectories(checkout.resolve(folder));
    }
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    script("cocolab", Files.readString(Path.of("..", "cocolab")));
    script(
        "bin/mvn",
        """
        #!/bin/bash
        echo built >>"$CHECKOUT/builds"
        mkdir -p "$CHECKOUT/steps/target"
        : >"$CHECKOUT/steps/target/cocolab-steps-1.jar"
        : >"$CHECKOUT/library.jar"
        printf %s "$CHECKOUT/library.jar" >"$CHECKOUT/steps/target/classpath"
        # Later than the kernel's tick in which this quick build began.
        [ -z "${EDITED:-}" ] || touch -d '+1 second' "$CHECKOUT/$EDITED"
        """);
    script(
        "bin/java",
        """
        #!/bin/bash
        while [ "$1" != -cp ]; do shift; done
        printf 'class path %s\\n' "$2"
        """);
  }

  @Test
  void givesJavaAClassPathWithoutTheReadersFolder() throws Exception {
    String said = launch("");

    assertThat(said).startsWith("class path " + checkout.resolve("target/launcher/lib."));
    assertThat(said.strip()).endsWith(".jar").doesNotContain("::");
  }

  @Test
  void buildsOnceAndAgainWhenASourceWasEditedDuringTheBuild() throws Exception {
    launch("");
    launch("");
    assertThat(builds()).isEqualTo(1);

    Files.delete(checkout.resolve("target/launcher/classpath"));
    launch("pom.xml");
    launch("");

    assertThat(builds()).isEqualTo(3);
  }

  @Test
  void buildsAgainWhenALibraryIsGone() throws Exception {
    launch("");
    Path lib = Path.of(launch("").strip().replaceFirst("class path ", "").replaceFirst(":.*", ""));
    Files.delete(lib);

    assertThat(launch("")).startsWith("class path ");
    assertThat(builds()).isEqualTo(2);
  }

  private long builds() throws IOException {
    return Files.readAllLines(checkout.resolve("builds")).size();
  }

  /** What Java said; {@code edited} is the file that somebody writes while Maven runs. */
  @Test
  void namesTheContainerWhereThereIsNoLinux() throws Exception {
    script("bin/uname", "#!/bin/bash\necho Darwin\n");
    ProcessBuilder builder = new ProcessBuilder(checkout.resolve("cocolab").toString(), "run");
    builder.environment().put("PATH", checkout.resolve("bin") + ":" + System.getenv("PATH"));
    builder.redirectErrorStream(true);
    Process process = builder.start();

    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(3);
    assertThat(said)
        .isEqualTo(
            "cocolab: this is no Linux; run it in a container, as README.md says under 'In a"
                + " container'\n");
  }

  private String launch(String edited) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(checkout.resolve("cocolab").toString(), "status");
    builder.environment().put("PATH", checkout.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("CHECKOUT", checkout.toString());
    builder.environment().put("EDITED", edited);
    builder.environment().remove("JAVA_HOME");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  private void script(String name, String text) throws IOException {
    Path file = checkout.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
