package dev.cocolab.cli;

import java.util.List;
import java.util.Map;

/**
 * Adds commands to {@code cocolab} from another module; found through {@link
 * java.util.ServiceLoader}.
 */
public interface CommandProvider {
  /** Picocli command objects, each with its name in its own annotation. */
  List<Object> commands(Terminal terminal, Map<String, String> environment);
}
