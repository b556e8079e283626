package dev.cocolab.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a running lab has on this machine, and what of it is left later.
 *
 * @param processes the lab's own and all that it started
 * @param listening inodes of its listening TCP sockets in the network namespace of this machine
 * @param folders of its sandboxes, below the home folder
 * @param socketFolders where it keeps Unix sockets
 */
record Traces(
    Set<Long> processes, Set<String> listening, List<Path> folders, List<Path> socketFolders) {
  private static final String LISTEN = "0A";

  static Traces of(ProcessHandle lab, Path home) throws IOException {
    Set<Long> processes =
        Stream.concat(Stream.of(lab), lab.descendants())
            .map(ProcessHandle::pid)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> sockets = sockets(lab.pid());
    List<Path> folders;
    try (Stream<Path> all = Files.list(home.resolve("sandboxes/sandbox"))) {
      folders = all.filter(p -> p.getFileName().toString().startsWith(lab.pid() + "-")).toList();
    }
    List<Path> socketFolders = new ArrayList<>();
    for (Path folder : folders) {
      socketFolders.add(Path.of(Files.readString(folder.resolve("runtime"))));
    }
    Set<String> listening = listeningNow();
    listening.retainAll(sockets);
    return new Traces(processes, listening, folders, socketFolders);
  }

  /** One line for each process, mount and listening socket that is still there. */
  List<String> left() throws IOException {
    List<String> left = new ArrayList<>();
    for (long pid : processes) {
      if (isRunning(pid)) {
        left.add("process " + pid);
      }
    }
    Set<String> sockets = listeningNow();
    sockets.retainAll(listening);
    sockets.forEach(inode -> left.add("listening socket " + inode));
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      all.filter(path -> path.getFileName().toString().matches("\\d+"))
          .filter(this::mentionsAFolder)
          .forEach(process -> left.add("mount or command line of " + process));
    }
    return left;
  }

  private boolean mentionsAFolder(Path process) {
    String text = text(process.resolve("cmdline")) + text(process.resolve("mountinfo"));
    return folders.stream().anyMatch(folder -> text.contains(folder.toString()));
  }

  private static boolean isRunning(long pid) {
    String stat = text(Path.of("/proc", Long.toString(pid), "stat"));
    // A zombie is only waiting for its parent, which here is this test or process 1.
    return !stat.isEmpty() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
  }

  private static Set<String> sockets(long pid) throws IOException {
    Set<String> inodes = new TreeSet<>();
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path descriptor : open.toList()) {
        String target = Files.isSymbolicLink(descriptor) ? target(descriptor) : "";
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    }
    return inodes;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  private static Set<String> listeningNow() throws IOException {
    Set<String> inodes = new TreeSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.trim().split("\\s+", -1);
        if (fields[3].equals(LISTEN)) {
          inodes.add(fields[9]);
        }
      }
    }
    return inodes;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException endedMeanwhile) {
      return "";
    }
  }
}
