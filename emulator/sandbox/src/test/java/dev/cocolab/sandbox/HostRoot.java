package dev.cocolab.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A small image layer made of programs of this machine and the libraries that they load. */
final class HostRoot {
  private static final Pattern LIBRARY = Pattern.compile("(/[^\\s:]+)(?=\\s+\\(0x)");

  private HostRoot() {}

  static Path create(Path directory, List<String> programs) throws IOException {
    for (String program : programs) {
      Path source = find(program);
      copy(source.toRealPath(), directory.resolve("bin").resolve(program));
      for (Path library : libraries(source)) {
        copy(library, directory.resolve(library.toString().substring(1)));
      }
    }
    Files.createDirectories(directory.resolve("etc"));
    Files.writeString(
        directory.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\napp:x:1001:0::/:/bin/sh\n");
    return directory;
  }

  private static Path find(String program) throws IOException {
    for (String directory : List.of("/bin", "/usr/bin", "/sbin", "/usr/sbin")) {
      Path candidate = Path.of(directory, program);
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new IOException("no program " + program + " on this machine");
  }

  private static List<Path> libraries(Path program) throws IOException {
    Process process = new ProcessBuilder("ldd", program.toString()).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher matcher = LIBRARY.matcher(text);
    return matcher.results().map(result -> Path.of(result.group(1))).toList();
  }

  private static void copy(Path source, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    Files.copy(
        source, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
  }
}
