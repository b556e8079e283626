package dev.cocolab.lab.fitness;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.sandbox.ProbeFacts;
import dev.cocolab.sandbox.RuntimeDirectory;
import dev.cocolab.sandbox.SandboxException;
import dev.cocolab.sandbox.SandboxHost;
import dev.cocolab.sandbox.Unfit;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs all checks of a machine, the cheap ones first. None of them leaves anything behind. */
public final class MachineChecks {
  /** Images, a Java runtime for them, and the logs of a run fit into this. */
  private static final long FREE_BYTES = 500L * 1024 * 1024;

  /** What the base layer of pod images is made from, and what sets up a sandbox. */
  private static final List<String> TOOLS =
      List.of(
          "sh", "bash", "ls", "cat", "curl", "uname", "openssl", "head", "sleep", "grep", "id",
          "env", "mkdir", "tar", "perl", "setsid");

  /** Debian's packages of the tools that are not part of coreutils. */
  private static final Map<String, String> PACKAGES =
      Map.of(
          "sh", "dash",
          "bash", "bash",
          "curl", "curl",
          "grep", "grep",
          "openssl", "openssl",
          "perl", "perl-base",
          "setsid", "util-linux",
          "tar", "tar");

  private final Path home;
  private final Map<String, String> environment;

  public MachineChecks(Path home, Map<String, String> environment) {
    this.home = Objects.requireNonNull(home, "home");
    this.environment = Map.copyOf(environment);
  }

  public List<Check> all() {
    return List.of(java(), runtimeImage(), tools(), disk(), sockets(), namespaces());
  }

  /**
   * Refuses a machine that cannot run a lab, by the checks that take no time.
   *
   * @throws LabException for the first check that is not fit
   */
  public void requireFit() {
    List.of(tools(), disk(), sockets()).forEach(MachineChecks::require);
  }

  /**
   * Tries namespaces, which takes longer than the other checks.
   *
   * @throws LabException when they are refused
   */
  public void requireNamespaces() {
    require(namespaces());
  }

  private static void require(Check check) {
    if (check.unfit().isPresent()) {
      throw new LabException(check.unfit().get(), check.finding());
    }
  }

  private static Check java() {
    return Check.fit("java", Runtime.version() + " in " + System.getProperty("java.home"));
  }

  /** {@code jlink} and its modules make the Java runtime of the workload's image. */
  private static Check runtimeImage() {
    Path modules = Path.of(System.getProperty("java.home"), "jmods");
    return Files.isDirectory(modules)
        ? Check.fit("jmods", modules.toString())
        : Check.unfit(
            "jmods",
            Reason.TOOL_MISSING,
            "the Java runtime has no modules to link (%s); install a JDK, not a JRE (Debian: apt-get install openjdk-17-jdk)"
                .formatted(modules));
  }

  private Check tools() {
    List<String> missing = TOOLS.stream().filter(tool -> !onPath(tool)).toList();
    return missing.isEmpty()
        ? Check.fit("tools", String.join(" ", TOOLS))
        : Check.unfit(
            "tools",
            Reason.TOOL_MISSING,
            "not found in PATH: %s; install them (Debian: apt-get install %s)"
                .formatted(
                    String.join(", ", missing),
                    String.join(
                        " ",
                        missing.stream()
                            .map(tool -> PACKAGES.getOrDefault(tool, "coreutils"))
                            .distinct()
                            .toList())));
  }

  private boolean onPath(String tool) {
    String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    return Stream.of(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
  }

  private Check disk() {
    try {
      long free = Files.getFileStore(home).getUsableSpace();
      return free >= FREE_BYTES
          ? Check.fit("disk", "%d MiB free for %s".formatted(free >> 20, home))
          : Check.unfit(
              "disk",
              Reason.DISK_FULL,
              "only %d MiB are free for %s, %d are needed; free some, or set COCOLAB_HOME to a folder elsewhere"
                  .formatted(free >> 20, home, FREE_BYTES >> 20));
    } catch (IOException e) {
      return Check.unfit(
          "disk",
          Reason.HOME_UNUSABLE,
          "cannot look at the disk of %s (%s); set COCOLAB_HOME to another folder"
              .formatted(home, e.getMessage()));
    }
  }

  private Check sockets() {
    try {
      return Check.fit("sockets", socketDirectory().toString());
    } catch (SandboxException e) {
      return Check.unfit("sockets", Reason.TEMP_UNUSABLE, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The folder for Unix sockets: below {@code XDG_RUNTIME_DIR}, else the folder for temporary
   * files.
   *
   * @throws SandboxException when none is fit
   */
  public Path socketDirectory() {
    List<Path> candidates = new ArrayList<>();
    Stream.of(environment.get("XDG_RUNTIME_DIR"), environment.get("TMPDIR"))
        .filter(Objects::nonNull)
        .filter(text -> !text.isBlank())
        .map(Path::of)
        .filter(Files::isDirectory)
        .forEach(candidates::add);
    candidates.add(Path.of("/tmp"));
    return RuntimeDirectory.choose(candidates, System.getProperty("user.name", "user"));
  }

  private Check namespaces() {
    try {
      Optional<Unfit> unfit = SandboxHost.probe(ProbeFacts.gather(home));
      return unfit.isEmpty()
          ? Check.fit("namespaces", "user, network, mount, pid, ipc and uts namespaces work")
          : Check.unfit("namespaces", Reason.NAMESPACES_REFUSED, unfit.get().sentence());
    } catch (SandboxException e) {
      return Check.unfit("namespaces", Reason.HOME_UNUSABLE, String.valueOf(e.getMessage()));
    } catch (UncheckedIOException e) {
      return Check.unfit(
          "namespaces",
          Reason.HOME_UNUSABLE,
          "cannot try namespaces with files in %s (%s); set COCOLAB_HOME to another folder"
              .formatted(home, e.getCause().getMessage()));
    }
  }
}
