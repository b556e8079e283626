package dev.cocolab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.sandbox.ExecSpec.TerminalSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Further processes of a container, with input and terminal. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SandboxExecTest {
  private static final Map<String, String> ENV = Map.of("PATH", "/usr/bin:/bin", "WHO", "me");
  private static final int SECONDS = 20;

  private SandboxFixture lab;
  private PodSandbox pod;
  private SandboxContainer container;

  @BeforeAll
  void open() throws IOException {
    lab = SandboxFixture.open();
    pod = lab.pod();
    container = pod.start(lab.shell("exec sleep 1000"));
  }

  @AfterAll
  void close() {
    if (pod != null) {
      pod.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void inputReachesTheProcessAndItsEndToo() throws Exception {
    SandboxExec exec = container.exec(piped("cat; echo end"));
    exec.write(bytes("one\n"));
    exec.write(bytes("two\n"));
    exec.closeInput();

    assertThat(text(exec)).isEqualTo("one\ntwo\nend\n");
    assertThat(code(exec)).isZero();
  }

  @Test
  void aMegabyteOfAnyBytesComesBackUnchanged() throws Exception {
    byte[] data = new byte[1 << 20];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31 + (i >> 8));
    }
    SandboxExec exec = container.exec(piped("exec cat"));
    CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> all(exec));
    exec.write(data);
    exec.closeInput();

    assertThat(Arrays.equals(read.get(SECONDS, TimeUnit.SECONDS), data)).isTrue();
    assertThat(code(exec)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"exit 0,0", "exit 7,7", "kill -9 $$,137", "kill -15 $$,143"})
  void exitCodesAreThoseOfAShellWithInputAndWithTerminal(String script, int code) throws Exception {
    assertThat(code(container.exec(piped(script)))).isEqualTo(code);
    SandboxExec onTerminal = container.exec(terminal(script));
    all(onTerminal);
    assertThat(code(onTerminal)).isEqualTo(code);
  }

  @Test
  void aTerminalIsControllingHasASizeAndCanBeResized() throws Exception {
    SandboxExec exec = container.exec(terminal("tty; stty size; read x; stty size; echo $x >&2"));
    StringBuilder seen = new StringBuilder();
    while (!seen.toString().contains("40 100")) {
      int next = exec.stdout().read();
      assertThat(next).as("after '%s'", seen).isNotNegative();
      seen.append((char) next);
    }
    exec.resize(new TerminalSize(50, 132));
    exec.write(bytes("hello\n"));

    assertThat(seen.toString()).contains("/dev/pts/");
    assertThat(text(exec).replace("\r", "")).contains("50 132\nhello\n");
    assertThat(code(exec)).isZero();
  }

  @Test
  void theEnvironmentIsTheOneThatIsGivenAndNothingElse() throws Exception {
    SandboxExec exec = container.exec(new ExecSpec(List.of("env"), ENV, false, Optional.empty()));

    assertThat(text(exec).lines()).containsExactlyInAnyOrder("PATH=/usr/bin:/bin", "WHO=me");
  }

  @Test
  void hasNoMoreRightsThanItsContainer() throws Exception {
    SandboxExec exec =
        container.exec(piped("grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status"));
    String rights = text(exec);
    String first =
        SandboxFixture.outcome(
                pod.start(lab.shell("grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status")))
            .out();

    assertThat(rights).isEqualTo(first).contains("NoNewPrivs:\t1");
  }

  @Test
  void anArgumentCannotBringRightsOfItsOwn() {
    assertThatThrownBy(() -> piped("grep CapBnd /proc/self/status\0caps\0" + 0xffffL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("NUL byte in arguments or environment");
    assertThatThrownBy(
            () -> new ExecSpec(List.of("id"), Map.of("A", "1\0uid\0" + 0), false, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("NUL byte in arguments or environment");
  }

  @Test
  void killEndsWhatTheProcessHasStartedToo() throws Exception {
    for (SandboxExec exec :
        List.of(
            container.exec(piped("sleep 1000 & echo begun; wait")),
            container.exec(terminal("sleep 1000 & echo begun; wait")),
            container.exec(
                new ExecSpec(
                    List.of("sh", "-c", "sleep 1000 & echo begun; wait"),
                    ENV,
                    false,
                    Optional.empty())))) {
      assertThat(SandboxFixture.line(exec.stdout())).startsWith("begun");
      exec.kill();

      assertThat(text(exec)).as("its output ends, so nobody holds it").isEmpty();
      assertThat(code(exec)).isEqualTo(137);
    }
  }

  @Test
  void killEndsAProcessThatDoesNotReadItsInput() throws Exception {
    SandboxExec exec = container.exec(piped("sleep 1000"));
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(() -> exec.write(new byte[1 << 20]));
    exec.kill();

    writing.get(SECONDS, TimeUnit.SECONDS);
    assertThat(code(exec)).isEqualTo(137);
  }

  private static ExecSpec piped(String script) {
    return new ExecSpec(List.of("sh", "-c", script), ENV, true, Optional.empty());
  }

  private static ExecSpec terminal(String script) {
    return new ExecSpec(
        List.of("sh", "-c", script), ENV, true, Optional.of(new TerminalSize(40, 100)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] all(SandboxExec exec) {
    try {
      return exec.stdout().readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String text(SandboxExec exec) throws Exception {
    return new String(
        CompletableFuture.supplyAsync(() -> all(exec)).get(SECONDS, TimeUnit.SECONDS),
        StandardCharsets.UTF_8);
  }

  private static int code(SandboxExec exec) throws Exception {
    return exec.exited().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
  }
}
