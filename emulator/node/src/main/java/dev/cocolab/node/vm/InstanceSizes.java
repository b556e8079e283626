package dev.cocolab.node.vm;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which VM size a pod gets (cloud-api-adaptor, instance selection). */
final class InstanceSizes {
  private static final String BUILT_IN = "Standard_DC2as_v5";
  private static final String ANNOTATION = "io.katacontainers.config.hypervisor.";
  private static final Pattern SIZE = Pattern.compile("Standard_([DE])C(\\d+)[a-z]*_.*");

  /** MiB of memory for each virtual CPU in Azure's D and E families. */
  private static final int D_MEMORY = 4 * 1024;

  private static final int E_MEMORY = 8 * 1024;

  private final String defaultSize;
  private final List<String> allowed;

  /** A refusal in the adaptor's words. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * Reads the adaptor's settings.
   *
   * @param settings data of the config map {@code peer-pods-cm}
   */
  InstanceSizes(Map<String, String> settings) {
    String configured = settings.getOrDefault("AZURE_INSTANCE_SIZE", "");
    this.defaultSize = configured.isEmpty() ? BUILT_IN : configured;
    this.allowed =
        List.of(settings.getOrDefault("AZURE_INSTANCE_SIZES", "").split(",", -1)).stream()
            .filter(size -> !size.isEmpty())
            .toList();
  }

  /**
   * Chooses by annotations.
   *
   * @throws Refused with the adaptor's text
   */
  String choose(Map<String, String> annotations) {
    String wanted = annotations.getOrDefault(ANNOTATION + "machine_type", "");
    if (wanted.isEmpty()) {
      int gpus = number(annotations, "default_gpus");
      if (gpus > 0) {
        throw new Refused("no instance type found for the given number of GPUs (" + gpus + ")");
      }
      wanted = bestFit(number(annotations, "default_vcpus"), number(annotations, "default_memory"));
    }
    return verified(wanted.isEmpty() ? defaultSize : wanted);
  }

  private String bestFit(int vcpus, int memory) {
    if (vcpus == 0 || memory == 0) {
      return "";
    }
    Optional<String> found =
        allowed.stream()
            .sorted(Comparator.comparingInt(InstanceSizes::memory))
            .filter(size -> vcpus(size) >= vcpus && memory(size) >= memory)
            .findFirst();
    return found.orElseThrow(
        () ->
            new Refused(
                "failed to get instance type based on vCPU and memory annotations: no instance type"
                    + " found for the given vcpus ("
                    + vcpus
                    + ") and memory ("
                    + memory
                    + ")"));
  }

  private String verified(String size) {
    if (allowed.isEmpty() && !size.equals(defaultSize)) {
      throw new Refused(
          "failed to verify instance type: requested instance type (\""
              + size
              + "\") is not default (\""
              + defaultSize
              + "\") and supported instance types list is empty");
    }
    if (!allowed.isEmpty() && !allowed.contains(size)) {
      throw new Refused(
          "failed to verify instance type: requested instance type (\""
              + size
              + "\") is not part of supported instance types list");
    }
    return size;
  }

  private static int vcpus(String size) {
    Matcher matcher = SIZE.matcher(size);
    return matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
  }

  private static int memory(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      return 0;
    }
    return vcpus(size) * (matcher.group(1).equals("D") ? D_MEMORY : E_MEMORY);
  }

  private static int number(Map<String, String> annotations, String name) {
    String text = annotations.getOrDefault(ANNOTATION + name, "0");
    if (!text.matches("\\d{1,9}")) {
      throw new Refused("annotation " + ANNOTATION + name + ": invalid number \"" + text + "\"");
    }
    return Integer.parseInt(text);
  }
}
