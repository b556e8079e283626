package dev.cocolab.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** An OCI layout with one layer made of programs of this machine. */
final class TestImage {
  private static final Pattern LIBRARY = Pattern.compile("(/[^\\s:]+)(?=\\s+\\(0x)");

  private TestImage() {}

  static Path build(Path directory) throws IOException, InterruptedException {
    Path root = directory.resolve("root");
    for (String program :
        List.of("sh", "bash", "cat", "ls", "id", "sleep", "head", "env", "perl", "touch")) {
      Path source = Path.of("/usr/bin", program);
      Path real = (Files.exists(source) ? source : Path.of("/bin", program)).toRealPath();
      copy(real, root.resolve("bin").resolve(program));
      String text = run("ldd", real.toString());
      LIBRARY
          .matcher(text)
          .results()
          .map(result -> Path.of(result.group(1)))
          .forEach(library -> copy(library, root.resolve(library.toString().substring(1))));
    }
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(
        root.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\napp:x:1001:0::/home/app:/bin/sh\n");
    Path layout = Files.createDirectories(directory.resolve("layout/blobs/sha256"));
    Path tar = directory.resolve("layer.tar");
    run("tar", "--owner=0", "--group=0", "-C", root.toString(), "-cf", tar.toString(), ".");
    String diffId = digest(Files.readAllBytes(tar));
    run("gzip", "-1", "-k", tar.toString());
    byte[] layer = Files.readAllBytes(directory.resolve("layer.tar.gz"));
    String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    String config =
        blob(
            layout,
            ("{\"architecture\":\""
                    + arch
                    + "\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\",\"FROM=image\"],"
                    + "\"Cmd\":[\"sh\",\"-c\",\"echo default\"],\"WorkingDir\":\"/work\"},"
                    + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
                    + diffId
                    + "\"]}}")
                .getBytes(StandardCharsets.UTF_8),
            "application/vnd.oci.image.config.v1+json");
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
            + "\"config\":"
            + config
            + ",\"layers\":["
            + blob(layout, layer, "application/vnd.oci.image.layer.v1.tar+gzip")
            + "]}";
    String index =
        blob(
            layout,
            manifest.getBytes(StandardCharsets.UTF_8),
            "application/vnd.oci.image.manifest.v1+json");
    Path top = directory.resolve("layout");
    Files.writeString(top.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        top.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[" + index + "]}");
    return top;
  }

  private static String blob(Path blobs, byte[] bytes, String mediaType) throws IOException {
    String digest = digest(bytes);
    Files.write(blobs.resolve(digest), bytes);
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"digest\":\"sha256:"
        + digest
        + "\",\"size\":"
        + bytes.length
        + "}";
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void copy(Path source, Path target) {
    try {
      Files.createDirectories(target.getParent());
      Files.copy(
          source, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + text);
    }
    return text;
  }
}
