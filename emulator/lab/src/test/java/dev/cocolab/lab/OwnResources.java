package dev.cocolab.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the kernel says that this process holds.
 *
 * @param listening addresses of listening TCP sockets, as {@code /proc/net/tcp} writes them
 * @param descriptors number of open sockets, pipes and other descriptors without a file, by kind
 * @param threads number of threads by name, digits left out
 */
record OwnResources(
    Set<String> listening, Map<String, Long> descriptors, Map<String, Long> threads) {
  private static final String LISTEN = "0A";

  static OwnResources now() throws IOException {
    List<String> open = descriptorTargets();
    return new OwnResources(
        listening(Set.copyOf(open)),
        open.stream()
            .filter(target -> !target.startsWith("/"))
            .collect(
                Collectors.groupingBy(
                    target -> target.replaceAll("\\d+", ""), TreeMap::new, Collectors.counting())),
        Thread.getAllStackTraces().keySet().stream()
            .collect(
                Collectors.groupingBy(
                    thread -> thread.getName().replaceAll("\\d+", ""),
                    TreeMap::new,
                    Collectors.counting())));
  }

  private static List<String> descriptorTargets() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.map(OwnResources::target).filter(target -> !target.isEmpty()).toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException closedMeanwhile) {
      return "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Set<String> listening(Set<String> own) throws IOException {
    Set<String> addresses = new TreeSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : new HashSet<>(Files.readAllLines(Path.of(table)))) {
        String[] fields = line.trim().split("\\s+", -1);
        if (fields[3].equals(LISTEN) && own.contains("socket:[" + fields[9] + "]")) {
          addresses.add(fields[1]);
        }
      }
    }
    return addresses;
  }
}
