package dev.cocolab.node.volume;

import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.Optional;

/** What a pod has written to this machine's disk, against what it may write. */
public final class DiskUsage {
  /** For all that one pod has on disk, in bytes, whatever its volumes say. */
  private static final long POD_BYTES = 8L << 30;

  /** Files and folders of one pod; each takes an inode of the machine. */
  private static final int POD_FILES = 200_000;

  private DiskUsage() {}

  /**
   * Looks whether a pod is to be evicted.
   *
   * @param directory the pod's own, which holds its volumes
   * @return the kubelet's message; empty if the pod keeps within its bounds
   */
  public static Optional<String> excess(Path directory, Collection<PodVolume> volumes) {
    for (PodVolume volume : volumes) {
      Optional<Quantity> limit = volume.sizeLimit();
      if (limit.isPresent()
          && exceeds(volume.path(), Quantity.getAmountInBytes(limit.get()).longValue())) {
        return Optional.of(
            "Usage of EmptyDir volume \""
                + volume.name()
                + "\" exceeds the limit \""
                + limit.get()
                + "\". ");
      }
    }
    return exceeds(directory, POD_BYTES)
        ? Optional.of("The node was low on resource: ephemeral-storage. ")
        : Optional.empty();
  }

  private static boolean exceeds(Path directory, long bytes) {
    Sum sum = new Sum(bytes);
    try {
      Files.walkFileTree(directory, sum);
    } catch (IOException e) {
      // The pod is going away.
      return false;
    }
    return sum.isOver();
  }

  /** Adds up until it is too much; links are not followed, and files may vanish meanwhile. */
  private static final class Sum extends SimpleFileVisitor<Path> {
    private final long limit;
    private long bytes;
    private int files;

    private Sum(long limit) {
      this.limit = limit;
    }

    private boolean isOver() {
      return bytes > limit || files > POD_FILES;
    }

    private FileVisitResult next() {
      files++;
      return isOver() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return next();
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      bytes += attributes.isRegularFile() ? attributes.size() : 0;
      return next();
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException problem) {
      return next();
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException problem) {
      return FileVisitResult.CONTINUE;
    }
  }
}
