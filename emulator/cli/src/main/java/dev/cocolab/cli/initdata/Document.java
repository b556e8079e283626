package dev.cocolab.cli.initdata;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.InitdataException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads initdata from files, with the file and the remedy in each complaint. */
final class Document {
  private static final Pattern LINE = Pattern.compile(": line ([0-9]+): ");

  private Document() {}

  /**
   * The document in a file.
   *
   * @param withCrlf whether carriage returns are meant
   * @throws CliException {@link ExitCode#USAGE}
   */
  static Initdata plain(InputFile file, boolean withCrlf) {
    byte[] bytes = file.bytes();
    if (Initdata.isPacked(bytes)) {
      throw new CliException(
          ExitCode.USAGE,
          "%s is compressed or encoded already; this takes the TOML document itself ('initdata unpack' gives it back)"
              .formatted(file.path()));
    }
    int line = lineWithCarriageReturn(bytes);
    if (line > 0 && !withCrlf) {
      throw new CliException(
          ExitCode.USAGE,
          "%s:%d: the line ends in CR LF, and each byte counts in the digest; convert the file with sed -i 's/\\r$//' %1$s, or say --keep-crlf if it is meant"
              .formatted(file.path(), line));
    }
    return read(file, () -> Initdata.parse(bytes));
  }

  /**
   * The document in a packed value. One line feed at the end of the file, as tools write it, is not
   * a part of the value.
   *
   * @throws CliException {@link ExitCode#USAGE}
   */
  static Initdata packed(InputFile file) {
    String value = file.text();
    String line = value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
    return read(file, () -> Initdata.decodeAnnotation(line));
  }

  private static Initdata read(InputFile file, Supplier<Initdata> reading) {
    try {
      return reading.get();
    } catch (InitdataException e) {
      Matcher line = LINE.matcher(String.valueOf(e.getMessage()));
      String where = line.find() ? ":" + line.group(1) : "";
      throw new CliException(
          ExitCode.USAGE,
          "%s%s: %s; %s".formatted(file.path(), where, e.getMessage(), e.remedy()),
          e);
    }
  }

  /** Counted from 1; 0 if there is none. */
  static int lineWithCarriageReturn(byte[] bytes) {
    int line = 1;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\r') {
        return line;
      }
      if (bytes[i] == '\n') {
        line++;
      }
    }
    return 0;
  }

  /** What is measured of a document. */
  static ObjectNode measurement(Initdata document) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    byte[] digest = document.digest();
    json.put("algorithm", document.algorithm());
    json.put("version", document.version());
    json.put("bytes", document.bytes().length);
    json.put("digest", HexFormat.of().formatHex(digest));
    json.put("digest_base64", Base64.getEncoder().encodeToString(digest));
    json.put("pcr08", HexFormat.of().formatHex(document.pcr8()));
    return json;
  }
}
