package dev.cocolab.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file that a command was given, read whole.
 *
 * @param path as the user named it
 * @param bytes its content
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; never compared
public record InputFile(Path path, byte[] bytes) {
  /** Largest file that is read, in bytes; evidence with an event log stays far below. */
  public static final int MAX_BYTES = 8 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** Takes a copy. */
  public InputFile {
    bytes = bytes.clone();
  }

  /**
   * Reads a file.
   *
   * @throws CliException {@link ExitCode#USAGE} if it is not there, no file, not readable or larger
   *     than {@value #MAX_BYTES} bytes
   */
  public static InputFile read(Path path) {
    if (Files.isDirectory(path)) {
      throw unreadable(path, "it is a folder", null);
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw unreadable(path, "it has more than " + MAX_BYTES + " bytes", null);
      }
      return new InputFile(path, bytes);
    } catch (NoSuchFileException e) {
      throw unreadable(path, "there is no such file", e);
    } catch (AccessDeniedException e) {
      throw unreadable(path, "permission denied", e);
    } catch (IOException e) {
      throw unreadable(path, String.valueOf(e.getMessage()), e);
    }
  }

  private static CliException unreadable(Path path, String why, IOException cause) {
    return new CliException(ExitCode.USAGE, "cannot read %s: %s".formatted(path, why), cause);
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Whether the first byte that is no white space begins a JSON object or list. */
  public boolean looksLikeJson() {
    for (byte octet : bytes) {
      if (octet == '{' || octet == '[') {
        return true;
      }
      if (octet != ' ' && octet != '\t' && octet != '\r' && octet != '\n') {
        return false;
      }
    }
    return false;
  }

  /**
   * The content as JSON.
   *
   * @throws CliException {@link ExitCode#USAGE} with line and column where it is none
   */
  public JsonNode json() {
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      String where =
          e.getLocation() == null
              ? ""
              : ":%d:%d".formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
      String message = String.valueOf(e.getOriginalMessage());
      int end = message.indexOf('\n');
      throw new CliException(
          ExitCode.USAGE,
          "%s%s: not JSON: %s"
              .formatted(path, where, end < 0 ? message : message.substring(0, end)),
          e);
    }
  }

  /**
   * The content as UTF-8 text.
   *
   * @throws CliException {@link ExitCode#USAGE} if it is none
   */
  public String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new CliException(ExitCode.USAGE, "%s is not UTF-8 text".formatted(path), e);
    }
  }

  /** Whether the content begins with these bytes. */
  public boolean startsWith(byte... prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }
}
