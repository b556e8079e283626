package dev.cocolab.apiserver.json;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** How large a tree is, without writing it. */
public final class TreeSize {
  /** Quotation marks, colon and comma. */
  private static final int PUNCTUATION = 4;

  /** Quotation marks or brackets. */
  private static final int PAIR = 2;

  private static final int SCALAR = 8;

  private TreeSize() {}

  /** Bytes of the tree as compact JSON, to some percent: escapes are not counted. */
  public static long of(JsonNode node) {
    if (node.isString()) {
      return PAIR + bytes(node.stringValue());
    }
    long size = node.isContainer() ? PAIR : SCALAR;
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        size += PUNCTUATION + bytes(field.getKey()) + of(field.getValue());
      }
    } else {
      for (JsonNode element : node) {
        size += 1 + of(element);
      }
    }
    return size;
  }

  private static long bytes(String text) {
    long size = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // half of a surrogate pair stands for two of four bytes
      size += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
    }
    return size;
  }
}
