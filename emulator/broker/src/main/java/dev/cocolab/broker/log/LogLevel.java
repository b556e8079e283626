package dev.cocolab.broker.log;

/** Log levels, most urgent first. */
public enum LogLevel {
  /** Something failed. */
  ERROR,
  /** Something is not as it should be. */
  WARN,
  /** What happens. */
  INFO,
  /** How it happens. */
  DEBUG;

  /** The level of a {@code RUST_LOG} value; filters by target are read as their level. */
  static LogLevel ofFilter(String filter) {
    LogLevel out = INFO;
    for (String part : filter.split(",", -1)) {
      String name = part.substring(part.indexOf('=') + 1).strip();
      for (LogLevel level : values()) {
        if (level.name().equalsIgnoreCase(name)) {
          out = part.indexOf('=') < 0 ? level : out.compareTo(level) > 0 ? out : level;
        }
      }
      if (name.equalsIgnoreCase("trace")) {
        out = DEBUG;
      }
    }
    return out;
  }
}
