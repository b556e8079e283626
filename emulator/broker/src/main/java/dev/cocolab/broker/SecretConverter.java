package dev.cocolab.broker;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The init container of the Trustee deployment: copies mounted Kubernetes secrets to where the
 * broker's LocalFs storage looks for resources. Key {@code k} of secret {@code s} becomes resource
 * {@code default/s/k}, bytes unchanged.
 */
public final class SecretConverter {
  private static final String SECRETS = "/tmp/kbs-secrets";
  private static final String REPOSITORY = "/opt/confidential-containers/storage/repository";
  private static final String SEPARATOR = "\\x2F";
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-][a-zA-Z0-9_.-]*");

  private SecretConverter() {}

  /**
   * Runs to the end.
   *
   * @param args none are used
   * @param env none is used
   * @param files from a path inside the container to the file on this machine
   * @param log gets one line for each secret, never a secret's content
   * @return 0, or 1 when something could not be copied
   */
  public static int run(
      List<String> args,
      Map<String, String> env,
      Function<String, Path> files,
      Consumer<String> log) {
    Path source = files.apply(SECRETS);
    Path target = files.apply(REPOSITORY);
    try {
      if (!Files.isDirectory(target)) {
        Files.createDirectories(target);
      }
      if (!Files.isDirectory(source)) {
        log.accept("no secrets are mounted under " + SECRETS);
        return 0;
      }
      for (Path secret : visible(source)) {
        if (Files.isDirectory(secret)) {
          convert(secret, target, log);
        }
      }
      return 0;
    } catch (IOException e) {
      log.accept("failed to convert secrets: " + e);
      return 1;
    }
  }

  private static void convert(Path secret, Path target, Consumer<String> log) throws IOException {
    String name = secret.getFileName().toString();
    int copied = 0;
    for (Path key : visible(secret)) {
      String keyName = key.getFileName().toString();
      if (!Files.isRegularFile(key)) {
        continue;
      }
      if (!NAME.matcher(name).matches() || !NAME.matcher(keyName).matches()) {
        throw new IOException("`" + name + "/" + keyName + "` is not a resource name");
      }
      String resource = "default" + SEPARATOR + name + SEPARATOR + keyName;
      Files.copy(key, target.resolve(resource), StandardCopyOption.REPLACE_EXISTING);
      copied++;
    }
    log.accept("converted secret " + name + ": " + copied + " resources");
  }

  /** Hidden entries are how a secret volume swaps its content; they are no keys. */
  private static List<Path> visible(Path directory) throws IOException {
    List<Path> out = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (!entry.getFileName().toString().startsWith(".")) {
          out.add(entry);
        }
      }
    }
    Collections.sort(out);
    return out;
  }
}
