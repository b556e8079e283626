package dev.cocolab.guest;

import dev.cocolab.image.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An OCI layout of one plain layer with one file. */
final class TestImage {

  private TestImage() {}

  static Path layout(Path directory, String mediaType, String file, String content)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      TarArchiveEntry entry = new TarArchiveEntry(file);
      entry.setSize(bytes.length);
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
    }
    byte[] layer = out.toByteArray();
    String config =
        "{\"config\":{\"Env\":[\"A=b\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
            + Digest.sha256(layer)
            + "\"]}}";
    String manifest =
        "{\"schemaVersion\":2,\"config\":"
            + blob(
                directory,
                "application/vnd.oci.image.config.v1+json",
                config.getBytes(StandardCharsets.UTF_8))
            + ",\"layers\":["
            + blob(directory, mediaType, layer)
            + "]}";
    String entry =
        blob(
            directory,
            "application/vnd.oci.image.manifest.v1+json",
            manifest.getBytes(StandardCharsets.UTF_8));
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        directory.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[" + entry + "]}");
    return directory;
  }

  private static String blob(Path directory, String mediaType, byte[] content) throws IOException {
    Digest digest = Digest.sha256(content);
    Files.write(
        Files.createDirectories(directory.resolve("blobs/sha256")).resolve(digest.hex()), content);
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"digest\":\""
        + digest
        + "\",\"size\":"
        + content.length
        + "}";
  }
}
