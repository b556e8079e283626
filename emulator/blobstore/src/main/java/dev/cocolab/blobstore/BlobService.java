package dev.cocolab.blobstore;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What each operation does, once it is allowed and its body is complete. */
final class BlobService {

  private static final int MOST_RESULTS = 5000;
  private static final int LONGEST_MD5_RANGE = 4 << 20;

  /**
   * Headers that change what is stored or how, and are not supported: refused instead of ignored.
   */
  private static final List<String> REFUSED =
      List.of(
          "x-ms-copy-source",
          "x-ms-lease-id",
          "x-ms-encryption-key",
          "x-ms-encryption-scope",
          "x-ms-content-crc64",
          "x-ms-structured-body",
          "x-ms-tags",
          "x-ms-if-tags",
          "x-ms-access-tier",
          "x-ms-blob-public-access",
          "x-ms-immutability-policy-until-date",
          "x-ms-legal-hold");

  private static final Map<String, String> OVERRIDES =
      Map.of(
          "rscc", "Cache-Control",
          "rscd", "Content-Disposition",
          "rsce", "Content-Encoding",
          "rscl", "Content-Language",
          "rsct", "Content-Type");

  private final BlobMemory memory;

  BlobService(BlobMemory memory) {
    this.memory = memory;
  }

  boolean blobExists(RequestTarget target) {
    return memory.containerExists(target.account(), container(target))
        && memory.find(target.account(), container(target), target.blob().orElse("")).isPresent();
  }

  Answer perform(
      Operation operation, RequestTarget target, MultiMap headers, String endpoint, byte[] body) {
    for (String name : REFUSED) {
      if (headers.contains(name)) {
        throw RefusedException.header(BlobError.UNSUPPORTED_HEADER, name, headers.get(name));
      }
    }
    for (String name : List.of("snapshot", "versionid")) {
      if (target.parameter(name).isPresent()) {
        throw RefusedException.query(name, target.query().get(name), "Not supported here.");
      }
    }
    return switch (operation) {
      case CREATE_CONTAINER ->
          Answer.empty(201, facts(memory.createContainer(target.account(), container(target))));
      case DELETE_CONTAINER -> {
        memory.deleteContainer(target.account(), container(target));
        yield Answer.empty(202, Map.of());
      }
      case GET_CONTAINER ->
          Answer.empty(200, facts(memory.containerFacts(target.account(), container(target))));
      case LIST_BLOBS -> list(target, endpoint);
      case PUT_BLOB -> putBlob(target, headers, body);
      case PUT_BLOCK -> putBlock(target, headers, body);
      case PUT_BLOCK_LIST -> putBlockList(target, headers, body);
      case GET_BLOB -> get(target, headers);
      case GET_BLOB_PROPERTIES -> get(target, rangeless(headers)).headersOnly();
      case DELETE_BLOB -> {
        Conditions.checkRead(headers, existing(target));
        memory.delete(target.account(), container(target), target.blob().orElseThrow());
        yield Answer.empty(202, Map.of("x-ms-delete-type-permanent", "true"));
      }
    };
  }

  private Answer putBlob(RequestTarget target, MultiMap headers, byte[] body) {
    String type = headers.get("x-ms-blob-type");
    if (type == null) {
      throw new RefusedException(
          BlobError.MISSING_REQUIRED_HEADER, Map.of("HeaderName", "x-ms-blob-type"));
    }
    if (!type.equals("BlockBlob")) {
      throw RefusedException.header(BlobError.INVALID_HEADER_VALUE, "x-ms-blob-type", type);
    }
    String md5 = checkMd5(headers, body);
    Conditions.checkWrite(headers, memory.find(target.account(), container(target), blob(target)));
    Map<String, String> kept = standardHeaders(headers, Optional.of(md5));
    StoredBlob stored =
        memory.put(
            target.account(), container(target), blob(target), body, kept, metadata(headers));
    return written(stored, Optional.of(md5));
  }

  private Answer putBlock(RequestTarget target, MultiMap headers, byte[] body) {
    String id = XmlBodies.blockId(target.parameter("blockid").orElse(""));
    String md5 = checkMd5(headers, body);
    memory.putBlock(target.account(), container(target), blob(target), id, body);
    return Answer.empty(201, Map.of("Content-MD5", md5, "x-ms-request-server-encrypted", "true"));
  }

  private Answer putBlockList(RequestTarget target, MultiMap headers, byte[] body) {
    checkMd5(headers, body);
    Conditions.checkWrite(headers, memory.find(target.account(), container(target), blob(target)));
    StoredBlob stored =
        memory.commit(
            target.account(),
            container(target),
            blob(target),
            XmlBodies.blockList(body),
            standardHeaders(headers, Optional.empty()),
            metadata(headers));
    return written(stored, Optional.empty());
  }

  private Answer get(RequestTarget target, MultiMap headers) {
    StoredBlob blob = existing(target);
    Conditions.checkRead(headers, blob);
    String range =
        headers.contains("x-ms-range") ? headers.get("x-ms-range") : headers.get("Range");
    ByteSpan span = ByteSpan.of(Optional.ofNullable(range), blob.content().length);
    Map<String, String> answer = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    answer.putAll(blob.headers());
    answer.put("ETag", blob.etag());
    answer.put("Last-Modified", SasTimes.httpDate(blob.modified()));
    answer.put("Accept-Ranges", "bytes");
    answer.put("x-ms-blob-type", "BlockBlob");
    answer.put("x-ms-creation-time", SasTimes.httpDate(blob.created()));
    answer.put("x-ms-lease-status", "unlocked");
    answer.put("x-ms-lease-state", "available");
    answer.put("x-ms-server-encrypted", "true");
    blob.metadata().forEach(answer::put);
    if (target.query().containsKey("sig")) {
      OVERRIDES.forEach(
          (name, header) -> target.parameter(name).ifPresent(value -> answer.put(header, value)));
    }
    if (span.partial()) {
      describeRange(blob, span, headers, answer);
    }
    return new Answer(span.partial() ? 206 : 200, answer, blob.content(), span, span.length());
  }

  private static void describeRange(
      StoredBlob blob, ByteSpan span, MultiMap headers, Map<String, String> answer) {
    answer.put(
        "Content-Range",
        "bytes " + span.from() + "-" + (span.to() - 1) + "/" + blob.content().length);
    String whole = answer.remove("Content-MD5");
    if (whole != null) {
      answer.put("x-ms-blob-content-md5", whole);
    }
    if ("true".equals(headers.get("x-ms-range-get-content-md5"))) {
      if (span.length() > LONGEST_MD5_RANGE) {
        throw RefusedException.header(
            BlobError.INVALID_HEADER_VALUE, "x-ms-range-get-content-md5", "true");
      }
      answer.put("Content-MD5", Signatures.md5(blob.content(), span.from(), span.to()));
    }
  }

  private Answer list(RequestTarget target, String endpoint) {
    for (String name : List.of("delimiter", "include")) {
      if (!target.parameter(name).orElse("").isEmpty()) {
        throw RefusedException.query(name, target.query().get(name), "Not supported here.");
      }
    }
    int most = mostResults(target.parameter("maxresults"));
    String prefix = target.parameter("prefix").orElse("");
    String from =
        target.parameter("marker").filter(m -> !m.isEmpty()).map(XmlBodies::fromMarker).orElse("");
    BlobMemory.Page page = memory.list(target.account(), container(target), prefix, from, most);
    String xml = XmlBodies.listing(endpoint, container(target), prefix, most, page);
    return Answer.body(
        200, Map.of("Content-Type", "application/xml"), xml.getBytes(StandardCharsets.UTF_8));
  }

  private static int mostResults(Optional<String> text) {
    if (text.isEmpty()) {
      return MOST_RESULTS;
    }
    if (!text.get().matches("[1-9][0-9]{0,8}")) {
      throw RefusedException.query("maxresults", text.get(), "A positive number is needed.");
    }
    return Math.min(MOST_RESULTS, Integer.parseInt(text.get()));
  }

  private StoredBlob existing(RequestTarget target) {
    return memory
        .find(target.account(), container(target), blob(target))
        .orElseThrow(() -> new RefusedException(BlobError.BLOB_NOT_FOUND));
  }

  private static Answer written(StoredBlob stored, Optional<String> md5) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("ETag", stored.etag());
    headers.put("Last-Modified", SasTimes.httpDate(stored.modified()));
    headers.put("x-ms-request-server-encrypted", "true");
    md5.ifPresent(value -> headers.put("Content-MD5", value));
    return Answer.empty(201, headers);
  }

  private static Map<String, String> facts(BlobMemory.ContainerFacts facts) {
    return Map.of(
        "ETag", facts.etag(),
        "Last-Modified", SasTimes.httpDate(facts.modified()),
        "x-ms-lease-status", "unlocked",
        "x-ms-lease-state", "available",
        "x-ms-has-immutability-policy", "false",
        "x-ms-has-legal-hold", "false");
  }

  private static String checkMd5(MultiMap headers, byte[] body) {
    String computed = Signatures.md5(body, 0, body.length);
    String given = headers.get("Content-MD5");
    if (given != null && !given.equals(computed)) {
      throw new RefusedException(
          BlobError.MD5_MISMATCH,
          Map.of("UserSpecifiedMd5", given, "ServerCalculatedMd5", computed));
    }
    return computed;
  }

  private static Map<String, String> standardHeaders(MultiMap headers, Optional<String> md5) {
    Map<String, String> kept = new LinkedHashMap<>();
    String type = headers.get("Content-Type");
    kept.put("Content-Type", type == null ? "application/octet-stream" : type);
    md5.ifPresent(value -> kept.put("Content-MD5", value));
    for (String name :
        List.of(
            "Content-Type",
            "Content-Encoding",
            "Content-Language",
            "Cache-Control",
            "Content-Disposition",
            "Content-MD5")) {
      String value = headers.get("x-ms-blob-" + name.toLowerCase(Locale.ROOT));
      if (value != null) {
        kept.put(name, value);
      }
    }
    return kept;
  }

  private static Map<String, String> metadata(MultiMap headers) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith("x-ms-meta-")) {
        metadata.put(name, header.getValue());
      }
    }
    return metadata;
  }

  private static MultiMap rangeless(MultiMap headers) {
    return MultiMap.caseInsensitiveMultiMap().addAll(headers).remove("Range").remove("x-ms-range");
  }

  private static String container(RequestTarget target) {
    return target.container().orElse("");
  }

  private static String blob(RequestTarget target) {
    return target.blob().orElse("");
  }
}
