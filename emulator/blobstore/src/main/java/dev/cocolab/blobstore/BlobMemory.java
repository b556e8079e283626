package dev.cocolab.blobstore;

import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Containers, blobs and uncommitted blocks in memory, bounded in sum. Thread-safe; knows nothing of
 * HTTP or rights.
 */
final class BlobMemory {

  private static final int MOST_BLOCKS = 50_000;
  private static final long FIRST_ETAG = 0x8DE000000000000L;

  private final Map<String, Container> containers = new LinkedHashMap<>();
  private final BlobServerOptions.Limits limits;
  private final Clock clock;
  private long used;
  private long changes;

  BlobMemory(BlobServerOptions.Limits limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** What is known of a container. */
  record ContainerFacts(String etag, Instant modified) {}

  /** A page of a listing; {@code next} is the first name of the following page. */
  record Page(List<Map.Entry<String, StoredBlob>> blobs, Optional<String> next) {}

  /** Which list a block is looked up in. */
  enum BlockSource {
    COMMITTED,
    UNCOMMITTED,
    LATEST
  }

  /** An entry of a block list. */
  record BlockReference(BlockSource source, String id) {}

  private static final class Container {
    final TreeMap<String, StoredBlob> blobs = new TreeMap<>();
    final Map<String, Map<String, byte[]>> uncommitted = new LinkedHashMap<>();
    final Map<String, Map<String, byte[]>> committed = new LinkedHashMap<>();
    final ContainerFacts facts;

    Container(ContainerFacts facts) {
      this.facts = facts;
    }
  }

  synchronized ContainerFacts createContainer(String account, String name) {
    String key = account + "/" + name;
    if (containers.containsKey(key)) {
      throw new RefusedException(BlobError.CONTAINER_ALREADY_EXISTS);
    }
    Container created = new Container(new ContainerFacts(nextEtag(), now()));
    containers.put(key, created);
    return created.facts;
  }

  synchronized boolean containerExists(String account, String name) {
    return containers.containsKey(account + "/" + name);
  }

  synchronized ContainerFacts containerFacts(String account, String name) {
    return container(account, name).facts;
  }

  synchronized void deleteContainer(String account, String name) {
    Container gone = container(account, name);
    for (String blob : List.copyOf(gone.blobs.keySet())) {
      forget(gone, blob);
    }
    for (String blob : List.copyOf(gone.uncommitted.keySet())) {
      dropBlocks(gone, blob);
    }
    containers.remove(account + "/" + name);
  }

  synchronized Optional<StoredBlob> find(String account, String container, String blob) {
    return Optional.ofNullable(container(account, container).blobs.get(blob));
  }

  synchronized StoredBlob put(
      String account,
      String container,
      String blob,
      byte[] content,
      Map<String, String> headers,
      Map<String, String> metadata) {
    Container home = container(account, container);
    dropBlocks(home, blob);
    return store(home, blob, content, headers, metadata, Map.of());
  }

  synchronized void putBlock(
      String account, String container, String blob, String id, byte[] content) {
    Container home = container(account, container);
    Map<String, byte[]> blocks = home.uncommitted.computeIfAbsent(blob, b -> new LinkedHashMap<>());
    boolean known = blocks.containsKey(id);
    boolean otherLength =
        !blocks.isEmpty() && blocks.keySet().iterator().next().length() != id.length();
    if (otherLength || (!known && blocks.size() >= MOST_BLOCKS)) {
      throw new RefusedException(BlobError.INVALID_BLOCK_ID);
    }
    long before = known ? blocks.get(id).length : 0;
    reserve(content.length - before);
    blocks.put(id, content);
  }

  synchronized StoredBlob commit(
      String account,
      String container,
      String blob,
      List<BlockReference> list,
      Map<String, String> headers,
      Map<String, String> metadata) {
    Container home = container(account, container);
    Map<String, byte[]> uncommitted = home.uncommitted.getOrDefault(blob, Map.of());
    Map<String, byte[]> committed = home.committed.getOrDefault(blob, Map.of());
    Map<String, byte[]> chosen = new LinkedHashMap<>();
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (BlockReference reference : list) {
      byte[] block = choose(reference, uncommitted, committed);
      checkSize((long) content.size() + block.length);
      chosen.put(reference.id(), block);
      content.writeBytes(block);
    }
    dropBlocks(home, blob);
    return store(home, blob, content.toByteArray(), headers, metadata, chosen);
  }

  private static byte[] choose(
      BlockReference reference, Map<String, byte[]> uncommitted, Map<String, byte[]> committed) {
    byte[] block =
        switch (reference.source()) {
          case UNCOMMITTED -> uncommitted.get(reference.id());
          case COMMITTED -> committed.get(reference.id());
          case LATEST -> uncommitted.getOrDefault(reference.id(), committed.get(reference.id()));
        };
    if (block == null) {
      throw new RefusedException(BlobError.INVALID_BLOCK_LIST);
    }
    return block;
  }

  synchronized void delete(String account, String container, String blob) {
    Container home = container(account, container);
    if (!home.blobs.containsKey(blob)) {
      throw new RefusedException(BlobError.BLOB_NOT_FOUND);
    }
    forget(home, blob);
    dropBlocks(home, blob);
  }

  synchronized Page list(String account, String container, String prefix, String from, int most) {
    List<Map.Entry<String, StoredBlob>> page = new ArrayList<>();
    String first = from.compareTo(prefix) > 0 ? from : prefix;
    for (Map.Entry<String, StoredBlob> entry :
        container(account, container).blobs.tailMap(first, true).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      if (page.size() == most) {
        return new Page(page, Optional.of(entry.getKey()));
      }
      page.add(Map.entry(entry.getKey(), entry.getValue()));
    }
    return new Page(page, Optional.empty());
  }

  /** Refuses a blob of that many bytes where it is over the limit, before anything is copied. */
  void checkSize(long bytes) {
    if (bytes > limits.blob()) {
      throw new RefusedException(BlobError.REQUEST_BODY_TOO_LARGE);
    }
  }

  private Container container(String account, String name) {
    Container found = containers.get(account + "/" + name);
    if (found == null) {
      throw new RefusedException(BlobError.CONTAINER_NOT_FOUND);
    }
    return found;
  }

  private StoredBlob store(
      Container home,
      String blob,
      byte[] content,
      Map<String, String> headers,
      Map<String, String> metadata,
      Map<String, byte[]> blocks) {
    checkSize(content.length);
    StoredBlob before = home.blobs.get(blob);
    Instant created = before == null ? now() : before.created();
    long kept = before == null ? 0 : size(home, blob);
    long wanted = content.length + sum(blocks);
    reserve(wanted - kept);
    StoredBlob stored = new StoredBlob(content, headers, metadata, nextEtag(), created, now());
    home.blobs.put(blob, stored);
    home.committed.remove(blob);
    if (!blocks.isEmpty()) {
      home.committed.put(blob, blocks);
    }
    return stored;
  }

  private void forget(Container home, String blob) {
    used -= size(home, blob);
    home.blobs.remove(blob);
    home.committed.remove(blob);
  }

  private void dropBlocks(Container home, String blob) {
    Map<String, byte[]> dropped = home.uncommitted.remove(blob);
    used -= dropped == null ? 0 : sum(dropped);
  }

  private static long size(Container home, String blob) {
    return home.blobs.get(blob).content().length + sum(home.committed.getOrDefault(blob, Map.of()));
  }

  private static long sum(Map<String, byte[]> blocks) {
    return blocks.values().stream().mapToLong(block -> block.length).sum();
  }

  private void reserve(long bytes) {
    if (used + bytes > limits.store()) {
      throw new RefusedException(
          BlobError.REQUEST_BODY_TOO_LARGE, Map.of("Reason", "The store is full."));
    }
    used += bytes;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private String nextEtag() {
    changes++;
    return "\"0x" + Long.toHexString(FIRST_ETAG + changes).toUpperCase(Locale.ROOT) + "\"";
  }
}
