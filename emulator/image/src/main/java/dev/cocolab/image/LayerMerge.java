package dev.cocolab.image;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;

/**
 * Lays layers over each other into one directory of hard links, so that the result needs no
 * whiteouts. Overlay mounts know whiteouts only as device nodes or as extended attributes of recent
 * kernels; an ordinary user can make neither everywhere.
 */
final class LayerMerge {

  record Layer(Path rootfs, Whiteouts whiteouts) {}

  private final Path target;
  private final Ownership ownership;

  LayerMerge(Path target, Ownership ownership) {
    this.target = target;
    this.ownership = ownership;
  }

  void merge(List<Layer> lowestFirst) throws IOException {
    for (Layer layer : lowestFirst) {
      for (String opaque : layer.whiteouts().opaque()) {
        empty(opaque);
      }
      for (String removed : layer.whiteouts().removed()) {
        remove(removed);
      }
      lay(layer.rootfs());
    }
  }

  private void empty(String directory) throws IOException {
    Path path = directory.isEmpty() ? target : target.resolve(directory);
    if (reachable(path) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (var children = Files.newDirectoryStream(path)) {
        for (Path child : children) {
          FileTree.delete(child);
        }
      }
    }
  }

  private void remove(String name) throws IOException {
    Path path = target.resolve(name);
    if (reachable(path)) {
      FileTree.delete(path);
    }
  }

  /** True when no element between the target and the path is a symbolic link. */
  private boolean reachable(Path path) {
    for (Path p = path.getParent();
        p != null && p.startsWith(target) && !p.equals(target);
        p = p.getParent()) {
      if (!Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
    }
    return true;
  }

  private void lay(Path rootfs) throws IOException {
    Files.walkFileTree(
        rootfs,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path source, BasicFileAttributes ignored)
              throws IOException {
            Path place = target.resolve(rootfs.relativize(source).toString());
            if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
              Files.deleteIfExists(place);
              Files.createDirectory(place);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path source, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            copyDirectoryMetadata(source, target.resolve(rootfs.relativize(source).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path source, BasicFileAttributes attributes)
              throws IOException {
            Path place = target.resolve(rootfs.relativize(source).toString());
            FileTree.delete(place);
            Files.createLink(place, source);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void copyDirectoryMetadata(Path source, Path place) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(source, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    int uid = (Integer) Files.getAttribute(source, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    int gid = (Integer) Files.getAttribute(source, "unix:gid", LinkOption.NOFOLLOW_LINKS);
    ownership.apply(place, uid, gid);
    Files.setPosixFilePermissions(place, attributes.permissions());
    Files.setLastModifiedTime(place, attributes.lastModifiedTime());
  }
}
