package dev.cocolab.apiserver.status;

import dev.cocolab.apiserver.json.Trees;
import java.util.List;

/**
 * One finding about one field (metav1.StatusCause).
 *
 * @param type machine-readable, for example {@code FieldValueRequired}
 * @param message for people, for example {@code Required value}
 * @param field JSON path, for example {@code spec.containers[0].name}; may be empty
 */
public record Cause(String type, String message, String field) {

  public static Cause required(String field, String detail) {
    return new Cause(
        "FieldValueRequired",
        detail.isEmpty() ? "Required value" : "Required value: " + detail,
        field);
  }

  public static Cause invalid(String field, Object value, String detail) {
    return new Cause("FieldValueInvalid", "Invalid value: " + quoted(value) + ": " + detail, field);
  }

  public static Cause forbidden(String field, String detail) {
    return new Cause("FieldValueForbidden", "Forbidden: " + detail, field);
  }

  public static Cause duplicate(String field, Object value) {
    return new Cause("FieldValueDuplicate", "Duplicate value: " + quoted(value), field);
  }

  public static Cause notFound(String field, Object value) {
    return new Cause("FieldValueNotFound", "Not found: " + quoted(value), field);
  }

  public static Cause notSupported(String field, Object value, Iterable<String> supported) {
    StringBuilder list = new StringBuilder();
    for (String name : supported) {
      list.append(list.isEmpty() ? "" : ", ").append('"').append(name).append('"');
    }
    return new Cause(
        "FieldValueNotSupported",
        "Unsupported value: " + quoted(value) + ": supported values: " + list,
        field);
  }

  public static Cause typeInvalid(String field, Object value, String detail) {
    return new Cause(
        "FieldValueTypeInvalid", "Invalid value: " + quoted(value) + ": " + detail, field);
  }

  /** Text in quotation marks with escapes, as in Go's messages; numbers as they are. */
  public static String quoted(Object value) {
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : Trees.strings(List.of(value.toString())).get(0).toString();
  }

  /** Field and message as they stand in the message of the whole answer. */
  public String sentence() {
    return field + ": " + message;
  }
}
