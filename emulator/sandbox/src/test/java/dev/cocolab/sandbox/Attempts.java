package dev.cocolab.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A list of attempts that {@code attempts.pl} makes, in a container or, to show that they can
 * succeed at all, on this machine.
 */
final class Attempts {
  private static final Map<String, String> ERRORS =
      Map.ofEntries(
          Map.entry("1", "EPERM"),
          Map.entry("2", "ENOENT"),
          Map.entry("3", "ESRCH"),
          Map.entry("13", "EACCES"),
          Map.entry("22", "EINVAL"),
          Map.entry("28", "ENOSPC"),
          Map.entry("30", "EROFS"),
          Map.entry("40", "ELOOP"),
          Map.entry("97", "EAFNOSUPPORT"),
          Map.entry("111", "ECONNREFUSED"),
          Map.entry("126", "ENOKEY"));

  private final List<String> lines = new ArrayList<>();

  /** Adds an attempt; the operations are those of the script. */
  Attempts add(String name, String operation, Object... args) {
    StringBuilder line = new StringBuilder(name).append('\t').append(operation);
    for (Object arg : args) {
      line.append('\t').append(arg);
    }
    lines.add(line.append('\n').toString());
    return this;
  }

  /** The name of each attempt with {@code ok}, the name of the error, or what was seen. */
  Map<String, String> in(SandboxFixture lab, PodSandbox pod, int uid, List<Mount> volumes)
      throws IOException {
    Path folder = Files.createTempDirectory(lab.base(), "attempts");
    Path list = Files.writeString(folder.resolve("list"), String.join("", lines));
    List<Mount> mounts = new ArrayList<>(volumes);
    mounts.add(new Mount(script(folder), "/attempts/script", true));
    mounts.add(new Mount(list, "/attempts/list", true));
    ContainerSpec spec =
        ContainerSpec.of("attacker", List.of(lab.layer()), command())
            .withUser(uid, 0)
            .withMounts(mounts);
    SandboxFixture.Outcome outcome = SandboxFixture.outcome(pod.start(spec));
    return answers(outcome.out(), outcome.err());
  }

  private static List<String> command() throws IOException {
    return List.of("perl", "/attempts/script", architecture(), mountNamespace(), "/attempts/list");
  }

  private static String mountNamespace() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")).toString();
  }

  /**
   * The same on this machine.
   *
   * @param prefix a program that runs another one, or nothing
   */
  Map<String, String> outside(Path folder, List<String> prefix)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("perl", script(folder).toString(), architecture(), mountNamespace()));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
    process.getOutputStream().write(String.join("", lines).getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String out = text(process.getInputStream());
    String err = text(process.getErrorStream());
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return answers(out, err);
  }

  private static Map<String, String> answers(String out, String err) {
    Map<String, String> answers = new LinkedHashMap<>();
    for (String line : out.lines().toList()) {
      String[] parts = line.split("\t", 2);
      answers.put(parts[0], ERRORS.getOrDefault(parts[1], parts[1]));
    }
    // A script that broke off must not pass for one whose attempts failed.
    answers.put("complaints", err);
    return answers;
  }

  private static Path script(Path folder) throws IOException {
    Path file = folder.resolve("attempts.pl");
    try (InputStream source = Attempts.class.getResourceAsStream("attempts.pl")) {
      if (!Files.exists(file)) {
        Files.write(file, source.readAllBytes());
      }
    }
    return file;
  }

  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String architecture() {
    return System.getProperty("os.arch", "");
  }
}
