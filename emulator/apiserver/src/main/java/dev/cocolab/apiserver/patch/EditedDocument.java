package dev.cocolab.apiserver.patch;

import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A copy of a JSON document that is edited in place by the steps of RFC 6902, section 4. Pointers
 * are read as RFC 6901 says: each token is unescaped once, and {@code -} is a place in an array
 * only for what is added. An edit that does not fit returns false and changes nothing, except a
 * move, whose source may be gone then. Not safe for use by several threads.
 */
final class EditedDocument {
  private JsonNode root;

  /** The original stays as it is. */
  EditedDocument(JsonNode original) {
    this.root = original.deepCopy();
  }

  JsonNode root() {
    return root;
  }

  /** A missing node when there is no such value. */
  JsonNode find(JsonPointer pointer) {
    JsonNode node = root;
    for (JsonPointer rest = pointer; !rest.matches(); rest = rest.tail()) {
      node =
          node.isArray()
              ? node.path(rest.getMatchingIndex())
              : node.path(rest.getMatchingProperty());
    }
    return node;
  }

  /** Takes the value as it is: it must belong to no other document. */
  boolean add(JsonPointer pointer, JsonNode value) {
    if (pointer.matches()) {
      root = value;
      return true;
    }
    JsonPointer last = pointer.last();
    JsonNode parent = find(pointer.head());
    if (parent instanceof ObjectNode object) {
      object.set(last.getMatchingProperty(), value);
      return true;
    }
    if (!(parent instanceof ArrayNode array)) {
      return false;
    }
    int index = last.getMatchingProperty().equals("-") ? array.size() : last.getMatchingIndex();
    if (index < 0 || index > array.size()) {
      return false;
    }
    array.insert(index, value);
    return true;
  }

  /** The whole document cannot be removed. */
  boolean remove(JsonPointer pointer) {
    if (pointer.matches() || find(pointer).isMissingNode()) {
      return false;
    }
    JsonPointer last = pointer.last();
    if (find(pointer.head()) instanceof ArrayNode array) {
      array.remove(last.getMatchingIndex());
    } else {
      ((ObjectNode) find(pointer.head())).remove(last.getMatchingProperty());
    }
    return true;
  }

  /** Takes the value as it is: it must belong to no other document. */
  boolean replace(JsonPointer pointer, JsonNode value) {
    if (pointer.matches()) {
      root = value;
      return true;
    }
    JsonPointer last = pointer.last();
    JsonNode parent = find(pointer.head());
    if (parent instanceof ObjectNode object) {
      // RFC 6902 wants the member to be there; kube-apiserver does not ask
      object.set(last.getMatchingProperty(), value);
      return true;
    }
    if (find(pointer).isMissingNode()) {
      return false;
    }
    ((ArrayNode) parent).set(last.getMatchingIndex(), value);
    return true;
  }

  boolean move(JsonPointer from, JsonPointer to) {
    JsonNode value = find(from);
    return remove(from) && add(to, value);
  }

  boolean test(JsonPointer pointer, JsonNode expected) {
    return find(pointer).equals(expected);
  }

  /** Begins with a slash or is empty, and has a 0 or 1 after each tilde. */
  static boolean isPointer(String text) {
    for (int at = text.indexOf('~'); at >= 0; at = text.indexOf('~', at + 1)) {
      if (!text.startsWith("0", at + 1) && !text.startsWith("1", at + 1)) {
        return false;
      }
    }
    return text.isEmpty() || text.startsWith("/");
  }
}
