package dev.cocolab.guest;

import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file, directory or link of the node that the runtime copies into a VM. The agent translates the
 * request before it asks its policy: the type is a word, the target of a link a text, and the data
 * stay outside.
 *
 * @param path in the VM
 * @param mode type and permissions as stat(2) gives them
 * @param target of a symbolic link
 * @param size in bytes; 0 for what is no regular file
 */
public record CopiedFile(
    String path, int mode, Optional<String> target, long size, int uid, int gid) {

  /** The most that one request carries, in bytes. */
  public static final long PART = 1024 * 1024;

  /** Type bits of a regular file. */
  public static final int REGULAR = 0100000;

  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int LINK = 0120000;

  /** 0750 and the bit by which Go marks a directory, which the runtime sends as it is. */
  private static final long PARENT_MODE = 0x80000000L | 0750;

  public CopiedFile {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(target, "target");
  }

  ObjectNode toJson(long offset) {
    ObjectNode json = AgentRequest.object().put("path", path).put("file_type", type());
    json.putNull("symlink_target");
    target.ifPresent(text -> json.put("symlink_target", text));
    return json.put("file_size", size)
        .put("file_mode", mode)
        .put("dir_mode", PARENT_MODE)
        .put("uid", uid)
        .put("gid", gid)
        .put("offset", offset);
  }

  private String type() {
    return switch (mode & TYPE) {
      case REGULAR -> "Regular";
      case DIRECTORY -> "Directory";
      case LINK -> "Symlink";
      default -> "Unknown";
    };
  }
}
