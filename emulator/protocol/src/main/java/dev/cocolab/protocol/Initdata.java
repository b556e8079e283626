package dev.cocolab.protocol;

import dev.cocolab.protocol.InitdataException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * The initdata document of a pod: TOML with {@code algorithm}, {@code version} and a table {@code
 * data} of strings. Other top-level keys are legal, ignored and measured.
 *
 * <p>What is measured are the bytes of the document, comments and last line end included, never the
 * compressed form. The algorithm {@code sm3}, which some guests know, is refused by name. Documents
 * and annotations are bounded to {@value #MAX_BYTES} bytes.
 */
public final class Initdata {
  /** The pod annotation that the runtime reads; no other key is looked at. */
  public static final String ANNOTATION = "io.katacontainers.config.hypervisor.cc_init_data";

  /** Upper bound for a document and for its compressed form. */
  public static final int MAX_BYTES = 256 * 1024;

  /** The document version that guests accept. */
  public static final String VERSION = "0.1.0";

  private static final Map<String, String> ALGORITHMS =
      Map.of("sha256", "SHA-256", "sha384", "SHA-384", "sha512", "SHA-512");
  private static final int PCR_BYTES = 32;
  private static final String NOT_TOML = "parsing initdata annotation failed: ";
  private static final String DUMMY =
      "algorithm = \"sha256\"\nversion = \"0.1.0\"\n\n[data]\n\"aa.toml\" = '''\n'''";

  private final byte[] bytes;
  private final String algorithm;
  private final String version;
  private final Map<String, String> data;

  private Initdata(byte[] bytes, String algorithm, String version, Map<String, String> data) {
    this.bytes = bytes;
    this.algorithm = algorithm;
    this.version = version;
    this.data = data;
  }

  /**
   * Reads a document as a guest does.
   *
   * @throws InitdataException TOO_LARGE, NOT_TOML, UNKNOWN_ALGORITHM, UNSUPPORTED_VERSION
   */
  public static Initdata parse(byte[] toml) {
    Initdata document = parseAnyVersion(toml);
    if (!document.version.equals(VERSION)) {
      throw new InitdataException(
          Reason.UNSUPPORTED_VERSION,
          "unsupported version: " + document.version + ", expected: " + VERSION);
    }
    return document;
  }

  /**
   * Reads a document as the attestation service does, which asks for a version but compares it with
   * nothing.
   *
   * @throws InitdataException TOO_LARGE, NOT_TOML, UNKNOWN_ALGORITHM
   */
  public static Initdata parseAnyVersion(byte[] toml) {
    if (toml.length > MAX_BYTES) {
      throw new InitdataException(
          Reason.TOO_LARGE, NOT_TOML + "document exceeds " + MAX_BYTES + " bytes");
    }
    JsonNode root = readToml(toml);
    String algorithm = text(root, "algorithm");
    String version = text(root, "version");
    JsonNode table = root.path("data");
    if (!table.isObject()) {
      throw new InitdataException(Reason.NOT_TOML, NOT_TOML + "missing table `data`");
    }
    Map<String, String> data = new LinkedHashMap<>();
    for (var entry : table.properties()) {
      if (!entry.getValue().isString()) {
        throw new InitdataException(
            Reason.NOT_TOML, NOT_TOML + "`data." + entry.getKey() + "` is not a string");
      }
      data.put(entry.getKey(), entry.getValue().asString());
    }
    if (!ALGORITHMS.containsKey(algorithm)) {
      throw new InitdataException(
          Reason.UNKNOWN_ALGORITHM,
          "Error creating initdata digest, algorithm " + algorithm + " is not supported");
    }
    return new Initdata(toml.clone(), algorithm, version, Collections.unmodifiableMap(data));
  }

  /**
   * Decodes the value of the pod annotation: padded base64 of gzip of the document. Nothing is
   * guessed: a value in any other form is refused.
   *
   * @throws InitdataException any reason
   */
  public static Initdata decodeAnnotation(String value) {
    if (value.length() > MAX_BYTES) {
      throw new InitdataException(
          Reason.TOO_LARGE,
          "uncompressing initdata with gzip error: annotation exceeds " + MAX_BYTES + " bytes");
    }
    byte[] document = Gunzip.inflate(decodeBase64(value), MAX_BYTES);
    if (isPacked(document)) {
      throw new InitdataException(
          Reason.ENCODED_TWICE, NOT_TOML + "the document is itself compressed or encoded");
    }
    return parse(document);
  }

  private static byte[] decodeBase64(String value) {
    int bad = 0;
    while (bad < value.length() && isBase64(value.charAt(bad))) {
      bad++;
    }
    if (bad == value.length()) {
      try {
        byte[] decoded = Base64.getDecoder().decode(value);
        if (value.length() % 4 == 0) {
          return decoded;
        }
      } catch (IllegalArgumentException e) {
        throw notBase64(Reason.NOT_BASE64, bad);
      }
      throw notBase64(Reason.NOT_BASE64, bad);
    }
    boolean onlyLineBreaks =
        value.chars().allMatch(c -> isBase64((char) c) || c == '\r' || c == '\n' || c == ' ');
    throw notBase64(onlyLineBreaks ? Reason.BASE64_LINE_BREAKS : Reason.NOT_BASE64, bad);
  }

  private static InitdataException notBase64(Reason reason, int position) {
    return new InitdataException(
        reason, "initdata create gzip reader error: illegal base64 data at input byte " + position);
  }

  private static boolean isBase64(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/'
        || c == '=';
  }

  /** Whether these bytes are gzip, or base64 of gzip, rather than a document. */
  public static boolean isPacked(byte[] bytes) {
    return Gunzip.hasMagic(bytes) || isEncodedAgain(bytes);
  }

  private static boolean isEncodedAgain(byte[] document) {
    String text = new String(document, StandardCharsets.ISO_8859_1).strip();
    if (text.isEmpty() || !text.chars().allMatch(c -> isBase64((char) c))) {
      return false;
    }
    try {
      return Gunzip.hasMagic(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static JsonNode readToml(byte[] toml) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(toml)).toString();
      return new TomlMapper().readTree(text);
    } catch (CharacterCodingException e) {
      throw new InitdataException(Reason.NOT_TOML, NOT_TOML + "the document is not UTF-8", e);
    } catch (JacksonException e) {
      throw new InitdataException(Reason.NOT_TOML, NOT_TOML + where(e) + cause(e), e);
    }
  }

  private static String where(JacksonException e) {
    return e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
  }

  private static String cause(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  private static String text(JsonNode root, String key) {
    if (!root.path(key).isString()) {
      throw new InitdataException(Reason.NOT_TOML, NOT_TOML + "missing field `" + key + "`");
    }
    return root.path(key).asString();
  }

  /** The document that a peer pod makes for itself when it was given none. */
  public static Initdata dummy() {
    return parse(DUMMY.getBytes(StandardCharsets.UTF_8));
  }

  /** The document's bytes, exactly as measured. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** {@code sha256}, {@code sha384} or {@code sha512}. */
  public String algorithm() {
    return algorithm;
  }

  /** The document's version. */
  public String version() {
    return version;
  }

  /** The files of the document by name, in document order. */
  public Map<String, String> data() {
    return data;
  }

  /** The hash that the document names, over its bytes: 32, 48 or 64 bytes. */
  public byte[] digest() {
    return hash(ALGORITHMS.get(algorithm), bytes);
  }

  /**
   * The value of PCR 8 after the guest has measured this document: SHA-256 over 32 zero bytes and
   * the first 32 bytes of the digest.
   */
  public byte[] pcr8() {
    return extend(digest());
  }

  /** The value of PCR 8 for bytes that are measured with SHA-256, whatever they are. */
  public static byte[] pcr8Of(byte[] measured) {
    return extend(hash("SHA-256", measured));
  }

  private static byte[] extend(byte[] digest) {
    byte[] extension = new byte[2 * PCR_BYTES];
    System.arraycopy(digest, 0, extension, PCR_BYTES, PCR_BYTES);
    return hash("SHA-256", extension);
  }

  /** The annotation value: padded base64, on one line, of the gzip of the document. */
  public String encodeAnnotation() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Base64.getEncoder().encodeToString(out.toByteArray());
  }

  private static byte[] hash(String algorithm, byte[] input) {
    try {
      return MessageDigest.getInstance(algorithm).digest(input);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is part of every JDK", e);
    }
  }
}
