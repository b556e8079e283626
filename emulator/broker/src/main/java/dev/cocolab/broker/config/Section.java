package dev.cocolab.broker.config;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Typed access to one table of the file; errors name file, table and key. */
record Section(String file, String name, JsonNode table) {

  Section sub(String key) {
    JsonNode value = table.path(key);
    if (!value.isMissingNode() && !value.isObject()) {
      throw wrong(key, "a table");
    }
    return new Section(file, name.isEmpty() ? key : name + "." + key, value);
  }

  boolean exists() {
    return table.isObject();
  }

  Optional<String> text(String key) {
    JsonNode value = table.path(key);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw wrong(key, "a string");
    }
    return Optional.of(value.asString());
  }

  boolean flag(String key, boolean otherwise) {
    JsonNode value = table.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw wrong(key, "true or false");
    }
    return value.booleanValue();
  }

  int number(String key, int otherwise) {
    JsonNode value = table.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw wrong(key, "a whole number");
    }
    return value.intValue();
  }

  List<String> texts(String key) {
    JsonNode value = table.path(key);
    List<String> out = new ArrayList<>();
    if (value.isMissingNode()) {
      return out;
    }
    if (!value.isArray()) {
      throw wrong(key, "a list of strings");
    }
    for (JsonNode element : value) {
      if (!element.isString()) {
        throw wrong(key, "a list of strings");
      }
      out.add(element.asString());
    }
    return out;
  }

  BrokerException wrong(String key, String wanted) {
    return refused("`" + path(key) + "` must be " + wanted);
  }

  BrokerException unsupported(String key, String value) {
    return refused("`" + path(key) + " = \"" + value + "\"` is not supported by this broker");
  }

  BrokerException missing(String key) {
    return refused("missing configuration field \"" + path(key) + "\"");
  }

  BrokerException refused(String text) {
    return new BrokerException(Reason.CONFIGURATION, file + ": " + text);
  }

  private String path(String key) {
    return name.isEmpty() ? key : name + "." + key;
  }
}
