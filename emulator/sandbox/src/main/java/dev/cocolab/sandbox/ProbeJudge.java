package dev.cocolab.sandbox;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Names the cause of a refusal; a pure function of the facts. */
final class ProbeJudge {
  private static final String OR_CONTAINER =
      ", or in a container: " + InContainer.BUILD + " && " + InContainer.RUN;

  private ProbeJudge() {}

  static Optional<Unfit> judge(ProbeFacts facts) {
    return facts.failure().map(failure -> cause(facts, failure));
  }

  private static Unfit cause(ProbeFacts facts, String failure) {
    if (failure.startsWith(ProbeFacts.PERL_MISSING)) {
      return new Unfit(Unfit.Reason.NO_PERL, ProbeFacts.PERL_MISSING);
    }
    if (failure.contains("no system call numbers")) {
      return new Unfit(
          Unfit.Reason.PROCESSOR,
          "This processor is not supported. Use a machine with x86-64 or arm64.");
    }
    Optional<String> exhausted =
        facts.limits().entrySet().stream()
            .filter(limit -> limit.getValue() == 0)
            .map(Map.Entry::getKey)
            .sorted((a, b) -> Boolean.compare(b.contains("user"), a.contains("user")))
            .findFirst();
    if (exhausted.isPresent() || failure.contains("No space left on device")) {
      return disabled(exhausted.orElse("max_user_namespaces"));
    }
    boolean denied =
        failure.contains("Operation not permitted")
            || failure.toLowerCase(Locale.ROOT).contains("permission denied");
    if (denied && facts.unprivilegedUsernsClone().orElse(1) == 0) {
      return new Unfit(
          Unfit.Reason.UNPRIVILEGED_NAMESPACES_OFF,
          "User namespaces are only for root here. Run: sudo sysctl -w"
              + " kernel.unprivileged_userns_clone=1"
              + OR_CONTAINER);
    }
    if (denied && facts.apparmorRestricts().orElse(0) == 1) {
      return new Unfit(
          Unfit.Reason.APPARMOR,
          "Ubuntu restricts user namespaces. Run: sudo sysctl -w"
              + " kernel.apparmor_restrict_unprivileged_userns=0 (or start the emulator with sudo)"
              + OR_CONTAINER);
    }
    if (denied && failure.startsWith("mount") && !failure.contains("overlay")) {
      return new Unfit(
          Unfit.Reason.MASKED_PROC,
          "The container runtime masks /proc. Start it with: docker run " + InContainer.OPTIONS);
    }
    if (denied && (facts.inContainer() || facts.seccompMode() == 2)) {
      return new Unfit(
          Unfit.Reason.CONTAINER,
          "The container runtime forbids namespaces. Start it with: docker run "
              + InContainer.OPTIONS);
    }
    if (failure.contains("Function not implemented")) {
      return new Unfit(
          Unfit.Reason.KERNEL_TOO_OLD,
          "The kernel is too old (" + failure + "). Use Linux 5.12 or newer.");
    }
    if (failure.contains("overlay")) {
      return new Unfit(
          Unfit.Reason.OVERLAY,
          "The kernel refuses an overlay file system ("
              + failure
              + "). Use Linux 5.12 or newer with the overlay module: sudo modprobe overlay");
    }
    if (denied) {
      return new Unfit(
          Unfit.Reason.CONTAINER,
          "Namespaces are not permitted ("
              + failure
              + "). Start the emulator as root"
              + OR_CONTAINER);
    }
    return new Unfit(
        Unfit.Reason.UNKNOWN,
        "A sandbox cannot be made here ("
            + failure
            + "). Start the emulator as root on Linux 5.12 or newer.");
  }

  private static Unfit disabled(String limit) {
    String what = limit.contains("user") ? "User namespaces" : "Namespaces";
    return new Unfit(
        Unfit.Reason.NAMESPACES_DISABLED,
        what + " are disabled. Run: sudo sysctl -w user." + limit + "=15000" + OR_CONTAINER);
  }
}
