package dev.cocolab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.cocolab.cli.bench.BrokerProcess;
import dev.cocolab.cli.bench.ClientProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command with its broker and its client in processes of their own. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BenchAttestTest {
  private final Screen screen = new Screen(LabProcess.ENVIRONMENT);

  @BeforeEach
  void home() throws IOException {
    Files.createDirectories(LabProcess.HOME);
  }

  @AfterEach
  void nothingStays() {
    await().atMost(Duration.ofSeconds(10)).until(() -> programs().isEmpty());
  }

  /** Brokers and clients that run below this process. */
  private static List<ProcessHandle> programs() {
    return Stream.of(BrokerProcess.class, ClientProcess.class)
        .flatMap(program -> running(program).stream())
        .toList();
  }

  private static List<ProcessHandle> running(Class<?> program) {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> commandLine(process).contains(program.getName()))
        .toList();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --clients 0                                | --clients 0 is not in 1 to
          --clients 100000                           | --clients 100000 is not in 1 to
          --rate 0                                   | --rate 0.0 is not above 0
          --rate -3                                  | --rate -3.0 is not above 0
          --rate NaN                                 | --rate NaN is not above 0
          --rate 5 --clients 5                       | mutually exclusive
          --seconds 0                                | --seconds 0.0 is not in 0.1 to
          --warmup -1                                | --warmup -1.0 is not in 0 to
          --tee sgx                                  | --tee sgx: evidence can be made of
          --resource secret                          | --resource secret is no path
          --resource ../../etc/passwd                | is no path REPOSITORY/TYPE/TAG
          --url kbs.example                          | 'kbs.example' is no address
          --url http://a --ca /x                     | --ca needs --url https://
          --url https://a --ca /no/such              | cannot read --ca /no/such
          --url http://a --http                      | --http is for a broker of its own
          --server-pid 1                             | --server-pid needs --url
          --url http://a --server-pid 4194303        | there is no such process
          --profile old                              | --profile old is unknown
          --url http://a --in-cluster --warmup 3     | --warmup: workers of a Job warm up until
          --url http://a --in-cluster --server-pid 1 | --server-pid: with --in-cluster nothing runs
          """)
  void whatCannotBeMeantIsUsage(String options, String message) {
    assertThat(attest(options.split(" "))).isEqualTo(2);
    assertThat(screen.err()).contains(message);
    assertThat(screen.out()).isEmpty();
  }

  /** The broker sees it first, in a process of its own. */
  @Test
  void aWrongChoiceOfCryptographyIsUsageWithItsOwnWords() {
    Map<String, String> environment = new HashMap<>(LabProcess.ENVIRONMENT);
    environment.put("COCOLAB_CRYPTO", "foo");
    Screen other = new Screen(environment);

    assertThat(other.run("bench", "attest", "--seconds", "1")).isEqualTo(2);
    assertThat(other.err())
        .contains("cocolab: COCOLAB_CRYPTO is 'foo'; it can be auto, jdk or corretto")
        .doesNotContain("at dev.cocolab");
  }

  private int attest(String... options) {
    List<String> line = new ArrayList<>(List.of("bench", "attest"));
    line.addAll(List.of(options));
    return screen.run(line.toArray(String[]::new));
  }

  @Test
  void aBrokerOfItsOwn() {
    int code =
        attest("--tee", "sample", "--clients", "2", "--seconds", "1", "--warmup", "1", "--json");
    assertThat(code).as(screen.err()).isZero();
    JsonNode json = JsonMapper.shared().readTree(screen.out());
    assertThat(json.path("tee").asString()).isEqualTo("sample");
    assertThat(json.path("clients").asInt()).isEqualTo(2);
    assertThat(json.path("attestations").asLong()).isPositive();
    assertThat(json.path("errors").isEmpty()).isTrue();
    assertThat(json.path("seconds").asDouble()).isBetween(0.9, 2.0);
    assertThat(json.path("phases").propertyNames())
        .contains("auth", "evidence", "attest", "resource", "decrypt");
    assertThat(json.path("cpu_s").path("client").asDouble()).isPositive();
    assertThat(json.path("cpu_s").path("server").asDouble()).isPositive();
    assertThat(json.path("rss_mb").asDouble()).isGreaterThan(20);
    assertThat(json.path("limit").path("operations").size()).isGreaterThan(8);
    assertThat(json.path("share").asDouble())
        .isCloseTo(
            json.path("per_second").asDouble() / json.path("limit").path("per_second").asDouble(),
            org.assertj.core.api.Assertions.within(0.001));
  }

  @Test
  void azureEvidenceAtAFixedRateInWords() {
    int code = attest("--rate", "5", "--seconds", "2", "--warmup", "1", "--http");
    assertThat(code).as(screen.err()).isZero();
    assertThat(screen.out())
        .contains("az-snp-vtpm: ", "5.0/s asked for", "latency", "no errors", "lag: ", "reached ")
        .contains("RSA-2048 sign (TPM quote)");
  }

  @Test
  void whatIsNoBroker() throws Exception {
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          byte[] page = "<html>hello</html>".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    web.start();
    try {
      String url = "http://127.0.0.1:" + web.getAddress().getPort();
      assertThat(attest("--url", url, "--tee", "sample")).isEqualTo(4);
      assertThat(screen.err()).contains(url + " is no Key Broker Service").doesNotContain("\tat ");
    } finally {
      web.stop(0);
    }
    assertThat(attest("--url", "http://127.0.0.1:1", "--tee", "sample")).isEqualTo(4);
    assertThat(screen.err()).contains("cannot connect to http://127.0.0.1:1");
    assertThat(screen.out()).isEmpty();
  }

  @Test
  void aBrokerThatIsKilledInMidRun() throws Exception {
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> attest("--tee", "sample", "--seconds", "100", "--warmup", "0.5", "--json"));
    await().atMost(Duration.ofMinutes(1)).until(() -> screen.err().endsWith("measuring\n"));
    running(BrokerProcess.class).forEach(ProcessHandle::destroyForcibly);

    assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(4);
    assertThat(screen.err()).contains("the broker ended with exit code 137");
    JsonNode json = JsonMapper.shared().readTree(screen.out());
    assertThat(json.path("ended").asString()).contains("exit code 137");
    assertThat(json.path("seconds").asDouble()).isLessThan(60);
  }

  @Test
  void interrupted() throws Exception {
    List<String> command =
        List.of(
            // A build in the background ignores the signal, and so would its children.
            "perl",
            "-e",
            "$SIG{INT} = 'DEFAULT'; exec @ARGV",
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            CocoLab.class.getName(),
            "bench",
            "attest",
            "--tee",
            "sample",
            "--warmup",
            "0",
            "--seconds",
            "100");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(LabProcess.ENVIRONMENT);
    Process process = builder.start();
    try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
      List<String> lines = new ArrayList<>();
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        lines.add(line);
        if (line.equals("measuring")) {
          assertThat(programs()).hasSize(2);
          // The shell's own: a fresh Debian has no program of that name.
          new ProcessBuilder("sh", "-c", "kill -INT " + process.pid()).start().waitFor();
        }
      }
      assertThat(process.waitFor()).isEqualTo(130);
      assertThat(lines).as("and says nothing more").endsWith("measuring");
    } finally {
      process.destroyForcibly();
    }
  }
}
