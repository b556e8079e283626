package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerUnpackerTest {

  private static final String GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";
  private static final UnpackLimits SMALL =
      new UnpackLimits(1 << 20, 50, 100, 64 * 1024, 400, 100, 8);

  @TempDir Path directory;
  private Path target;

  @BeforeEach
  void createTarget() throws IOException {
    target = Files.createDirectory(directory.resolve("target"));
  }

  @Test
  void unpacksFilesDirectoriesAndLinks() throws IOException {
    byte[] tar =
        new TestLayers()
            .directory("./", 0755)
            .directory("etc/", 0750)
            .file("etc/app.conf", "x=1".getBytes(StandardCharsets.UTF_8), 04755)
            .symlink("etc/link", "app.conf")
            .symlink("abs", "/etc/app.conf")
            .hardlink("hard", "etc/app.conf")
            .file("deep/er/file", "implied parents")
            .tar();

    unpack(tar);

    Path rootfs = target.resolve("rootfs");
    assertThat(rootfs.resolve("etc/app.conf")).hasContent("x=1");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(rootfs.resolve("etc/app.conf"))))
        .isEqualTo("rwxr-xr-x");
    assertThat((int) Files.getAttribute(rootfs.resolve("etc/app.conf"), "unix:mode") & 07000)
        .isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rootfs.resolve("etc"))))
        .isEqualTo("rwxr-x---");
    assertThat(Files.readSymbolicLink(rootfs.resolve("etc/link"))).isEqualTo(Path.of("app.conf"));
    assertThat(Files.readSymbolicLink(rootfs.resolve("abs"))).isEqualTo(Path.of("/etc/app.conf"));
    assertThat(Files.isSameFile(rootfs.resolve("hard"), rootfs.resolve("etc/app.conf"))).isTrue();
    assertThat(rootfs.resolve("deep/er/file")).hasContent("implied parents");
    assertThat(Files.getLastModifiedTime(rootfs.resolve("deep/er/file")).toMillis())
        .isEqualTo(1_700_000_000_000L);
  }

  @Test
  void collectsWhiteoutsInsteadOfWritingThem() throws IOException {
    unpack(
        new TestLayers()
            .file("a/.wh.gone", "")
            .file("b/.wh..wh..opq", "")
            .file(".wh..wh.plnk", "")
            .tar());

    Whiteouts whiteouts = Whiteouts.fromJson(Files.readAllBytes(target.resolve("whiteouts.json")));
    assertThat(whiteouts.removed()).containsExactly("a/gone");
    assertThat(whiteouts.opaque()).containsExactly("b");
    assertThat(target.resolve("rootfs")).isEmptyDirectory();
  }

  @Test
  void acceptsADirectoryListedTwice() throws IOException {
    unpack(new TestLayers().directory("d/", 0700).directory("d/", 0755).tar());

    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(target.resolve("rootfs/d"))))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void readsLongNamesOfBothKinds() throws IOException {
    String name = "n".repeat(90) + "/" + "m".repeat(90);
    unpack(new TestLayers().file(name, "posix").gnu().file(name + "2", "gnu").tar());

    assertThat(target.resolve("rootfs").resolve(name)).hasContent("posix");
    assertThat(target.resolve("rootfs").resolve(name + "2")).hasContent("gnu");
  }

  @Test
  void refusesNamesThatLeaveTheArchive() throws IOException {
    assertRefused(Reason.PATH_TRAVERSAL, new TestLayers().file("../evil", "x"));
    assertRefused(Reason.PATH_TRAVERSAL, new TestLayers().file("a/../../evil", "x"));
    assertRefused(Reason.PATH_TRAVERSAL, new TestLayers().directory("..", 0755));
    assertRefused(Reason.PATH_TRAVERSAL, new TestLayers().file("a/.wh...", ""));
    assertRefused(Reason.ABSOLUTE_PATH, new TestLayers().file("/evil", "x"));
    assertRefused(Reason.ABSOLUTE_PATH, new TestLayers().file("/" + "e".repeat(150), "x"));
    assertRefused(Reason.ABSOLUTE_PATH, new TestLayers().gnu().file("/" + "e".repeat(150), "x"));
  }

  @Test
  void refusesLinksThatPointOrWriteOutside() throws IOException {
    assertRefused(Reason.SYMLINK_ESCAPE, new TestLayers().symlink("a/l", "../../etc/passwd"));
    assertRefused(Reason.SYMLINK_ESCAPE, new TestLayers().symlink("l", "/../etc/passwd"));
    assertRefused(
        Reason.WRITE_THROUGH_LINK, new TestLayers().symlink("l", "/etc").file("l/evil", "x"));
    assertRefused(
        Reason.WRITE_THROUGH_LINK,
        new TestLayers().symlink("l", directory.toString()).file("l/evil", "x"));
    assertRefused(
        Reason.WRITE_THROUGH_LINK, new TestLayers().symlink("l", "/etc").hardlink("h", "l/passwd"));
    assertRefused(Reason.HARDLINK_ESCAPE, new TestLayers().hardlink("h", "/etc/passwd"));
    assertRefused(Reason.HARDLINK_ESCAPE, new TestLayers().hardlink("h", "../etc/passwd"));
    assertRefused(Reason.HARDLINK_TARGET_MISSING, new TestLayers().hardlink("h", "nowhere"));
    assertRefused(
        Reason.HARDLINK_TARGET_MISSING, new TestLayers().directory("d/", 0755).hardlink("h", "d"));
    assertThat(directory.resolve("evil")).doesNotExist();
  }

  @Test
  void refusesToWriteThroughALinkOfTheSameName() throws IOException {
    Path outside = directory.resolve("outside");
    assertRefused(
        Reason.DUPLICATE_ENTRY, new TestLayers().symlink("f", outside.toString()).file("f", "x"));
    assertThat(outside).doesNotExist();
  }

  @Test
  void refusesDevicesPipesAndUnknownTypes() throws IOException {
    assertRefused(Reason.DEVICE_NODE, new TestLayers().special("dev/null", TarConstants.LF_CHR));
    assertRefused(Reason.DEVICE_NODE, new TestLayers().special("dev/sda", TarConstants.LF_BLK));
    assertRefused(Reason.FIFO, new TestLayers().special("pipe", TarConstants.LF_FIFO));
    assertRefused(Reason.BAD_ARCHIVE, new TestLayers().special("sparse", (byte) 'S'));
    assertRefused(Reason.ENTRY_TYPE, new TestLayers().special("volume", (byte) 'V'));
  }

  @Test
  void refusesDuplicates() throws IOException {
    assertRefused(Reason.DUPLICATE_ENTRY, new TestLayers().file("f", "1").file("f", "2"));
    assertRefused(Reason.DUPLICATE_ENTRY, new TestLayers().file("f", "1").file("./f", "2"));
    assertRefused(Reason.DUPLICATE_ENTRY, new TestLayers().file("f", "1").directory("f/", 0755));
    assertRefused(Reason.DUPLICATE_ENTRY, new TestLayers().directory("d/", 0755).symlink("d", "x"));
    assertRefused(Reason.DUPLICATE_ENTRY, new TestLayers().file("f", "1").file("f/below", "2"));
  }

  @Test
  void refusesBombs() throws IOException {
    assertRefused(Reason.TOO_MUCH_DATA, new TestLayers().file("big", random(2 << 20), 0644));
    assertRefused(
        Reason.COMPRESSION_RATIO, new TestLayers().file("zeros", new byte[512 * 1024], 0644));
    TestLayers many = new TestLayers();
    for (int i = 0; i < 51; i++) {
      many.file("f" + i, "");
    }
    assertRefused(Reason.TOO_MANY_ENTRIES, many);
    assertRefused(Reason.TOO_DEEP, new TestLayers().file("1/2/3/4/5/6/7/8/9", ""));
    assertRefused(Reason.NAME_TOO_LONG, new TestLayers().file("n".repeat(101), ""));
    assertRefused(Reason.NAME_TOO_LONG, new TestLayers().file("nnnn/".repeat(90) + "n", ""));
    assertRefused(Reason.NAME_TOO_LONG, new TestLayers().symlink("l", "x".repeat(401)));
  }

  @Test
  void refusesOversizedExtendedHeadersBeforeReadingThem() throws IOException {
    byte[] tar = new TestLayers().gnu().file("z".repeat(200), "").tar();
    byte[] size = "00003000000".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, tar, 124, size.length);
    fixChecksum(tar);
    assertRefused(Reason.NAME_TOO_LONG, tar);
  }

  @Test
  void refusesPaxRecordsThatChangeTheSize() throws IOException {
    byte[] record = "12 size=100\n".getBytes(StandardCharsets.US_ASCII);
    byte[] tar = new TestLayers().file("x", record, 0644).file("f", "data").tar();
    tar[156] = 'x';
    fixChecksum(tar);
    assertRefused(Reason.BAD_ARCHIVE, tar);
  }

  @Test
  void refusesWhatIsNoArchive() throws IOException {
    assertRefused(Reason.BAD_ARCHIVE, random(4096));
    byte[] tar = new TestLayers().file("f", random(3000), 0644).tar();
    assertRefused(Reason.BAD_ARCHIVE, Arrays.copyOf(tar, 1024));
    byte[] gzip = TestLayers.gzip(tar);
    byte[] cut = Arrays.copyOf(gzip, gzip.length / 2);
    assertThat(refusal(cut, Digest.sha256(tar), GZIP, cut).reason()).isEqualTo(Reason.BAD_ARCHIVE);
    assertThat(refusal(tar, Digest.sha256(tar), GZIP, tar).reason()).isEqualTo(Reason.BAD_ARCHIVE);
  }

  @Test
  void checksDigestSizeAndDiffId() throws IOException {
    byte[] tar = new TestLayers().file("f", "content").tar();
    byte[] other = new TestLayers().file("f", "Content").tar();
    Digest diffId = Digest.sha256(tar);

    assertThat(refusal(other, Digest.sha256(other), PLAIN, tar).reason())
        .isEqualTo(Reason.DIGEST_MISMATCH);
    assertThat(refusal(tar, Digest.sha256(other), PLAIN, tar).reason())
        .isEqualTo(Reason.DIFF_ID_MISMATCH);
    byte[] cut = Arrays.copyOf(tar, tar.length - 512);
    assertThat(refusal(tar, diffId, PLAIN, cut).reason()).isEqualTo(Reason.TRUNCATED);
    byte[] longer = Arrays.copyOf(tar, tar.length + 512);
    assertThat(refusal(tar, diffId, PLAIN, longer).reason()).isEqualTo(Reason.OVERLONG);
  }

  @Test
  void refusesUnreadMediaTypesByName() throws IOException {
    byte[] tar = new TestLayers().file("f", "content").tar();
    for (String type :
        new String[] {
          PLAIN + "+zstd",
          GZIP + "+encrypted",
          "application/vnd.docker.image.rootfs.diff.tar.gzip+encrypted"
        }) {
      ImageException e = refusal(tar, Digest.sha256(tar), type, tar);
      assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED_MEDIA_TYPE);
      assertThat(e).hasMessage("Failed to decode layer: unhandled media type: " + type);
    }
  }

  private void unpack(byte[] tar) throws IOException {
    byte[] gzip = TestLayers.gzip(tar);
    Descriptor layer = new Descriptor(GZIP, Digest.sha256(gzip), gzip.length, Map.of());
    VerifyingStream blob = new VerifyingStream(new ByteArrayInputStream(gzip), layer, Stage.BLOB);
    new LayerUnpacker(SMALL, Ownership.OWN_USER).unpack(blob, layer, Digest.sha256(tar), target);
  }

  private void assertRefused(Reason reason, TestLayers layer) throws IOException {
    assertRefused(reason, layer.tar());
  }

  private void assertRefused(Reason reason, byte[] tar) throws IOException {
    ImageException e = catchThrowableOfType(ImageException.class, () -> unpack(tar));
    assertThat(e).as("refusal for %s", reason).isNotNull();
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
    assertThat(e.stage()).isEqualTo(Stage.UNPACK);
    clear();
  }

  /** Unpacks {@code sent} as the layer that {@code described} is. */
  private ImageException refusal(byte[] described, Digest diffId, String type, byte[] sent)
      throws IOException {
    Descriptor layer = new Descriptor(type, Digest.sha256(described), described.length, Map.of());
    VerifyingStream blob = new VerifyingStream(new ByteArrayInputStream(sent), layer, Stage.BLOB);
    ImageException e =
        catchThrowableOfType(
            ImageException.class,
            () -> new LayerUnpacker(SMALL, Ownership.OWN_USER).unpack(blob, layer, diffId, target));
    assertThat(e).isNotNull();
    clear();
    return e;
  }

  private void clear() throws IOException {
    FileTree.delete(target);
    assertThat(Files.exists(target, LinkOption.NOFOLLOW_LINKS)).isFalse();
    Files.createDirectory(target);
  }

  private static void fixChecksum(byte[] tar) {
    Arrays.fill(tar, 148, 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += tar[i] & 0xff;
    }
    byte[] text = String.format("%06o", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, tar, 148, 6);
    tar[154] = 0;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new java.util.Random(7).nextBytes(bytes);
    return bytes;
  }
}
