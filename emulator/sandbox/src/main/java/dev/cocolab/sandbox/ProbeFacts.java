package dev.cocolab.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What was found when a sandbox was tried on this machine. Plain data, so that the answers of other
 * machines can be recorded and judged here.
 *
 * @param failure text of the first step that failed, as {@code unshare(1)} and {@code mount(8)}
 *     word it; empty when all steps worked
 * @param limits values of the files {@code max_*_namespaces} in {@code /proc/sys/user}, by name
 * @param unprivilegedUsernsClone {@code kernel.unprivileged_userns_clone}, absent on most kernels
 * @param apparmorRestricts {@code kernel.apparmor_restrict_unprivileged_userns}, Ubuntu only
 * @param inContainer whether a container's marker file exists
 * @param seccompMode line {@code Seccomp} of {@code /proc/self/status}, 2 = filtered
 */
public record ProbeFacts(
    Optional<String> failure,
    Map<String, Long> limits,
    OptionalLong unprivilegedUsernsClone,
    OptionalLong apparmorRestricts,
    boolean inContainer,
    int seccompMode) {

  static final String PERL_MISSING =
      "Perl is missing. Install the package perl-base (Debian, Ubuntu) or perl-interpreter (Fedora, RHEL).";

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final List<String> LIMITS =
      List.of(
          "max_user_namespaces",
          "max_net_namespaces",
          "max_pid_namespaces",
          "max_mnt_namespaces",
          "max_ipc_namespaces",
          "max_uts_namespaces");

  /** Copies the limits. */
  public ProbeFacts {
    Objects.requireNonNull(failure, "failure");
    limits = Map.copyOf(limits);
    Objects.requireNonNull(unprivilegedUsernsClone, "unprivilegedUsernsClone");
    Objects.requireNonNull(apparmorRestricts, "apparmorRestricts");
  }

  /**
   * Tries namespaces, loopback, proc, tmpfs and overlay once, which takes about 20 ms and leaves
   * nothing behind.
   *
   * @param scratch existing directory that this user may write; the tried mounts lie over it
   */
  public static ProbeFacts gather(Path scratch) {
    return gather(scratch, attempt(scratch, mode()));
  }

  static ProbeFacts gather(Path scratch, Optional<String> failure) {
    Objects.requireNonNull(scratch, "scratch");
    Map<String, Long> limits = new TreeMap<>();
    for (String name : LIMITS) {
      number(Path.of("/proc/sys/user", name)).ifPresent(value -> limits.put(name, value));
    }
    return new ProbeFacts(
        failure,
        limits,
        number(Path.of("/proc/sys/kernel/unprivileged_userns_clone")),
        number(Path.of("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")),
        Files.exists(Path.of("/.dockerenv")) || Files.exists(Path.of("/run/.containerenv")),
        status("Seccomp").map(text -> Integer.parseInt(text, 10)).orElse(0));
  }

  /** Root with CAP_SYS_ADMIN (bit 21) needs no user namespace; everybody else does. */
  static Mode mode() {
    boolean root = status("Uid").map(text -> text.matches("\\d+\\s+0\\s.*")).orElse(false);
    long effective = status("CapEff").map(text -> Long.parseUnsignedLong(text, 16)).orElse(0L);
    return root && (effective >> 21 & 1) == 1 ? Mode.ROOT : Mode.USER;
  }

  private static Optional<String> attempt(Path scratch, Mode mode) {
    if (!Files.isWritable(scratch)) {
      throw new SandboxException(
          SandboxException.Reason.DIRECTORY, "Cannot write to " + scratch + ".");
    }
    try {
      // The probe covers the folder with a tmpfs in a mount namespace of its own; nothing is made
      // in the folder itself.
      Script.inline(TIMEOUT)
          .start(
              "probe", List.of(mode.word(), scratch.toAbsolutePath().toString()), Redirect.DISCARD)
          .process()
          .waitFor();
      return Optional.empty();
    } catch (SandboxException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private static OptionalLong number(Path file) {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).trim()));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static Optional<String> status(String key) {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(key + ":"))
          .map(line -> line.substring(key.length() + 1).trim())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
