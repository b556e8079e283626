package dev.cocolab.rego;

/**
 * How large a module may be. Exceeding one is a {@link RegoException.Reason#PARSE} error.
 *
 * @param columns code points in a line
 * @param bytes bytes of the module in UTF-8
 * @param lines lines of the module
 */
public record SourceLimits(int columns, int bytes, int lines) {

  /** Limits of the engine in Trustee: 1024 columns, 1 MiB, 20 000 lines. */
  public static SourceLimits trustee() {
    return new SourceLimits(1024, 1 << 20, 20_000);
  }

  /** Limits kata-agent sets: 64 Ki columns, 16 MiB, 200 000 lines. */
  public static SourceLimits kataAgent() {
    return new SourceLimits(64 << 10, 16 << 20, 200_000);
  }

  public SourceLimits {
    if (columns < 1 || bytes < 1 || lines < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }
}
