package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Writes the entries of one archive below a new, empty directory. No symbolic link is ever
 * followed. Rules: directories may repeat, any other name may not; device nodes, pipes and unknown
 * types are refused; set-uid, set-gid and sticky bits are dropped; hard links reach only files of
 * the same archive; whiteouts are collected, not written.
 */
final class LayerExtraction {

  /**
   * Type flags of regular files: ustar, its predecessor, and the contiguous file that nobody stores
   * otherwise.
   */
  private static final String REGULAR = "0\0007";

  private record Metadata(int mode, FileTime modified, long uid, long gid) {
    static Metadata of(TarArchiveEntry entry) {
      FileTime time = FileTime.fromMillis(Math.max(0, entry.getLastModifiedTime().toMillis()));
      return new Metadata(entry.getMode(), time, entry.getLongUserId(), entry.getLongGroupId());
    }
  }

  private final Path root;
  private final UnpackLimits limits;
  private final Ownership ownership;
  private final EntryPath names;
  private final Set<Path> directories = new HashSet<>();
  private final Map<Path, Metadata> directoryMetadata = new LinkedHashMap<>();
  private final List<String> removed = new ArrayList<>();
  private final List<String> opaque = new ArrayList<>();
  private int entries;

  LayerExtraction(Path root, UnpackLimits limits, Ownership ownership) {
    this.root = root;
    this.limits = limits;
    this.ownership = ownership;
    this.names = new EntryPath(limits);
    directories.add(root);
  }

  Whiteouts extract(TarArchiveInputStream tar) throws IOException {
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (++entries > limits.entries()) {
        throw new ImageException(
            Stage.UNPACK,
            Reason.TOO_MANY_ENTRIES,
            "layer has more than " + limits.entries() + " entries");
      }
      try {
        write(entry, tar);
      } catch (InvalidPathException e) {
        throw new ImageException(
            Stage.UNPACK,
            Reason.BAD_NAME,
            "an archive entry's name cannot be written by this machine's locale",
            e);
      }
    }
    List<Path> deepestFirst = new ArrayList<>(directoryMetadata.keySet());
    deepestFirst.sort((a, b) -> Integer.compare(b.getNameCount(), a.getNameCount()));
    for (Path directory : deepestFirst) {
      settle(directory, directoryMetadata.get(directory), true);
    }
    return new Whiteouts(removed, opaque);
  }

  private void write(TarArchiveEntry entry, InputStream content) throws IOException {
    List<String> path = names.parse(entry.getName());
    if (entry.isCharacterDevice() || entry.isBlockDevice()) {
      throw EntryPath.refuse(Reason.DEVICE_NODE, "device node", entry.getName());
    }
    if (entry.isFIFO()) {
      throw EntryPath.refuse(Reason.FIFO, "named pipe", entry.getName());
    }
    if (path.isEmpty()) {
      if (!entry.isDirectory()) {
        throw EntryPath.refuse(Reason.BAD_NAME, "the root is not a directory", entry.getName());
      }
      directoryMetadata.put(root, Metadata.of(entry));
      return;
    }
    String base = path.get(path.size() - 1);
    if (base.startsWith(Whiteouts.PREFIX)) {
      whiteout(path, base, entry.getName());
      return;
    }
    Path target = parent(path, entry.getName()).resolve(base);
    if (entry.isDirectory()) {
      directory(target, entry);
    } else if (entry.isSymbolicLink()) {
      names.checkSymlink(path, entry.getLinkName(), entry.getName());
      refuseDuplicate(target, entry);
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      ownership.apply(target, entry.getLongUserId(), entry.getLongGroupId());
    } else if (entry.isLink()) {
      hardLink(target, entry);
    } else if (REGULAR.indexOf(entry.getLinkFlag()) >= 0) {
      file(target, entry, content);
    } else {
      throw EntryPath.refuse(Reason.ENTRY_TYPE, "unknown entry type", entry.getName());
    }
  }

  private void whiteout(List<String> path, String base, String name) {
    String parent = String.join("/", path.subList(0, path.size() - 1));
    if (base.equals(Whiteouts.OPAQUE)) {
      opaque.add(parent);
    } else if (!base.startsWith(Whiteouts.RESERVED)) {
      String hidden = base.substring(Whiteouts.PREFIX.length());
      if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
        throw EntryPath.refuse(Reason.PATH_TRAVERSAL, "whiteout without a name", name);
      }
      removed.add(parent.isEmpty() ? hidden : parent + "/" + hidden);
    }
  }

  /** The directory that holds an entry, made if the archive did not list it. */
  private Path parent(List<String> path, String name) throws IOException {
    Path current = root;
    for (String element : path.subList(0, path.size() - 1)) {
      current = current.resolve(element);
      if (directories.contains(current)) {
        continue;
      }
      if (Files.isSymbolicLink(current)) {
        throw EntryPath.refuse(Reason.WRITE_THROUGH_LINK, "lies below a symbolic link", name);
      }
      if (Files.exists(current, LinkOption.NOFOLLOW_LINKS)) {
        throw EntryPath.refuse(Reason.DUPLICATE_ENTRY, "lies below a file", name);
      }
      Files.createDirectory(current);
      Files.setPosixFilePermissions(current, FileTree.permissions(0755, true));
      directories.add(current);
    }
    return current;
  }

  private void directory(Path target, TarArchiveEntry entry) throws IOException {
    if (!directories.contains(target)) {
      refuseDuplicate(target, entry);
      Files.createDirectory(target);
      directories.add(target);
    }
    directoryMetadata.put(target, Metadata.of(entry));
  }

  private void hardLink(Path target, TarArchiveEntry entry) throws IOException {
    List<String> link = names.parseHardLink(entry.getLinkName(), entry.getName());
    Path existing = root;
    for (String element : link.subList(0, link.size() - 1)) {
      existing = existing.resolve(element);
      if (Files.isSymbolicLink(existing)) {
        throw EntryPath.refuse(
            Reason.WRITE_THROUGH_LINK, "hard link through a symbolic link", entry.getName());
      }
    }
    existing = existing.resolve(link.get(link.size() - 1));
    boolean linkable =
        Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS) || Files.isSymbolicLink(existing);
    if (!linkable) {
      throw EntryPath.refuse(
          Reason.HARDLINK_TARGET_MISSING,
          "hard link to what the layer does not hold",
          entry.getName());
    }
    refuseDuplicate(target, entry);
    Files.createLink(target, existing);
  }

  private void file(Path target, TarArchiveEntry entry, InputStream content) throws IOException {
    refuseDuplicate(target, entry);
    try (OutputStream out =
        Files.newOutputStream(
            target,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      long written = content.transferTo(out);
      if (written != entry.getSize()) {
        throw EntryPath.refuse(Reason.BAD_ARCHIVE, "ends early", entry.getName());
      }
    }
    settle(target, Metadata.of(entry), false);
  }

  private static void refuseDuplicate(Path target, TarArchiveEntry entry)
      throws FileAlreadyExistsException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw EntryPath.refuse(Reason.DUPLICATE_ENTRY, "second entry of this name", entry.getName());
    }
  }

  private void settle(Path file, Metadata metadata, boolean directory) throws IOException {
    ownership.apply(file, metadata.uid(), metadata.gid());
    Files.setPosixFilePermissions(file, FileTree.permissions(metadata.mode(), directory));
    Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(metadata.modified(), metadata.modified(), null);
  }
}
