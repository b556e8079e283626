package dev.cocolab.rego;

/**
 * Which version of the language a module is written in.
 *
 * <p>Trustee since v0.17 and kata-agent since 3.30 read {@link #V1}; older releases read {@link
 * #V0}.
 */
public enum RegoDialect {
  /**
   * Bodies need no {@code if}; {@code if}, {@code contains}, {@code in} and {@code every} are
   * keywords only in modules that import them ({@code future.keywords} or {@code rego.v1}).
   */
  V0,

  /**
   * {@code if} is required before a body and {@code contains} for a partial set; the imports of
   * {@code future.keywords} are legal and without effect.
   */
  V1
}
