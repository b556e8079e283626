package dev.cocolab.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes tar layers, hostile ones too, and OCI layouts of them. */
final class TestLayers {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

  TestLayers() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
  }

  TestLayers gnu() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    return this;
  }

  TestLayers file(String name, String content) throws IOException {
    return file(name, content.getBytes(StandardCharsets.UTF_8), 0644);
  }

  TestLayers file(String name, byte[] content, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL, true);
    entry.setSize(content.length);
    entry.setMode(mode);
    entry.setModTime(1_700_000_000_000L);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
    return this;
  }

  TestLayers directory(String name, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_DIR, true);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
    return this;
  }

  TestLayers link(String name, byte type, String target) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
    return this;
  }

  TestLayers symlink(String name, String target) throws IOException {
    return link(name, TarConstants.LF_SYMLINK, target);
  }

  TestLayers hardlink(String name, String target) throws IOException {
    return link(name, TarConstants.LF_LINK, target);
  }

  TestLayers special(String name, byte type) throws IOException {
    return link(name, type, "");
  }

  byte[] tar() throws IOException {
    tar.close();
    return bytes.toByteArray();
  }

  byte[] gzip() throws IOException {
    return gzip(tar());
  }

  static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  /** An image layout with these plain layers, gzip compressed, lowest first. */
  static Path layout(Path directory, byte[]... tars) throws IOException {
    List<String> diffIds = new ArrayList<>();
    List<String> layers = new ArrayList<>();
    for (byte[] tar : tars) {
      byte[] blob = gzip(tar);
      diffIds.add("\"" + Digest.sha256(tar) + "\"");
      layers.add(
          descriptor(
              "application/vnd.oci.image.layer.v1.tar+gzip", blob(directory, blob), blob.length));
    }
    return layout(directory, diffIds, layers, "amd64");
  }

  static Path layout(Path directory, List<String> diffIds, List<String> layers, String architecture)
      throws IOException {
    String manifest = manifest(directory, diffIds, layers);
    String entry =
        manifest.replaceFirst(
            "}$", ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}}");
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        directory.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[" + entry + "]}");
    return directory;
  }

  /** Writes configuration and manifest and returns the manifest's descriptor. */
  static String manifest(Path directory, List<String> diffIds, List<String> layers)
      throws IOException {
    byte[] config =
        ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\"],\"Entrypoint\":[\"/bin/app\"],"
                + "\"Cmd\":[\"x\"],\"User\":\"1001\",\"WorkingDir\":\"/app\"},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + String.join(",", diffIds)
                + "]}}")
            .getBytes(StandardCharsets.UTF_8);
    byte[] manifest =
        ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":"
                + descriptor(
                    "application/vnd.oci.image.config.v1+json",
                    blob(directory, config),
                    config.length)
                + ",\"layers\":["
                + String.join(",", layers)
                + "]}")
            .getBytes(StandardCharsets.UTF_8);
    return descriptor(
        "application/vnd.oci.image.manifest.v1+json", blob(directory, manifest), manifest.length);
  }

  static String descriptor(String mediaType, Digest digest, int size) {
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"digest\":\""
        + digest
        + "\",\"size\":"
        + size
        + "}";
  }

  static Digest blob(Path directory, byte[] content) throws IOException {
    Digest digest = Digest.sha256(content);
    Path blobs = Files.createDirectories(directory.resolve("blobs/sha256"));
    Files.write(blobs.resolve(digest.hex()), content);
    return digest;
  }
}
